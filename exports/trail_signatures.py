"""Knows how the signatures under a record read on paper and in a workbook; must not know the database."""

from collections.abc import Sequence

from exports.sections import Head, Section, Table
from qms.rules.trail_signatures import Given
from qms.rules.words import Words

_HEADS = (Head(Words("Signed by", "签署人"), 1.1), Head(Words("As", "角色"), 1.1), Head(Words("Meaning", "含义"), 1.3),
          Head(Words("At", "时间"), 1.2), Head(Words("Version", "版本"), 0.5, True), Head(Words("How", "方式"), 1),
          Head(Words("Standing", "有效性"), 1.4), Head(Words("SHA-256 of what was signed", "所签内容的 SHA-256"), 2.2))


def signed(given: Sequence[Given]) -> list[Section]:
    """Return the section of the signatures; none where nothing was signed."""
    if not given:
        return []
    rows = [(one.name, one.role_words, one.words, f"{one.at:%Y-%m-%d %H:%M %Z}", one.rev, one.method_words,
             one.standing, one.content_hash) for one in given]
    table = Table(Words("As they stand when this is printed", "打印时的状态"), _HEADS, rows)
    return [Section("", Words("Signatures", "签名"), [table])]
