"""Knows how the signatures under a record read on paper and in a workbook; must not know the database."""

from collections.abc import Sequence

from exports.sections import Head, Section, Table
from qms.rules.trail_signatures import Given
from qms.rules.words import Words

_BY, _MEANING = Words("Signed by", "签署人"), Words("Meaning", "含义")
_GIVEN = (Head(_BY, 1.1), Head(Words("As", "角色"), 1.1), Head(_MEANING, 1.3), Head(Words("At", "时间"), 1.2),
          Head(Words("Version", "版本"), 0.6, True), Head(Words("How", "方式"), 1),
          Head(Words("Standing", "有效性"), 1.6))
_TIED = (Head(_BY, 0.9), Head(_MEANING, 1.1), Head(Words("SHA-256", "SHA-256"), 3.7))
"""Wide enough for a whole hash on paper."""


def signed(given: Sequence[Given]) -> list[Section]:
    """Return the section of the signatures; none where nothing was signed."""
    if not given:
        return []
    return [Section("", Words("Signatures", "签名"), [
        Table(Words("As they stand when this is printed", "打印时的状态"), _GIVEN, [
            (one.name, one.role_words, one.words, f"{one.at:%Y-%m-%d %H:%M %Z}", one.rev, one.method_words,
             one.standing) for one in given]),
        Table(Words("What each is tied to", "所签内容的校验值"), _TIED, [
            (one.name, one.words, one.content_hash) for one in given])])]
