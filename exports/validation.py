"""Knows the validation pack: what an installation is (IQ) and what each test expected and came to (OQ).

Must not know how either was found out. Whoever validates signs on the last page.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from exports.sections import Fact, Facts, Head, Section, Table
from qms.rules.accounts import FEATURES, PERMISSIONS
from qms.rules.clauses import RULES
from qms.rules.words import Words

TITLE = Words("Validation pack", "验证文件包")
AS_EXPECTED, NOT_AS_EXPECTED = Words("As expected", "与预期一致"), Words("NOT as expected", "与预期不符")
NOT_RUN, NONE = Words("Not run", "未执行"), Words("No test was run", "无已执行的测试")
LINE = "\N{NO-BREAK SPACE}\n__________"
_AREAS = FEATURES | {
    "attachments": Words("Photos and files", "照片和文件"), "browser": Words("Pages in the browser", "浏览器页面"),
    "demo": Words("Demo plant", "演示工厂"), "habits": Words("What holds everywhere", "通用要求"),
    "health": Words("Operation", "运行"), "look": Words("Appearance", "外观"),
    "station": Words("Station on the tablet", "平板工位"), "today": Words("Today", "今日"),
    "torture": Words("Loss, attacks and restores", "丢失、攻击与恢复"),
}
_PARAMETERS = re.compile(r"\[.*$", re.DOTALL)
_RULE = re.compile(r"(?:^|::)test_r(\d\d)_")
_RESULT, _EXPECTED, _ACTUAL = Words("Result", "结果"), Words("Expected", "预期"), Words("Actual", "实际")
_TESTS, _PASSED = Head(Words("Tests", "测试"), 1, number=True), Head(Words("Passed", "通过"), 1, number=True)
_FAILED = Head(Words("Failed", "失败"), 1, number=True)
_LEFT_OUT = Head(Words("Not run", "未执行"), 1, number=True)


class Looked(NamedTuple):
    """One thing that was looked at in the installation."""

    what: str | Words
    expected: str | Words
    actual: str | Words
    holds: bool


@dataclass(frozen=True)
class Installation:
    """What the installation is, and what it was held against."""

    identity: Sequence[tuple[Words, str]]
    settings: Sequence[tuple[str, str]]
    checks: Sequence[Looked]
    packages: Sequence[Looked]


@dataclass
class Tried:
    """One test, all its runs together: with other data, on other databases."""

    file: str
    name: str
    expected: str
    runs: int = 0
    passed: int = 0
    failed: int = 0
    seconds: float = 0
    why: str = ""

    @property
    def rule(self) -> str | None:
        """Return the rule that the test is named after."""
        found = _RULE.search(self.name)
        return f"R-{found.group(1)}" if found else None

    @property
    def feature(self) -> str:
        """Return the feature whose folder the test lies in."""
        return self.file.split("/")[1] if self.file.count("/") > 1 else ""

    @property
    def result(self) -> Words:
        """Return what came of it."""
        return NOT_AS_EXPECTED if self.failed else AS_EXPECTED if self.passed else NOT_RUN


def tried(tests: Iterable[Mapping[str, Any]]) -> list[Tried]:
    """Bring the runs of each test together, in the order of files and names."""
    found: dict[tuple[str, str], Tried] = {}
    for one in tests:
        name = _PARAMETERS.sub("", one["name"])
        kept = found.setdefault((one["file"], name), Tried(one["file"], name, one["expected"]))
        kept.runs += 1
        kept.passed += one["outcome"] == "passed"
        kept.failed += one["outcome"] == "failed"
        kept.seconds += one["seconds"]
        kept.why = kept.why or one["why"]
    return [found[key] for key in sorted(found)]


def untested(tests: Sequence[Tried]) -> list[str]:
    """Return the rules of which no test passed, or one failed."""
    good = {one.rule for one in tests if one.passed} - {one.rule for one in tests if one.failed}
    return sorted(set(RULES) - good)


def sections(installation: Installation, tests: Sequence[Tried]) -> list[Section]:
    """Return the parts of the pack, in reading order."""
    return [
        Section("IQ1", Words("What is installed", "安装内容"),
                [Facts([Fact(words, value, wide=True) for words, value in installation.identity])]),
        Section("IQ2", Words("Checks of the installation", "安装检查"), [_looked(installation.checks)]),
        Section("IQ3", Words("Packages", "软件包"), [_looked(installation.packages)]),
        Section("IQ4", Words("Settings", "设置"), [Table(
            Words("Settings", "设置"), (Head(Words("Variable", "变量"), 2), Head(Words("Value", "值"), 3)),
            installation.settings)]),
        Section("OQ1", Words("Rules", "规则"), [_by_rule(tests)]),
        Section("OQ2", Words("Features and what one is permitted", "功能与权限"), [_by_feature(tests)]),
        Section("OQ3", Words("Every test", "全部测试"), [_every(tests)]),
        Section("", Words("Signatures", "签字"), [Table(
            Words("Signatures", "签字"),
            (Head(Words("Role", "职责"), 2), Head(Words("Name", "姓名"), 2), Head(Words("Date", "日期")),
             Head(Words("Signature", "签名"), 2)),
            [(words, *(LINE,) * 3) for words in (Words("Carried out by", "执行人"), Words("Reviewed by", "审核人"),
                                               Words("Approved by", "批准人"))])])]


def _looked(found: Sequence[Looked]) -> Table:
    return Table(Words("Looked at", "检查内容"),
                 (Head(Words("What", "内容"), 3), Head(_EXPECTED, 3), Head(_ACTUAL, 3), Head(_RESULT, 2)),
                 [(one.what, one.expected, one.actual, AS_EXPECTED if one.holds else NOT_AS_EXPECTED) for one in found])


def _by_rule(tests: Sequence[Tried]) -> Table:
    return Table(Words("Rules that are enforced", "已执行的规则"),
                 (Head(Words("Rule", "规则"), 1), Head(Words("What it demands", "要求"), 5), _TESTS, _PASSED, _FAILED,
                  _LEFT_OUT, Head(_RESULT, 2)),
                 [(rule.id, rule.words, *_counted([one for one in tests if one.rule == rule.id]))
                  for rule in RULES.values()])


def _by_feature(tests: Sequence[Tried]) -> Table:
    words = {feature: [said for name, said in PERMISSIONS.items() if name.split(".")[0] == feature]
             for feature in sorted({*FEATURES, *(one.feature for one in tests)} - {""})}
    return Table(Words("Features", "功能"),
                 (Head(Words("Feature", "功能"), 2), Head(Words("Permissions", "权限"), 5), _TESTS, _PASSED, _FAILED,
                  _LEFT_OUT, Head(_RESULT, 2)),
                 [(_AREAS.get(feature, feature), _joined(said),
                   *_counted([one for one in tests if one.feature == feature])) for feature, said in words.items()])


def _every(tests: Sequence[Tried]) -> Table:
    return Table(Words("Expected and actual", "预期与实际"),
                 (Head(Words("Test", "测试"), 3), Head(_EXPECTED, 4), Head(Words("Runs", "次数"), 1, number=True),
                  Head(Words("Seconds", "秒"), 1, number=True), Head(_ACTUAL, 2)),
                 [(f"{one.file.removeprefix('tests/')} {one.rule or ''}".strip(), one.expected, one.runs,
                   round(one.seconds), Words(f"{one.result.en}: {one.why}", f"{one.result.zh}: {one.why}")
                   if one.why else one.result) for one in tests])


def _counted(tests: Sequence[Tried]) -> tuple[int, int, int, int, Words]:
    runs, passed, failed = (sum(getattr(one, name) for one in tests) for name in ("runs", "passed", "failed"))
    return runs, passed, failed, runs - passed - failed, \
        NOT_AS_EXPECTED if failed else AS_EXPECTED if passed else NONE


def _joined(words: Sequence[Words]) -> Words | None:
    return Words("; ".join(one.en for one in words), "；".join(one.zh for one in words)) if words else None
