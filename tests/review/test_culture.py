"""What a review tells of the culture of reporting, worked out by hand on the small plant."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from qms.measures.intervals import event_rate, wilson
from qms.models.service_complaints_protected import ProtectedReport
from qms.models.service_recognition import Recognition
from tests.measures.records import found, handed
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "culture"


def lots(scene: Scene, at: datetime, count: int) -> None:
    """Let press hand lots to weld."""
    put(scene, lambda session: [handed(session, scene.plant, scene.plant.press_weld, 10, at=at)
                                for _ in range(count)])


def reported(scene: Scene, at: datetime, count: int = 1, **given: Any) -> None:
    """Let weld report what press made, on receipt, unless told otherwise."""
    plant = scene.plant
    put(scene, lambda session: [found(session, plant, 1, at=at, **({
        "at_unit": plant.weld, "origin": plant.press, "steps": 1, "escape_class": "1"} | given))
        for _ in range(count)])


def escaped(scene: Scene, at: datetime, count: int = 1, **given: Any) -> None:
    """Let the final check find what press made."""
    reported(scene, at, count, at_unit=scene.plant.final, steps=3, escape_class="F", **given)


def test_reports_stand_beside_what_was_found_later(scene: Scene):
    lots(scene, on(2), 50)
    reported(scene, on(2), 6)
    reported(scene, on(3), 3, kind="not_made", at_unit=scene.plant.press, steps=0, escape_class="0")
    reported(scene, on(3), state="void")
    escaped(scene, on(4))
    escaped(scene, on(4), origin_state="assumed")
    made = snapshot(scene, CODE)
    assert value(made, "culture.reports") == (220, 50)
    rate = event_rate(11, 50)
    assert figure(made, "culture.reports").now.low == (rate.low or 0) * 1000
    assert value(made, "culture.later") == (20, 50)
    assert value(made, "culture.self_reports") == (3 / 11, 11)
    assert figure(made, "culture.self_reports").now.high == wilson(3, 11).high
    months = table(made, "culture_months")
    assert (column(months, "month")[0], column(months, "month")[-1]) == ("2026-02", "2026-06")
    assert column(months, "reports") == [6, 3, 2, 0, 0]
    assert column(months, "later") == [0, 0, 1, 0, 0]
    assert column(months, "reports_rate")[1] is None
    told = line(table(made, "culture_units"))
    assert (told["unit"], told["lots"], told["reports"], told["self"], told["passed_on"]) == (
        "OP10 Press", 50, 3, 3, 7)


def earlier(scene: Scene) -> None:
    """Give the comparison period 100 lots, 30 reports and 2 escapes; this period 100 lots and 10 reports."""
    lots(scene, on(9, year=2025), 100)
    lots(scene, on(2), 100)
    reported(scene, on(9, year=2025), 28)
    escaped(scene, on(9, year=2025), 2)
    reported(scene, on(2), 10)


def test_fewer_reports_and_no_fewer_escapes_warn_of_under_reporting(scene: Scene):
    earlier(scene)
    escaped(scene, on(3), 3)
    made = snapshot(scene, CODE)
    assert made.warned[0].en == (
        "Under-reporting? all sites of the review: reports fell from 300.0 to 130.0 per 1,000 lots while found later "
        "went from 20.0 to 30.0. Go and ask why less is reported.")
    assert "5 %" in made.said[0].en


def test_fewer_reports_and_fewer_escapes_warn_of_nothing(scene: Scene):
    earlier(scene)
    escaped(scene, on(3), 1)
    assert snapshot(scene, CODE).warned == ()


def test_recognition_and_protected_reports_are_only_counted(scene: Scene):
    plant, person = scene.plant, scene.plant.operator.id

    def work(session: Any) -> None:
        for state, at in (("approved", on(2)), ("approved", on(9, year=2025)), ("declined", on(3))):
            session.add(Recognition(site_id=plant.site, kind="self_report", state=state, unit_id=plant.weld,
                                    reason="Honest", proposed_at=at, proposed_by_id=person, decided_at=at,
                                    decided_by_id=plant.unit_head.id))
        for serial in (1, 2):
            session.add(ProtectedReport(site_id=plant.site, year=2026, serial=serial, number=f"PR-{serial}",
                                        kind="pressure", state="received", account="Told to keep quiet",
                                        filed_at=on(2), filed_by_id=person))

    put(scene, work)
    made = snapshot(scene, CODE)
    assert value(made, "culture.recognised") == (1, None)
    protected = figure(made, "culture.protected")
    assert (protected.now.value, protected.path) == (2, None)
    assert "quiet" not in str(made)


def test_no_lot_is_no_zero_rate(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert [value(made, f"culture.{name}") for name in ("reports", "later", "self_reports")] == [(None, 0)] * 3


def test_every_page_it_leads_to_opens(scene: Scene, sign_in: Callable[..., FlaskClient]):
    lots(scene, on(2), 2)
    assert len(opens(snapshot(scene, CODE), sign_in)) == 3
