"""Which concessions are in force, end soon, were granted in the period or wait."""

from datetime import date

import pytest

from qms.models.dispositions_concessions import Concession
from tests.review.scene import JULY, Scene
from tests.review.told import column, figure, line, opens, put, snapshot, table, value

CODE = "concessions"


def concession(scene: Scene, serial: int, state: str, *, decided: date | None = None, used: int = 0,
               expires: date | None = None) -> None:
    """Put a concession over 100 pieces as it stands."""
    plant = scene.plant
    put(scene, lambda session: session.add(Concession(
        site_id=plant.site, year=2026, serial=serial, number=f"C-{serial}", kind="concession", state=state,
        originator="own", item_id=plant.item, characteristic="Edge", deviation="Burr up to 0.3 mm",
        customer_id=plant.customer, customer_decided_on=decided, quantity_authorised=100, quantity_used=used,
        expires_on=expires, withdrawn_reason="Asked wrongly" if state == "withdrawn" else None, drafted_by_id=0,
        drafted_at=JULY)))


@pytest.fixture
def made(scene: Scene) -> Scene:
    """Two in force, one of which ends on 30 July; one used up; one with the customer; one withdrawn as a draft."""
    concession(scene, 1, "active", decided=date(2026, 3, 5), used=40, expires=date(2026, 7, 30))
    concession(scene, 2, "approved", decided=date(2025, 12, 31), expires=date(2026, 7, 31))
    concession(scene, 3, "used_up", decided=date(2026, 1, 1), used=100)
    concession(scene, 4, "at_customer")
    concession(scene, 5, "withdrawn")
    concession(scene, 6, "refused", decided=date(2026, 3, 5))
    return scene


def test_what_is_in_force_and_what_ends(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "concessions.open")[0] == 2
    assert value(told, "concessions.ending") == (1, 2)
    first = line(table(told, "open"))
    assert (first["number"], first["authorised"], first["used"], first["expires_on"]) == ("C-1", 100, 40,
                                                                                         date(2026, 7, 30))


def test_what_was_granted_in_each_period(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "concessions.granted")[0] == 2
    assert figure(told, "concessions.granted").before.value == 1
    assert column(table(told, "granted"), "number") == ["C-1", "C-3"]


def test_what_waits(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "concessions.at_customer")[0] == 1
    assert value(told, "concessions.unconfirmed")[0] == 1


def test_every_path_opens(made: Scene, sign_in):
    assert len(opens(snapshot(made, CODE), sign_in)) >= 5
