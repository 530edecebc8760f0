"""Knows how a mapping is written in a small TOML file; must not know the rows that it will be used on."""

import re
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from qms.imports.encodings import ENCODINGS
from qms.imports.mapping_table import Table, every
from qms.imports.text import DELIMITERS
from qms.imports.times import pattern_of, zone_of
from qms.rules.chain import LINK_KINDS, UNIT_KINDS
from qms.rules.errors import BadFile, Invalid, Problem
from qms.rules.inspections import (
    HEADERS,
    LOT_RULES,
    ROLES,
    SEVERITIES,
    YEAR_FIRST,
    DefectCode,
    FileShape,
    LotRule,
    Mapping,
    Marks,
    Place,
    ReadingColumn,
    Timing,
    Verdict,
)
from qms.rules.words import Words

MAX_BYTES = 256 * 1024
TEMPLATE = Path(__file__).with_name("mapping_template.toml")


def template() -> str:
    """Return an annotated mapping to start from; it is a mapping itself."""
    return TEMPLATE.read_text("utf-8")


def read_mapping(source: Path | str) -> Mapping:
    """Read a mapping from a TOML file or text. Raises BadFile listing everything that is wrong in it."""
    text = mapping_text(source)
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        problem = Problem(f"This is not TOML: {error}.", f"不是有效的 TOML：{error}。", line=line, kind="mapping")
        raise BadFile(*problem.words, [problem]) from error
    except RecursionError as error:
        raise BadFile("The mapping is nested too deeply.", "映射文件嵌套过深。") from error
    return mapping_of(content, text)


def mapping_of(content: dict[str, Any], toml: str = "") -> Mapping:
    """Make a mapping from the tables of the file. Raises BadFile listing everything that is wrong in it."""
    problems: list[Problem] = []
    top = Table(content, "", problems)
    columns = _columns(top.table("columns"))
    mapping = Mapping(
        source=top.text("source", limit=36),
        file=_file(top.table("file")),
        columns=columns,
        timing=_timing(top.table("time"), top.table("site"), columns),
        verdict=_verdict(top.table("verdict"), columns),
        marks=_marks(top.table("marks")),
        defects=every(top.tables("defects"), _defect),
        readings=every(top.tables("readings"), _reading),
        site=_place(top.table("site"), limit=20, also="zone"),
        supplier=_place(top.table("supplier"), kinds=tuple(UNIT_KINDS)),
        customer=_place(top.table("customer"), kinds=tuple(UNIT_KINDS)),
        link=_link(top.table("link")),
        item=_item(top.table("item"), columns),
        lot=_lot(top.table("lot"), columns),
        toml=toml,
    )
    top.done()
    _check_together(mapping, top)
    if problems:
        raise BadFile(
            f"The mapping cannot be used: {problems[0].words.en}",
            f"映射文件无法使用：{problems[0].words.zh}",
            problems,
        )
    return mapping


def mapping_text(source: Path | str) -> str:
    """Return the text of a mapping, which is given itself or by its path. Raises BadFile."""
    return source if isinstance(source, str) else _content(source)


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadFile("The mapping file is too large.", "映射文件过大。")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "UTF-8?"
        raise BadFile(f"The mapping cannot be read: {why}.", f"无法读取映射文件：{why}。") from error


def _file(table: Table) -> FileShape:
    shape = FileShape(
        delimiter=table.choice("delimiter", ("auto", *DELIMITERS), "auto"),
        encoding=table.choice("encoding", ("auto", *ENCODINGS), "auto"),
        header=table.choice("header", HEADERS, "first-line"),
        names=table.texts("names"),
        names_file=table.text("names_file", ""),
        decimal_point=table.choice("decimal_point", (".", ","), "."),
        missing=table.texts("missing", ("",)),
    )
    if (shape.header == "here") != bool(shape.names):
        table.refuse(
            "names",
            'lists the columns when header = "here", and only then',
            '仅在 header = "here" 时列出列名',
        )
    if (shape.header == "beside") != bool(shape.names_file):
        table.refuse(
            "names_file",
            'names the file of columns when header = "beside", and only then',
            '仅在 header = "beside" 时给出列名文件',
        )
    if Path(shape.names_file).name != shape.names_file or "\\" in shape.names_file:
        table.refuse(
            "names_file",
            "must be the name of a file in the folder of the data",
            "必须是数据文件同一文件夹中的文件名",
        )
    table.done()
    return shape


def _columns(table: Table) -> dict[str, str]:
    columns = {role: table.text(role) for role in ROLES if role in table}
    for role in ROLES:
        if role not in table:
            table.text(role, "")
    table.done()
    return columns


def _timing(table: Table, site: Table, columns: dict[str, str]) -> Timing:
    zone = site.text("zone", "Asia/Shanghai")
    fixed, undated = table.day("fixed"), table.flag("undated")
    timing = Timing(zone, table.text("format", YEAR_FIRST), fixed)
    ways = [("time" in columns), fixed is not None, undated]
    if sum(ways) != 1:
        table.refuse(
            "",
            "must say one of: a column columns.time, one day time.fixed, or time.undated = true",
            "必须三选一：columns.time 列、time.fixed 日期，或 time.undated = true",
        )
    for check, value, place, key in (
        (zone_of, zone, site, "zone"),
        (pattern_of, timing.format, table, "format"),
    ):
        try:
            check(value)
        except Invalid as error:
            place.refuse(key, f"is wrong: {error.words.en.rstrip('.')}", f"有误：{error.words.zh.rstrip('。')}")
    table.done()
    return timing


