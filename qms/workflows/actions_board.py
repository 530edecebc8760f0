"""What the team board shows: the running cases by where they stand, the most overdue first. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.actions import Action, ActionStep
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.workflows.actions_records import VIEW
from qms.workflows.actions_register import RUNNING, Filter, asked
from qms.workflows.actions_shown import standing

MOST = 400
"""A board of more cases is no board; the newest are shown, and the page says so."""


@dataclass(frozen=True, slots=True)
class Card:
    """One case: the discipline at which it stands (None: all done), when that is due, and whether that is over."""

    action: Action
    step: ActionStep | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The cards of each column, in the order of rules.actions.COLUMNS."""

    columns: Sequence[tuple[str, Sequence[Card]]]
    is_capped: bool

    @property
    def cases(self) -> int:
        """Return how many cases there are."""
        return sum(len(cards) for _key, cards in self.columns)

    @property
    def late(self) -> int:
        """Return how many of them are overdue."""
        return sum(card.is_late for _key, cards in self.columns for card in cards)


def board(session: Session, person: Actor, at: datetime, *, site_id: int | None = None,
          unit_id: int | None = None) -> Board:
    """Return the running cases of a site, or of what was made or found in a unit. Raises NotAllowed."""
    person.need(VIEW)
    wanted = Filter(site_id=site_id, unit_id=unit_id, state=RUNNING)
    rows = session.scalars(
        select(Action).where(*asked(session, person, wanted, at)).order_by(Action.id.desc()).limit(MOST + 1).options(
            joinedload(Action.item), joinedload(Action.defect), joinedload(Action.origin_unit),
            joinedload(Action.detecting_unit), selectinload(Action.steps))).all()
    columns: dict[str, list[Card]] = {key: [] for key in rules.COLUMNS}
    for action in rows[:MOST]:
        columns[rules.column_of(action.state, standing(action))].append(card_of(action, at))
    for cards in columns.values():
        cards.sort(key=lambda card: (card.step.due_at if card.step and card.step.due_at else at, card.action.id))
    return Board(list(columns.items()), len(rows) > MOST)


def card_of(action: Action, at: datetime) -> Card:
    """Return where a case stands at an instant."""
    here = standing(action)
    step = next((row for row in action.steps if row.step == here), None)
    due_at = step.due_at if step is not None and action.state in rules.RUNNING else None
    return Card(action, step, due_at is not None and due_at < at)
