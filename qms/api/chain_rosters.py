"""Shifts and rosters by JSON: the week of a unit, who is put on it, taken back. Decides nothing.

A change carries the version (`rev`) at which the record was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.models.accounts import Person
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import chain_rosters_changes as changes
from qms.workflows import chain_rosters_week as weeks

bp = Blueprint("chain_rosters_api", __name__, url_prefix="/api/v1/rosters")

Id = Field(ge=1, le=LARGEST_ID)
MaybeId = Field(default=None, ge=1, le=LARGEST_ID)


class Line(Body):
    """Someone who stands for a role in a unit and all below it (null: the whole site), in a shift (null: always)."""

    role: str = Field(max_length=40)
    person_id: int = Id
    starts_on: date
    unit_id: int | None = MaybeId
    shift_id: int | None = MaybeId
    deputy_id: int | None = MaybeId
    ends_on: date | None = None


class NewLine(Line):
    """A line that is put on the roster of a site."""

    site_id: int = Id


class ChangedLine(Line):
    """A changed line; `active` false: it was entered by mistake."""

    rev: int = Field(ge=1)
    active: bool = True


class ShiftSent(Body):
    """A shift: from when until when by the site's clock, and on which days of the week, Monday first, as 1111100."""

    code: str = Field(max_length=20)
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    starts: str = Field(max_length=5)
    ends: str = Field(max_length=5)
    weekdays: str = Field(default="1111100", max_length=7)


class NewShift(ShiftSent):
    """A shift that is made for a site."""

    site_id: int = Id


class ChangedShift(ShiftSent):
    """A changed shift; `active` false takes it out of use."""

    rev: int = Field(ge=1)
    active: bool = True


@bp.get("/units/<id:unit_id>")
@needs("chain.view")
def week(unit_id: int) -> ResponseReturnValue:
    """Read the week of a unit in which a day (`day`, today when left out) lies: who stands when, and who hears instead.

    A cell is null on a day on which the shift does not run, and empty where nobody is named.
    """
    found = weeks.week_of(reading(), person(), unit_id, _day(), utc_now())
    rows = [{"role": row.role, "shift_id": row.shift.id if row.shift else None,
             "days": [None if cell is None else _people(cell) for cell in row.cells]} for row in found.rows]
    return jsonify({"unit_id": found.unit.id, "days": [day.isoformat() for day in found.days], "rows": rows,
                    "instead": {role: _people(people) for role, people in found.holding.items()},
                    "lines": [told(line) for line in found.lines], "shifts": [told(s) for s in found.shifts]})


@bp.post("/lines")
@needs("chain.roster")
@takes(NewLine)
def add() -> ResponseReturnValue:
    """Put someone on the roster: 201."""
    sent = read_body(NewLine).model_dump()
    with writing("chain.add_roster_line") as session:
        body = told(changes.add_roster_line(session, person(), **sent))
    return jsonify(body), 201


@bp.put("/lines/<id:line_id>")
@needs("chain.roster")
@takes(ChangedLine)
def edit(line_id: int) -> ResponseReturnValue:
    """Change a roster line."""
    sent = read_body(ChangedLine).model_dump()
    rev = sent.pop("rev")
    with writing("chain.edit_roster_line") as session:
        body = told(changes.edit_roster_line(session, person(), line_id, rev, **sent))
    return jsonify(body)


@bp.post("/shifts")
@needs("chain.edit")
@takes(NewShift)
def add_shift() -> ResponseReturnValue:
    """Make a shift: 201."""
    sent = read_body(NewShift).model_dump()
    with writing("chain.add_shift") as session:
        body = told(changes.add_shift(session, person(), **sent))
    return jsonify(body), 201


@bp.put("/shifts/<id:shift_id>")
@needs("chain.edit")
@takes(ChangedShift)
def edit_shift(shift_id: int) -> ResponseReturnValue:
    """Change a shift."""
    sent = read_body(ChangedShift).model_dump()
    rev = sent.pop("rev")
    with writing("chain.edit_shift") as session:
        body = told(changes.edit_shift(session, person(), shift_id, rev, **sent))
    return jsonify(body)


def _people(people: Sequence[Person]) -> list[dict[str, Any]]:
    return [{"id": one.id, "name": one.name} for one in people]


def _day() -> date | None:
    given = request.args.get("day", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise Invalid("This is no day (YYYY-MM-DD).", "这不是日期 (YYYY-MM-DD)。", field="day") from error
