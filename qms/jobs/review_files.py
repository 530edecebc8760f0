"""Writes management reviews to files: workbook, document, slides; each leaves a trail before anyone gets it (R-53).

Knows no page and no command.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from exports.review_document import review_document
from exports.review_made import Made
from exports.review_slides import review_slides
from exports.review_workbook import review_workbook
from qms.db import Database
from qms.jobs.trail_checkpoints import under
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.review import VIEW
from qms.rules.review_packs import Pack
from qms.workflows.exports import record
from qms.workflows.review_pack import pack_of


class Sent(NamedTuple):
    """A file that was written and put into the trail."""

    name: str
    content: bytes
    sha256: str


MAKERS: dict[str, Callable[[Pack, str], Made]] = {
    ".xlsx": review_workbook, ".pdf": review_document, ".pptx": review_slides}
LANGUAGES = ("zh", "en")


def write(database: Database, person: Actor, review_id: int, *, suffix: str, language: str, address: str = "",
          seed: bytes | None = None) -> Sent:
    """Return a review as a file in zh or en, with the export in the trail.

    `address` is where the records' pages are; `seed`: the key that signs the checkpoint which the file names. Raises
    Invalid for another kind of file or language, NotFound, NotAllowed.
    """
    if suffix not in MAKERS:
        raise Invalid(f"A review is one of these files: {', '.join(MAKERS)}.",
                      f"管理评审文件须为 {'、'.join(MAKERS)}。", field="format")
    if language not in LANGUAGES:
        raise Invalid("The language is zh or en.", "语言须为 zh 或 en。", field="language")
    person.need("exports.run")
    person.need(VIEW)
    with database.reading() as session:
        pack = pack_of(session, person, review_id, address=address)
    made = MAKERS[suffix](replace(pack, checkpoint=under(database, seed)), language)
    name, sha256 = f"{pack.number}-{language}{suffix}", hashlib.sha256(made.content).hexdigest()
    with database.transaction(person, "exports.write") as session:
        record(session, person, kind="review", filters=f"id={review_id}&language={language}", rows=made.rows,
               file_name=name, sha256=sha256)
    return Sent(name, made.content, sha256)
