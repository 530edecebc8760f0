"""Makes evidence packages as long work: begun by a page, fetched from there within a week. Knows no page."""

from collections.abc import Mapping
from typing import cast

from qms.db import Database
from qms.jobs.exports import clear_old, job_file
from qms.jobs.trail_evidence import write_evidence
from qms.jobs.worker import Run
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.rules.trail_evidence_sheets import NAMES
from qms.workflows import jobs
from qms.workflows.trail_evidence_gathering import scopes
from qms.workflows.trail_evidence_question import Asked, asked_of, fields_of

KIND = "trail.evidence"
SUFFIX = ".zip"
LANGUAGES = ("zh", "en")


def begin(database: Database, person: Actor, asked: Asked, *, language: str, names: str, address: str) -> int:
    """Ask for a package as long work, and return the job's id; what is asked for twice is made once.

    `address` is where the records' pages are. Raises Invalid, NotAllowed, NotFound.
    """
    if language not in LANGUAGES or names not in NAMES:
        raise Invalid("The language is zh or en, names are full or initials.",
                      "语言须为 zh 或 en, 姓名须为 full 或 initials。", field="language")
    args = {"question": fields_of(asked), "language": language, "names": names, "address": address}
    with database.reading() as session:
        scopes(session, person, asked)
        begun = next((job.id for job in jobs.open_jobs(session, person) if job.kind == KIND and job.args == args), None)
    if begun is None:
        with database.transaction(person, "jobs.ask") as session:
            begun = jobs.ask(session, person, KIND, args).id
    return begun


def pack(job: Run) -> dict[str, object]:
    """Write the package that a job asks for; its result names the file, and what it holds of which sites."""
    target = job_file(job.settings.files, job.id, SUFFIX)
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_old(target.parent)
    asked = asked_of(cast("Mapping[str, list[str]]", job.args["question"]))
    sent = write_evidence(job.database, job.person, asked, target=target, seed=job.settings.signing_seed(),
                          photos=job.settings.photos, language=str(job.args["language"]), progress=job.progress,
                          address=str(job.args["address"]), names=str(job.args["names"]))
    return {"file": f"evidence-{utc_now():%Y-%m-%d-%H%M%S}{SUFFIX}", "rows": sent.rows, "sha256": sent.sha256,
            "clauses": list(sent.clauses), "sites": list(sent.sites), "gaps": sent.gaps}


KINDS = {KIND: pack}
