"""The pages of question sets: versions, and the form of the next one. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from forms.base import Form
from forms.chain import id_or_none
from forms.satisfaction import SetForm, question_kinds, questions
from qms.rules import satisfaction as rules
from qms.rules.satisfaction_questions import KINDS, Question
from qms.rules.words import Words
from qms.web import answered, filled, needs, person, reading, saving
from qms.workflows import chain, satisfaction
from qms.workflows import satisfaction_questions as sets

bp = Blueprint("satisfaction_questions", __name__, url_prefix="/satisfaction/question-sets")

EMPTY_ROWS = 3
"""Rows for new questions below those that are there."""


@bp.get("/")
@needs("satisfaction.view")
def register() -> str:
    """Show every version of every question set."""
    found = sets.question_sets(reading(), person())
    newest = {(s.site_id, s.kind): s.version for s in reversed(found)}
    sites = chain.sites(reading(), person(), "satisfaction.survey")
    missing = [(site, kind) for site in sites for kind in rules.KINDS if (site.id, kind) not in newest]
    return render_template("satisfaction/question_sets.html", sets=found, newest=newest, missing=missing, SURVEY=rules)


@bp.post("/default")
@needs("satisfaction.survey")
def take_default() -> ResponseReturnValue:
    """Take the default questions as a site's first version."""
    form = filled(Form)
    site, kind = request.form.get("site", type=id_or_none) or 0, request.form.get("kind", "")
    with saving(form, "satisfaction.take_default") as session:
        satisfaction.take_default(session, person(), site, kind)
    return answered(form, url_for("satisfaction_questions.register"), gettext("The default questions are yours now."))


@bp.get("/<id:set_id>")
@needs("satisfaction.view")
def show(set_id: int) -> str:
    """Show one version of a question set."""
    held = sets.one_set(reading(), person(), set_id)
    newest = sets.newest(reading(), held.site_id, held.kind)
    return render_template("satisfaction/question_set.html", held=held, newest=newest, SURVEY=rules, KINDS=KINDS)


@bp.route("/<id:set_id>/revise", methods=["GET", "POST"])
@needs("satisfaction.survey")
def revise(set_id: int) -> ResponseReturnValue:
    """Make the next version of a question set."""
    held = sets.one_set(reading(), person(), set_id)
    form = filled(SetForm, name_zh=held.name_zh, name_en=held.name_en, importance=held.importance)
    rows = [Question(q.code, q.kind, Words(q.text_en, q.text_zh)) for q in held.questions]
    rows += [Question("", "rating", Words("", ""))] * EMPTY_ROWS
    if request.method == "POST":
        rows = questions(request.form)
    if form.ready:
        with saving(form, "satisfaction.revise") as session:
            made = satisfaction.revise(session, person(), set_id, questions=rows, **form.values())
        if form.saved:
            flash(gettext("The next version is ready to be asked."), "success")
            return redirect(url_for("satisfaction_questions.show", set_id=made.id))
    return render_template("satisfaction/question_set_form.html", form=form, held=held, rows=rows, SURVEY=rules,
                           kinds=question_kinds(held.kind)), form.status
