"""What is signed in the demo plant stays valid while the plant goes on."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.acceptance import Standard
from qms.models.dispositions import Disposition
from qms.models.trail import Signature
from qms.workflows.trail_signatures import signed_states


def test_r45_every_standard_and_disposition_is_signed_and_what_came_later_voids_no_signature(demo: Session):
    given = demo.execute(select(Signature.entity, Signature.entity_id)).all()
    for entity in {one.entity for one in given}:
        states = signed_states(demo, entity, [one.entity_id for one in given if one.entity == entity])
        assert set(states.values()) == {None}, entity
    signed = {(one.entity, one.entity_id) for one in given}
    approved = demo.scalars(select(Standard.id).where(Standard.approved_at.is_not(None))).all()
    released = (Disposition.code == "no_fault") & (Disposition.verified_at == Disposition.decided_at)
    decided = demo.scalars(select(Disposition.id).where(released.is_not(True))).all()
    assert decided
    assert {("standards", one) for one in approved} | {("dispositions", one) for one in decided} <= signed
