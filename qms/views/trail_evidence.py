"""The evidence workspace: what is asked for, what there is, what is missing, packages of it. Decides nothing."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.chain import id_or_none
from forms.trail_evidence import EvidenceForm
from qms.jobs.exports import job_file
from qms.jobs.trail_evidence_packing import KIND, SUFFIX, begin
from qms.models.jobs import Job
from qms.rules.clock import utc_now
from qms.rules.errors import NotFound, RuleError
from qms.rules.trail import table_words
from qms.rules.trail_evidence import JOB_STATES, Gap
from qms.rules.trail_evidence_sheets import FULL
from qms.web import database, needs, person, reading, settings, writing
from qms.web.files import TYPES
from qms.web.language import language, time_zone
from qms.workflows import jobs
from qms.workflows import trail_evidence_made as packages
from qms.workflows import trail_evidence_question as question
from qms.workflows.trail_evidence_choices import choices
from qms.workflows.trail_evidence_pages import shown_with
from qms.workflows.trail_evidence_preview import Preview, preview

bp = Blueprint("trail_evidence", __name__, url_prefix="/trail/evidence")

PAGES = {
    "rejections": ("rejections.show", "rejection_id"), "handovers": ("acceptance.show", "handover_id"),
    "piece_checks": ("acceptance_pieces.show", "check_id"), "stops": ("stops.show", "stop_id"),
    "concessions": ("dispositions_concessions.show", "concession_id"),
    "customer_notices": ("dispositions_notices.show", "notice_id"), "actions": ("actions.show", "action_id"),
    "bypasses": ("controls.bypass", "bypass_id"), "controls": ("controls.show", "control_id"),
    "customer_complaints": ("customers_complaints.show", "complaint_id"), "reviews": ("review.show", "review_id"),
    "score_readings": ("customers_scores.show", "reading_id"), "lots": ("chain.lot", "lot_id"),
    "internal_complaints": ("service_complaints.show", "complaint_id"),
    "service_requests": ("service_requests.show", "request_id"),
    "commitments": ("service_commitments.show", "commitment_id"),
    "qualifications": ("accounts_qualifications.show", "qualification_id"),
}
"""The page of a kind of record, and its part of the address."""
REGISTERS = {
    "rejections": "rejections.register", "dispositions": "dispositions.register",
    "concessions": "dispositions_concessions.register", "customer_notices": "dispositions_notices.register",
    "handovers": "acceptance.handovers", "standards": "acceptance.standards",
    "piece_checks": "acceptance_pieces.inspections",
    "lots": "chain.lots", "stops": "stops.register", "controls": "controls.register",
    "bypasses": "controls.bypasses", "actions": "actions.register", "lessons": "actions_lessons.register",
    "customer_complaints": "customers_complaints.register", "score_readings": "customers_scores.grid",
    "reviews": "review.register", "internal_complaints": "service_complaints.register",
    "appeals": "service_appeals.register", "commitments": "service_commitments.register",
    "service_requests": "service_requests.register", "complaint_follow_ups": "service_follow_ups.register",
    "qualifications": "accounts_qualifications.register", "people": "accounts.people",
}
LANGUAGES = {"zh": "中文", "en": "English"}
BY_DAY = frozenset({"rejections", "handovers"})
"""Registers that take the same days as the question."""
MOST_LINKED = 8
QUARTER = timedelta(days=90)


@bp.get("/")
@needs("trail.view")
def ask() -> ResponseReturnValue:
    """Ask for evidence, see what there is and what is missing, and what was taken out before."""
    person().need("exports.run")
    form = _form()
    seen: Preview | None = None
    asked = None
    if form.submitted and form.validate():
        try:
            question.check_names(_asked_by())
            asked = question.asked_of(request.args.to_dict(flat=False))
            with database().reading() as session:
                seen = preview(session, person(), asked, settings().photos)
        except RuleError as refusal:
            form.refuse(refusal, language())
    made, older = packages.made(reading(), person(), language(), before=request.args.get("before", type=id_or_none))
    return render_template(
        "trail/evidence.html", form=form, seen=seen, fields=question.fields_of(asked) if seen and asked else {},
        told=question.told(asked, language()) if seen and asked else [], gaps=_gaps(seen.gaps) if seen else [],
        registers=_registers(asked), table_words=table_words, made=made, older=older, LANGUAGES=LANGUAGES,
        JOB_STATES=JOB_STATES,
        jobs=packages.own_jobs(reading(), person(), KIND)), form.status


@bp.post("/")
@needs("exports.run")
def pack() -> ResponseReturnValue:
    """Begin to make a package of what was asked for, as long work; asked for twice, it is made once."""
    person().need("trail.view")
    job_id = begin(database(), person(), question.asked_of(request.form.to_dict(flat=False)),
                   language=request.form.get("language", language()), names=request.form.get("names", FULL),
                   address=request.host_url.rstrip("/"))
    return redirect(url_for("trail_evidence.progress", job_id=job_id), 303)


@bp.get("/packages/<id:job_id>")
@needs("exports.run")
def progress(job_id: int) -> str:
    """Show how far a package is, and the way to it."""
    job = _own(job_id)
    asked = question.asked_of(job.args["question"])
    return render_template("trail/evidence_package.html", job=job, told=question.told(asked, language()),
                           fields=question.fields_of(asked), is_there=_file(job).exists())


@bp.get("/packages/<id:job_id>/file")
@needs("exports.run")
def download(job_id: int) -> Response:
    """Send a finished package to who asked for it, and may see all of it still; not found once it is cleared away."""
    job = _own(job_id)
    if job.state != "done" or job.result is None or not _file(job).exists():
        raise NotFound("This package is no longer there. Make it again.", "此证据包已不存在。请重新生成。")
    packages.check_held(person(), job.result["clauses"], job.result["sites"])
    return send_file(_file(job), as_attachment=True, download_name=job.result["file"], mimetype=TYPES[SUFFIX],
                     etag=job.result["sha256"])


@bp.post("/packages/<id:job_id>/cancel")
@needs("exports.run")
def cancel(job_id: int) -> ResponseReturnValue:
    """Stop a package that is being made."""
    _own(job_id)
    with writing("jobs.cancel") as session:
        jobs.cancel(session, person(), job_id)
    return redirect(url_for("trail_evidence.progress", job_id=job_id), 303)


def _asked_by() -> set[str]:
    """Return the names in the address, but the one that turns the pages of what was made before."""
    return set(request.args) - {"before"}


def _form() -> EvidenceForm:
    """Return the form, filled from the address; with the last quarter in it while nothing is asked for."""
    today = utc_now().astimezone(ZoneInfo(time_zone())).date()
    form = EvidenceForm(request.args if _asked_by() else None, translate=gettext,
                        language=language(), first=today - QUARTER, last=today)
    offered = choices(reading(), person())
    for field, among in (("site", offered.sites), ("customer", offered.customers), ("link", offered.links)):
        form.offer(field, [(value, words.to(language())) for value, words in among])
    return form


def _registers(asked: question.Asked | None) -> dict[str, str]:
    """Map kinds of record to the address of their register, of the same days where it knows days."""
    days: dict[str, Any] = {"first": asked.first, "last": asked.last} if asked and asked.first else {}
    return {table: url_for(endpoint, **(days if table in BY_DAY else {})) for table, endpoint in REGISTERS.items()}


def _gaps(gaps: Sequence[Gap]) -> list[dict[str, Any]]:
    """Return gaps of one kind together: how many, and the first ones with the address of their record's page."""
    kinds: dict[tuple[Any, ...], list[Gap]] = {}
    for gap in gaps:
        kinds.setdefault((gap.clause, gap.rule, gap.what, gap.table), []).append(gap)
    first = [gap for same in kinds.values() for gap in same[:MOST_LINKED]]
    places = shown_with(reading(), [(gap.table, gap.id) for gap in first if gap.id])
    return [{"clause": clause, "rule": rule, "what": what, "table": table, "count": len(same),
             "first": list(dict.fromkeys((_called(gap), _page(places.get((gap.table, gap.id))))
                                         for gap in same[:MOST_LINKED])),
             "more": max(0, len(same) - MOST_LINKED)}
            for (clause, rule, what, table), same in kinds.items()]


def _called(gap: Gap) -> str:
    return gap.number or f"#{gap.id}"


def _page(place: tuple[str, int] | None) -> str:
    if place is None or place[0] not in PAGES:
        return ""
    endpoint, part = PAGES[place[0]]
    values: dict[str, Any] = {part: place[1]}
    return url_for(endpoint, **values)


def _own(job_id: int) -> Job:
    job = jobs.own(reading(), person(), job_id)
    if job.kind != KIND or job.person_id != person().id:
        raise NotFound
    return job


def _file(job: Job) -> Path:
    return job_file(settings().files, job.id, SUFFIX).absolute()
