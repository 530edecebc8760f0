"""Every message has its Chinese, and the compiled catalogue is the one in the sources."""

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools.translate import PO, extracted


def test_every_message_is_translated():
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    missing = [m.id for m in extracted() if m.id and not _translated(catalogue, m.id)]
    assert not missing


def _translated(catalogue, message_id) -> bool:
    found = catalogue.get(message_id if isinstance(message_id, str) else message_id[0])
    return found is not None and bool(found.string) and any(found.string)


def test_the_compiled_catalogue_is_that_of_the_sources():
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert Path(PO.with_suffix(".mo")).read_bytes() == compiled.getvalue()


def test_placeholders_are_the_same_in_both_languages():
    import re

    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    wanted = re.compile(r"%\(\w+\)[sd]")
    wrong = [m.id for m in catalogue if isinstance(m.id, str) and m.string
             and sorted(wanted.findall(m.id)) != sorted(wanted.findall(m.string))]
    assert not wrong
