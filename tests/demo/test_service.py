"""What departments of the demo plant promise, and how it was kept."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServicePass, ServicePause, ServiceReopening, ServiceRequest


def test_departments_publish_what_they_promise_and_one_has_revised_it(demo: Session):
    states = dict(demo.execute(select(Commitment.state, func.count()).group_by(Commitment.state)).all())
    assert states == {"published": 6, "superseded": 1}
    assert set(demo.scalars(select(Commitment.kind))) == {"time", "quality"}


def test_requests_show_every_fate(demo: Session):
    states = set(demo.scalars(select(ServiceRequest.state)))
    assert states >= {"asked", "taken", "done", "confirmed", "refused", "unanswered"}
    assert set(demo.scalars(select(ServiceRequest.kept))) == {True, False, None}
    for cls in (ServicePass, ServicePause, ServiceReopening):
        assert demo.scalar(select(func.count()).select_from(cls)), cls


def test_who_served_a_request_never_rated_it(demo: Session):
    rated = demo.scalars(select(ServiceRequest).where(ServiceRequest.rating.is_not(None))).all()
    assert len(rated) > 5
    assert not [r.number for r in rated if r.confirmed_by_id in {r.done_by_id, r.taken_by_id}]
