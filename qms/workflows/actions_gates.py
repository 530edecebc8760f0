"""What has to hold before each discipline is passed, and what follows once it is. Each gate refuses by its rule.

Gates of one discipline stand in the order in which a page lists what is still missing.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.actions import Action, ActionMember, StockLine
from qms.models.chain import Unit
from qms.rules import actions as cases
from qms.rules import actions_documents as document_rules
from qms.rules import actions_gates as rules
from qms.rules.accounts import Actor
from qms.rules.errors import RuleError
from qms.workflows import actions_causes, actions_documents, actions_effectiveness, actions_tasks
from qms.workflows.rejections_records import path_of

Gate = Callable[[Session, Action], None]
Follow = Callable[[Session, Actor, Action], None]


def _team(session: Session, action: Action) -> None:
    paths = session.scalars(
        select(Unit.path).join(ActionMember, ActionMember.unit_id == Unit.id)
        .where(ActionMember.action_id == action.id, ActionMember.active)).all()
    origin, detecting = (path_of(session, unit_id) if unit_id is not None else None
                         for unit_id in (action.origin_unit_id, action.detecting_unit_id))
    rules.check_team(paths, origin=origin, detecting=detecting)


def _stock(session: Session, action: Action) -> None:
    lines = session.execute(select(StockLine.place, StockLine.answered_at)
                            .where(StockLine.action_id == action.id)).all()
    rules.check_stock([line.place for line in lines if line.answered_at is None],
                      sum(line.answered_at is not None for line in lines))


def _planned(session: Session, action: Action) -> None:
    if cases.is_proven(action.route):
        actions_effectiveness.check_planned(session, action)


def _watch(session: Session, _person: Actor, action: Action) -> None:
    if cases.is_proven(action.route):
        actions_effectiveness.start(session, action, now(session))


GATES: dict[str, tuple[Gate, ...]] = {
    "D0": (lambda _s, a: rules.check_symptom(a.symptom),
           lambda _s, a: rules.check_emergency(a.emergency, a.emergency_verified_at, safety=a.safety)),
    "D1": (lambda _s, a: rules.check_heads(a.sponsor_id, a.leader_id), _team),
    "D2": (lambda _s, a: rules.check_deviation(a.requirement, a.actual),
           lambda _s, a: rules.check_extent(a.problem_quantity, a.detecting_unit_id),
           lambda _s, a: rules.check_reproduced(a.reproduced)),
    "D3": (_stock,
           lambda _s, a: rules.check_containment(a.containment, a.containment_effective, a.containment_evidence),
           lambda _s, a: rules.check_informed(a.customer_id, a.customer_informed_at)),
    "D4": (lambda s, a: actions_causes.check_track(s, a, "occurrence"),
           lambda s, a: actions_causes.check_track(s, a, "escape"), actions_causes.check_causes),
    "D5": (actions_tasks.check_choices, _planned),
    "D6": (actions_tasks.check_finished, _planned),
    "D7": (actions_documents.check_documents, actions_documents.check_places,
           lambda _s, a: document_rules.check_risk(a.risk_register)),
    "D8": (lambda _s, a: rules.check_paths(a.origin_unit_id, a.detecting_unit_id, a.origin_unknown_reason),
           lambda _s, a: rules.check_accepted(a.customer_id, a.customer_accepted_on, a.customer_accepted_by),
           lambda _s, a: rules.check_thanks(a.thanks)),
}
"""Each discipline's gates; one whose discipline is not on the route of a case is never asked."""

PASSED: dict[str, tuple[Follow, ...]] = {"D6": (_watch,)}
"""What is done once a discipline is passed, in the same transaction."""


def open_points(session: Session, action: Action, discipline: str) -> list[RuleError]:
    """Return why a discipline cannot be passed yet, one refusal for each gate; empty: it can."""
    points = []
    for gate in GATES[discipline]:
        try:
            gate(session, action)
        except RuleError as refusal:
            points.append(refusal)
    return points


def still_holds(session: Session, action: Action, discipline: str, done: set[str]) -> None:
    """Let a discipline that was passed refuse a change that undoes what its gates asked for."""
    if discipline in done:
        for gate in GATES[discipline]:
            gate(session, action)
