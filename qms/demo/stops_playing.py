"""Plays calls and stops of the demo plant through the workflows; must not know why they happen."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from qms.demo.deeds import World
from qms.demo.happenings import Happening
from qms.demo.stops import PREFIX
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.workflows import stops

_ACTIONS = {
    "call": "stops.call", "acknowledge": "stops.acknowledge", "arrive": "stops.arrive", "resolve": "stops.resolve",
    "contain": "stops.contain", "ask_restart": "stops.ask_restart", "check": "stops.check",
    "consent": "stops.consent", "restart": "stops.restart", "review": "stops.review", "tick": "stops.escalate",
}
ACTIONS = {f"{PREFIX}{verb}": action for verb, action in _ACTIONS.items()}


class StopPlayer:
    """Plays one step after another; stops, and the rejections that come of them, are known by their key."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._founded = world.founded
        self._stops: dict[str, int] = {}

    def play(self, session: Session, actor: Actor, h: Happening) -> None:
        """Let one step happen."""
        verb = h.verb.removeprefix(PREFIX)
        if verb == "call":
            called = self._call(session, actor, h.facts)
            self._stops[h.key] = called.id
            if called.rejection_id is not None:
                self._world.rejections[h.key] = called.rejection_id
            return
        if verb == "tick":
            stops.escalate(session)
            return
        stop = session.get_one(Stop, self._stops[h.key])
        step: Callable[..., Stop] = getattr(stops, verb)
        step(session, actor, stop.id, stop.rev, **_given(verb, h.facts))

    def _call(self, session: Session, actor: Actor, facts: dict[str, Any]) -> Stop:
        ids = self._founded
        upstream = None
        if "defect" in facts:
            customer = facts.get("customer", facts["unit"])
            upstream = stops.Upstream(quantity=facts["quantity"], defect_id=ids.defects[facts["defect"]],
                                      link_id=ids.links[facts["supplier"], customer])
        return stops.call(
            session, actor, unit_id=ids.units[facts["unit"]], red=facts["red"], reason=facts["why"],
            note=facts["note"], upstream=upstream, source="demo",
            customer_id=ids.units[facts["customer"]] if "customer" in facts else None)


def _given(verb: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a step is told."""
    if verb in {"resolve", "review"}:
        return {"note": facts["note"]}
    if verb == "contain":
        return {"containment": facts["containment"], "cause_known": facts["known"]}
    if verb == "ask_restart":
        return {"measure": facts["measure"], "extra_checks": facts["extra"], "lost_units": facts["lost"]}
    if verb == "check":
        pieces = {"pieces": 5, "nonconforming": 0} if facts["kind"] == "first_piece" else {}
        return {"kind": facts["kind"], "good": True, **pieces}
    return {}

