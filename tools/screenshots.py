"""Takes the user guide's pictures from a demo instance, in both languages.

`python tools/screenshots.py INSTANCE [FOLDER]`; FOLDER is docs/images unless given.
"""

import io
import shutil
import sys
import threading
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from waitress.server import create_server

from qms import create_app
from qms.db import Database
from qms.jobs import ticks
from qms.models.acceptance import Handover, Standard
from qms.models.accounts import Grant, Person, SignIn
from qms.models.actions_causes import Cause
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain import Link, Unit
from qms.models.customers import Customer
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import BoardReview, Disposition
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import Hold, Passage, Rejection
from qms.models.review import Review
from qms.models.satisfaction import Survey
from qms.models.service_complaints import ComplaintStep
from qms.models.service_requests import ServiceRequest
from qms.models.stops import Stop
from qms.rules.accounts import SYSTEM
from qms.rules.rejections import UNDECIDED
from qms.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1280, 800
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]


def addresses(database: Database) -> dict[str, str]:
    """Choose what to show: records with something to see on them."""
    with database.reading() as session:
        return {**_floor(session), **_nonconformity(session), **_improvement(session), **_customers(session),
                **_review(session)}


def _floor(session: Session) -> dict[str, str]:
    escaped = session.scalar(select(Passage.rejection_id).group_by(Passage.rejection_id)
                             .order_by(func.count().desc()).limit(1))
    rejection = escaped or session.scalar(select(func.max(Rejection.id)))
    waiting = session.scalar(
        select(Handover.id).where(Handover.state == "presented", Handover.standard_id.isnot(None))
        .order_by(Handover.id.desc()))
    link = session.scalar(
        select(Handover.link_id).where(Handover.source == "demo").group_by(Handover.link_id)
        .order_by(func.count().desc()).limit(1))
    customer = session.scalar(select(Link.customer_id).where(Link.id == link))
    unit = session.scalar(select(Unit.id).where(Unit.purpose.isnot(None), Unit.kind == "operation")) or customer
    stop = session.scalar(select(Stop.id).where(Stop.customer_id.isnot(None)).order_by(Stop.id.desc()).limit(1))
    standard = session.scalar(select(Standard.id).where(Standard.state == "approved").order_by(Standard.id.desc()))
    return {
        "today": "/", "map": "/chain/map", "unit": f"/chain/units/{unit}",
        "standard": f"/acceptance/standards/{standard}", "hand-overs": "/acceptance/hand-overs",
        "decide": f"/acceptance/hand-overs/{waiting}/decide",
        "report": "/rejections/report",
        "register": "/rejections/", "rejection": f"/rejections/{rejection}",
        "tag": f"/rejections/{rejection}/label", "board": "/rejections/board",
        "stops": "/stops/", "stop": f"/stops/{stop}", "roster": f"/chain/rosters/?unit={unit}",
        "calendar": "/chain/calendar/",
        "andon": "/boards/andon", "measures": "/measures/",
        "link": f"/measures/links/{link}", "workbook": "/chain/units/workbook/", "imports": "/imports/",
        "trail": "/trail/", "evidence": "/trail/evidence/?first=2020-01-01&last=2099-12-31",
        "rules": "/trail/rules", "people": "/accounts/people",
    }


def _nonconformity(session: Session) -> dict[str, str]:
    """Choose a rejection to decide that the board was asked about, one with most lines, a concession most used."""
    open_to_decide = (select(Hold.rejection_id).join(Rejection, Rejection.id == Hold.rejection_id)
                      .where(Hold.state == "held", Rejection.state.in_(UNDECIDED),
                             Rejection.site_id.in_(select(Disposition.site_id)),
                             Hold.id.not_in(select(Disposition.hold_id))))
    asked = select(BoardReview.rejection_id)
    undecided = (session.scalar(open_to_decide.where(Hold.rejection_id.in_(asked)).limit(1))
                 or session.scalar(open_to_decide.order_by(Rejection.item_id.is_(None), Hold.rejection_id.desc())
                                   .limit(1)))
    disposed = session.scalar(select(Disposition.rejection_id).group_by(Disposition.rejection_id)
                              .order_by(func.count().desc(), Disposition.rejection_id.desc()).limit(1))
    concession = session.scalar(select(Concession.id).order_by(
        (Concession.state == "active").desc(), Concession.quantity_used.desc()).limit(1))
    place = session.scalar(select(Hold.place_id).where(Hold.state == "held", Hold.place_id.isnot(None))
                           .group_by(Hold.place_id).order_by(func.count().desc()).limit(1))
    return {
        "review-board": "/dispositions/", "dispose": f"/dispositions/rejections/{undecided}/decide",
        "disposed": f"/rejections/{disposed}#dispositions",
        "concession": f"/dispositions/concessions/{concession}",
        "quarantine-count": f"/dispositions/quarantine/places/{place}/count", "costs": "/dispositions/costs/",
        "controls": "/controls/",
    }


