"""Writes evidence packages: out of the database into a ZIP, and the export into the trail (R-53). Knows no page.

The trail entry is made before anyone gets the file.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from exports.evidence_package import Entry, Package, write_package
from qms.db import Database
from qms.db.notes import Signer, origin_of
from qms.jobs.exports import Progress, silent
from qms.jobs.trail_evidence_book import Wanted, write_book
from qms.jobs.trail_evidence_steps import Steps
from qms.models.accounts import Person
from qms.rules.accounts import Actor
from qms.rules.accounts_looks import is_onlooker
from qms.rules.clock import rfc3339, utc_now
from qms.rules.trail_evidence_sheets import FULL
from qms.rules.words import Words
from qms.workflows import accounts_looks as looks
from qms.workflows import trail_checkpoints as checkpoints
from qms.workflows import trail_evidence as evidence
from qms.workflows import trail_evidence_question as question
from qms.workflows.attachments_store import place
from qms.workflows.exports import record

WORKBOOK = "evidence.xlsx"
TITLE = Words("Evidence", "证据")


class Sent(NamedTuple):
    """A package that was written and put into the trail: how much it holds, of which clauses and sites, what lacks."""

    rows: int
    sha256: str
    clauses: Sequence[str]
    sites: Sequence[int]
    gaps: int


def write_evidence(database: Database, person: Actor, asked: question.Asked, *, target: Path, seed: bytes, photos: Path,
                   language: str = "zh", progress: Progress = silent, address: str = "", names: str = FULL) -> Sent:
    """Write the evidence that answers a question to a path, and the export into the trail.

    Nothing is left at the path when the trail refuses. Raises Invalid, NotAllowed, NotFound, BadFile.

    `address` is where the records' pages are; `names`, one of NAMES: how the workbook names persons.
    """
    with database.reading() as session, tempfile.TemporaryDirectory() as folder:
        steps = Steps(progress)
        found = evidence.collect(session, person, asked, photos, steps.tell)
        steps.total = found.tree.size + evidence.steps(session, found)
        signer = Signer(origin_of(checkpoints.identity(session)), seed)
        note = checkpoints.sign(signer, found.peaks)
        wanted, sites = evidence.attached(session, found), evidence.sites(session, found)
        here = [sha256 for sha256 in wanted if place(photos, sha256).exists()]
        book = Path(folder) / WORKBOOK
        write_book(session, Wanted(
            title=TITLE.to(language), by=person.name, kinds=found.kinds, size=found.tree.size, root=found.tree.root(),
            filters=question.told(asked, language), photos=photos, clauses=found.clauses, gaps=found.gaps,
            no_file=frozenset(wanted) - frozenset(here), address=address, names=names), book, language, steps)
        people = evidence.counts(session, found).get(Person.__tablename__, 0)
        written = write_package(target, Package(
            origin=signer.name, checkpoint=note, public_key=str(signer.public), sign=signer.sign,
            about={**question.fields_of(asked), "made_at": rfc3339(utc_now()), "made_by": person.name,
                   "by_table": {table: count for table, count in evidence.counts(session, found).items() if count},
                   "attachments_missing": sorted(set(wanted) - set(here))},
            records=steps.over(evidence.records(session, found)),
            entries=(Entry(*one) for one in steps.over(evidence.entries(session, found))),
            proofs=steps.over(evidence.proofs(session, found)),
            files=[(WORKBOOK, book), *((f"attachments/{sha256}", place(photos, sha256)) for sha256 in here)]))
    try:
        checkpoints.keep(database, found.peaks, note, "export")
        with database.transaction(person, "exports.evidence") as session:
            record(session, person, kind="evidence", filters=question.query_of(asked), rows=written.rows,
                   file_name=target.name, sha256=written.sha256)
            if is_onlooker(person):
                looks.note(session, person, "export", people=people, address=f"evidence?{question.query_of(asked)}")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Sent(written.rows, written.sha256, [clause.code for clause, _tables in found.clauses], sites,
                len(found.gaps))
