"""The steps on a bypass, each the button or the page of one. Decides nothing."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from forms.base import EditForm, Form
from forms.controls import LotReviewForm, ReviewForm, TagForm, VerifyForm
from qms.models.controls import Bypass
from qms.rules.controls import STEPS
from qms.rules.steps import step_of
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language, say
from qms.workflows import controls, controls_register, rejections_lookup

bp = Blueprint("controls_bypasses", __name__, url_prefix="/controls/bypasses")


@bp.route("/<id:bypass_id>/review", methods=["GET", "POST"])
@needs("controls.bypass")
def review(bypass_id: int) -> ResponseReturnValue:
    """Record the daily review."""
    return _with_form("review", bypass_id, filled(ReviewForm), (("note",),), lambda session, form: controls.review(
        session, person(), bypass_id, note=form.note.data))


@bp.route("/<id:bypass_id>/tag", methods=["GET", "POST"])
@needs("controls.bypass")
def tag(bypass_id: int) -> ResponseReturnValue:
    """Tag a lot by hand."""
    def work(session: Session, form: Any) -> None:
        bypass = controls.one_bypass(session, person(), bypass_id)
        controls.tag(session, person(), bypass_id, lot_id=rejections_lookup.lot_id(
            session, bypass.site_id, form.lot.data) or 0, first_piece=form.first_piece.data,
            last_piece=form.last_piece.data)

    return _with_form("tag", bypass_id, filled(TagForm), (("lot",), ("first_piece", "last_piece")), work)


@bp.route("/<id:bypass_id>/lots/<id:tag_id>/review", methods=["GET", "POST"])
@needs("controls.bypass")
def review_lot(bypass_id: int, tag_id: int) -> ResponseReturnValue:
    """Review a tagged lot, so that it may be accepted."""
    held = controls_register.tag_of(reading(), person(), bypass_id, tag_id)
    form = filled(LotReviewForm, first_piece=held.first_piece, last_piece=held.last_piece)
    return _with_form("review_lot", bypass_id, form, (("first_piece", "last_piece"),),
                      lambda session, form: controls.review_lot(session, person(), tag_id, **form.values()),
                      about=held.lot.number)


@bp.route("/<id:bypass_id>/verify", methods=["GET", "POST"])
@needs("controls.bypass")
def verify(bypass_id: int) -> ResponseReturnValue:
    """Record the verification of the restart."""
    held = controls_register.whole_bypass(reading(), person(), bypass_id)
    form = filled(VerifyForm, rev=held.rev)
    return _with_form("verify", bypass_id, form, (("pieces", "nonconforming"), ("verification",)),
                      lambda session, form: controls.verify(session, person(), bypass_id, form.read_at,
                                                            **form.values()))


@bp.post("/<id:bypass_id>/end")
@needs("controls.bypass")
def end(bypass_id: int) -> ResponseReturnValue:
    """Say that the control is back."""
    return _at_once("end", bypass_id, controls.end)


@bp.post("/<id:bypass_id>/close")
@needs("controls.bypass")
def close(bypass_id: int) -> ResponseReturnValue:
    """Close a bypass."""
    return _at_once("close", bypass_id, controls.close)


def _with_form(name: str, bypass_id: int, form: Form, groups: tuple[tuple[str, ...], ...],
               work: Callable[[Session, Any], object], about: str = "") -> ResponseReturnValue:
    """Show the form of a step and take it."""
    if form.ready:
        with saving(form, f"controls.{name}") as session:
            work(session, form)
        if form.saved:
            return _back(form, bypass_id, name)
    held = controls_register.whole_bypass(reading(), person(), bypass_id)
    back = url_for("controls.bypass", bypass_id=bypass_id)
    return render_template(
        "controls/form.html", form=form, title=" ".join(part for part in (_words(name), about) if part), groups=groups,
        units={}, back=back, control=held.control, bypass=held, step=name,
        trail=[(gettext("Bypasses"), url_for("controls.bypasses")), (held.number, back)]), form.status


def _at_once(name: str, bypass_id: int, step: Callable[..., Bypass]) -> ResponseReturnValue:
    """Take a step that asks for nothing."""
    form = filled(EditForm)
    with saving(form, f"controls.{name}") as session:
        step(session, person(), bypass_id, form.read_at)
    return _back(form, bypass_id, name)


def _back(form: Form, bypass_id: int, name: str) -> ResponseReturnValue:
    """Lead back to the record; a refusal says there why nothing was done."""
    refusal = form.refusal
    if refusal is None:
        flash(f"{_words(name)}: {gettext('recorded')}", "success")
    else:
        rule = f" {refusal.rule}" if hasattr(refusal, "rule") else ""
        flash(refusal.words.to(language()) + rule, "danger")
    return redirect(url_for("controls.bypass", bypass_id=bypass_id), 303)


def _words(name: str) -> str:
    return say(step_of(STEPS, name).words)
