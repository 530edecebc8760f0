"""Writes single records to files: which papers there are, and how one gets from the database into a file and the trail.

The trail entry (R-53) is made before anyone gets the file. Knows no page and no command.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exports import (
    actions,
    chain_thread,
    customers_complaints,
    dispositions,
    dispositions_concessions_sheet,
    satisfaction,
    service_complaints_sheet,
)
from exports.document import document
from exports.sections import LANGUAGES, Paper, Photo, Section
from exports.sheets import workbook
from qms.db import Database
from qms.jobs.trail_checkpoints import under
from qms.rules.accounts import Actor
from qms.rules.actions import STATES as CASES
from qms.rules.chain_thread import STATES as THREADS
from qms.rules.clock import utc_now
from qms.rules.customers_complaints import STATES as COMPLAINTS
from qms.rules.dispositions_concessions import STATES as CONCESSIONS
from qms.rules.errors import Invalid, NotFound
from qms.rules.rejections import STATES as REJECTIONS
from qms.rules.satisfaction import STATES as SURVEYS
from qms.rules.service_appeals import STATES as APPEALS
from qms.rules.service_complaints import STATES as INTERNAL
from qms.rules.words import Words
from qms.workflows import (
    actions_report,
    chain_thread_report,
    customers_complaints_ledger,
    dispositions_sheet,
    satisfaction_report,
)
from qms.workflows import dispositions_concessions_sheet as concession_sheets
from qms.workflows import service_complaints_sheet as complaint_sheets
from qms.workflows.attachments_store import kept
from qms.workflows.exports import record

MAKERS: dict[str, Callable[[Paper, str], bytes]] = {".pdf": document, ".xlsx": workbook}
MISSING = Words("missing from the photo store", "照片库中已缺失")


@dataclass(frozen=True)
class Kind:
    """A record that can be printed: its title, who may see it, what is told of it, how that reads, its states."""

    title: Words
    permission: str
    page: str
    told: Callable[[Session, Actor, int], dict[str, Any]]
    sections: Callable[[dict[str, Any], Sequence[Photo]], list[Section]]
    states: dict[str, Words]


DOCUMENTS: dict[str, Kind] = {
    "actions": Kind(actions.TITLE, "actions.view", "/actions/{}", actions_report.report, actions.sections, CASES),
    "complaints": Kind(customers_complaints.TITLE, "customers.view", "/customers/complaints/{}",
                       customers_complaints_ledger.sheet, customers_complaints.sections, COMPLAINTS),
    "threads": Kind(chain_thread.TITLE, "chain.view", "/chain/lots/{}/thread", chain_thread_report.report,
                    chain_thread.sections, THREADS),
    "dispositions": Kind(dispositions.TITLE, "dispositions.view", "/rejections/{}", dispositions_sheet.sheet,
                         dispositions.sections, REJECTIONS),
    "concessions": Kind(dispositions_concessions_sheet.TITLE, "dispositions.view", "/dispositions/concessions/{}",
                        concession_sheets.sheet, dispositions_concessions_sheet.sections, CONCESSIONS),
    "internal-complaints": Kind(service_complaints_sheet.TITLE, "service.view", "/service/complaints/{}",
                                complaint_sheets.sheet, service_complaints_sheet.sections, INTERNAL),
    "appeals": Kind(service_complaints_sheet.APPEAL_TITLE, "service.view", "/service/appeals/{}/decide",
                    complaint_sheets.appeal_sheet, service_complaints_sheet.appeal_sections, APPEALS),
    "satisfaction": Kind(satisfaction.TITLE, "satisfaction.view", "/satisfaction/{}/results",
                         satisfaction_report.report, satisfaction.sections, SURVEYS),
}


class Sent(NamedTuple):
    """A file that was written and put into the trail."""

    name: str
    content: bytes


def write(database: Database, person: Actor, what: str, record_id: int, *, suffix: str, language: str, photos: Path,
          address: str = "", seed: bytes | None = None) -> Sent:
    """Return a record as .pdf or .xlsx in zh, en or both, with the export in the trail.

    `photos` is the photo store, `address` where the records' pages are; `seed`: the key that signs the checkpoint which
    the file names. Raises Invalid for another kind of file or language, NotFound, NotAllowed.
    """
    if suffix not in MAKERS:
        raise Invalid("A document is a .pdf or a .xlsx file.", "文档须为 .pdf 或 .xlsx。", field="format")
    if language not in LANGUAGES:
        raise Invalid("The language is zh, en or both.", "语言须为 zh、en 或 both。", field="language")
    person.need("exports.run")
    kind = DOCUMENTS[what]
    person.need(kind.permission)
    with database.reading() as session:
        told = kind.told(session, person, record_id)
    checkpoint = under(database, seed)
    paper = Paper(
        title=kind.title, number=told["number"], subject=told["title"], site=told["site"],
        sections=kind.sections(told, _photos(told["photos"], photos)), zone=told["zone"], demo=told["demo"],
        printed_at=utc_now().astimezone(ZoneInfo(told["zone"])).replace(tzinfo=None, microsecond=0),
        printed_by=person.name, address=address + kind.page.format(record_id) if address else "",
        state=kind.states[told["state"]], checkpoint=checkpoint)
    content = MAKERS[suffix](paper, language)
    name = f"{told['number']}-{language}{suffix}"
    with database.transaction(person, "exports.write") as session:
        record(session, person, kind=what, filters=f"id={record_id}&language={language}", rows=1, file_name=name,
               sha256=hashlib.sha256(content).hexdigest())
    return Sent(name, content)


def _photos(rows: Sequence[dict[str, Any]], store: Path) -> list[Photo]:
    """Return the pictures with their captions; of one that is no longer there, the caption says so."""
    return [_photo(row, store) for row in rows]


def _photo(row: dict[str, Any], store: Path) -> Photo:
    caption = f"{row['rejection']}  {row['added_at']:%Y-%m-%d %H:%M}  {row['name']}"
    try:
        return Photo(kept(store, row["sha256"]), caption)
    except NotFound:
        return Photo(b"", f"{caption} ({MISSING.zh} / {MISSING.en})")
