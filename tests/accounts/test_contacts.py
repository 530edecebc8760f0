"""What is noticed by a tablet's heartbeat (promise 22), and what it costs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.jobs import ticks
from qms.jobs.accounts_devices import notice_silent
from qms.models.accounts import Person
from qms.models.accounts_devices import DeviceContact
from qms.models.rejections_intake import IntakeDiscard
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.devices import SILENT_AFTER
from qms.rules.errors import Invalid, NotAllowed, Stale
from qms.workflows import accounts_devices_incidents as found
from qms.workflows.accounts_contacts import Head
from qms.workflows.accounts_contacts_hearing import hearing
from tests.accounts.tablets import NOON, enrolled, incidents, received, says
from tests.plant import Plant, make_plant


@pytest.fixture
def device(db: Database, plant: Plant):
    return enrolled(db, plant, at=NOON)[0]


def kinds(db, **asked):
    return [(i.kind, i.first_seq, i.last_seq, i.count) for i in incidents(db, **asked)]


def test_a_contact_is_kept_and_the_trail_hears_nothing(db, device):
    with db.reading() as session:
        before = session.scalar(select(ledger.c.seq).order_by(ledger.c.seq.desc()).limit(1))
    answer = says(db, device, last_seq=2, waiting_seqs=[1, 2], persisted=True, skew_ms=-40, app_version="v")
    says(db, device, NOON + timedelta(minutes=5), last_seq=3, waiting_seqs=[1, 2, 3])
    with db.reading() as session:
        kept = session.get_one(DeviceContact, device.id)
        after = session.scalar(select(ledger.c.seq).order_by(ledger.c.seq.desc()).limit(1))
    assert (kept.last_seq, kept.waiting, kept.waiting_seqs) == (3, 3, [1, 2, 3])
    assert kept.seen_at == NOON + timedelta(minutes=5)
    assert before == after == answer.head.size
    assert (answer.next_seq, answer.reoffer, answer.discard) == (3, False, [])


def test_numbers_that_are_neither_here_nor_waiting_are_named_and_settle_when_they_come(db, plant, device):
    received(db, plant, device, 1, 2, 8)
    says(db, device, last_seq=10, waiting_seqs=[6, 9, 10])
    assert kinds(db) == [("gap", 3, 5, 3), ("gap", 7, 7, 1)]
    received(db, plant, device, 7, 3, 4)
    says(db, device, NOON + timedelta(minutes=5), last_seq=10, waiting_seqs=[6, 9, 10])
    assert kinds(db) == [("gap", 3, 5, 3)]
    received(db, plant, device, 5)
    says(db, device, NOON + timedelta(minutes=10), last_seq=10, waiting_seqs=[6, 9, 10])
    assert kinds(db) == []
    assert [i.closed_by_id for i in incidents(db, closed=True)] == [None, None]


def test_a_tablet_that_misses_numbers_is_asked_once_for_what_it_sent(db, plant, device):
    assert says(db, device, last_seq=2).reoffer
    assert not says(db, device, NOON + timedelta(minutes=5), last_seq=2).reoffer
    received(db, plant, device, 1, 2)
    assert not says(db, device, NOON + timedelta(minutes=10), last_seq=2).reoffer
    assert incidents(db) == []


def test_a_gap_that_a_person_closed_is_not_told_again(db, plant, device):
    says(db, device, last_seq=2)
    [gap] = incidents(db)
    with db.transaction(plant.team_leader, "accounts.close_incident") as session:
        found.close(session, plant.team_leader, gap.id, gap.rev, "on paper: T-01/1 and 2")
    says(db, device, NOON + timedelta(minutes=5), last_seq=3, waiting_seqs=[3])
    assert incidents(db) == []


@pytest.mark.parametrize(("person", "rev", "reason", "error"), [
    ("operator", 1, "x", NotAllowed), ("team_leader", 2, "x", Stale), ("team_leader", 1, " ", Invalid)])
def test_closing_an_incident_needs_grant_version_and_reason(db, plant, device, person, rev, reason, error):
    says(db, device, last_seq=2)
    [gap] = incidents(db)
    actor = plant.people[person]
    with pytest.raises(error), db.transaction(actor, "accounts.close_incident") as session:
        found.close(session, actor, gap.id, rev, reason)


def test_a_record_that_came_in_between_is_no_loss(db, plant, device):
    says(db, device, last_seq=3, waiting_seqs=[1, 2, 3])
    received(db, plant, device, 1, 2, 3)
    says(db, device, NOON + timedelta(minutes=5), last_seq=4, waiting_seqs=[4])
    assert incidents(db) == []


def test_a_wiped_outbox_is_named_with_its_count(db, plant, device):
    received(db, plant, device, 1)
    says(db, device, last_seq=5, waiting_seqs=[2, 3, 4, 5])
    answer = says(db, device, NOON + timedelta(minutes=5), last_seq=0)
    assert kinds(db) == [("emptied", 2, 5, 4)]
    assert answer.next_seq == 6
    says(db, device, NOON + timedelta(minutes=10), last_seq=5)
    assert kinds(db) == [("emptied", 2, 5, 4)]


def test_a_tablet_that_counts_anew_with_nothing_outstanding_is_named_too(db, plant, device):
    received(db, plant, device, 1, 2)
    says(db, device, last_seq=2)
    says(db, device, NOON + timedelta(minutes=5), last_seq=0)
    says(db, device, NOON + timedelta(minutes=6), last_seq=0)
    assert kinds(db) == [("emptied", None, None, None)]


def test_an_older_state_that_a_slow_network_brings_later_alarms_nobody(db, plant, device):
    received(db, plant, device, 1)
    says(db, device, last_seq=2, waiting_seqs=[2])
    answer = says(db, device, NOON + timedelta(seconds=20), last_seq=1)
    assert incidents(db) == []
    assert answer.next_seq == 3


def test_what_was_given_up_leaves_the_tablet_without_alarm(db, plant, device):
    says(db, device, last_seq=2, waiting_seqs=[1, 2], attention=1, refused=[{"id": "c1", "status": 400, "error": "x"}])
    with db.transaction(plant.quality_engineer, "rejections.discard_intake") as session:
        session.add(IntakeDiscard(client_id="c1", device_id=device.id, reason="test record", at=NOON,
                                  person_id=plant.quality_engineer.id))
    assert says(db, device, NOON + timedelta(minutes=5), last_seq=2, waiting_seqs=[1, 2], attention=1,
                refused=[{"id": "c1", "status": 400, "error": "x"}]).discard == ["c1"]
    answer = says(db, device, NOON + timedelta(minutes=6), last_seq=2, waiting_seqs=[2], let_go=["c1"])
    assert (answer.discard, incidents(db)) == ([], [])
    with db.reading() as session:
        assert session.query(IntakeDiscard).one().done_at == NOON + timedelta(minutes=6)


def test_refused_records_are_one_incident_that_settles(db, plant, device):
    refused = [{"id": "c1", "status": 409, "error": "other body"}]
    says(db, device, last_seq=2, waiting_seqs=[1, 2], attention=1, refused=refused)
    says(db, device, last_seq=2, waiting_seqs=[1, 2], attention=2, refused=refused * 2)
    assert kinds(db) == [("refused", None, None, 2)]
    received(db, plant, device, 1, 2)
    says(db, device, last_seq=2)
    assert kinds(db) == []


def test_a_silent_tablet_is_noticed_once_and_settles_when_it_is_heard_of(db, plant, device):
    says(db, device, last_seq=1, waiting_seqs=[1])
    other = enrolled(db, plant, "T-02", at=NOON)[0]
    for after in (SILENT_AFTER, SILENT_AFTER + timedelta(seconds=1), SILENT_AFTER + timedelta(hours=1)):
        with db.transaction(SYSTEM, "accounts.contact", clock=lambda after=after: NOON + after) as session:
            found.notice_silent(session)
    assert [(i.device_id, i.kind, i.count) for i in incidents(db)] == [(device.id, "silent", 1)]
    assert other.id != device.id
    says(db, device, NOON + timedelta(hours=6), last_seq=1, waiting_seqs=[1])
    assert incidents(db) == []


def test_a_server_set_back_asks_for_the_last_30_days_and_names_no_number_missing(db, plant, device):
    other = enrolled(db, plant, "T-02", at=NOON)[0]
    size = says(db, device).head.size
    answers = [says(db, each, last_seq=4, head=head) for each in (device, other)
               for head in (Head(size + 100, "0" * 64), Head(size, "0" * 64))]
    assert [a.reoffer for a in answers] == [True] * 4
    assert kinds(db) == [("rolled_back", None, None, None)]
    received(db, plant, device, 1, 2, 3, 4)
    assert not says(db, device, NOON + timedelta(minutes=1), last_seq=4, head=answers[0].head).reoffer
    assert kinds(db) == [("rolled_back", None, None, None)]


def test_an_older_head_of_our_own_trail_is_fine(db, plant, device):
    old = says(db, device).head
    received(db, plant, device, 1)
    answer = says(db, device, last_seq=1, head=old)
    assert answer.head.size > old.size
    assert not answer.reoffer


def test_more_waiting_than_can_be_listed_makes_no_false_gap_and_hides_no_true_one(db, plant, device):
    says(db, device, last_seq=700, waiting=700, waiting_seqs=list(range(1, 501)))
    assert incidents(db) == []
    received(db, plant, device, 1, 2)
    says(db, device, NOON + timedelta(minutes=5), last_seq=700, waiting=697, waiting_seqs=list(range(3, 503)))
    assert incidents(db) == []
    says(db, device, NOON + timedelta(minutes=9), last_seq=700, waiting_seqs=[3, 4, 699])
    assert kinds(db) == [("emptied", 5, 502, 498), ("gap", 503, 698, 196), ("gap", 700, 700, 1)]


def test_a_number_beyond_all_bounds_costs_no_more_than_another(db, device):
    says(db, device, last_seq=2**31 - 1)
    assert kinds(db) == [("gap", 1, 2**31 - 1, 2**31 - 1)]


def test_hearing_tells_whether_somebody_is_on_duty_for_every_operation(db, plant, device):
    with db.reading() as session:
        heard, words = hearing(session, device, NOON)
        assert heard
    with db.transaction(plant.admin, "accounts.edit_person") as session:
        session.get_one(Person, plant.team_leader.id).active = False
    with db.reading() as session:
        heard, words = hearing(session, device, NOON)
    assert not heard
    assert "OP20 Weld" in words.en
    assert "OP20 焊接" in words.zh


def test_the_clock_of_every_node_looks_for_silent_tablets_and_names_each_once(fresh_db: Database):
    plant = make_plant(fresh_db)
    at = utc_now() - SILENT_AFTER - timedelta(minutes=1)
    silent = [enrolled(fresh_db, plant, f"T-{n}", at=at)[0] for n in range(3)]
    for each in silent:
        says(fresh_db, each, at, last_seq=1, waiting_seqs=[1])
    assert notice_silent in [tick.run for tick in ticks()]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(notice_silent, [fresh_db] * 8))
    assert sorted(i.device_id for i in incidents(fresh_db)) == [each.id for each in silent]
