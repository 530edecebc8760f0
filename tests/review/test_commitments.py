"""What a review tells of commitments, worked out by hand on the small plant."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.service_commitments import Commitment
from qms.rules.clock import utc_now
from tests.review.scene import Scene
from tests.review.test_internal import requested
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "commitments"


def promised(scene: Scene, **given: Any) -> int:
    """Let press promise weld an answer within 4 hours, in force since 2025."""
    def work(session: Any) -> int:
        made = Commitment(**({
            "site_id": scene.plant.site, "year": 2025, "serial": 1, "number": "SC-1", "revision": 1,
            "state": "published", "provider_id": scene.plant.press, "customer_id": scene.plant.weld,
            "service_zh": "换刀", "service_en": "Tool change", "kind": "time", "within_minutes": 240,
            "target_percent": 95, "owner_id": scene.plant.team_leader.id, "published_from": date(2025, 1, 1),
            "drafted_by_id": scene.plant.team_leader.id, "drafted_at": on(1, year=2025)} | given))
        session.add(made)
        session.flush()
        return int(made.id)

    return int(put(scene, work))


def half(scene: Scene) -> int:
    """Ask 6 times: 3 kept, one not, one overdue, one still in time; once earlier, kept; once without a promise."""
    first = promised(scene, state="superseded", valid_to=date(2026, 2, 28))
    second = promised(scene, revision=2, published_from=date(2026, 3, 1))
    asked: dict[str, Any] = {"commitment_id": second, "source": "web"}
    requested(scene, on(1), commitment_id=first, source="web")
    requested(scene, on(4), **asked)
    requested(scene, on(4), **asked)
    requested(scene, on(5), kept=False, due_at=on(5), done_at=on(5, 11), **asked)
    requested(scene, on(6), kept=None, state="taken", due_at=utc_now() - timedelta(hours=1), **asked)
    requested(scene, on(6), kept=None, state="asked", due_at=utc_now() + timedelta(hours=1), **asked)
    requested(scene, on(9, year=2025), commitment_id=first, source="web")
    requested(scene, on(5), kept=False)
    return second


def test_promises_are_counted_over_all_revisions(scene: Scene):
    half(scene)
    made = snapshot(scene, CODE)
    kept = figure(made, "commitments.kept")
    assert (kept.now.value, kept.now.n) == (0.6, 5)
    assert (kept.now.low, kept.now.high) == wilson(3, 5)
    assert kept.before is not None
    assert (kept.before.value, kept.before.n) == (1, 1)
    assert value(made, "commitments.breached") == (2, 5)
    assert value(made, "commitments.in_force") == (1, 1)
    told = line(table(made, "commitments"))
    assert (told["number"], told["target"], told["asked"], told["judged"], told["kept"], told["rate_before"],
            told["target_state"]) == ("SC-1", 0.95, 6, 5, 3, 1, "not reached")


def test_breaches_are_listed_the_newest_first(scene: Scene):
    half(scene)
    breaches = table(snapshot(scene, CODE), "commitment_breaches")
    assert column(breaches, "asked_on") == [date(2026, 6, 10), date(2026, 5, 10)]
    assert column(breaches, "done_on") == [None, date(2026, 5, 11)]


def test_what_is_open_now_is_told_with_what_is_overdue(scene: Scene):
    half(scene)
    made = snapshot(scene, CODE)
    assert value(made, "commitments.open") == (2, None)
    assert value(made, "commitments.overdue") == (1, 2)


def test_no_commitment_is_no_zero(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert [value(made, f"commitments.{name}") for name in ("kept", "breached", "in_force", "overdue")] == [
        (None, 0)] * 4


def test_every_page_it_leads_to_opens(scene: Scene, sign_in: Callable[..., FlaskClient]):
    half(scene)
    assert len(opens(snapshot(scene, CODE), sign_in)) == 8
