"""Short ways through a corrective action: opened for a rejection, its disciplines filled in and passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from qms.db import Database
from qms.models.actions import Action, StockLine
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain_rosters import Shift
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.workflows import actions, actions_effectiveness
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.signing import signing

FILLED: dict[str, dict[str, Any]] = {
    "D0": {"symptom": "Burr on the edge", "emergency": "Line A sorted"},
    "D2": {"requirement": "No burr over 0.1 mm", "actual": "Burr of 0.4 mm", "reproduced": True},
    "D3": {"containment": "Sorting at weld", "containment_effective": True, "containment_evidence": "200 checked"},
    "D8": {"thanks": "Thank you"},
}
"""What each discipline's gate asks for, on a case found inside."""


@dataclass
class Course:
    """The plant's corrective actions, and how they are taken on."""

    db: Database
    plant: Plant

    def open(self, person: Actor | None = None, *, of: dict[str, Any] | None = None, **given: Any) -> Action:
        """Open an action for a rejection that weld reported of press."""
        person = person or self.plant.quality_engineer
        if "sources" not in given:
            given["sources"] = [("rejections", reported(self.db, self.plant, **(of or {})).id)]
        with self.db.transaction(person, "actions.open") as session:
            return actions.open_action(session, person, **({"site_id": self.plant.site, "title": "Burr"} | given))

    def do(self, step: Callable[..., Any], action: Action, *args: Any, by: Actor | None = None, rev: int | None = None,
           **given: Any) -> Any:
        """Take a step as the quality engineer, at the version that the action has now, unless told otherwise."""
        person = by or self.plant.quality_engineer
        rev = self.read(action).rev if rev is None else rev
        if step is actions.close or (step is actions.pass_gate and "D8" in args):
            given = {"signing": signing(person, "closure")} | given
        with self.db.transaction(person, f"actions.{step.__name__}") as session:
            return step(session, person, action.id, rev, *args, **given)

    def read(self, action: Action) -> Action:
        """Read an action afresh."""
        with self.db.reading() as session:
            return session.get_one(Action, action.id)

    def team(self, action: Action) -> None:
        """Give the action leader, sponsor, and one member from press and one from weld."""
        plant = self.plant
        self.do(actions.edit, action, "D1", sponsor_id=plant.quality_manager.id, leader_id=plant.quality_engineer.id)
        for who, unit_id in ((plant.operator, plant.weld), (plant.team_leader, plant.press)):
            with self.db.transaction(plant.quality_engineer, "actions.add_member") as session:
                actions.add_member(session, plant.quality_engineer, action.id, person_id=who.id, unit_id=unit_id,
                                   function="Shift A")

    def answer(self, action: Action, *, but: int = 0) -> list[StockLine]:
        """Answer every place for suspect stock with zeros, but the last so many."""
        with self.db.transaction(self.plant.quality_engineer, "actions.answer_stock") as session:
            lines = list(session.scalars(select(StockLine).where(StockLine.action_id == action.id)
                                         .order_by(StockLine.id)))
            for line in lines[:len(lines) - but]:
                actions.answer_stock(session, self.plant.quality_engineer, line.id, line.rev, suspect=0, checked=0,
                                     nonconforming=0, good=0)
        return lines

    def fill(self, action: Action, *disciplines: str, **more: Any) -> None:
        """Fill in disciplines so that their gates let them pass."""
        for name in disciplines:
            if name == "D1":
                self.team(action)
            if name == "D3":
                self.answer(action)
            if name in FILLED:
                self.do(actions.edit, action, name, **(FILLED[name] | more))

    def planned(self, action: Action) -> EffectivenessPlan:
        """Plan the action's effectiveness, by a burr of three weeks ago and all shifts since."""
        plant, at = self.plant, utc_now()
        with self.db.transaction(SYSTEM, "tests.shift") as session:
            session.add(Shift(site_id=plant.site, code="E", name_zh="早班", name_en="Early", starts="06:00",
                              ends="14:00", weekdays="1111111", active=True))
        reported(self.db, plant, item_id=plant.item, found_at=at - timedelta(weeks=3))
        with self.db.transaction(plant.quality_engineer, "actions.draft_plan") as session:
            return actions_effectiveness.draft_plan(
                session, plant.quality_engineer, action.id, None, metric="per_shift", defect_id=plant.burr,
                baseline_from=at - timedelta(weeks=4), baseline_to=at - timedelta(weeks=1))

    def passed(self, action: Action, *disciplines: str, **more: Any) -> Action:
        """Fill in disciplines and pass them."""
        for name in disciplines:
            self.fill(action, name, **more)
            action = self.do(actions.pass_gate, action, name)
        return action
