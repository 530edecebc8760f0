"""What the page of a corrective action shows: the case with its parts, its disciplines, its thread. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.actions import Action, ActionMember, ActionSource, ActionStep, StockLine
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import Rejection
from qms.models.satisfaction import Survey
from qms.models.service_complaints import InternalComplaint
from qms.models.stops import Stop
from qms.rules import actions as rules
from qms.rules import customers_complaints as of_complaints
from qms.rules import dispositions_notices as of_notices
from qms.rules import rejections as of_rejections
from qms.rules import satisfaction as of_surveys
from qms.rules import service_complaints as of_internal
from qms.rules import stops as of_stops
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound, RuleError
from qms.rules.steps import State
from qms.workflows.actions_gates import open_points
from qms.workflows.actions_records import sees


@dataclass(frozen=True, slots=True)
class Discipline:
    """One discipline as a page shows it: `standing` is done, now or later; `points` are why it cannot be passed yet."""

    name: str
    standing: str
    row: ActionStep
    points: Sequence[RuleError]


@dataclass(frozen=True, slots=True)
class Linked:
    """A record on the thread of a case. `state` None: its kind of record has no states here."""

    at: datetime
    kind: str
    record_id: int
    number: str
    state: State | None = None


def whole(session: Session, person: Actor, action_id: int) -> Action:
    """Return a case with everything that its page shows, loaded together. Raises NotFound."""
    parts = (Action.site, Action.item, Action.defect, Action.link, Action.lot, Action.origin_unit,
             Action.detecting_unit, Action.customer, Action.repeat_of, Action.opened_by, Action.sponsor, Action.leader)
    found = session.scalar(
        select(Action).where(Action.id == action_id).execution_options(populate_existing=True).options(
            *(joinedload(part) for part in parts), selectinload(Action.sources), selectinload(Action.comparisons),
            selectinload(Action.members).options(joinedload(ActionMember.person), joinedload(ActionMember.unit)),
            selectinload(Action.steps).joinedload(ActionStep.done_by),
            selectinload(Action.stock).options(joinedload(StockLine.unit), joinedload(StockLine.lot),
                                               joinedload(StockLine.answered_by))))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def standing(action: Action) -> str | None:
    """Return the first discipline of a case that is not done; None when all of them are."""
    return rules.current(action.route, [row.step for row in action.steps if row.done_at is not None])


def disciplines(session: Session, action: Action) -> list[Discipline]:
    """Return the disciplines of a case's route in order; what is still missing only of the one that is next."""
    rows, here = {row.step: row for row in action.steps}, standing(action)
    shown = []
    for name in rules.disciplines(action.route):
        is_next = name == here and action.state in rules.RUNNING
        where = "done" if rows[name].done_at is not None else "now" if is_next else "later"
        shown.append(Discipline(name, where, rows[name], open_points(session, action, name) if is_next else ()))
    return shown


def thread(session: Session, action: Action) -> list[Linked]:
    """Return the records that a case comes from and the cases before and after it, oldest first."""
    found = [_of_source(session, source) for source in action.sources if source.active]
    after = session.scalars(select(Action).where(Action.repeat_of_id == action.id).order_by(Action.id)).all()
    found += [Linked(other.opened_at, "actions", other.id, other.number, rules.STEPS.states[other.state])
              for other in (action.repeat_of, action, *after) if other is not None]
    return sorted(found, key=lambda linked: (linked.at, linked.kind == "actions", linked.record_id))


def records_of(action: Action) -> list[tuple[str, int]]:
    """Return (table, id) of every record whose changes belong to the history of the case itself.

    Of steps only what happened to them; of is / is-not and stock only answers that were changed later: the first ones
    stand in their tables.
    """
    parts = (("action_sources", action.sources), ("action_members", action.members),
             ("action_steps", [row for row in action.steps if row.rev > 1]),
             ("comparisons", [line for line in action.comparisons if line.rev > 2]),
             ("stock_lines", [line for line in action.stock if line.rev > 2]))
    return [("actions", action.id), *((table, record.id) for table, records in parts for record in records)]


def _of_source(session: Session, source: ActionSource) -> Linked:
    kind, record_id, at, state = source.kind, source.record_id, source.added_at, None
    if kind == "rejections":
        rejection = session.get_one(Rejection, record_id)
        at, state = rejection.found_at, of_rejections.STEPS.states[rejection.state]
    elif kind == "stops":
        stop = session.get_one(Stop, record_id)
        at, state = stop.called_at, of_stops.STEPS.states[stop.state]
    elif kind == "customer_notices":
        notice = session.get_one(CustomerNotice, record_id)
        at, state = notice.known_at, of_notices.STEPS.states[notice.state]
    elif kind == "customer_complaints":
        complaint = session.get_one(CustomerComplaint, record_id)
        at, state = complaint.received_at, of_complaints.STEPS.states[complaint.state]
    elif kind == "internal_complaints":
        internal = session.get_one(InternalComplaint, record_id)
        at, state = internal.filed_at, of_internal.STEPS.states[internal.state]
    elif kind == "surveys":
        survey = session.get_one(Survey, record_id)
        at, state = survey.published_at or at, of_surveys.STEPS.states[survey.state]
    return Linked(at, kind, record_id, source.number, state)
