"""Knows what is carried from a tablet to the desk by hand (protocol A11) and what can become of it; reads no file."""

from dataclasses import dataclass

from qms.rules.words import Words

MOST = 500
"""Records taken in at one go; a tablet warns its people long before so many wait."""

OUTCOMES: dict[str, tuple[Words, str]] = {
    "new": (Words("Taken in", "已收录"), "accepted"),
    "known": (Words("Was here already", "此前已收到"), "neutral"),
    "conflict": (Words("Another record is here under this id: both are kept",
                       "此标识下已有另一条记录: 两者均保留"), "held"),
    "unreadable": (Words("Cannot be read as a record", "无法作为记录读取"), "rejected"),
    "foreign": (Words("Names no tablet that was ever enrolled here", "所列平板从未在此登记"), "rejected"),
    "not_allowed": (Words("Of a tablet of a site where you do not look records through",
                          "属于您无复核权限的场所的平板"), "rejected"),
}
"""What became of a record that was carried in: words and tone."""

LEFT = frozenset({"unreadable", "foreign", "not_allowed"})
"""Outcomes after which the record is still only on the tablet."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A record as a file or codes hold it: its body byte for byte, and where it stood."""

    body: str
    place: Words