def _verdict(table: Table, columns: dict[str, str]) -> Verdict:
    verdict = Verdict(table.texts("accept"), table.texts("reject"), table.text("defect", "", 40))
    if "verdict" in columns and not (verdict.accept and verdict.reject):
        table.refuse("", "must list the words that accept and reject", "必须列出表示接收和拒收的值")
    if set(verdict.accept) & set(verdict.reject):
        table.refuse("reject", "holds a word that accept holds too", "与 accept 有相同的值")
    table.done()
    return verdict


def _marks(table: Table) -> Marks:
    marks = Marks(table.texts("yes", ("1",)), table.texts("no", ("0",)), table.flag("pieces"), table.flag("required"))
    if set(marks.yes) & set(marks.no):
        table.refuse("yes", "holds a word that no holds too", "与 no 有相同的值")
    table.done()
    return marks


def _words(table: Table, fallback: str | None = None, limit: int = 120) -> Words:
    return Words(table.text("en", fallback, limit), table.text("zh", fallback, limit))


def _defect(table: Table) -> DefectCode:
    return DefectCode(
        table.text("code", limit=40),
        _words(table),
        table.choice("severity", SEVERITIES, "MA"),
        table.text("column", ""),
    )


def _reading(table: Table) -> ReadingColumn:
    column = table.text("column")
    reading = ReadingColumn(
        column,
        _words(table, column),
        table.text("unit", limit=20),
        table.number("lower"),
        table.number("upper"),
    )
    if reading.lower is not None and reading.upper is not None and reading.lower > reading.upper:
        table.refuse("lower", "is above upper", "大于 upper")
    return reading


def _place(table: Table, limit: int = 40, kinds: tuple[str, ...] = (), also: str = "") -> Place:
    kind = table.choice("kind", kinds, "operation") if kinds else ""
    place = Place(table.text("code", limit=limit), _words(table), kind, table.flag("inspects") if kinds else False)
    if also:
        table.text(also, "")
    table.done()
    return place


def _link(table: Table) -> Place:
    link = Place("", _words(table), table.choice("kind", tuple(LINK_KINDS), "operation"))
    table.done()
    return link


def _item(table: Table, columns: dict[str, str]) -> Place | None:
    if "item" in columns and "code" not in table:
        table.done()
        return None
    item = Place(table.text("code", limit=60), _words(table), table.text("unit", "pcs", 20))
    table.done()
    return item


def _lot(table: Table, columns: dict[str, str]) -> LotRule:
    by_column = "lot" in columns
    lot = LotRule(
        table.choice("rule", LOT_RULES, "column" if by_column else "one"),
        table.text("prefix", "", 40),
        table.count("size") or 0,
    )
    if by_column != (lot.rule == "column"):
        table.refuse(
            "rule",
            'is "column" when columns.lot names one, and only then',
            '仅在有 columns.lot 时为 "column"',
        )
    if (lot.rule == "pieces") != bool(lot.size):
        table.refuse(
            "size",
            'says how many pieces make a lot when rule = "pieces", and only then',
            '仅在 rule = "pieces" 时给出每批件数',
        )
    if lot.rule in ("day", "month") and "time" not in columns:
        table.refuse("rule", "needs a column of time stamps", "需要时间列")
    if lot.rule != "column" and not lot.prefix:
        table.refuse("prefix", "must say how lot numbers begin", "必须给出批次号前缀")
    table.done()
    return lot


def _check_together(mapping: Mapping, top: Table) -> None:
    codes = [defect.code for defect in mapping.defects]
    marked = [defect.column for defect in mapping.defects if defect.column]
    doubled = [name for name, count in Counter([*mapping.columns.values(), *marked]).items() if count > 1]
    if len(set(codes)) != len(codes):
        top.refuse("defects", "holds a code twice", "有重复的缺陷代码")
    if doubled:
        top.refuse("columns", f"uses the column {doubled[0]} twice", f"重复使用列 {doubled[0]}")
    if mapping.verdict.defect and mapping.verdict.defect not in codes:
        top.refuse("verdict.defect", "is no code of defects", "不在 defects 的代码中")
    if not marked and not {"verdict", "defect", "rejected"} & set(mapping.columns):
        top.refuse(
            "columns",
            "must name a verdict, a defect or a rejected column, or defects their own columns",
            "必须给出 verdict、defect 或 rejected 列，或为 defects 指定各自的列",
        )
    if "defect" in mapping.columns and marked:
        top.refuse(
            "defects",
            "have columns of their own, so that columns.defect is one too many",
            "已有各自的列，不能再用 columns.defect",
        )
    if not mapping.defects:
        top.refuse("defects", "must list at least one code", "至少要有一个缺陷代码")
    elif not marked and "defect" not in mapping.columns and not mapping.verdict.defect:
        top.refuse(
            "verdict.defect",
            "must give the code of a rejection, for no column does",
            "必须给出拒收的缺陷代码，因为没有缺陷列",
        )
    if mapping.supplier.code == mapping.customer.code:
        top.refuse("customer.code", "is the supplier's code", "与供方代码相同")
