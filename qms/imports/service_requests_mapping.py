"""Knows how the mapping of a help-desk log is written in TOML; must not know the rows that it will be used on."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from qms.imports.encodings import ENCODINGS
from qms.imports.mapping_table import Table
from qms.imports.mapping_toml import mapping_text
from qms.imports.text import DELIMITERS
from qms.imports.times import pattern_of, zone_of
from qms.rules.errors import BadFile, Invalid, Problem
from qms.rules.inspections import YEAR_FIRST
from qms.rules.service_requests import STATES
from qms.rules.service_requests_import import REQUIRED, ROLES, UNITS, RequestMapping
from qms.rules.words import Words


def read_request_mapping(source: Path | str) -> RequestMapping:
    """Read a mapping from a TOML file or text. Raises BadFile listing everything that is wrong in it."""
    text = mapping_text(source)
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        problem = Problem(f"This is not TOML: {error}.", f"不是有效的 TOML：{error}。", kind="mapping")
        raise BadFile(*problem.words, [problem]) from error
    except RecursionError as error:
        raise BadFile("The mapping is nested too deeply.", "映射文件嵌套过深。") from error
    problems: list[Problem] = []
    mapping = _mapping(Table(content, "", problems), text)
    if problems:
        raise BadFile(f"The mapping cannot be used: {problems[0].words.en}",
                      f"映射文件无法使用：{problems[0].words.zh}", problems)
    return mapping


def _mapping(top: Table, text: str) -> RequestMapping:
    source = top.text("source", limit=36)
    delimiter, encoding, missing = _file(top.table("file"))
    columns, title = _columns(top.table("columns"))
    verdict, time, site, units = (top.table(name) for name in ("verdict", "time", "site", "units"))
    kept, missed = verdict.texts("kept"), verdict.texts("missed")
    if ("kept" in columns and not (kept and missed)) or set(kept) & set(missed):
        verdict.refuse("kept", "and missed must be two lists of words", "和 missed 应为两组不同的词")
    verdict.done()
    zone, form = site.text("zone"), time.text("format", YEAR_FIRST)
    _check(site, "zone", zone_of, zone)
    _check(time, "format", pattern_of, form)
    time.done()
    made = RequestMapping(
        source, delimiter, encoding, missing, columns, title, form, zone, kept, missed, _states(top, columns),
        site.text("code", limit=20), Words(site.text("en"), site.text("zh")), units.choice("groups", UNITS, "make"),
        units.text("unknown_code", "UNKNOWN", limit=40),
        Words(units.text("unknown_en", "Not named in the log"), units.text("unknown_zh", "记录未注明")), text)
    site.done()
    units.done()
    top.done()
    return made


def _file(table: Table) -> tuple[str, str, tuple[str, ...]]:
    read = (table.choice("delimiter", ("auto", *DELIMITERS), "auto"),
            table.choice("encoding", ("auto", *ENCODINGS), "auto"), table.texts("missing", ("",)))
    table.done()
    return read


def _columns(table: Table) -> tuple[dict[str, str], tuple[str, ...]]:
    columns = {role: table.text(role) for role in ROLES if role in table or role in REQUIRED}
    title = table.texts("title")
    table.done()
    return columns, title


def _states(top: Table, columns: dict[str, str]) -> dict[str, str]:
    """Read which word of the log is which state; a log without a state closes what it says is closed."""
    table = top.table("states")
    states: dict[str, str] = {}
    for state in STATES:
        for word in table.texts(state):
            if word in states:
                table.refuse(state, f"names {word} a second time", f"重复列出 {word}")
            states[word] = state
    table.done()
    if "state" in columns and not states:
        top.refuse("states", "says which word is which state", "须写明各状态用词")
    return states


def _check(table: Table, key: str, read: Any, value: str) -> None:
    try:
        if value:
            read(value)
    except Invalid as error:
        table.refuse(key, f"is wrong: {error.words.en.rstrip('.')}", f"有误：{error.words.zh.rstrip('。')}")
