"""Commitments: drafted, published, revised by date, withdrawn; only by the unit that promises."""

from datetime import date, timedelta

import pytest

from qms.models.service_commitments import Commitment
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Stale
from qms.workflows import service_commitments, service_commitments_register
from qms.workflows.chain_paging import Wish
from qms.workflows.service_commitments_register import Filter
from tests.service.desk import PROMISE, QUALITY, Desk

MONDAY = date(2026, 3, 2)


def listed(desk: Desk, person=None, **wanted: object) -> list[str]:
    with desk.db.reading() as session:
        page = service_commitments_register.register(session, person or desk.plant.auditor, Filter(**wanted), Wish())
        return [f"{c.number}/{c.revision}" for c in page.rows]


def test_a_unit_publishes_what_it_promises(desk: Desk):
    made = desk.published(customer_id=desk.plant.weld)
    assert (made.number, made.state, made.revision) == ("CM-SH-2026-000001", "published", 1)
    assert (made.published_from, made.next_review_on) == (MONDAY, date(2027, 3, 1))
    assert made.grant_id == desk.head.grants[0].id


def test_another_unit_does_not_promise_for_it(desk: Desk):
    stranger = desk.acting("unit_head", desk.plant.weld)
    with pytest.raises(NotAllowed):
        desk.do(service_commitments.draft, stranger, provider_id=desk.plant.press, owner_id=stranger.id, **PROMISE)
    held = desk.drafted()
    with pytest.raises(NotAllowed):
        desk.do(service_commitments.publish, stranger, held.id, held.rev)


@pytest.mark.parametrize(("given", "field"), [
    ({"within_minutes": None}, "within_hours"), ({"within_minutes": 0}, "within_hours"),
    ({"target_percent": 0}, "target_percent"), ({"kind": "speed"}, "kind"), ({"owner_id": None}, "owner_id"),
    ({"service_zh": " "}, "service_zh"),
    (QUALITY | {"standard_zh": ""}, "standard_zh"), (QUALITY | {"within_minutes": 60}, "within_hours")])
def test_a_promise_that_cannot_be_measured_is_refused(desk: Desk, given: dict, field: str):
    with pytest.raises(Invalid) as refused:
        desk.drafted(**given)
    assert refused.value.field == field


def test_a_unit_promises_nothing_to_itself(desk: Desk):
    with pytest.raises(Invalid) as refused:
        desk.drafted(customer_id=desk.plant.press)
    assert refused.value.field == "customer_id"


def test_a_link_names_the_customer_and_another_one_is_refused(desk: Desk):
    assert desk.drafted(link_id=desk.plant.press_weld).customer_id == desk.plant.weld
    with pytest.raises(Invalid) as refused:
        desk.drafted(link_id=desk.plant.weld_paint)
    assert refused.value.field == "link_id"


def test_r50_a_new_revision_ends_the_former_the_day_before(desk: Desk):
    first = desk.published()
    second = desk.do(service_commitments.revise, desk.head, first.id, first.rev, reason="Second fitter hired")
    second = desk.do(service_commitments.edit, desk.head, second.id, second.rev,
                     **{name: getattr(second, name) for name in service_commitments.PROMISED}
                     | {"within_minutes": 120})
    later = MONDAY + timedelta(days=7)
    second = desk.do(service_commitments.publish, desk.head, second.id, second.rev, published_from=later)
    first = desk.read(first)
    assert (first.state, first.valid_to, second.revision) == ("superseded", later - timedelta(days=1), 2)
    with desk.db.reading() as session:
        for day, minutes in ((MONDAY, 240), (later - timedelta(days=1), 240), (later, 120)):
            held = service_commitments.in_force(session, first.number, day)
            assert held is not None
            assert held.within_minutes == minutes
        assert service_commitments.in_force(session, first.number, MONDAY - timedelta(days=1)) is None


