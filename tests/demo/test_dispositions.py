"""What follows a hold in the demo plant: dispositions, concessions, quarantine, costs, controls."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.demo.controls import BYPASSES, CONTROLS
from qms.models.controls import Bypass, BypassMiss, Control, ControlSuspect, ControlTest
from qms.models.dispositions import BoardReview, BoardVote, Disposition, Rework, ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse, CustomerNotice
from qms.models.dispositions_costs import CostLine, CostRate
from qms.models.dispositions_quarantine import QuarantineCount, QuarantineLine
from qms.models.rejections import Hold, Rejection
from qms.rules.dispositions import OPEN


def test_dispositions_stand_in_every_state(demo: Session):
    assert set(demo.scalars(select(Disposition.state))) >= {*OPEN, "completed"}
    assert {"rework", "sort", "scrap", "no_fault", "return_upstream"} <= set(demo.scalars(select(Disposition.code)))


def test_the_lines_of_each_hold_add_up(demo: Session):
    for hold in demo.scalars(select(Hold)):
        lines = demo.scalars(select(Disposition).where(Disposition.hold_id == hold.id)).all()
        assert all(line.quantity == hold.quantity for line in lines if line.state == "completed"), hold.id
        assert sum(line.state in OPEN for line in lines) <= 1
    for rejection in demo.scalars(select(Rejection).where(Rejection.state == "closed")):
        held = demo.scalar(select(func.count()).where(Hold.rejection_id == rejection.id, Hold.state == "held"))
        assert not held


def test_nobody_verifies_what_they_worked_on(demo: Session):
    done = demo.scalars(select(Disposition).where(Disposition.verified_at.is_not(None),
                                                  Disposition.done_by_id.is_not(None))).all()
    assert done
    assert all(line.verified_by_id != line.done_by_id for line in done if line.code != "no_fault")
    assert demo.scalars(select(Rework).where(Rework.inspected_at.is_not(None))).all()
    assert demo.scalars(select(ScrapTicket).where(ScrapTicket.witnessed_at.is_not(None))).all()


def test_the_board_has_votes_open_and_a_review_that_agreed(demo: Session):
    assert Counter(demo.scalars(select(BoardReview.state))) == {"asked": 1, "closed": 2}
    assert len(demo.scalars(select(BoardVote)).all()) >= 4


def test_one_concession_is_partly_used_and_one_permit_over(demo: Session):
    concessions = {c.state: c for c in demo.scalars(select(Concession))}
    active, over = concessions["active"], concessions["closed"]
    assert len(concessions) == 3
    assert 0 < active.quantity_used < (active.quantity_authorised or 0)
    assert over.back_to_spec_at is not None
    assert demo.scalars(select(ConcessionUse).where(ConcessionUse.active)).all()
    assert set(demo.scalars(select(CustomerNotice.state))) >= {"followed_up"}


def test_quarantine_is_counted_every_week_and_a_difference_explained(demo: Session):
    counts = demo.scalars(select(QuarantineCount)).all()
    assert len(counts) == 4
    assert sum(count.differences for count in counts) == 1
    differing = demo.scalars(select(QuarantineLine).where(QuarantineLine.counted != QuarantineLine.expected)).all()
    assert [bool(line.explanation) for line in differing] == [True]
    assert demo.scalars(select(Hold).where(Hold.place_id.is_not(None), Hold.state == "held")).all()


def test_costs_are_posted_from_records_by_rates(demo: Session):
    posted = demo.scalars(select(CostLine).where(CostLine.source == "auto")).all()
    assert {"scrap", "rework", "sorting"} <= {line.element for line in posted}
    assert {line.category for line in demo.scalars(select(CostLine))} >= {"prevention", "appraisal"}
    assert demo.scalars(select(CostRate).where(CostRate.revision == 2)).all()


def test_a_failed_test_made_lots_suspect_and_bypasses_are_looked_at(demo: Session):
    assert len(demo.scalars(select(Control)).all()) == len(CONTROLS)
    assert demo.scalars(select(ControlTest).where(ControlTest.good.is_(False))).one()
    assert demo.scalars(select(ControlSuspect)).all()
    assert Counter(demo.scalars(select(Bypass.state))) == {"closed": 1, "active": 1}
    assert len(BYPASSES) == 2
    assert not demo.scalars(select(BypassMiss)).all()
