"""What the chain's map asks for while it is looked at: the drawing, one unit, all its ways. Decides nothing."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext

from qms.models.chain import Unit
from qms.rules.chain import LINK_KINDS, UNIT_KINDS
from qms.rules.chain_graph import MOST_PATHS
from qms.rules.satisfaction_scorecards import COLOURED_BY
from qms.web import needs, person, reading
from qms.web.language import say
from qms.web.page import name, number, percent
from qms.workflows import chain
from qms.workflows import chain_registers as registers
from qms.workflows.chain_map import Wish, drawing
from qms.workflows.chain_standing import DAYS, standing
from qms.workflows.satisfaction_scorecards_map import NOTHING, Score, link_scores

bp = Blueprint("chain_map", __name__, url_prefix="/chain/map")


@bp.get("/sites/<id:site_id>/graph")
@needs("chain.view")
def graph(site_id: int) -> Response:
    """Give the units and links of a site's map as JSON, with the place of each unit, in the reader's language."""
    site = chain.one_site(reading(), person(), site_id)
    wish = Wish(*(request.args.get(key, "") for key in ("kind", "units", "line")))
    drawn = drawing(reading(), site.id, wish)
    scores = link_scores(reading(), person(), site, request.args.get("score", ""))
    links: list[dict[str, Any]] = [
        {"id": row.link.id, "supplier": row.link.supplier_id, "customer": row.link.customer_id, "kind": row.link.kind,
         "words": say(LINK_KINDS[row.link.kind]), "output": name(row.link, "output"), "proposed": row.link.proposed,
         "standard": bool(row.standards), "score": _score(scores, row.link.id)} for row in drawn.links]
    units = [{"id": unit.id, "code": unit.code, "name": name(unit), "kind": unit.kind,
              "words": say(UNIT_KINDS[unit.kind]), "about": url_for("chain_map.about", unit_id=unit.id),
              **drawn.layout.spots[unit.id]._asdict()} for unit in drawn.units]
    return jsonify({"units": units, "links": links, "columns": drawn.layout.columns, "height": drawn.layout.height})


def _score(scores: Mapping[int, Score] | None, link_id: int) -> dict[str, str] | None:
    """Return the colour of a link and what it says; None: the map is not coloured by figures."""
    if scores is None:
        return None
    found = scores.get(link_id, NOTHING)
    return {"tone": found.band.tone, "words": _told(found)}


def _index(value: float | None) -> str:
    return number(value, 0)


def _told(score: Score) -> str:
    """Say a score with its n and interval in the reader's language."""
    if score.value is None:
        return say(score.band.words)
    shown = percent if score.by == "acceptance" else _index
    interval = "" if score.low is None else f", {gettext('95%% CI') % {}} {shown(score.low)}–{shown(score.high)}"
    return f"{say(COLOURED_BY[score.by])} {shown(score.value)}, n = {score.n}{interval}"


@bp.get("/units/<id:unit_id>/about")
@needs("chain.view")
def about(unit_id: int) -> str:
    """Tell of a unit what the map's side panel shows."""
    unit = chain.one(reading(), person(), Unit, unit_id)
    given, taken = registers.links_of(reading(), unit_id)
    paths, complete = chain.customer_paths(reading(), unit_id)
    return render_template("chain/_about.html", unit=unit, customers=standing(reading(), given), complete=complete,
                           suppliers=standing(reading(), taken), paths=len(paths), days=DAYS, UNIT_KINDS=UNIT_KINDS,
                           LINK_KINDS=LINK_KINDS)


@bp.get("/units/<id:unit_id>/paths")
@needs("chain.view")
def paths(unit_id: int) -> str:
    """List every way from a unit to an outside customer."""
    unit = chain.one(reading(), person(), Unit, unit_id)
    found, complete = chain.customer_paths(reading(), unit_id)
    return render_template("chain/paths.html", unit=unit, paths=found, complete=complete, most=MOST_PATHS)
