"""Makes and keeps the passwords, badges and PINs of the people who show the demo; must not know what they may do."""

import secrets
from pathlib import Path
from typing import NamedTuple

from qms.demo.people import SIGN_INS
from qms.rules.badges import check_pin, grouped, new_badge_code
from qms.rules.devices import PIN_LENGTH
from qms.rules.errors import Invalid

FILE = "demo-sign-in.txt"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Keys(NamedTuple):
    """What one person signs in by: a password at a desk; a badge (its code) and a PIN at a tablet."""

    password: str
    badge: str = ""
    pin: str = ""


def new_keys() -> dict[str, Keys]:
    """Return new keys for each sign-in name; passwords are groups of letters that are not taken for one another."""
    return {sign_in.login: Keys(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)), new_badge_code(), _new_pin())
        for sign_in in SIGN_INS}


def keep(instance: Path, keys: dict[str, Keys]) -> None:
    """Write the keys where only the owner of the instance reads them."""
    path = instance / FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{login} {' '.join(held)}\n" for login, held in keys.items()), encoding="utf-8")


def kept(instance: Path) -> dict[str, Keys]:
    """Return the keys that were kept; empty when there are none."""
    path = instance / FILE
    if not path.exists():
        return {}
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {login: Keys(*held) for login, *held in lines}


def told(keys: dict[str, Keys]) -> list[str]:
    """Return the lines that tell how to sign in."""
    lines = [f"  {'':<16} {'password':<15} {'badge':<23} {'PIN':<7}"]
    for sign_in in SIGN_INS:
        held = keys.get(sign_in.login, Keys("?"))
        lines.append(f"  {sign_in.login:<16} {held.password:<15} {grouped(held.badge):<23} {held.pin:<7} "
                     f"{sign_in.en} ({sign_in.zh})")
    return lines


def _new_pin() -> str:
    """Return a PIN that nobody tries first."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH))
        try:
            check_pin(pin)
        except Invalid:
            continue
        return pin