@pytest.mark.parametrize("days", [-1, 0])
def test_r50_a_revision_neither_reaches_back_nor_begins_with_the_one_it_replaces(desk: Desk, days: int):
    first = desk.published()
    second = desk.do(service_commitments.revise, desk.head, first.id, first.rev, reason="x")
    with pytest.raises(Invalid):
        desk.do(service_commitments.publish, desk.head, second.id, second.rev,
                published_from=MONDAY + timedelta(days=days))


def test_there_is_one_draft_of_the_next_revision(desk: Desk):
    first = desk.published()
    desk.do(service_commitments.revise, desk.head, first.id, first.rev, reason="x")
    with pytest.raises(IllegalStep):
        desk.do(service_commitments.revise, desk.head, first.id, first.rev, reason="y")


def test_a_revision_and_a_withdrawal_need_a_reason(desk: Desk):
    held = desk.published()
    for step in (service_commitments.revise, service_commitments.withdraw):
        with pytest.raises(Invalid) as refused:
            desk.do(step, desk.head, held.id, held.rev, reason=" ")
        assert refused.value.field == "reason"


def test_what_is_published_is_not_edited(desk: Desk):
    held = desk.published()
    with pytest.raises(IllegalStep):
        desk.do(service_commitments.edit, desk.head, held.id, held.rev, **PROMISE, owner_id=desk.head.id)


def test_a_stale_edit_overwrites_nothing(desk: Desk):
    held = desk.drafted()
    desk.do(service_commitments.edit, desk.head, held.id, held.rev, **PROMISE | {"target_percent": 90},
            owner_id=desk.head.id)
    with pytest.raises(Stale):
        desk.do(service_commitments.edit, desk.head, held.id, 1, **PROMISE, owner_id=desk.head.id)
    assert desk.read(held).target_percent == 90


def test_a_review_moves_the_next_one_on_and_never_into_the_past(desk: Desk):
    held = desk.published()
    held = desk.do(service_commitments.look_through, desk.head, held.id, held.rev, next_review_on=date(2028, 1, 1))
    assert held.next_review_on == date(2028, 1, 1)
    with pytest.raises(Invalid):
        desk.do(service_commitments.look_through, desk.head, held.id, held.rev, next_review_on=MONDAY)


def test_r43_what_is_withdrawn_stays_and_is_found_when_asked_for(desk: Desk):
    held = desk.published()
    desk.do(service_commitments.withdraw, desk.head, held.id, held.rev, reason="Bought outside")
    assert listed(desk) == []
    assert listed(desk, state="withdrawn") == [f"{held.number}/1"]
    assert desk.read(held).withdrawn_reason == "Bought outside"


def test_the_register_is_narrowed_by_what_is_asked_for(desk: Desk):
    one = desk.published(customer_id=desk.plant.weld)
    two = desk.drafted(kind="quality")
    for wanted, found in (({}, [one, two]), ({"kind": "quality"}, [two]), ({"state": "draft"}, [two]),
                          ({"sought": "die"}, [one]), ({"sought": "冲压"}, [one, two]),
                          ({"customer_id": desk.plant.paint}, [two]), ({"provider_id": desk.plant.weld}, [])):
        assert listed(desk, **wanted) == [f"{c.number}/1" for c in found], wanted


def test_whoever_sees_another_site_only_finds_none(desk: Desk):
    from dataclasses import replace

    from qms.rules.accounts import Grant

    held, elsewhere = desk.published(), replace(desk.plant.auditor, grants=(Grant(1, "auditor", 999_999),))
    assert listed(desk, elsewhere) == []
    with desk.db.reading() as session, pytest.raises(NotFound):
        service_commitments_register.whole(session, elsewhere, held.id)


def test_the_database_keeps_promises_measurable(desk: Desk):
    with pytest.raises(Invalid), desk.db.transaction(desk.head, "service.edit_commitment") as session:
        held = Commitment(site_id=desk.plant.site, year=2026, serial=99, number="CM-X", revision=1, state="draft",
                          provider_id=desk.plant.press, service_zh="x", service_en="x", kind="time",
                          within_minutes=None, target_percent=95, pausable=False, owner_id=desk.head.id,
                          drafted_by_id=desk.head.id, drafted_at=desk.at)
        session.add(held)
