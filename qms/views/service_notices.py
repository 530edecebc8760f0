"""The notices on internal service: posted, opened, counted. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.service_recognition import NoticeForm, UnitFilter
from qms.web import filled, needs, person, reading, saving, writing
from qms.web.filter_rows import choices, offer, wish
from qms.web.language import language
from qms.workflows import chain
from qms.workflows import service_notices as notices
from qms.workflows.service_complaints_register import inside_units

bp = Blueprint("service_notices", __name__, url_prefix="/service/notices")


@bp.get("/")
@needs("service.view")
def register() -> str:
    """Show notices with how many have read each."""
    form: Any = UnitFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "service.view"), inside_units(reading(), person()), "unit")
    form.validate()
    wanted = notices.Filter((form.chosen("q") or "").strip(), form.chosen("site"), form.chosen("unit"))
    form.only_site()
    page = notices.register(reading(), person(), wanted, wish())
    return render_template("service/notices.html", form=form, page=page, counts=notices.counts(reading(), page.rows),
                           wanted=wanted, is_filtered=wanted != notices.Filter())


@bp.get("/<id:notice_id>")
@needs("service.view")
def show(notice_id: int) -> str:
    """Show a notice; opening it counts as having read it."""
    if notices.has_read(reading(), person(), notice_id):
        return _page(reading(), notice_id)
    with writing("service.read_notice") as session:
        notices.open_notice(session, person(), notice_id)
        return _page(session, notice_id)


@bp.route("/post", methods=["GET", "POST"])
@needs("service.teach")
def post() -> ResponseReturnValue:
    """Post a notice."""
    form = filled(NoticeForm)
    form.site_id.choices = choices(chain.sites(reading(), person(), "service.teach"))
    form.unit_id.choices = [SelectChoice("", gettext("The whole site")), *choices(inside_units(reading(), person()))]
    if form.ready:
        with saving(form, "service.post_notice") as session:
            made = notices.post(session, person(), **form.values()).id
        if form.saved:
            return redirect(url_for("service_notices.show", notice_id=made))
    return render_template("service/form.html", form=form, title=gettext("Post a notice"), rule="", held=None,
                           back=url_for("service_notices.register"),
                           trail=[(gettext("Notices"), url_for("service_notices.register"))]), form.status


def _page(session: Session, notice_id: int) -> str:
    held = notices.one(session, person(), notice_id)
    return render_template("service/notice.html", notice=held, reads=notices.counts(session, [held])[held.id])
