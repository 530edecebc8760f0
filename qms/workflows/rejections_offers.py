"""Which steps on a rejection a person may take now: what the tables allow and their grants cover. Changes nothing."""

from collections.abc import Collection
from typing import NamedTuple

from qms.models.rejections import Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.steps import allowed


class Offers(NamedTuple):
    """Names of steps, in the order in which a page offers them, and the holds that this person may release.

    `ask` is the step `contain` as long as no place has been asked.
    """

    steps: tuple[str, ...]
    origin: tuple[str, ...]
    holds: tuple[int, ...]


class _Scope(NamedTuple):
    """A person's permissions in the finding unit and in the origin of a rejection."""

    person: Actor
    rejection: Rejection

    def at_found(self, permission: str) -> bool:
        return self._may(permission, self.rejection.found_unit.path)

    def at_origin(self, permission: str) -> bool:
        return self._may(permission, (self.rejection.origin_unit or self.rejection.found_unit).path)

    def anywhere(self, permission: str, paths: list[str]) -> bool:
        return any(self._may(permission, path) for path in paths)

    @property
    def reported(self) -> bool:
        return self.person.id == self.rejection.reported_by_id

    def _may(self, permission: str, path: str) -> bool:
        return self.person.may(permission, site_id=self.rejection.site_id, unit_path=path)


def offers_for(person: Actor, rejection: Rejection, decided: Collection[int] = ()) -> Offers:
    """Return what a rejection's page offers; a step that someone else has to take is not among them.

    `decided`: holds for which a disposition is decided.
    """
    may = _Scope(person, rejection)
    possible = {step.name for step in allowed(rules.STEPS, rejection.state)}
    waiting = [hold for hold in rejection.holds if hold.state == "held" and hold.id not in decided]
    releases = "release" in possible and not may.reported and may.at_found("rejections.release")
    holds = [hold.id for hold in waiting] if releases else []
    offered = {
        "decide": "decide" in possible and bool(waiting) and may.at_found("dispositions.decide"),
        "ask": "contain" in possible and not rejection.containment and may.at_found("rejections.contain"),
        "contain": "contain" in possible and _has_to_answer(may),
        "release": bool(holds),
        "complete": "correct" in possible and may.at_found("rejections.contain"),
        "correct": "correct" in possible and (may.reported or may.at_found("rejections.contain")),
        "void": "void" in possible and not decided and may.at_found("rejections.void"),
    }
    return Offers(tuple(name for name, is_offered in offered.items() if is_offered),
                  () if rejection.state == "void" else _of_origin(may), tuple(holds))


def _has_to_answer(may: _Scope) -> bool:
    unanswered = [line for line in may.rejection.containment if line.answered_at is None]
    return bool(unanswered) and (may.at_found("rejections.contain") or may.anywhere(
        "rejections.contain", [line.unit.path for line in unanswered if line.unit is not None]))


def _of_origin(may: _Scope) -> tuple[str, ...]:
    judges, leads = may.at_origin("rejections.judge"), may.at_origin("rejections.contest")
    origin = may.rejection.origin_unit
    admits = origin is not None and rules.is_involved(may.person, home=None, paths=[origin.path])
    offered = {"assume": may.at_found("rejections.contain") or may.at_found("rejections.judge"),
               "confirm": (judges or leads) and (admits or not may.reported), "contest": leads,
               "decide": judges and not may.reported}
    return tuple(step.name for step in allowed(rules.ORIGIN_STEPS, may.rejection.origin_state) if offered[step.name])
