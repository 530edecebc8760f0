"""Which steps on a stop a person may take now: what the table allows and their grants cover. Changes nothing."""

from qms.models.stops import Stop
from qms.rules import stops as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Refused
from qms.rules.steps import Step, allowed
from qms.workflows.stops_restarting import allowing

AT_THE_SPOT = ("stop", "acknowledge", "arrive")
"""Steps that a tablet offers while nobody is signed in: stopping needs nobody, the others a badge."""


def offers_for(person: Actor | None, stop: Stop, latest: dict[str, bool]) -> tuple[str, ...]:
    """Name the steps that a page or tablet offers, in the order of the table; None: nobody is signed in.

    `latest` maps each kind of restart check to its newest verdict. The restart is offered when nothing is missing.
    """
    possible = [step for step in allowed(rules.STEPS, stop.state) if _is_open(stop, step.name)]
    if person is None:
        return tuple(step.name for step in possible if step.name in AT_THE_SPOT)
    return tuple(step.name for step in possible if _may(person, stop, step) and (
        step.name != "restart" or _may_restart(person, stop, latest)))


def missing(stop: Stop, latest: dict[str, bool]) -> list[str]:
    """Name the restart checks that are not good yet; none before a restart is asked for."""
    if stop.state != "restart_requested":
        return []
    return rules.missing_checks(latest, product_affecting=stop.product_affecting)


def _is_open(stop: Stop, step: str) -> bool:
    """Tell whether a step has not been taken yet that is taken once."""
    taken = {
        "acknowledge": stop.acknowledged_at is not None,
        "arrive": stop.arrived_at is not None,
        "resolve": stop.critical,
        "consent": stop.customer_id is None or stop.consented_at is not None,
    }
    return not taken.get(step, False)


def _may(person: Actor, stop: Stop, step: Step) -> bool:
    where = stop.customer if step.name == "consent" and stop.customer is not None else stop.unit
    return person.may(step.permission, site_id=stop.site_id, unit_path=where.path)


def _may_restart(person: Actor, stop: Stop, latest: dict[str, bool]) -> bool:
    try:
        allowing(person, stop, stop.unit.path)
        rules.check_restart(latest, product_affecting=stop.product_affecting,
                            needs_consent=stop.customer_id is not None, consented=stop.consented_at is not None)
    except Refused:
        return False
    return True
