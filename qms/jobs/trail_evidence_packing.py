"""Makes evidence packages as long work: begun by a page, fetched from there within a week. Knows no page."""

from collections.abc import Mapping
from typing import cast

from qms.jobs.exports import clear_old, job_file
from qms.jobs.trail_evidence import write_evidence
from qms.jobs.worker import Run
from qms.rules.clock import utc_now
from qms.workflows.trail_evidence_question import asked_of

KIND = "trail.evidence"
SUFFIX = ".zip"


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
