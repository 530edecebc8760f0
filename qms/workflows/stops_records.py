"""How a stop is found for a person, locked for a step, and told who may take it. Knows no page and no tablet."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Unit
from qms.models.stops import Stop
from qms.rules import stops as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.rejections_records import check_version

VIEW = "stops.view"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's calls and stops."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, stop_id: int) -> Stop:
    """Return a stop of a site that the person may see. Raises NotFound."""
    found = session.get(Stop, stop_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def begun(session: Session, person: Actor, stop_id: int, rev: int, name: str, **given: Any) -> tuple[Stop, str]:
    """Return a stop that no one else changes meanwhile, and the state to which a step leads that the person may take.

    A call whose window has ended is a stop by then. Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    stop = session.get(Stop, stop_id, with_for_update=True)
    if stop is None or not sees(person, stop.site_id):
        raise NotFound
    wanted = step_of(rules.STEPS, name)
    where = stop.customer_id if name == "consent" and stop.customer_id is not None else stop.unit_id
    person.need(wanted.permission, site_id=stop.site_id, unit_path=path_of(session, where))
    check_version(stop, rev, given | {"state": wanted.to or stop.state})
    run_out(stop, now(session))
    return stop, step(rules.STEPS, stop.state, name)


def run_out(stop: Stop, at: datetime) -> bool:
    """Turn a call into a stop when its window has ended and nobody has come; tell whether it did."""
    if not rules.is_run_out(stop.state, stop.window_ends_at, stop.arrived_at, at):
        return False
    stop.state, stop.stopped_at = step(rules.STEPS, stop.state, "stop"), stop.window_ends_at
    return True


def path_of(session: Session, unit_id: int) -> str:
    """Return the path of a unit, as grants are scoped by it."""
    return session.get_one(Unit, unit_id).path


def said(text: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    told = (text or "").strip()
    if not told:
        raise Invalid("Say it in a few words.", "请简要填写。", field=field)
    return told


def check_count(value: int | None, field: str) -> None:
    """Raise Invalid for a number of pieces that cannot be."""
    if value is not None and not 0 <= value <= 1_000_000_000:
        raise Invalid("A quantity is a whole number, at least 0.", "数量须为不小于 0 的整数。", field=field)
