"""Knows the sheets and columns of the master-data workbook and how a cell is read; must not know files or records."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qms.rules.chain import LINK_KINDS, SPECIAL_CLASSES, UNIT_KINDS
from qms.rules.errors import Invalid
from qms.rules.rejections import SEVERITIES
from qms.rules.words import Words

FORMAT = "qms-chain-1"
REMARK = "#"
"""A line whose first cell begins with this is an example or a remark."""
MOST_LINES = 10_000
MOST_LOTS = 5_000
"""More lots than this are left out of an export; they come with hand-overs and imports anyway."""

SITE = Words("Site", "工厂")
FORMAT_WORDS = Words("Format", "格式")
INSTRUCTIONS = Words("Instructions", "说明")

YES_NO: dict[str, Words] = {"yes": Words("Yes", "是"), "no": Words("No", "否")}
_TRUE, _FALSE = {"yes", "y", "true", "1", "是"}, {"no", "n", "false", "0", "否"}


def both(words: Words) -> str:
    """Return a wording as the workbook shows it: in both languages, once where they are the same."""
    return words.zh if words.zh == words.en else f"{words.zh} {words.en}"


@dataclass(frozen=True)
class Column:
    """One column. `read` turns a cell that holds something into a value; `example` is what the template shows.

    `refers` is the key of the sheet whose codes the cell names.
    """

    key: str
    words: Words
    example: str = ""
    required: bool = False
    note: Words | None = None
    choices: Mapping[str, Words] = field(default_factory=dict)
    read: Callable[[str], Any] = str
    show: Callable[[Any], str] = str
    longest: int | None = None
    kind: str = "text"
    refers: str = ""

    @property
    def head(self) -> str:
        """Return the header cell; required columns end in an asterisk."""
        return both(self.words) + (" *" if self.required else "")

    def is_headed(self, cell: str) -> bool:
        """Tell whether a header cell, in one language or both, names this column."""
        return plain_name(cell) in {plain_name(name) for name in (*self.words, both(self.words))}

    def value(self, cell: str) -> Any:
        """Return what a cell says; None for an empty one. Raises Invalid."""
        cell = unicodedata.normalize("NFC", cell.replace("\r\n", "\n"))
        if not cell:
            if self.required:
                raise Invalid("This must not be empty.", "此项不能为空。")
            return None
        if self.longest is not None and len(cell) > self.longest:
            raise Invalid(f"At most {self.longest} characters, there are {len(cell)}.",
                          f"最多 {self.longest} 个字符, 现有 {len(cell)} 个。")
        return self._choice(cell) if self.choices else self.read(cell)

    def _choice(self, cell: str) -> Any:
        sought = plain_name(cell)
        for code, words in self.choices.items():
            if sought in {plain_name(name) for name in (code, *words, both(words))}:
                return code == "yes" if self.choices is YES_NO else code
        if self.choices is YES_NO and sought in _TRUE | _FALSE:
            return sought in _TRUE
        listed = ", ".join(both(words) for words in self.choices.values())
        raise Invalid(f"“{cell}” is none of: {listed}.", f"“{cell}”不在可选值中: {listed}。")

    def named(self, value: Any) -> list[str]:
        """Return the codes that a value names in the sheet that the column refers to."""
        if not self.refers or not value:
            return []
        return [value] if isinstance(value, str) else [each if isinstance(each, str) else each[0] for each in value]

    def shown(self, value: Any) -> str:
        """Return a value as the workbook shows it."""
        if value is None:
            return ""
        if self.choices:
            code = ("yes" if value else "no") if self.choices is YES_NO else value
            return both(self.choices[code]) if code in self.choices else str(value)
        return self.show(value)


@dataclass(frozen=True)
class Sheet:
    """One sheet. `identity` are the keys of the columns by which a line finds its record."""

    key: str
    words: Words
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the name of the sheet in the file."""
        return both(self.words)

    def column(self, key: str) -> Column:
        """Return a column by its key. Raises StopIteration."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True)
class Line:
    """One line of a sheet: `number` as Excel shows it, `values` by column key, only of columns that are there.

    Of a broken line only the cells that could be read are there.
    """

    sheet: Sheet
    number: int
    values: dict[str, Any]
    is_broken: bool = False

    @property
    def code(self) -> str:
        """Return what other lines call this one's record."""
        return str(self.values.get(self.sheet.identity[0], ""))


