"""Judging first pieces and patrols, reporting a change, planning patrols. Decides nothing."""


from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.acceptance_deciding import Box
from forms.acceptance_pieces import SHOWN_PIECES, ChangeForm, JudgeForm, PlanForm, ProductForm, boxed
from forms.chain import ReasonForm, id_or_none
from qms.models.acceptance import Characteristic
from qms.models.acceptance_pieces import PieceCheck
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.rules import acceptance_pieces as rules
from qms.rules.acceptance import requirement
from qms.rules.errors import Invalid, NotFound
from qms.web import filled, needs, person, reading, saving
from qms.web.language import language
from qms.web.page import name
from qms.workflows import acceptance_pieces as pieces
from qms.workflows import acceptance_pieces_judging as judging
from qms.workflows import acceptance_shown, chain, chain_pictures, rejections_lookup
from qms.workflows.acceptance_pieces_plans import PLAN, plan_of, plan_patrol
from qms.workflows.acceptance_pieces_register import whole
from qms.workflows.acceptance_pieces_standards import asked_by, items_at, standard_of

bp = Blueprint("acceptance_pieces_judging", __name__, url_prefix="/acceptance/inspections")


@bp.route("/<id:check_id>/judge", methods=["GET", "POST"])
@needs("acceptance.view")
def judge(check_id: int) -> ResponseReturnValue:
    """Judge the pieces by the form that the standard generates; `verdict` in the address says as who."""
    check = whole(reading(), person(), check_id)
    verdict = request.args.get("verdict", rules.next_verdict(check.kind, check.state) or "")
    if verdict not in rules.VERDICTS:
        raise NotFound
    item_id, lot_id = _product(check)
    if item_id is None:
        return _ask_product(check, verdict)
    standard = standard_of(reading(), check, item_id)
    asked = [(c, _box(c)) for c in asked_by(reading(), standard)]
    form = _judge_form(check, asked)
    back = url_for("acceptance_pieces.show", check_id=check_id)
    if form.ready:
        with saving(form, "acceptance.judge_pieces") as session:
            reported = _judged(session, check, form, verdict, item_id, lot_id)
        if form.saved:
            _say_reported(reported)
            return redirect(back)
    return render_template(
        "acceptance/piece_judge.html", form=form, check=check, verdict=verdict, standard=standard, asked=asked,
        PIECES=rules, requirement=requirement, back=back, shown_pieces=SHOWN_PIECES,
        samples=chain_pictures.pictures_for(reading(), item_id, *(c.defect_id for c, _box in asked))), form.status


@bp.route("/<id:check_id>/miss", methods=["GET", "POST"])
@needs("stops.answer")
def miss(check_id: int) -> ResponseReturnValue:
    """Say that an inspection was not done, and why."""
    check = whole(reading(), person(), check_id)
    form = filled(ReasonForm, rev=check.rev)
    back = url_for("acceptance_pieces.show", check_id=check_id)
    if form.ready:
        with saving(form, "acceptance.miss_piece_check", form.reason.data) as session:
            judging.miss(session, person(), check_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("Marked as not done. It does not count as good."), "success")
            return redirect(back)
    return render_template(
        "chain/form.html", form=form, words=gettext("Was not done"), lead=_called(check), groups=(("reason",),),
        button=gettext("Mark as not done"), trail=_trail(), back=back), form.status


@bp.route("/ask", methods=["GET", "POST"])
@needs("acceptance.present")
def ask() -> ResponseReturnValue:
    """Report a change (5M1E): first pieces are asked for. `unit_id` in the address is proposed."""
    form = filled(ChangeForm, unit_id=request.args.get("unit_id", type=id_or_none))
    units = [u for u in rejections_lookup.units_to_report_in(reading(), person())
             if person().may(pieces.ASK, site_id=u.site_id, unit_path=u.path)]
    form.unit_id.choices = [SelectChoice("", gettext("Choose a unit")),
                            *(SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in units)]
    if form.ready:
        with saving(form, "acceptance.ask_piece_check") as session:
            site_id = rejections_lookup.site_of_unit(session, form.unit_id.data)
            made = pieces.report_change(session, person(), unit_id=form.unit_id.data, reason=form.reason.data,
                                        lot_id=rejections_lookup.lot_id(session, site_id, form.lot.data))
        if form.saved:
            flash(gettext("First pieces are asked for. Nothing more is made before they are good."), "success")
            return redirect(url_for("acceptance_pieces.show", check_id=made.id))
    return render_template(
        "chain/form.html", form=form, words=gettext("Report a change"),
        lead=gettext("After a change of people, machine, material, method, environment or gauge, first pieces are "
                     "inspected."), groups=(("unit_id", "reason"), ("lot",)),
        button=gettext("Ask for first pieces"), trail=_trail(),
        back=url_for("acceptance_pieces.inspections")), form.status


