"""Requests: asked, taken, paused, handed over, done, confirmed or reopened; silence is never satisfaction."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from qms.models.service_requests import ServicePass, ServiceRequest
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.rules.service_requests import SILENT_DAYS
from qms.workflows import service_commitments, service_requests
from qms.workflows import service_requests_clock as clock
from tests.service.desk import Desk


def climb(desk: Desk) -> int:
    from qms.rules.accounts import SYSTEM

    with desk.db.transaction(SYSTEM, "service.escalate", clock=lambda: desk.at) as session:
        return clock.escalate(session, clock.due(session, desk.at))


def lapse(desk: Desk) -> int:
    from qms.rules.accounts import SYSTEM

    with desk.db.transaction(SYSTEM, "service.lapse", clock=lambda: desk.at) as session:
        return clock.lapse(session, clock.silent(session, desk.at))


def test_a_request_is_due_in_plant_hours(desk: Desk):
    held = desk.later(hours=6).asked()
    assert (held.number, held.state) == ("SR-SH-2026-000001", "asked")
    assert held.due_at == desk.at + timedelta(hours=20)


def test_a_request_runs_to_its_confirmation(desk: Desk):
    held = desk.later(hours=1).done()
    assert (held.state, held.kept, held.judged, held.spent_minutes) == ("done", True, "clock", 0)
    held = desk.judged(service_requests.confirm, held, rating=5, words="")
    assert (held.state, held.rating, held.confirmed_by_id) == ("confirmed", 5, desk.asker.id)
    assert held.closed_at == desk.at


def test_a_promise_that_ran_out_is_missed(desk: Desk):
    held = desk.taken()
    held = desk.later(hours=5).served(service_requests.finish, held, answer="Polished")
    assert (held.kept, held.spent_minutes) == (False, 300)


def test_r32_only_the_asking_unit_confirms_and_the_provider_never(desk: Desk):
    held = desk.done()
    for stranger in (desk.server, desk.head, desk.acting("team_leader", desk.plant.paint)):
        with pytest.raises(NotAllowed):
            desk.do(service_requests.confirm, stranger, held.id, held.rev, rating=5)
    assert desk.judged(service_requests.confirm, held, rating=4).state == "confirmed"


@pytest.mark.parametrize("step", [service_requests.confirm, service_requests.reopen])
def test_r32_whoever_served_it_does_not_judge_it_even_with_a_grant_for_both(desk: Desk, step: Callable):
    everywhere = desk.plant.quality_engineer
    held = desk.asked()
    held = desk.do(service_requests.take, everywhere, held.id, held.rev)
    held = desk.do(service_requests.finish, everywhere, held.id, held.rev, answer="x")
    given = {"rating": 5} if step is service_requests.confirm else {"reason": "x"}
    with pytest.raises(Refused) as refused:
        desk.do(step, everywhere, held.id, held.rev, **given)
    assert refused.value.rule == "R-32"
    assert desk.judged(step, held, **given).state in {"confirmed", "reopened"}


def test_r32_silence_is_closed_without_answer_and_never_satisfied(desk: Desk):
    held = desk.done()
    assert lapse(desk.later(days=SILENT_DAYS - 1)) == 0
    assert lapse(desk.later(days=1)) == 1
    held = desk.read(held)
    assert (held.state, held.rating, held.confirmed_at) == ("unanswered", None, None)
    assert desk.judged(service_requests.reopen, held, reason="Sticks again").state == "reopened"


def test_a_pause_moves_the_due_time_by_its_plant_hours(desk: Desk):
    held = desk.taken()
    first = held.due_at
    held = desk.later(hours=1).served(service_requests.pause, held, reason="material", note="Insert ordered")
    assert (held.state, held.due_at) == ("paused", None)
    held = desk.later(days=1).served(service_requests.resume, held)
    assert (held.state, held.due_at) == ("taken", first + timedelta(days=1))
    held = desk.later(hours=3).served(service_requests.finish, held, answer="x")
    assert (held.kept, held.spent_minutes) == (True, 240)


def test_the_clock_is_paused_only_where_the_commitment_allows_it(desk: Desk):
    held = desk.taken(desk.published(pausable=False))
    with pytest.raises(Invalid):
        desk.served(service_requests.pause, held, reason="asker")


def test_what_is_late_already_is_no_longer_paused(desk: Desk):
    held = desk.taken()
    with pytest.raises(Invalid):
        desk.later(hours=5).served(service_requests.pause, held, reason="asker")


def test_a_handed_over_request_keeps_its_clock_and_shows_the_way(desk: Desk):
    held = desk.taken()
    due = held.due_at
    held = desk.later(hours=1).served(service_requests.pass_on, held, to_id=desk.plant.quality, reason="No gauge here")
    assert (held.state, held.provider_id, held.passed, held.due_at) == ("asked", desk.plant.quality, 1, due)
    assert held.first_provider_id == desk.plant.press
    with pytest.raises(NotAllowed):
        desk.served(service_requests.take, held)
    with desk.db.reading() as session:
        kept = session.query(ServicePass).filter_by(request_id=held.id).one()
        assert (kept.from_id, kept.to_id, kept.reason) == (desk.plant.press, desk.plant.quality, "No gauge here")


@pytest.mark.parametrize("to", ["press", "weld"])
def test_a_request_is_not_handed_to_who_serves_or_asks(desk: Desk, to: str):
    held = desk.taken()
    with pytest.raises(Invalid) as refused:
        desk.served(service_requests.pass_on, held, to_id=getattr(desk.plant, to), reason="x")
    assert refused.value.field == "to_id"


def test_a_reopened_request_was_never_done_and_its_clock_never_stopped(desk: Desk):
    held = desk.done()
    due = held.due_at
    held = desk.later(hours=3).judged(service_requests.reopen, held, reason="Sticks again")
    assert (held.state, held.reopened, held.kept, held.done_at, held.due_at) == ("reopened", 1, None, None, due)
    held = desk.served(service_requests.take, held)
    held = desk.later(hours=2).served(service_requests.finish, held, answer="Insert changed")
    assert (held.kept, held.spent_minutes) == (False, 300)


def test_quality_is_judged_by_who_asked(desk: Desk):
    held = desk.done(desk.published(kind="quality"))
    assert (held.due_at, held.kept) == (None, None)
    with pytest.raises(Invalid) as refused:
        desk.judged(service_requests.confirm, held, rating=3, words="")
    assert refused.value.field == "met"
    held = desk.judged(service_requests.confirm, held, rating=2, words="Wrong datum", met=False)
    assert (held.kept, held.judged) == (False, "asker")


def test_a_refusal_and_a_withdrawal_need_a_reason(desk: Desk):
    held = desk.asked()
    for step, take in ((service_requests.refuse, desk.served), (service_requests.withdraw, desk.judged)):
        with pytest.raises(Invalid):
            take(step, held, reason=" ")
    assert desk.served(service_requests.refuse, held, reason="Not our die").state == "refused"


@pytest.mark.parametrize(("hours", "kept"), [(1, None), (5, False)])
def test_a_late_request_does_not_become_unmissed_by_refusing_it(desk: Desk, hours: int, kept: bool | None):
    held = desk.asked()
    held = desk.later(hours=hours).served(service_requests.refuse, held, reason="x")
    assert held.kept is kept


def test_nobody_asks_through_what_is_not_in_force_or_not_made_to_them(desk: Desk):
    draft, other = desk.drafted(), desk.published(customer_id=desk.plant.paint)
    for held in (draft, other):
        with pytest.raises(Invalid) as refused:
            desk.asked(held)
        assert refused.value.field == "commitment_id"
    gone = desk.published()
    desk.do(service_commitments.withdraw, desk.head, gone.id, gone.rev, reason="x")
    with pytest.raises(Invalid):
        desk.asked(gone)


def test_nobody_asks_for_a_unit_that_is_not_theirs(desk: Desk):
    held = desk.published()
    with pytest.raises(NotAllowed):
        desk.asked(held, asker_id=desk.plant.paint)


def test_r50_a_request_keeps_the_revision_under_which_it_was_asked(desk: Desk):
    first = desk.published()
    held = desk.asked(first)
    second = desk.do(service_commitments.revise, desk.head, first.id, first.rev, reason="x")
    desk.do(service_commitments.publish, desk.head, second.id, second.rev,
            published_from=desk.at.date() + timedelta(days=1))
    assert desk.read(held).commitment_id == first.id
    with pytest.raises(Invalid):
        desk.later(days=1).asked(first)


def test_two_people_do_not_take_a_request_on(desk: Desk):
    held = desk.asked()
    desk.served(service_requests.take, held)
    with pytest.raises(Stale):
        desk.do(service_requests.take, desk.server, held.id, 1)


def test_each_step_makes_one_version(desk: Desk):
    held = desk.asked()
    for rev, take in ((2, lambda r: desk.served(service_requests.take, r)),
                      (3, lambda r: desk.served(service_requests.pause, r, reason="asker")),
                      (4, lambda r: desk.served(service_requests.resume, r)),
                      (5, lambda r: desk.served(service_requests.finish, r, answer="x")),
                      (6, lambda r: desk.judged(service_requests.reopen, r, reason="x")),
                      (7, lambda r: desk.served(service_requests.pass_on, r, to_id=desk.plant.paint, reason="x"))):
        held = take(held)
        assert held.rev == rev


def test_an_illegal_step_is_refused(desk: Desk):
    with pytest.raises(IllegalStep):
        desk.served(service_requests.finish, desk.asked(), answer="x")


def test_a_late_request_climbs_by_plant_hours_until_it_is_done(desk: Desk):
    held = desk.taken()
    assert climb(desk.later(hours=3)) == 0
    for hours, rungs in ((2, 1), (16, 1), (8, 2), (48, 3)):
        climb(desk.later(hours=hours))
        assert desk.read(held).rungs == rungs, hours
    held = desk.read(held)
    desk.served(service_requests.finish, held, answer="x")
    assert climb(desk.later(days=3)) == 0


def test_a_paused_request_does_not_climb(desk: Desk):
    held = desk.taken()
    desk.served(service_requests.pause, held, reason="outside")
    assert climb(desk.later(days=5)) == 0
    assert isinstance(desk.read(held), ServiceRequest)
