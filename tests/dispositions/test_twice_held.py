"""Pieces that two rejections hold can be worked over for each; they are presented again when nothing holds them."""

from sqlalchemy import select

from qms.models.acceptance import Handover
from qms.models.rejections import Rejection
from qms.rules.acceptance import Fault
from qms.workflows import acceptance, dispositions
from tests.acceptance.arrange import approved, at, presented
from tests.dispositions.scene import RISK, Scene


def refused(scene: Scene, *faults: Fault) -> list[Rejection]:
    """Present a whole lot, refuse it for these faults, and return the rejections, each of the whole lot."""
    approved(scene.db, scene.plant, clock=at("2026-03-02T00:00:00+00:00"))
    handover, person = presented(scene.db, scene.plant), scene.plant.team_leader
    with scene.db.transaction(person, "acceptance.reject") as session:
        acceptance.reject(session, person, handover.id, handover.rev, faults=list(faults))
    with scene.db.reading() as session:
        return list(session.scalars(select(Rejection).order_by(Rejection.id)))


def reworked_good(scene: Scene, rejection: Rejection) -> None:
    hold = scene.holds(rejection, "held")[0]
    line = scene.worked(scene.one(rejection, "rework", **RISK))
    scene.do(dispositions.verify, line, verification="All good", good=hold.quantity, scrapped=0)


def presented_again(scene: Scene) -> list[int]:
    with scene.db.reading() as session:
        return list(session.scalars(select(Handover.quantity).where(Handover.presentation > 1)))


def test_r01_good_pieces_that_another_rejection_holds_are_verified_and_not_presented(scene: Scene):
    first, second = refused(scene, Fault(scene.plant.burr, 5), Fault(scene.plant.scratch, 3))
    assert [sum(h.quantity for h in scene.holds(one, "held")) for one in (first, second)] == [200, 3]
    reworked_good(scene, first)
    assert scene.holds(first, "held") == []
    assert presented_again(scene) == []


def test_good_pieces_that_nothing_else_holds_are_presented_again(scene: Scene):
    (only,) = refused(scene, Fault(scene.plant.burr, 200))
    reworked_good(scene, only)
    assert presented_again(scene) == [200]
