"""What pages and the API show of the analysis of a case (D4 to D7), and what a person may do there. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from qms.models.actions import Action
from qms.models.actions_causes import Cause, DocumentUpdate, Lesson, ReadAcross, Task
from qms.models.chain import Unit
from qms.rules import actions_causes as cause_rules
from qms.rules import actions_tasks as task_rules
from qms.rules.accounts import Actor
from qms.rules.actions import CATEGORIES, TRACKS
from qms.rules.actions_fishbone import Fish, fishbone
from qms.rules.errors import NotAllowed, Refused
from qms.rules.steps import Step, allowed
from qms.rules.words import Words
from qms.workflows import actions_causes, actions_documents, actions_lessons, actions_tasks
from qms.workflows.actions_parts import ANALYSED, FOLLOWED, WORK, need_here
from qms.workflows.chain_paging import Wish


@dataclass(frozen=True, slots=True)
class Track:
    """One track: its causes in the order of their bones, and its diagram."""

    track: str
    causes: Sequence[Cause]
    fish: Fish


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that the sections D4 to D7 of a case show."""

    tracks: Sequence[Track]
    tasks: Sequence[Task]
    steps: dict[int, list[Step]]
    documents: dict[str, DocumentUpdate]
    read_across: Sequence[ReadAcross]
    lessons: Sequence[Lesson]
    may_analyse: bool
    may_follow: bool

    @property
    def causes(self) -> list[Cause]:
        """Return the causes of every track."""
        return [cause for track in self.tracks for cause in track.causes]


def analysis(session: Session, person: Actor, action: Action) -> Analysis:
    """Return what the sections D4 to D7 of a case show. Raises NotFound."""
    tasks = actions_tasks.tasks_of(session, person, action.id)
    lessons = actions_lessons.register(session, person, actions_lessons.Filter(action_id=action.id), Wish())
    return Analysis(
        tracks=tracks(action, actions_causes.causes_of(session, person, action.id)), tasks=tasks,
        steps={task.id: task_steps(session, person, task) for task in tasks},
        documents=dict(actions_documents.documents_of(session, person, action.id)),
        read_across=actions_documents.read_across_of(session, person, action.id), lessons=lessons.rows,
        may_analyse=may_analyse(session, person, action), may_follow=may_follow(session, person, action))


def tracks(action: Action, causes: Sequence[Cause]) -> list[Track]:
    """Return each track with its causes and its diagram."""
    shown = []
    for track in TRACKS:
        held = [cause for cause in causes if cause.track == track]
        shown.append(Track(track, held, fishbone(action.problem_what or action.title, {
            name: [(cause.id, cause.text) for cause in held if cause.category == name] for name in CATEGORIES})))
    return shown


def status_of(cause: Cause) -> tuple[Words, str]:
    """Return how far a cause is, in words, and the tone in which it is shown."""
    return cause_rules.STATUSES[cause_rules.status(is_verified=cause.verified_at is not None, holds=cause.holds)]


def chain_fault(cause: Cause) -> Refused | None:
    """Return why the chain of a cause does not bear a verification yet; None: it does."""
    try:
        cause_rules.check_chain(actions_causes.chain_of(cause))
    except Refused as refusal:
        return refusal
    return None


def may_analyse(session: Session, person: Actor, action: Action) -> bool:
    """Tell whether a person may change the causes of a case now."""
    return action.state in ANALYSED and _may(session, person, WORK, action)


def may_follow(session: Session, person: Actor, action: Action) -> bool:
    """Tell whether a person may change the tasks and answers of a case now."""
    return action.state in FOLLOWED and _may(session, person, WORK, action)


def task_steps(session: Session, person: Actor, task: Task) -> list[Step]:
    """Return the steps on a task that a person may take now; an owner reports their own."""
    if task.action.state not in FOLLOWED:
        return []
    return [step for step in allowed(task_rules.STEPS, task.state)
            if (step.name == "report" and task.owner_id == person.id)
            or _may(session, person, step.permission, task.action)]


def place_words(asked: ReadAcross) -> Any:
    """Return the record that a similar place is: a unit, an item, a site; None where it is only named in words."""
    found: Unit | Any = asked.unit or asked.item or asked.site
    return found


def _may(session: Session, person: Actor, permission: str, action: Action) -> bool:
    try:
        need_here(session, person, permission, action)
    except NotAllowed:
        return False
    return True
