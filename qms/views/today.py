"""The first page: what waits for the reader. Decides nothing."""

from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask_babel import format_timedelta

from qms.models.jobs import Job
from qms.rules import (
    acceptance_pieces,
    actions,
    actions_effectiveness,
    actions_tasks,
    controls,
    customers_complaints,
    customers_scores,
    devices,
    dispositions,
    dispositions_concessions,
    dispositions_notices,
    review,
    satisfaction,
    service_complaints,
    service_requests,
    stops,
)
from qms.rules.acceptance import HANDOVER
from qms.rules.clock import utc_now
from qms.rules.rejections import STEPS
from qms.rules.words import Words
from qms.web import needs, person, reading, settings
from qms.workflows import today
from qms.workflows.accounts_qualifications_register import running_out
from qms.workflows.today_accounts import ending
from qms.workflows.today_concessions import conceded
from qms.workflows.today_customers import owed
from qms.workflows.today_effectiveness import cases
from qms.workflows.today_intake import from_tablets
from qms.workflows.today_review import reviewed
from qms.workflows.today_service_complaints import complained
from qms.workflows.today_service_requests import requests
from qms.workflows.today_surveys import surveyed
from qms.workflows.trail_reviews import overdue

bp = Blueprint("today", __name__)


@bp.get("/")
@needs()
def index() -> str:
    """Show what waits, oldest first."""
    found, tablets = today.today(reading(), person()), from_tablets(reading(), person())
    concessions, proofs = conceded(reading(), person()), cases(reading(), person())
    qualifications, internal = running_out(reading(), person()), complained(reading(), person())
    service, outside = requests(reading(), person()), owed(reading(), person())
    surveys, reviews = surveyed(reading(), person()), reviewed(reading(), person())
    accesses, review_due = ending(reading(), person()), overdue(reading(), person(), settings().trail_review_days)
    return render_template("today/index.html", today=found, qualifications=qualifications,
                           tablets=tablets, conceded=concessions, proofs=proofs,
                           service=service, REQUEST=service_requests,
                           outside=outside, CUSTOMER_COMPLAINT=customers_complaints, SCORE=customers_scores,
                           surveyed=surveys, SURVEY=satisfaction, reviewed=reviews, REVIEW=review,
                           ending=accesses, review_due=review_due,
                           complained=internal, COMPLAINT=service_complaints,
                           waiting=found.waiting + tablets.total + concessions.total + proofs.total
                           + qualifications.total + service.total + internal.total + outside.total + surveys.total
                           + reviews.total + accesses.total + bool(review_due), age=age, work=work,
                           ACTION=actions, EFFECT=actions_effectiveness,
                           CONCESSION=dispositions_concessions, NOTICE=dispositions_notices,
                           DISPOSITION=dispositions,
                           STATES=STEPS.states, STOP=stops, HANDOVER_STATES=HANDOVER.states, PIECES=acceptance_pieces,
                           DEVICE=devices, TASK=actions_tasks, CONTROL=controls, now=utc_now())


def age(since: datetime) -> str:
    """Return how long something has waited, in the reader's words."""
    shown: str = format_timedelta(utc_now() - since, granularity="minute")
    return shown


def work(job: Job) -> tuple[Words, str]:
    """Return what a job is called, by the feature it belongs to, and the address that shows how far it is."""
    if job.kind.startswith("exports."):
        return Words("Export", "导出"), url_for("exports.progress", job_id=job.id)
    if job.kind.startswith("review."):
        address = url_for("review_counting.progress", review_id=job.args["review_id"], job_id=job.id)
        return Words("Management review", "管理评审"), address
    return Words("Import", "导入"), url_for("imports.runs")