@bp.route("/plans/<id:unit_id>", methods=["GET", "POST"])
@needs(PLAN)
def plan(unit_id: int) -> ResponseReturnValue:
    """Say how often an operation is patrolled."""
    unit = chain.one(reading(), person(), Unit, unit_id)
    held = plan_of(reading(), unit_id)
    form = filled(PlanForm, obj=held) if held is not None else filled(PlanForm, rev=0)
    back = url_for("chain.unit", unit_id=unit_id)
    if form.ready:
        with saving(form, "acceptance.plan_patrol") as session:
            plan_patrol(session, person(), unit_id, form.read_at, every_min=form.every_min.data or 0,
                        first_piece=bool(form.first_piece.data), active=bool(form.active.data))
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(back)
    return render_template(
        "chain/form.html", form=form, words=gettext("Patrol plan"), lead=f"{unit.code} {name(unit)}",
        groups=(("every_min",), ("first_piece",), ("active",)), button=gettext("Save"),
        trail=[(gettext("Units"), url_for("chain.units")), (unit.code, back)], back=back), form.status


def _product(check: PieceCheck) -> tuple[int | None, int | None]:
    """Return the item and lot that are judged: those of the inspection, else those in the address."""
    args = request.args
    try:
        lot_id = check.lot_id or rejections_lookup.lot_id(reading(), check.site_id, args.get("lot"))
    except Invalid:
        return check.item_id, None
    item_id = check.item_id or args.get("item_id", type=id_or_none)
    return pieces.item_inspected(reading(), check.site_id, item_id, lot_id), lot_id


def _ask_product(check: PieceCheck, verdict: str) -> ResponseReturnValue:
    """Ask which lot or item runs, before the form can be generated."""
    form = ProductForm(request.args, translate=gettext, language=language())
    items = items_at(reading(), check.unit_id, check.site_id)
    form.item_id.choices = [SelectChoice("", gettext("Choose an item")),
                            *(SelectChoice(str(i.id), f"{i.code} {name(i)}") for i in items)]
    form.validate()
    if form.lot.data:
        form.lot.errors = [gettext("There is no such lot at this site.")]
    return render_template("acceptance/piece_product.html", form=form, check=check, verdict=verdict, PIECES=rules,
                           back=url_for("acceptance_pieces.show", check_id=check.id))


def _judge_form(check: PieceCheck, asked: list[tuple[Characteristic, Box]]) -> JudgeForm:
    form = filled(boxed([box for _c, box in asked], JudgeForm), rev=check.rev,
                  pieces=check.pieces or rules.LEAST_PIECES[check.kind])
    defects = acceptance_shown.defects_of(reading(), check.site_id)
    form.defect_id.choices = [SelectChoice("", gettext("Not coded yet")),
                              *(SelectChoice(str(d.id), f"{d.code} {name(d)}") for d in defects)]
    return form


def _judged(session: Session, check: PieceCheck, form: JudgeForm, verdict: str, item_id: int,
            lot_id: int | None) -> Rejection | None:
    """Judge as the form says; return the rejection that was asked for, if any."""
    good = request.form.get("good")
    if good not in {"yes", "no"}:
        raise Invalid("Say whether the pieces are good.", "请判定合格或不合格。")
    given = judging.Verdict(verdict, good == "yes", form.pieces.data or 0, form.found_bad(), form.results(),
                            form.note.data)
    made = judging.judge(session, person(), check.id, form.read_at, given, item_id=item_id, lot_id=lot_id)
    if good == "yes" or not form.report.data:
        return None
    return judging.report_pieces(session, person(), made, defect_id=form.defect_id.data)


def _say_reported(reported: Rejection | None) -> None:
    if reported is None:
        flash(gettext("The verdict is recorded."), "success")
    else:
        flash(gettext("%(number)s: reported and held. Print the tag and put it on the parts.",
                      number=reported.number), "success")


def _box(c: Characteristic) -> Box:
    return Box(c.id, name(c), c.kind, SHOWN_PIECES, c.unit, c.lower, c.upper)


def _called(check: PieceCheck) -> str:
    return f"{rules.KINDS[check.kind].to(language())} · {check.unit.code} {name(check.unit)}"


def _trail() -> list[tuple[str, str]]:
    return [(gettext("First piece and patrol"), url_for("acceptance_pieces.inspections"))]


