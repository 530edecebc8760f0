"""What was scrapped of a lot is not accepted with the rest of it, whenever that was presented."""

import pytest

from qms.models.chain import Lot
from qms.models.rejections import ContainmentLine, Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import Refused
from qms.workflows import acceptance, dispositions, rejections
from tests.acceptance.arrange import approved, at, good_results
from tests.dispositions.scene import NOON, Scene


def presented(scene: Scene, quantity: int):
    """Present so many of a lot of 40, of which 10 are rejected and 14 more found in the warehouse, and scrap those."""
    approved(scene.db, scene.plant, clock=at("2026-03-02T00:00:00+00:00"))
    engineer, operator = scene.plant.quality_engineer, scene.plant.operator
    with scene.db.transaction(SYSTEM, "tests.lot") as session:
        lot = Lot(site_id=scene.plant.site, number="L-A", item_id=scene.plant.item, quantity=40)
        session.add(lot)
    made = scene.reported(lot_id=lot.id)
    with scene.db.transaction(operator, "acceptance.present", clock=lambda: NOON) as session:
        handover = acceptance.present(session, operator, link_id=scene.plant.press_weld, lot_id=lot.id,
                                      quantity=quantity)
    with scene.db.transaction(engineer, "rejections.ask_containment") as session:
        lines = rejections.ask_containment(session, engineer, made.id, scene.read(Rejection, made.id).rev)
    for line in lines:
        found = 14 if line.place == "warehouse" else 0
        with scene.db.transaction(engineer, "rejections.answer_containment") as session:
            rejections.answer_containment(session, engineer, line.id, scene.read(ContainmentLine, line.id).rev,
                                          suspect=found, checked=found, nonconforming=found, good=0)
    for line in scene.decide(made, *[Draft(h.id, "scrap", h.quantity) for h in scene.holds(made, "held")]):
        scene.do(dispositions.start, line, place="Cage")
        scene.do(dispositions.report, line, result="Cut", method="cut")
        scene.do(dispositions.witness, line)
        scene.do(dispositions.dispose, line)
    return handover


def accept(scene: Scene, handover):
    person = scene.plant.team_leader
    with scene.db.transaction(person, "acceptance.accept", clock=lambda: NOON) as session:
        return acceptance.accept(session, person, handover.id, handover.rev,
                                 results=good_results(scene.db, handover))


def test_r01_more_than_is_left_of_a_lot_is_not_accepted(scene: Scene):
    with pytest.raises(Refused, match="16 are left") as refused:
        accept(scene, presented(scene, 30))
    assert refused.value.rule == "R-01"


def test_r01_what_is_left_of_a_lot_is_accepted(scene: Scene):
    assert accept(scene, presented(scene, 16)).accepted == 16
