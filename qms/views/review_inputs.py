"""A management review input by input, as the meeting goes through it: figures, tables, charts, note, decisions."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.review import DecisionForm, NoteForm
from qms.rules import review as rules
from qms.rules.customers_metrics import METRICS
from qms.rules.errors import NotFound
from qms.rules.review_inputs import HOW, INPUTS
from qms.rules.review_shown import between, shown, unit_of_kind
from qms.rules.review_snapshots import Chart, Estimate, Table
from qms.rules.words import Words
from qms.web import answered, filled, needs, person, reading, saving
from qms.web.forms import prefilled
from qms.web.language import language, say
from qms.web.page import when
from qms.workflows import review_filling, review_records, review_shown
from qms.workflows.actions_team import holders
from qms.workflows.review_filling import one_input
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("review_inputs", __name__, url_prefix="/review")

TEXTS = ("text", "state", "date")


@bp.app_template_global("value_of")
def value_of(value: Any, kind: str, zone: str | None = None) -> str:
    """Return a figure or cell as people read it, the same digits as in every file; an instant in a site's zone."""
    return when(value, zone) if isinstance(value, datetime) else shown(value, kind, language())


@bp.app_template_global("interval_of")
def interval_of(estimate: Estimate, kind: str) -> str:
    """Return the interval of an estimate; empty where there is none."""
    return between(estimate, kind, language())


@bp.app_template_global("unit_of")
def unit_of(kind: str) -> str:
    """Return what the numbers of a kind are counted in; empty where the number says it."""
    words = unit_of_kind(kind)
    return say(words) if words else ""


@bp.app_template_global("is_number")
def is_number(kind: str) -> bool:
    """Tell whether values of a kind stand to the right."""
    return kind not in TEXTS


@bp.get("/<id:review_id>/inputs")
@needs("review.view")
def first(review_id: int) -> ResponseReturnValue:
    """Go to the first input of a review."""
    held = review_records.one(reading(), person(), review_id)
    code = review_shown.outlines(reading(), held)[0].what.code
    return redirect(url_for("review_inputs.show", review_id=review_id, code=_dashed(code)))


@bp.get("/<id:review_id>/inputs/<string:code>")
@needs("review.view")
def show(review_id: int, code: str) -> str:
    """Show one input as it was counted and filled in. Nothing is counted here, and no other input is read."""
    return _draw(review_id, code)


@bp.post("/<id:review_id>/inputs/<string:code>/note")
@needs("review.prepare")
def note(review_id: int, code: str) -> ResponseReturnValue:
    """Keep what was said of an input; one who was slower sees both notes, and nothing is overwritten."""
    _review, held = one_input(reading(), person(), review_id, _plain(code))
    input_id, form = held.id, filled(NoteForm, prefix="note-")
    if form.ready:
        with saving(form, "review.note") as session:
            review_filling.note(session, person(), input_id, form.read_at, **form.values())
        if form.saved:
            return answered(form, url_for("review_inputs.show", review_id=review_id, code=code, _anchor="note"),
                            gettext("The note is saved."))
    return _draw(review_id, code, form), form.status


@bp.get("/<id:review_id>/paper")
@needs("review.view")
def paper(review_id: int) -> str:
    """Show the whole review to be printed: every input with its tables, the decisions, the signatures."""
    session = reading()
    review = review_records.one(session, person(), review_id)
    inputs = [(one, review_filling.snapshots_of(one)) for one in review_records.inputs_of(session, review)]
    return render_template(
        "review/paper.html", review=review, sites=review_records.sites_of(session, review), inputs=inputs,
        attendees=review_records.attendees(session, review), INPUTS=INPUTS, REVIEW=rules,
        decisions=review_shown.decisions(session, review),
        signatures=signatures_of(session, "reviews", [review.id], review.site.time_zone))


@bp.get("/<id:review_id>/inputs/<string:code>/charts")
@needs("review.view")
def charts(review_id: int, code: str) -> ResponseReturnValue:
    """Give the charts of one input as JSON, by the key of their table and their place."""
    _review, held = one_input(reading(), person(), review_id, _plain(code))
    return jsonify({f"{table.key}-{place}": _chart(table, chart)
                    for snapshot in review_filling.snapshots_of(held) for table in snapshot.tables
                    for place, chart in enumerate(table.charts)})


def _draw(review_id: int, code: str, noting: NoteForm | None = None) -> str:
    session = reading()
    review, held = one_input(session, person(), review_id, _plain(code))
    noting = noting or prefilled(NoteForm, "note-", rev=held.rev, note=held.note)
    outlines = review_shown.outlines(session, review)
    here = next(one for one in outlines if one.id == held.id)
    snapshots = review_filling.snapshots_of(held)
    may_take = {step.name for step in review_shown.offered(session, person(), review)}
    return render_template(
        "review/input.html", review=review, held=held, here=here, outlines=outlines, REVIEW=rules, HOW=HOW,
        before=outlines[here.place - 2] if here.place > 1 else None,
        after=outlines[here.place] if here.place < len(outlines) else None,
        counted=snapshots[0] if held.snapshot else None, imported=snapshots[-1] if held.imported else None,
        noting=noting, may_take=may_take, decisions=review_shown.decisions(session, review, held.code),
        deciding=_deciding(held.code, review.site_id) if "decide" in may_take else None, METRICS=METRICS,
        unplanned=review_shown.unplanned(session, review) if held.code == "scorecards" else [], dashed=_dashed,
        decision_steps=partial(review_shown.decision_steps, person(), review),
        today=review_records.today(session, review.site))


def _deciding(code: str, site_id: int) -> DecisionForm:
    form = prefilled(DecisionForm, "", input_code=code, output="improvement")
    form.owner_id.choices = [SelectChoice("", gettext("Choose a person")),
                             *(SelectChoice(str(who.id), who.name) for who in holders(reading(), site_id, rules.VIEW))]
    form.missed.choices = [SelectChoice("", gettext("None"))]
    return form


def _chart(table: Table, chart: Chart) -> dict[str, Any]:
    """Return what a chart is drawn from: the labels along its axis, and each series with its kind."""
    x = table.place(chart.x)
    series = [(table.columns[table.place(key)], table.place(key)) for key in chart.series]
    return {"drawn_as": chart.kind, "labels": [value_of(row.cells[x], table.columns[x].kind) for row in table.rows],
            "series": [{"name": say(column.words), "kind": column.kind,
                        "values": [_drawn(row.cells[at]) for row in table.rows]} for column, at in series]}


def _drawn(cell: Any) -> Any:
    """Return a cell as a chart takes it: a number, a text, or nothing."""
    if isinstance(cell, Words):
        return say(cell)
    return cell if cell is None or isinstance(cell, (int, float, str)) else float(cell)


def _plain(code: str) -> str:
    """Return the code of an input from its address. Raises NotFound."""
    plain = code.replace("-", "_")
    if plain not in INPUTS:
        raise NotFound
    return plain


def _dashed(code: str) -> str:
    return code.replace("_", "-")
