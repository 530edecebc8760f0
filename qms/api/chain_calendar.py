"""The plant calendar by JSON: a month of a site, days that differ from the week. Decides nothing.

A change carries the version (`rev`) at which the day was read; an older one is answered with 409 and both versions.
"""

from datetime import date

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import chain_calendar_days as calendar

bp = Blueprint("chain_calendar_api", __name__, url_prefix="/api/v1/calendar")


class Days(Body):
    """One day or a stretch of days that differ from the week, and whether the plant works on them."""

    site_id: int = Field(ge=1, le=LARGEST_ID)
    starts_on: date
    ends_on: date | None = None
    works: bool
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)


class ChangedDay(Body):
    """A changed day; `active` false gives it back to the week."""

    rev: int = Field(ge=1)
    works: bool
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    active: bool = True


@bp.get("/sites/<id:site_id>")
@needs("chain.view")
def month(site_id: int) -> ResponseReturnValue:
    """Read the month of a site in which a day (`day`, today when left out) lies: shifts and hours of each day."""
    found = calendar.month_of(reading(), person(), site_id, _day(), utc_now())
    days = [{"day": day.on.isoformat(), "shifts": day.shifts, "hours": day.hours,
             "differs": told(day.told) if day.told else None} for day in found.days]
    return jsonify({"site_id": found.site.id, "month": found.first.isoformat()[:7], "hours": found.hours,
                    "worked_days": found.worked_days, "days": days})


@bp.post("/days")
@needs("chain.roster")
@takes(Days)
def add() -> ResponseReturnValue:
    """Enter days that differ from the week: 201."""
    sent = read_body(Days).model_dump()
    with writing("chain.add_calendar_days") as session:
        body = [told(day) for day in calendar.add_days(session, person(), **sent)]
    return jsonify({"days": body}), 201


@bp.put("/days/<id:day_id>")
@needs("chain.roster")
@takes(ChangedDay)
def edit(day_id: int) -> ResponseReturnValue:
    """Change a day, or give it back to the week."""
    sent = read_body(ChangedDay).model_dump()
    rev = sent.pop("rev")
    with writing("chain.edit_calendar_day") as session:
        body = told(calendar.edit_day(session, person(), day_id, rev, **sent))
    return jsonify(body)


def _day() -> date | None:
    given = request.args.get("day", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise Invalid("This is no day (YYYY-MM-DD).", "这不是日期 (YYYY-MM-DD)。", field="day") from error
