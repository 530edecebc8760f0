"""Makes and keeps the passwords of the people who show the demo; must not know what they may do."""

import secrets
from pathlib import Path

from qms.demo.people import SIGN_INS

FILE = "demo-sign-in.txt"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_passwords() -> dict[str, str]:
    """Return a new password for each sign-in name: three groups of four letters that are not taken for one another."""
    return {sign_in.login: "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
            for sign_in in SIGN_INS}


def keep(instance: Path, passwords: dict[str, str]) -> None:
    """Write the passwords where only the owner of the instance reads them."""
    path = instance / FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{login} {password}\n" for login, password in passwords.items()), encoding="utf-8")


def kept(instance: Path) -> dict[str, str]:
    """Return the passwords that were kept; empty when there are none."""
    path = instance / FILE
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line.strip())


def told(passwords: dict[str, str]) -> list[str]:
    """Return the lines that tell how to sign in."""
    return [f"  {sign_in.login:<16} {passwords.get(sign_in.login, '?'):<16} {sign_in.en} ({sign_in.zh})"
            for sign_in in SIGN_INS]