def plain_name(text: str) -> str:
    """Return a name without case, blanks and asterisk, for comparing."""
    return "".join(text.replace("*", "").split()).casefold()


def _whole(cell: str) -> int:
    text = cell.replace(",", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise Invalid(f"“{cell}” is not a whole number.", f"“{cell}”不是整数。")
    return int(text)


def _day(cell: str) -> date:
    try:
        return datetime.fromisoformat(cell.replace("/", "-")).date()
    except ValueError:
        raise Invalid(f"“{cell}” is not a day. Write 2026-01-31.", f"“{cell}”不是日期。请写成 2026-01-31。") from None


def _instant(cell: str) -> datetime:
    try:
        return datetime.fromisoformat(cell.replace("/", "-")).replace(tzinfo=None, microsecond=0)
    except ValueError:
        raise Invalid(f"“{cell}” is not a time. Write 2026-01-31 14:05.",
                      f"“{cell}”不是时间。请写成 2026-01-31 14:05。") from None


def _route(cell: str) -> tuple[str, ...]:
    codes = [code.strip() for code in cell.replace("→", ">").split(">")]
    if not all(codes):
        raise Invalid("Write the operation codes with > between them.", "请用 > 分隔工序代码。")
    return tuple(codes)


def _sources(cell: str) -> tuple[tuple[str, int | None], ...]:
    found = []
    for part in cell.replace("；", ";").replace("\n", ";").split(";"):
        if part.strip():
            number, sign, taken = part.partition("=")
            found.append((number.strip(), _whole(taken.strip()) if sign else None))
    return tuple(found)


def _shown_sources(sources: tuple[tuple[str, int | None], ...]) -> str:
    return "; ".join(number if taken is None else f"{number}={taken}" for number, taken in sources)


def _name(longest: int, zh: str, en: str) -> tuple[Column, Column]:
    return (Column("name_zh", Words("Chinese name", "中文名称"), zh, required=True, longest=longest),
            Column("name_en", Words("English name", "英文名称"), en, required=True, longest=longest))


_CODE = Words("Code", "代码")
_ACTIVE = Column("active", Words("In use", "在用"), "是 Yes", choices=YES_NO,
                 note=Words("No takes the record out of use; nothing is deleted.", "填“否”即停用; 不删除记录。"))

UNITS = Sheet("units", Words("Units", "单元"), (
    Column("code", _CODE, "OP10", required=True, longest=40),
    Column("kind", Words("Kind", "类别"), "工序 Operation", required=True, choices=UNIT_KINDS),
    *_name(120, "冲压", "Press"),
    Column("parent", Words("Unit above", "上级单元"), "", longest=40, refers="units",
           note=Words("Its code.", "填其代码。")),
    Column("line", Words("Production line", "生产线"), "A", longest=60),
    Column("inspects", Words("Only inspects", "仅检验"), "否 No", choices=YES_NO,
           note=Words("It finds defects but is never their origin.", "只发现缺陷, 不会是责任工序。")),
    Column("final", Words("Final or outgoing check", "终检或出货检验"), "否 No", choices=YES_NO),
    _ACTIVE,
    Column("purpose", Words("Purpose", "目的"), "", longest=20000),
    Column("scope", Words("Scope", "范围"), "", longest=20000),
    Column("responsibilities", Words("Responsibilities", "职责"), "", longest=20000),
    Column("steps", Words("Steps", "步骤"), "", longest=20000),
    Column("records_used", Words("Records used", "使用的记录"), "", longest=20000),
), ("code",))

ITEMS = Sheet("items", Words("Items", "产品"), (
    Column("code", _CODE, "BR-100", required=True, longest=60),
    *_name(200, "左支架", "Left bracket"),
    Column("drawing_rev", Words("Drawing revision", "图纸版本"), "C", longest=20),
    Column("unit", Words("Unit of measure", "计量单位"), "pcs", longest=20),
    Column("special", Words("Special characteristic", "特殊特性"), "无 None", choices=SPECIAL_CLASSES),
    Column("customer", Words("Outside customer", "外部顾客"), "", longest=40, refers="units",
           note=Words("The code of its unit.", "填其单元代码。")),
    _ACTIVE,
), ("code",))

LINKS = Sheet("links", Words("Links", "链接"), (
    Column("supplier", Words("Supplier", "供方"), "OP10", required=True, longest=40, refers="units",
           note=Words("The code of the unit that hands over.", "交出方单元代码。")),
    Column("customer", Words("Customer", "客户"), "OP20", required=True, longest=40, refers="units",
           note=Words("The code of the unit that receives.", "接收方单元代码。")),
    Column("kind", Words("Kind of relation", "关系类别"), "工序 Operation", required=True, choices=LINK_KINDS),
    Column("output_en", Words("Output in English", "英文输出"), "Brackets", required=True, longest=200,
           note=Words("With supplier, customer and kind it names the link: another output is another link.",
                      "与供方、客户和类别一起标识链接: 输出不同即另一条链接。")),
    Column("output_zh", Words("Output in Chinese", "中文输出"), "支架", required=True, longest=200),
    Column("proposed", Words("Proposed", "待确认"), "否 No", choices=YES_NO,
           note=Words("No confirms a proposed link.", "填“否”即确认待确认的链接。")),
    _ACTIVE,
), ("supplier", "customer", "kind", "output_en"))

DEFECTS = Sheet("defects", Words("Defect codes", "缺陷代码"), (
    Column("code", _CODE, "D01", required=True, longest=40),
    *_name(120, "毛刺", "Burr"),
    Column("severity", Words("Severity", "严重度"), "MA", required=True, choices=SEVERITIES),
    Column("zone", Words("Zone", "部位"), "边缘", longest=60),
    Column("requirement_zh", Words("Requirement in Chinese", "中文要求"), "", longest=500),
    Column("requirement_en", Words("Requirement in English", "英文要求"), "", longest=500),
    _ACTIVE,
), ("code",))

LOTS = Sheet("lots", Words("Lots", "批次"), (
    Column("number", Words("Lot number", "批次号"), "L-0001", required=True, longest=80),
    Column("item", Words("Item", "产品"), "BR-100", required=True, longest=60, refers="items",
           note=Words("Its code.", "填其代码。")),
    Column("quantity", Words("Quantity", "数量"), "200", required=True, read=_whole, kind="integer"),
    Column("made_at", Words("Made at", "生产时间"), "2026-01-31 14:05", read=_instant, kind="datetime",
           note=Words("In the site's own time.", "按工厂当地时间。")),
    Column("sources", Words("Made from", "来源批次"), "L-0000=50; L-0002", read=_sources, show=_shown_sources,
           refers="lots",
           note=Words("Lot numbers with ; between them, each with =pieces where known.",
                      "批次号以 ; 分隔, 已知取用件数写 =件数。")),
), ("number",))

ROUTINGS = Sheet("routings", Words("Routings", "工艺路线"), (
    Column("item", Words("Item", "产品"), "BR-100", required=True, longest=60, refers="items",
           note=Words("Its code.", "填其代码。")),
    Column("valid_from", Words("Valid from", "生效日期"), "2026-01-01", required=True, read=_day, kind="date"),
    Column("operations", Words("Operations in order", "按顺序的工序"), "OP10 > OP20 > OP90", required=True, read=_route,
           show=" > ".join, refers="units",
           note=Words("Operation codes with > between them. A change is a new line with a later day.",
                      "工序代码以 > 分隔。变更时另起一行, 填更晚的日期。")),
), ("item", "valid_from"))

SHEETS = (UNITS, ITEMS, LINKS, DEFECTS, LOTS, ROUTINGS)
"""In the order in which they build on each other."""
