"""Knows by which headers files of complaints call their columns, and which one each file means; knows no cell.

A header is compared without case, blanks and punctuation. What no field is called stays with the line as it is.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qms.imports.cells import shown
from qms.rules.errors import BadFile, Problem

SYNONYMS: dict[str, tuple[str, ...]] = {
    "reference": ("complaint id", "complaint no", "complaint number", "case id", "case no", "claim no", "reference",
                  "ref", "number", "id", "投诉编号", "投诉单号", "编号", "单号"),
    "received": ("date received", "received", "received on", "received at", "received date", "complaint date", "date",
                 "opened", "收到日期", "收到时间", "投诉日期", "投诉时间", "日期"),
    "item": ("product", "item", "part", "part no", "part number", "article", "产品", "产品编号", "零件号", "物料"),
    "issue": ("issue", "problem", "defect", "fault", "subject", "reason", "问题", "缺陷", "不良现象", "投诉原因"),
    "narrative": ("consumer complaint narrative", "narrative", "description", "text", "complaint", "details",
                  "投诉内容", "描述", "内容", "问题描述"),
    "lots": ("lot", "lots", "batch", "serial", "delivery note", "批次", "批号", "序列号", "送货单"),
    "quantity": ("quantity", "qty", "quantity claimed", "pieces", "数量", "投诉数量"),
    "answer": ("company response to consumer", "company response", "response", "answer", "reply", "status", "答复",
               "处理结果", "状态"),
    "timely": ("timely response", "timely", "in time", "on time", "answered in time", "按时答复", "及时答复",
               "是否及时"),
    "disputed": ("consumer disputed", "customer disputed", "disputed", "dispute", "not accepted", "有争议", "是否争议",
                 "顾客异议"),
}
NEEDED = ("received",)
SAID = ("issue", "narrative", "item")
"""Fields of which a file needs at least one: without any, nobody knows what was complained of."""

YES = frozenset({"yes", "y", "true", "1", "是", "ja", "oui"})
NO = frozenset({"no", "n", "false", "0", "否", "nein", "non"})
_TABLES = {"columns", "dates", "site", "customer"}
_TEXTS = {"kind", "severity", "encoding", "delimiter"}


@dataclass(frozen=True, slots=True)
class ComplaintMapping:
    """What a person says of a file: headers of fields, the style of its days, where its complaints belong."""

    columns: Mapping[str, str] = field(default_factory=dict)
    received: str = ""
    site: Mapping[str, str] = field(default_factory=dict)
    customer: Mapping[str, str] = field(default_factory=dict)
    kind: str = "service"
    severity: str = "MI"
    encoding: str = "auto"
    delimiter: str = "auto"
    toml: str = ""


def read_complaint_mapping(text: str) -> ComplaintMapping:
    """Read a mapping from TOML text; an empty one means what is usual. Raises BadFile."""
    try:
        told: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"The mapping is not TOML: {error}.", f"映射不是有效的 TOML: {error}。") from error
    wrong = [name for name in told if name not in _TABLES | _TEXTS]
    wrong += [name for name in _TABLES & set(told) if not isinstance(told[name], dict)]
    wrong += [f"columns.{name}" for name in told.get("columns", {}) if name not in SYNONYMS]
    if wrong:
        raise BadFile(f"The mapping says what it cannot: {', '.join(wrong)}.",
                      f"映射含有未知内容: {', '.join(wrong)}。")
    tables = {name: {key: str(value) for key, value in told.get(name, {}).items()} for name in _TABLES}
    usual = ComplaintMapping()
    return ComplaintMapping(
        tables["columns"], tables["dates"].get("received", ""), tables["site"], tables["customer"], toml=text,
        **{name: str(told.get(name, getattr(usual, name))) for name in ("kind", "severity", "encoding", "delimiter")})


def places(header: Sequence[str], mapping: ComplaintMapping) -> dict[str, int]:
    """Map each field that the file has to its column. Raises BadFile naming what is missing or doubled."""
    plain = [_plain(cell) for cell in header]
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for name, synonyms in SYNONYMS.items():
        wanted = mapping.columns.get(name)
        if wanted is not None and _plain(wanted) not in plain:
            problems.append(_missing(wanted))
        names = [_plain(wanted)] if wanted is not None else [_plain(each) for each in synonyms]
        place = next((plain.index(each) for each in names if each in plain), None)
        if place is not None and place not in found.values():
            if plain.count(plain[place]) > 1:
                problems.append(Problem(f"Two columns are called {shown(header[place])}.",
                                        f"有两列名为 {shown(header[place])}。", line=1, column=header[place],
                                        kind="header"))
            found[name] = place
    problems += [_missing(name) for name in NEEDED if name not in found]
    if not any(name in found for name in SAID):
        problems.append(_missing(" / ".join(SAID)))
    if problems:
        raise BadFile(f"The columns are not those of complaints: {problems[0].words.en}",
                      f"不是投诉文件的列: {problems[0].words.zh}", problems)
    return found


def _missing(name: str) -> Problem:
    return Problem(f"There is no column for {name}. Name it in a mapping under [columns].",
                   f"没有对应 {name} 的列。请在映射的 [columns] 中指明。", line=1, column=name, kind="header")


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
