"""Scorecards by JSON: every link of a site, one link, one unit. Decides nothing."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from forms.chain import id_or_none
from qms.db import now
from qms.measures.intervals import Mean, Rate
from qms.models.chain import Link, Site, Unit
from qms.rules.errors import Invalid, NotFound
from qms.rules.measures import Period
from qms.rules.satisfaction_scorecards import DAYS
from qms.web import needs, person, reading
from qms.workflows import chain
from qms.workflows import satisfaction_scorecards as scorecards
from qms.workflows.satisfaction_scorecards import Card, Figures

bp = Blueprint("satisfaction_scorecards_api", __name__, url_prefix="/api/v1/scorecards")


@bp.get("")
@needs("satisfaction.view")
def overview() -> ResponseReturnValue:
    """Read the scorecards of a site (`site`) over a period (`first`, `last`), usually the last twelve weeks."""
    site_id = request.args.get("site", type=id_or_none)
    site = reading().get(Site, site_id) if site_id is not None else None
    if site is None:
        raise NotFound
    shown = scorecards.overview(reading(), person(), site.id, _period(site))
    return jsonify({"links": [_card(card) for card in shown.links], "units": [_card(card) for card in shown.units]})


@bp.get("/links/<id:link_id>")
@needs("satisfaction.view")
def link(link_id: int) -> ResponseReturnValue:
    """Read the scorecard of a link, and `back`: of those that lead the other way between its units."""
    site = reading().get_one(Site, chain.one(reading(), person(), Link, link_id).site_id)
    card, back = scorecards.link_card(reading(), person(), link_id, _period(site))
    return jsonify({**_card(card), "back": [_card(other) for other in back]})


@bp.get("/units/<id:unit_id>")
@needs("satisfaction.view")
def unit(unit_id: int) -> ResponseReturnValue:
    """Read the scorecard of a unit as supplier, of what it hands over (`given`) and what it receives (`taken`)."""
    site = reading().get_one(Site, chain.one(reading(), person(), Unit, unit_id).site_id)
    card, given, taken = scorecards.unit_card(reading(), person(), unit_id, _period(site))
    return jsonify({**_card(card), "given": [_card(c) for c in given], "taken": [_card(c) for c in taken]})


def _period(site: Site) -> Period:
    today = now(reading()).astimezone(ZoneInfo(site.time_zone)).date()
    last = _day("last") or today
    return Period(_day("first") or last - timedelta(days=DAYS - 1), last, "month", site.time_zone)


def _day(key: str) -> date | None:
    text = request.args.get(key, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{key}: a day is written as 2026-11-29.", f"{key}: 日期写作 2026-11-29。", field=key) from None


def _card(card: Card) -> dict[str, Any]:
    """Return a card as JSON; a figure that is not known, or may not be shown, is null."""
    of = {"link_id": card.of.id} if isinstance(card.of, Link) else {"unit_id": card.of.id}
    return {**of, "now": _figures(card.now), "before": _figures(card.before) if card.before else None,
            "change": {name: card.change(name) for name in ("acceptance", "kept", "perceived", "ratings")}}


def _figures(figures: Figures) -> dict[str, Any]:
    survey = figures.survey
    told = None if survey is None else {
        "survey_id": survey.survey_id, "invited": survey.invited, "responded": survey.responded,
        "hidden": survey.is_hidden, "overall": asdict(survey.overall) if survey.overall else None}
    return {"routine": {"acceptance": _rate(figures.acceptance), "kept": _rate(figures.kept),
                        "requests": figures.asked.requests, "complaints": figures.complaints},
            "perceived": {"survey": told, "ratings": _mean(figures.ratings)}}


def _rate(found: Rate) -> dict[str, Any]:
    return {"value": found.value, "n": found.n, "low": found.low, "high": found.high}


def _mean(found: Mean) -> dict[str, Any]:
    return {"value": found.mean, "n": found.n, "low": found.low, "high": found.high}
