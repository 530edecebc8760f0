"""How a check is recorded on a hand-over that waits: self, mutual, dedicated, first piece, patrol. No decision."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from qms.models.acceptance import Check
from qms.models.chain import Link, Unit
from qms.rules.acceptance import CHECK_KINDS, HANDOVER, Result
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.steps import step
from qms.workflows.acceptance_conditions import standard_of
from qms.workflows.acceptance_readings import judge, keep_check, keep_count
from qms.workflows.acceptance_records import need_of_customer, one_handover


def record_check(
    session: Session,
    person: Actor,
    handover_id: int,
    *,
    kind: str,
    results: Sequence[Result] = (),
    sample: int = 0,
    nonconforming: int = 0,
    note: str | None = None,
) -> Check:
    """Record a check of a hand-over that is not decided: by results, or by the numbers of pieces when there are none.

    A self-check is the supplier's, every other the customer's. One that found faults makes the lot suspect (R-05).
    Raises IllegalStep, Invalid, NotFound, NotAllowed.
    """
    handover = one_handover(session, person, handover_id, lock=True)
    if kind == "self":
        path = session.get_one(Unit, handover.supplier_id).path
        person.need("acceptance.present", site_id=handover.site_id, unit_path=path)
    else:
        need_of_customer(session, person, "acceptance.decide", session.get_one(Link, handover.link_id))
    step(HANDOVER, handover.state, "check")
    if kind not in CHECK_KINDS:
        raise Invalid(f"There is no kind of check {kind}.", f"没有检验类型 {kind}。", field="kind")
    if not results:
        return keep_count(session, person, handover, kind, sample=sample, nonconforming=nonconforming, note=note)
    standard = standard_of(session, handover)
    if standard is None:
        raise Invalid("There is no standard in force to hold results against.", "没有现行验收标准，无法判定结果。")
    return keep_check(session, person, handover, kind, judge(session, standard, handover.quantity, results), note)
