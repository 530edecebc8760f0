"""How a customer gets its class and grade: by the rule in force, or against it with a reason. Knows no page."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.customers import Customer
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_grades import CustomerGrade, CustomerGradeRule
from qms.models.rejections import Rejection
from qms.rules import customers as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.workflows.acceptance_records import today
from qms.workflows.chain_records import required
from qms.workflows.customers_records import EDIT, need, one, sees
from qms.workflows.rejections_records import check_version

COUNTED_FOR = timedelta(days=365)
WEIGHTS = tuple(rules.GradeRule.__dataclass_fields__)
"""Columns of a rule's version, as rules.customers names them."""


def rule_in_force(session: Session, person: Actor, site_id: int) -> CustomerGradeRule:
    """Return the version that is in force at a site today; the first is made when it is asked for and none is set."""
    on = today(session, site_id)
    found = newest_rule(session, site_id, on)
    return found or _made(session, person, site_id, rules.GradeRule(), on, 1, None)


def newest_rule(session: Session, site_id: int, on: date) -> CustomerGradeRule | None:
    """Return the version in force on a day; None while a site has none."""
    return session.scalar(
        select(CustomerGradeRule).where(CustomerGradeRule.site_id == site_id, CustomerGradeRule.effective_on <= on)
        .order_by(CustomerGradeRule.version.desc()).limit(1))


def set_rule(session: Session, person: Actor, site_id: int, *, effective_on: date, reason: str | None,
             **weights: int) -> CustomerGradeRule:
    """Set the next version of a site's rule; grades given before keep theirs. Raises Invalid, NotFound, NotAllowed."""
    if session.get(Site, site_id) is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    person.need(EDIT, site_id=site_id, unit_path="")
    rule = rules.GradeRule(**weights)
    rules.check_rule(rule)
    last = session.scalar(select(CustomerGradeRule).where(CustomerGradeRule.site_id == site_id)
                          .order_by(CustomerGradeRule.version.desc()).limit(1).with_for_update())
    earliest = max(today(session, site_id), last.effective_on if last else date.min)
    if effective_on < earliest:
        raise Invalid(f"A version begins on {earliest} at the earliest.", f"新版本最早自 {earliest} 生效。",
                      field="effective_on")
    return _made(session, person, site_id, rule, effective_on, last.version + 1 if last else 1,
                 required(reason, "reason"))


def grade_again(session: Session, person: Actor, customer_id: int, rev: int) -> CustomerGrade:
    """Grade a customer by the rule in force and what is known today. Raises Stale, NotFound, NotAllowed."""
    customer = one(session, person, customer_id, lock=True)
    need(session, person, EDIT, customer_id)
    check_version(customer, rev, {"grade": None})
    return grade(session, person, customer)


def override(session: Session, person: Actor, customer_id: int, rev: int, *, grade: str,
             reason: str | None) -> CustomerGrade:
    """Give a customer another grade than the rule's, with a reason; it holds until it is graded again.

    Raises Invalid, Stale, NotFound, NotAllowed.
    """
    customer = one(session, person, customer_id, lock=True)
    need(session, person, EDIT, customer_id)
    check_version(customer, rev, {"grade": grade})
    if grade not in rules.GRADES:
        raise Invalid(f"There is no grade {grade}.", f"没有等级 {grade}。", field="grade")
    return _kept(session, person, customer, grade, required(reason, "reason"))


def grade(session: Session, person: Actor, customer: Customer) -> CustomerGrade:
    """Grade a customer by the rule, and keep how that came."""
    return _kept(session, person, customer, None, None)


def complaints_since(session: Session, customer_id: int, since: datetime) -> int:
    """Count a customer's complaints since an instant, and what was found there and no complaint is linked to."""
    complaint = CustomerComplaint
    complaints = session.scalar(select(func.count()).select_from(complaint).where(
        complaint.customer_id == customer_id, complaint.received_at >= since, complaint.state != "void")) or 0
    linked = exists().where(complaint.rejection_id == Rejection.id, complaint.state != "void")
    found = session.scalar(select(func.count()).select_from(Rejection).where(
        Rejection.found_unit_id == customer_id, Rejection.found_at >= since, Rejection.state != "void", ~linked)) or 0
    return complaints + found


def as_rule(version: CustomerGradeRule) -> rules.GradeRule:
    """Return a version as the rule that it is."""
    return rules.GradeRule(**{name: getattr(version, name) for name in WEIGHTS})


def _kept(session: Session, person: Actor, customer: Customer, chosen: str | None, reason: str | None,
          ) -> CustomerGrade:
    version = rule_in_force(session, person, customer.site_id)
    counted = complaints_since(session, customer.unit_id, now(session) - COUNTED_FOR)
    found = rules.graded(as_rule(version), share_percent=customer.share_percent, strategic=customer.strategic,
                         risk=customer.risk, complaints=counted)
    by_rule = found.grade if found else None
    made = CustomerGrade(
        customer_id=customer.unit_id, rule_id=version.id, at=now(session), by_id=person.id,
        share_percent=customer.share_percent, strategic=customer.strategic, risk=customer.risk, complaints=counted,
        points=found.total if found else None, grade_by_rule=by_rule, grade=chosen or by_rule, override_reason=reason)
    session.add(made)
    customer.grade = made.grade
    customer.sales_class = rules.sales_class(customer.share_percent, strategic=customer.strategic,
                                             key_share_percent=version.key_share_percent)
    session.flush()
    return made


def _made(session: Session, person: Actor, site_id: int, rule: rules.GradeRule, on: date, version: int,
          reason: str | None) -> CustomerGradeRule:
    weights: dict[str, Any] = {name: getattr(rule, name) for name in WEIGHTS}
    made = CustomerGradeRule(site_id=site_id, version=version, effective_on=on, reason=reason, set_by_id=person.id,
                             set_at=now(session), **weights)
    session.add(made)
    session.flush()
    return made
