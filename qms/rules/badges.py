"""Knows what a code to scan or type looks like and which PINs are too easy; must not know whose they are.

A badge says who someone is; it never signs for them.
"""

import secrets
import unicodedata
from itertools import pairwise

from qms.rules.devices import PIN_LENGTH
from qms.rules.errors import Invalid

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and figures that are not taken for one another, and that every keyboard wedge sends alike."""
PREFIX = "QB"
"""By which a scanner tells a badge from a label."""
BADGE_LETTERS = 16
ENROLMENT_LETTERS = 12


def new_badge_code() -> str:
    """Return a new code for a badge; 80 bits of chance."""
    return PREFIX + _drawn(BADGE_LETTERS)


def new_enrolment_code() -> str:
    """Return a new code by which a tablet may be enrolled; 60 bits of chance, good for minutes."""
    return _drawn(ENROLMENT_LETTERS)


def normal(scanned: str) -> str:
    """Return a code as it is kept, however it was typed: wide letters of an input method, small letters, gaps."""
    plain = unicodedata.normalize("NFKC", scanned).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def grouped(code: str) -> str:
    """Write a code for people to read: in groups of four, a badge's prefix apart."""
    prefix = PREFIX if len(code) == len(PREFIX) + BADGE_LETTERS and code.startswith(PREFIX) else ""
    rest = code[len(prefix):]
    groups = [rest[i:i + 4] for i in range(0, len(rest), 4)]
    return " ".join([prefix, *groups] if prefix else groups)


def check_pin(pin: str) -> None:
    """Raise Invalid for a PIN that is not six figures, or that anybody would try first."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        raise Invalid(f"A PIN has {PIN_LENGTH} figures.", f"PIN 为 {PIN_LENGTH} 位数字。", field="pin")
    if _repeats(pin) or _runs(pin):
        raise Invalid("This PIN is too easy to guess: no repeats, no runs like 123456.",
                      "此 PIN 太容易猜到: 不能重复, 不能是 123456 这样的连号。", field="pin")


def _repeats(pin: str) -> bool:
    """Tell whether it is one part over and over, or made of two figures at most."""
    return len(set(pin)) < 3 or any(pin == pin[:n] * (len(pin) // n) for n in (1, 2, 3))


def _runs(pin: str) -> bool:
    """Tell whether every figure is the next one, or the one before; 0 comes after 9."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps in ({1}, {9})


def _drawn(letters: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(letters))
