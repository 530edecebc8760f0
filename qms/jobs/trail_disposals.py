"""Carries out approved disposals: records and entries as the owner of the database, then the files. Knows no rule."""

from qms.jobs.worker import Run
from qms.workflows import trail_disposals
from qms.workflows.attachments_store import forget


def run(job: Run) -> dict[str, object]:
    """Dispose of what a proposal names; all of it or, when the worker is killed meanwhile, nothing yet."""
    with job.database.disposing(job.person, "trail.dispose") as session:
        files = trail_disposals.carry_out(session, int(str(job.args["disposal_id"])))
    for sha in files:
        forget(job.settings.photos, sha)
    return {"files": len(files)}


KINDS = {trail_disposals.KIND: run}
