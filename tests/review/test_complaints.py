"""What a review tells of internal complaints and appeals, worked out by hand on the small plant."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.service_appeals import Appeal
from qms.models.service_complaints_protected import ProtectedReport
from tests.review.scene import Scene
from tests.review.test_internal import filed
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "complaints_appeals"
serials = count(1)


def appealed(scene: Scene, complaint_id: int, state: str, **given: Any) -> None:
    """Appeal against the answer to a complaint."""
    serial = next(serials)
    put(scene, lambda session: session.add(Appeal(**({
        "site_id": scene.plant.site, "year": 2026, "serial": serial, "number": f"AP-{serial}",
        "complaint_id": complaint_id, "appeal_level": 1, "side": "accused", "against": "accepted", "state": state,
        "grounds": "Not ours", "filed_at": on(3), "filed_by_id": scene.plant.team_leader.id,
        "due_at": on(4)} | given))))


def half(scene: Scene) -> None:
    """File six complaints on press and one on weld: late, refused, reopened, withdrawn, unanswered, in time."""
    plant = scene.plant
    filed(scene, on(1), defect_id=plant.burr)
    filed(scene, on(1), defect_id=plant.burr, answered_at=on(1) + timedelta(hours=9))
    filed(scene, on(2), state="refused", done_at=None, confirmed_at=None)
    filed(scene, on(2), state="accepted", done_at=None, confirmed_at=None, reopened=1)
    filed(scene, on(3), state="withdrawn", answered_at=None, done_at=None, confirmed_at=None)
    filed(scene, on(4), state="filed", answered_at=None, done_at=None, confirmed_at=None)
    filed(scene, on(6), state="unanswered", confirmed_at=None, accused_id=plant.weld, complaining_id=plant.paint)
    filed(scene, on(9, year=2025))


def test_complaints_are_counted_with_how_they_were_answered(scene: Scene):
    half(scene)
    made = snapshot(scene, CODE)
    complaints = figure(made, "complaints.filed")
    assert (complaints.now.value, complaints.before and complaints.before.value) == (7, 1)
    assert value(made, "complaints.counted") == (4 / 7, 7)
    assert value(made, "complaints.answered") == (4 / 6, 6)
    assert (figure(made, "complaints.answered").now.low, figure(made, "complaints.answered").now.high) == wilson(4, 6)
    assert value(made, "complaints.confirmed") == (2 / 3, 3)
    assert value(made, "complaints.reopened") == (0.25, 4)
    assert column(table(made, "complaint_units"), "filed") == [6, 1]
    assert column(table(made, "complaint_months"), "filed") == [2, 2, 1, 1, 0, 1]


def test_what_came_up_again_is_named(scene: Scene):
    half(scene)
    assert line(table(snapshot(scene, CODE), "complaint_topics")) == {
        "complaining": "OP20 Weld", "accused": "OP10 Press", "topic": "D01 Burr", "times": 2}


def test_appeals_are_counted_with_the_share_overturned(scene: Scene):
    complaints = [filed(scene, on(3)) for _ in range(4)]
    for complaint, state in zip(complaints, ("overturned", "upheld", "upheld", "open"), strict=True):
        appealed(scene, complaint.id, state)
    made = snapshot(scene, CODE)
    assert value(made, "complaints.appeals") == (4, None)
    assert value(made, "complaints.overturned") == (1 / 3, 3)


def test_r35_protected_reports_are_a_number_and_nothing_else(scene: Scene):
    put(scene, lambda session: session.add(ProtectedReport(
        site_id=scene.plant.site, year=2026, serial=1, number="PR-1", kind="pressure", state="received",
        account="Told to keep quiet", filed_at=on(2), filed_by_id=scene.plant.operator.id)))
    told = figure(snapshot(scene, CODE), "complaints.protected")
    assert (told.now.value, told.now.n, told.path, told.formula) == (1, None, None, None)


def test_no_complaint_is_no_zero_share(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert [value(made, f"complaints.{name}") for name in ("counted", "answered", "confirmed", "overturned")] == [
        (None, 0)] * 4


def test_every_page_it_leads_to_opens(scene: Scene, sign_in: Callable[..., FlaskClient]):
    half(scene)
    assert len(opens(snapshot(scene, CODE), sign_in)) == 6
