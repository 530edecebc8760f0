"""Knows who may decide which disposition, and what the review board has to say first; must not know any record.

Source: ISO 9001:2015 8.7.2 d, IATF 16949:2016 8.7.1.
"""

from dataclasses import dataclass
from decimal import Decimal

from qms.rules.accounts import ROLES, Actor, Grant
from qms.rules.dispositions import CODES, REWORKED
from qms.rules.errors import Refused

SCRAP_LIMIT = Decimal(10_000)
"""Value above which scrap is decided higher up where a site has set no other, in the currency of its rates."""

_QUALITY = ("quality_engineer", "quality_manager")
_HIGHER = ("quality_manager",)
AUTHORITY: dict[str, tuple[str, ...]] = {
    "return_upstream": ("team_leader", *_QUALITY),
    "sort": _QUALITY,
    "rework": _QUALITY,
    "repair": (*_HIGHER, "mrb_member"),
    "use_as_is": (*_HIGHER, "mrb_member"),
    "regrade": (*_HIGHER, "mrb_member"),
    "return_to_supplier": _QUALITY,
    "scrap": _QUALITY,
    "no_fault": (*_QUALITY, "mrb_member"),
}
"""Roles that decide each code in the usual case (R-06)."""
BOARD = frozenset({"repair", "use_as_is", "regrade"})
"""Codes that leave product outside its specification, so that the review board is heard first."""


@dataclass(frozen=True, slots=True)
class Case:
    """What authority depends on. `value` None: no rate is known. `reworks`: how often it was reworked before.

    `outside`: the customer found it. `chairs`: the person chaired the board that agreed on this. `scrap_limit`: the
    site's value above which scrap is dear.
    """

    code: str
    severity: str
    value: Decimal | None = None
    outside: bool = False
    reworks: int = 0
    chairs: bool = False
    scrap_limit: Decimal = SCRAP_LIMIT


def is_raised(case: Case) -> bool:
    """Tell whether a higher authority decides: critical or dear scrap, and rework of what was reworked before."""
    if case.code in REWORKED:
        return case.reworks > 0
    dear = case.value is not None and case.value > case.scrap_limit
    return case.code == "scrap" and (case.severity == "CR" or dear)


def roles_for(case: Case) -> tuple[str, ...]:
    """Name the roles that may decide a line."""
    if is_raised(case):
        return (*_HIGHER, "mrb_member") if case.chairs and case.code == "scrap" else _HIGHER
    if case.code == "no_fault" and case.outside:
        return _QUALITY
    return AUTHORITY[case.code]


def authorising(person: Actor, case: Case, *, permission: str, site_id: int, path: str) -> Grant | None:
    """Return the grant by which a person decides a line, for storing with it (R-49); None for the system itself.

    Raises Refused (R-06) where none of the person's roles there is authorised.
    """
    roles = roles_for(case)
    found = next((grant for grant in person.grants
                  if grant.role in roles and grant.covers(permission, site_id, path)), None)
    if found is None and not person.everything:
        en, zh = (", ".join(ROLES[role].to(language) for role in roles) for language in ("en", "zh"))
        what = CODES[case.code]
        raise Refused("R-06", f"{what.en} is decided here by: {en}.", f"此处“{what.zh}”须由下列角色决定: {zh}。",
                      field="code")
    if found is not None:
        person.lean(found)
    return found


def check_board(code: str, agreed: set[str]) -> None:
    """Raise Refused (R-06) for a code that needs the review board, unless a closed review agreed on it."""
    if code in BOARD and code not in agreed:
        what = CODES[code]
        raise Refused("R-06", f"{what.en} needs a review of the board that agreed on it.",
                      f"“{what.zh}”须先经评审委员会评审同意。", field="code")
