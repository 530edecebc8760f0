"""A case on the bench: an action made directly, its causes and tasks made by the workflows, step by step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from qms.db import Database
from qms.models.actions import Action, ActionStep
from qms.models.actions_causes import Cause, Task
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.actions import DISCIPLINES
from qms.rules.clock import utc_now
from qms.workflows import actions_causes, actions_tasks, actions_whys
from tests.plant import Plant

CHAIN = (("The feeder jams", "Log of 12 jams"), ("Its stroke was never set", "Set-up sheet has no value"))


class Bench:
    """One open case of burrs from the press, found at weld."""

    def __init__(self, db: Database, plant: Plant) -> None:
        self.db, self.plant = db, plant
        self.case = self.opened()

    def opened(self, **given: Any) -> Action:
        """Open a case an hour ago."""
        plant, at = self.plant, utc_now() - timedelta(hours=1)
        with self.db.transaction(SYSTEM, "tests.action") as session:
            serial = session.query(Action).count() + 1
            made = Action(**{
                "site_id": plant.site, "year": 2026, "serial": serial, "number": f"CA-SH-2026-{serial:06d}",
                "title": "支架毛刺 Burr on bracket", "route": "8d", "route_by_rule": "8d", "state": "open",
                "severity": "MA", "item_id": plant.item, "defect_id": plant.burr, "link_id": plant.press_weld,
                "origin_unit_id": plant.press, "detecting_unit_id": plant.weld, "opened_at": at, "clock_from": at,
                "opened_by_id": plant.quality_engineer.id, "problem_what": "Burr on the left bracket"} | given)
            session.add(made)
            session.flush()
            session.add_all([ActionStep(action_id=made.id, step=step) for step in DISCIPLINES])
        return made

    def do(self, work: Callable[..., Any], *args: Any, person: Actor | None = None, **given: Any) -> Any:
        """Do one step of a workflow as the quality engineer unless told otherwise."""
        person = person or self.plant.quality_engineer
        with self.db.transaction(person, "tests.step") as session:
            return work(session, person, *args, **given)

    def set(self, **values: Any) -> None:
        """Change the case itself."""
        with self.db.transaction(SYSTEM, "tests.action") as session:
            for name, value in values.items():
                setattr(session.get_one(Action, self.case.id), name, value)

    def read(self, record: Any) -> Any:
        """Read a record afresh, with the whys of a cause."""
        with self.db.reading() as session:
            found = session.get_one(type(record), record.id)
            if isinstance(found, Cause):
                assert found.whys is not None
            return found

    def cause(self, track: str = "occurrence", category: str = "machine", text: str = "Feeder stroke") -> Cause:
        """Add a candidate."""
        made: Cause = self.do(actions_causes.add, self.case.id, track=track, category=category, text=text)
        return made

    def ask(self, cause: Cause, *chain: tuple[str, str | None]) -> Cause:
        """Ask a cause why, once for each (text, evidence)."""
        for text, evidence in chain:
            self.do(actions_whys.ask, cause.id, self.read(cause).rev, text=text, evidence=evidence)
        found: Cause = self.read(cause)
        return found

    def step(self, work: Callable[..., Any], record: Any, person: Actor | None = None, **given: Any) -> Any:
        """Take a step on a record at the version that it has now."""
        return self.do(work, record.id, self.read(record).rev, person=person, **given)

    def verified(self, track: str = "occurrence", *chain: tuple[str, str | None], **given: Any) -> Cause:
        """Return a verified cause of a track."""
        cause = self.ask(self.cause(track, **given), *(chain or CHAIN))
        self.step(actions_causes.test, cause, holds=True, test="Stroke set: no jam in 200 strokes")
        if track == "escape":
            self.step(actions_causes.describe, cause, control_unit_id=self.plant.final)
        verified: Cause = self.step(actions_causes.verify, cause, verification="On: 9 burrs, off: 0 of 200")
        return verified

    def task(self, cause: Cause | None = None, **given: Any) -> Task:
        """Add a corrective action to a cause, with risk and trial, owned by the team leader, unless told otherwise."""
        made: Task = self.do(actions_tasks.add, self.case.id, **{
            "kind": "corrective", "text": "Stop in the feeder", "owner_id": self.plant.team_leader.id,
            "due_at": utc_now() + timedelta(days=7), "cause_id": cause.id if cause else None, "level": "prevent",
            "risk": "Longer set-up: checked, none", "trial_pieces": 200, "trial_result": "0 burrs"} | given)
        return made

    def chosen(self, cause: Cause, **given: Any) -> Task:
        """Return a corrective action that the sponsor chose."""
        made: Task = self.step(actions_tasks.choose, self.task(cause, **given), self.plant.quality_manager)
        return made

    def done(self, cause: Cause, **given: Any) -> Task:
        """Return a corrective action that was chosen and reported as done by its owner."""
        made: Task = self.step(actions_tasks.report, self.chosen(cause), self.plant.team_leader, **{
            "evidence": "Photo of the stop", "effective_from": "L-0007", "changes_process": False} | given)
        return made
