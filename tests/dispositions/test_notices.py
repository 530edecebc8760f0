"""R-16: shipped suspect product is told to the customer against the clock, and the case waits for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.chain import Item
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import ContainmentLine, Rejection
from qms.rules import dispositions_notices as rules
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused
from qms.workflows import dispositions_notices as notices
from qms.workflows import rejections
from tests.dispositions.concessions import read
from tests.plant import Plant
from tests.rejections.cases import reported

SAID = {"told_at": None, "channel": "phone", "person_told": "Li Na", "notice": "Stop lot L-0001"}


def answered(db: Database, plant: Plant, rejection: Rejection, **suspect: int) -> list[CustomerNotice]:
    """Ask every place and answer each: so many suspect pieces there, all of them good, else none."""
    with db.transaction(plant.quality_engineer, "rejections.ask_containment") as session:
        held = rejections.one(session, plant.quality_engineer, rejection.id)
        if not session.scalars(select(ContainmentLine).where(ContainmentLine.rejection_id == held.id)).all():
            rejections.ask_containment(session, plant.quality_engineer, held.id, held.rev)
        for line in session.scalars(select(ContainmentLine).where(ContainmentLine.rejection_id == held.id)):
            pieces = suspect.get(line.place, 0)
            rejections.answer_containment(session, plant.quality_engineer, line.id, line.rev, suspect=pieces,
                                          checked=pieces, nonconforming=0, good=pieces)
    return of(db, rejection)


def of(db: Database, rejection: Rejection) -> list[CustomerNotice]:
    """Return the notices of a rejection."""
    with db.reading() as session:
        return list(session.scalars(select(CustomerNotice).where(CustomerNotice.rejection_id == rejection.id)
                                    .order_by(CustomerNotice.id)))


def do(db: Database, plant: Plant, work, held: CustomerNotice, **given) -> CustomerNotice:
    """Let the quality engineer take a step."""
    with db.transaction(plant.quality_engineer, "tests.notice") as session:
        return work(session, plant.quality_engineer, held.id, read(db, held).rev, **given)


def release(db: Database, plant: Plant, rejection: Rejection) -> Rejection:
    """Release everything that a rejection holds."""
    with db.transaction(plant.quality_manager, "rejections.release") as session:
        for hold in rejections.whole(session, SYSTEM, rejection.id).holds:
            rejections.release(session, plant.quality_manager, hold.id, hold.rev, good=hold.quantity, not_good=0,
                               result="all good")
    return read(db, rejection)


@pytest.mark.parametrize("place", rules.SHIPPED)
def test_r16_suspect_product_that_was_shipped_opens_a_notice_with_a_clock(db: Database, plant: Plant, place: str):
    notice, = answered(db, plant, reported(db, plant), **{place: 40})
    assert (notice.state, notice.quantity, notice.customer_id) == ("due", 40, plant.customer)
    assert notice.due_at - notice.known_at == timedelta(hours=24)
    assert notice.number.startswith("NT-SH-")


def test_r16_suspect_product_that_never_left_opens_none(db: Database, plant: Plant):
    rejection = reported(db, plant)
    assert answered(db, plant, rejection, finished=40, warehouse=10) == []
    assert release(db, plant, rejection).state == "closed"


def test_r16_a_case_closes_only_after_the_customer_was_told_and_the_detail_sent(db: Database, plant: Plant):
    rejection = reported(db, plant)
    notice, = answered(db, plant, rejection, customer=40)
    assert release(db, plant, rejection).state == "contained"
    do(db, plant, notices.tell, notice, **SAID)
    assert read(db, rejection).state == "contained"
    do(db, plant, notices.follow_up, notice, follow_up="8D-12 with the sorted lots")
    closed = read(db, rejection)
    assert (closed.state, closed.closed_at is not None) == ("closed", True)
    assert do(db, plant, notices.close, notice, answer="Accepted").state == "closed"


def test_r16_what_an_outside_customer_found_is_answered_to_it(db: Database, plant: Plant):
    rejection = reported(db, plant, plant.quality_engineer, found_unit_id=plant.customer, link_id=plant.final_customer)
    notice, = of(db, rejection)
    assert (notice.quantity, notice.customer_id) == (10, plant.customer)
    assert of(db, reported(db, plant)) == []


def test_r16_pieces_that_become_known_later_are_told_too(db: Database, plant: Plant):
    rejection = reported(db, plant)
    first, = answered(db, plant, rejection, customer=40)
    first, = answered(db, plant, rejection, customer=40, field=5)
    assert first.quantity == 45
    do(db, plant, notices.tell, first, **SAID)
    _, second = answered(db, plant, rejection, customer=40, field=12)
    assert (second.state, second.quantity) == ("due", 7)


def test_r16_a_customer_who_is_not_known_is_named_when_told(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.item") as session:
        session.get_one(Item, plant.item).customer_id = None
    notice, = answered(db, plant, reported(db, plant), customer=40)
    assert notice.customer_id is None
    with pytest.raises(Refused) as refused:
        do(db, plant, notices.tell, notice, **SAID)
    assert (refused.value.rule, refused.value.field) == ("R-16", "customer_id")
    assert do(db, plant, notices.tell, notice, customer_id=plant.customer, **SAID).customer_id == plant.customer


def test_r16_a_notice_is_void_only_when_nothing_was_shipped(db: Database, plant: Plant):
    rejection = reported(db, plant)
    notice, = answered(db, plant, rejection, customer=40)
    with pytest.raises(IllegalStep, match="40 suspect pieces"):
        do(db, plant, notices.void, notice, reason="wrong place")
    answered(db, plant, rejection, customer=0, warehouse=40)
    assert release(db, plant, rejection).state == "contained"
    assert do(db, plant, notices.void, notice, reason="It was the warehouse").state == "void"
    assert read(db, rejection).state == "closed"


def test_a_void_rejection_takes_its_untold_notice_with_it(db: Database, plant: Plant):
    rejection = reported(db, plant, plant.quality_engineer, found_unit_id=plant.customer, link_id=plant.final_customer)
    with db.transaction(plant.quality_engineer, "rejections.void") as session:
        rejections.void(session, plant.quality_engineer, rejection.id, rejection.rev, reason="Reported twice")
    notice, = of(db, rejection)
    assert (notice.state, notice.void_reason) == ("void", "Reported twice")


def test_what_was_told_has_a_time_that_can_be_a_person_and_words(db: Database, plant: Plant):
    notice, = answered(db, plant, reported(db, plant), customer=40)
    for wrong, field in (({"told_at": utc_now() + timedelta(hours=1)}, "told_at"),
                         ({"told_at": utc_now() - timedelta(days=9)}, "told_at"), ({"channel": "drum"}, "channel"),
                         ({"person_told": " "}, "person_told"), ({"notice": ""}, "notice"),
                         ({"customer_id": plant.press}, "customer_id")):
        with pytest.raises(Invalid) as invalid:
            do(db, plant, notices.tell, notice, **(SAID | wrong))
        assert invalid.value.field == field
    with db.transaction(plant.operator, "tests.notice") as session, pytest.raises(NotAllowed):
        notices.tell(session, plant.operator, notice.id, notice.rev, **SAID)


def test_a_notice_is_late_by_when_the_customer_was_told():
    due = utc_now()
    before, after = due - timedelta(minutes=1), due + timedelta(minutes=1)
    assert rules.is_late("due", due, None, after)
    assert not rules.is_late("due", due, None, before)
    assert not rules.is_late("told", due, before, after)
    assert rules.is_late("followed_up", due, after, after)
    assert not rules.is_late("void", due, None, after)
