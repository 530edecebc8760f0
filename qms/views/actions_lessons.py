"""Lessons learned: the register, one lesson, writing and rewording it. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.actions_documents import LessonFilter, LessonForm
from qms.rules.accounts import Actor
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import actions_lessons, chain
from qms.workflows.actions_parts import WORK, case
from qms.workflows.chain_paging import Wish
from qms.workflows.trail import history

bp = Blueprint("actions_lessons", __name__, url_prefix="/actions")


@bp.get("/lessons/")
@needs("actions.view")
def register() -> str:
    """Show the register of lessons."""
    form = LessonFilter(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "actions.view")
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites)]
    form.validate()
    wanted = actions_lessons.Filter(sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"))
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template("actions/lessons.html", form=form, is_filtered=wanted != actions_lessons.Filter(),
                           page=actions_lessons.register(reading(), person(), wanted, wish))


@bp.get("/lessons/<id:lesson_id>")
@needs("actions.view")
def show(lesson_id: int) -> str:
    """Show a lesson, the case it comes from, its history."""
    lesson = actions_lessons.one(reading(), person(), lesson_id)
    steps = [{"words": gettext("Edit"), "icon": "pencil", "tone": "",
              "url": url_for("actions_lessons.edit", lesson_id=lesson.id)}]
    return render_template("actions/lesson.html", lesson=lesson,
                           steps=steps if _may_edit(person(), lesson.site_id) else [],
                           history=history(reading(), [("lessons", lesson.id)])[::-1])


@bp.route("/<id:action_id>/lessons/write", methods=["GET", "POST"])
@needs("actions.work")
def write(action_id: int) -> ResponseReturnValue:
    """Write a lesson from a case."""
    case(reading(), person(), action_id)
    form = filled(LessonForm)
    if form.ready:
        with saving(form, "actions.write_lesson") as session:
            made = actions_lessons.write(session, person(), action_id, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("actions_lessons.show", lesson_id=made.id), 303)
    return render_template("actions/lesson_form.html", form=form, action=case(reading(), person(), action_id),
                           lesson=None), form.status


@bp.route("/lessons/<id:lesson_id>/edit", methods=["GET", "POST"])
@needs("actions.work")
def edit(lesson_id: int) -> ResponseReturnValue:
    """Word a lesson anew."""
    lesson = actions_lessons.one(reading(), person(), lesson_id)
    form = filled(LessonForm, rev=lesson.rev, title=lesson.title, text=lesson.text)
    if form.ready:
        with saving(form, "actions.edit_lesson") as session:
            actions_lessons.edit(session, person(), lesson_id, form.read_at, **form.values())
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(url_for("actions_lessons.show", lesson_id=lesson_id), 303)
        lesson = actions_lessons.one(reading(), person(), lesson_id)
    return render_template("actions/lesson_form.html", form=form, action=lesson.action, lesson=lesson), form.status


def _may_edit(reader: Actor, site_id: int) -> bool:
    return reader.may(WORK, site_id=site_id)