def _improvement(session: Session) -> dict[str, str]:
    """Choose the case with most causes, and one that is proven."""
    case = session.scalar(select(Cause.action_id).where(Cause.active).group_by(Cause.action_id)
                          .order_by(func.count().desc(), Cause.action_id).limit(1))
    proven = session.scalar(select(EffectivenessPlan.action_id).order_by(
        EffectivenessPlan.state.in_(("proven", "confirmed")).desc(), EffectivenessPlan.id.desc()).limit(1))
    return {
        "team-board": "/actions/board", "action": f"/actions/{case}", "causes": f"/actions/{case}/causes/",
        "effectiveness": f"/actions/{proven}#effectiveness", "closure": "/actions/closure",
    }


def _customers(session: Session) -> dict[str, str]:
    """Choose a request that was handed over, a complaint inside and one from outside, and what was published last."""
    request = session.scalar(select(ServiceRequest.id).order_by(ServiceRequest.passed.desc(), ServiceRequest.id)
                             .limit(1))
    inside = session.scalar(select(ComplaintStep.complaint_id).group_by(ComplaintStep.complaint_id)
                            .order_by(func.count().desc()).limit(1))
    outside = session.scalar(select(CustomerComplaint.id).order_by(
        CustomerComplaint.origin_unit_id.is_(None), CustomerComplaint.id.desc()).limit(1))
    customer = session.scalar(select(Customer.unit_id).order_by(Customer.id).limit(1))
    survey = session.scalar(select(Survey.id).where(Survey.kind == "internal", Survey.published_at.is_not(None))
                            .order_by(Survey.id.desc()).limit(1))
    return {
        "commitments": "/service/commitments/", "request": f"/service/requests/{request}",
        "internal-complaint": f"/service/complaints/{inside}", "customer": f"/customers/{customer}",
        "customer-complaint": f"/customers/complaints/{outside}", "customer-scores": f"/customers/{customer}/scorecard",
        "survey": f"/satisfaction/{survey}", "survey-results": f"/satisfaction/{survey}/results",
        "scorecards": "/satisfaction/scorecards/", "settlement": "/satisfaction/settlement/",
    }


def _review(session: Session) -> dict[str, str]:
    """Choose the review that is signed, and the one in its meeting."""
    newest = select(func.max(Review.id))
    signed, meeting = (session.scalar(newest.where(Review.state == state)) for state in ("signed", "meeting"))
    inputs = f"/review/{meeting}/inputs"
    return {
        "reviews": "/review/", "review": f"/review/{meeting}", "review-signed": f"/review/{signed}#decisions",
        "review-input": f"{inputs}/nonconformities", "review-link": f"{inputs}/link",
        "review-fill": f"{inputs}/potential-failures/fill",
    }


def token(database: Database, role: str, language: str) -> tuple[str, int]:
    """Sign in whoever holds a role, in a language, without touching their password."""
    import hashlib
    import secrets
    import uuid

    from qms.rules.clock import utc_now

    made, at = secrets.token_urlsafe(32), utc_now()
    with database.transaction(SYSTEM, "accounts.choose_language") as session:
        person = session.scalars(select(Person).join(Grant, Grant.person_id == Person.id).where(Grant.role == role)
                                 .order_by(Person.id)).first()
        if person is None:
            raise SystemExit(f"nobody holds the role {role}")
        person.language = language
        session.add(SignIn(token_hash=hashlib.sha256(made.encode()).hexdigest(), person_id=person.id,
                           public_id=str(uuid.uuid4()), started_at=at, seen_at=at, ends_at=at + timedelta(hours=1)))
        return made, person.id


def take(page: Page, address: str, target: Path) -> None:
    """Open a page, wait for its charts, and keep its first screen."""
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or answer.status != 200:
        sys.stdout.write(f"{address}: {answer.status if answer else 'no answer'}\n")
    page.wait_for_timeout(700)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.save(target, "WEBP", quality=82, method=6)


def main(instance: Path, folder: Path) -> None:
    """Let the clock run once as it does where the instance is served, serve it on loopback, take every picture."""
    settings = Settings(instance=instance, workers=0)
    database = Database(settings.url)
    for tick in ticks():
        tick.run(database)
    server = create_server(create_app(settings, database), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    folder.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{server.effective_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for language in ("zh", "en"):
            context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, base_url=url)
            context.add_cookies([{"name": "qms", "value": token(database, "quality_manager", language)[0], "url": url}])
            page = context.new_page()
            for name, address in addresses(database).items():
                take(page, address, folder / f"{name}.{language}.webp")
            context.close()
        browser.close()
    server.close()
    database.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else ROOT / "docs/images")
