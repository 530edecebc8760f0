"""Which steps on a disposition or a board review a person may take now. Changes nothing."""

from collections.abc import Sequence

from qms.models.dispositions import BoardReview, Disposition
from qms.models.rejections import Rejection
from qms.rules import dispositions as rules
from qms.rules import dispositions_board as board
from qms.rules.accounts import Actor
from qms.rules.dispositions_checks import check_second_person, check_witness
from qms.rules.errors import Refused
from qms.rules.steps import Step, allowed


def offers_for(person: Actor, line: Disposition) -> tuple[str, ...]:
    """Name the steps that a line's page offers, in the order of the table; not those that someone else has to take."""
    return tuple(step.name for step in allowed(rules.STEPS, line.state)
                 if _fits(line, step.name) and may(person, line.rejection, step) and _is_other(person, line, step.name))


def offers_on_review(person: Actor, review: BoardReview) -> tuple[str, ...]:
    """Name the steps that a review's page offers; only its chair closes it."""
    return tuple(step.name for step in allowed(board.STEPS, review.state)
                 if may(person, review.rejection, step) and (step.name != "close" or person.id == review.chair_id))


def may(person: Actor, rejection: Rejection, step: Step) -> bool:
    """Tell whether a person holds a step's permission where a rejection was found; work also where it was made."""
    units = [rejection.found_unit, *([rejection.origin_unit] if step.permission == "dispositions.work" else [])]
    return any(person.may(step.permission, site_id=rejection.site_id, unit_path=unit.path)
               for unit in units if unit is not None)


def roles_here(person: Actor, rejection: Rejection) -> Sequence[str]:
    """Name the roles by which a person may decide here."""
    return [grant.role for grant in person.grants
            if grant.covers("dispositions.decide", rejection.site_id, rejection.found_unit.path)]


def _fits(line: Disposition, step: str) -> bool:
    """Tell whether a step is one for this code."""
    is_scrap = line.code == "scrap"
    fits = {
        "witness": is_scrap, "dispose": is_scrap, "verify": not is_scrap,
        "send_back": line.code not in rules.REWORKED,
        "cover": line.code in rules.CONCEDED,
        "start": line.code not in rules.CONCEDED or line.concession_id is not None,
    }
    return fits.get(step, True)


def _is_other(person: Actor, line: Disposition, step: str) -> bool:
    """Tell whether the person is not the one who must not take a step (R-09, R-14)."""
    try:
        if step == "verify":
            check_second_person(person.id, workers=(line.done_by_id,), reported_by_id=line.rejection.reported_by_id)
        if step == "witness":
            check_witness(person.id, line.done_by_id)
    except Refused:
        return False
    return True
