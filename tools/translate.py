"""Brings the Chinese catalogue up to date; reads `message<TAB>translation` lines from standard input, if any.

Prints what is still untranslated. Two runs at once wait for each other.
"""

import fcntl
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "qms/translations/zh_Hans/LC_MESSAGES/messages.po"

ONE_WORD = {f"{before}客户{after}": f"{before}顾客{after}" for before, after in (
    ("外部", ""), ("在", "处"), ("通往", ""), ("", "质量"), ("", "投诉"), ("", "特殊要求"), ("", "计分卡"))}
"""What translators write for an outside customer, and the glossary's word; 客户 is whoever receives inside."""


def extracted() -> Catalog:
    """Return every message of the sources."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        subprocess.run(
            [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", str(ROOT / "tools/babel.cfg"),
             "-k", "mark", "--no-location", "--sort-output", "-o", str(pot), "qms", "forms", "templates"],
            cwd=ROOT, check=True)
        with pot.open("rb") as file:
            found = read_po(file)
    catalogue = Catalog(locale="zh_Hans")
    for message in found:
        if message.id:
            catalogue.add(message.id, "" if isinstance(message.id, str) else ("",), flags=message.flags)
    return catalogue


def wtforms_messages() -> Catalog:
    """Return WTForms' own messages with their Chinese, which readers meet in our forms."""
    import wtforms

    path = Path(wtforms.__file__).parent / "locale/zh/LC_MESSAGES/wtforms.po"
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def brought_up_to_date(old: Catalog, given: dict[str, str]) -> Catalog:
    """Return the catalogue of today's messages with every translation that is known."""
    new = extracted()
    new.fuzzy = False
    for message in wtforms_messages():
        if message.id and new.get(message.id) is None:
            new.add(message.id, message.string if isinstance(message.id, str) else message.string[:1])
    for message in new:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        known = old.get(key)
        if given.get(key):
            message.string = given[key] if isinstance(message.id, str) else (given[key],)
        elif known is not None and known.string and any(known.string):
            message.string = known.string if isinstance(message.id, str) else (known.string[0],)
    for message in new:
        if message.string:
            message.string = glossed(message.string)
    return new


def glossed(string: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Return a translation in the words of the glossary."""
    if not isinstance(string, str):
        return tuple(str(glossed(one)) for one in string)
    for other, word in ONE_WORD.items():
        string = string.replace(other, word)
    return string


def main() -> int:
    """Write the catalogue and name what lacks a translation."""
    given = {} if sys.stdin.isatty() else dict(line.rstrip("\n").split("\t", 1) for line in sys.stdin if "\t" in line)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with (PO.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        old = Catalog(locale="zh_Hans")
        if PO.exists():
            with PO.open("rb") as file:
                old = read_po(file, locale="zh_Hans")
        kept = {m.id if isinstance(m.id, str) else m.id[0]: m.string for m in old if m.id and m.string}
        unused = {k: v for k, v in given.items() if k not in kept}
        new = brought_up_to_date(old, given)
        missing = [m.id for m in new if m.id and not (m.string and any(m.string))]
        with PO.open("wb") as file:
            write_po(file, new, sort_output=True, omit_header=False, width=110, no_location=True)
        with PO.with_suffix(".mo").open("wb") as file:
            write_mo(file, new)
    gone = [k for k in unused if new.get(k) is None]
    sys.stdout.write("".join(f"untranslated: {m!r}\n" for m in missing))
    sys.stdout.write("".join(f"not used anywhere: {k!r}\n" for k in gone))
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
