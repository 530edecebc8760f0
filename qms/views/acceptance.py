"""The registers and record pages of hand-overs and standards. Decides nothing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.acceptance_filters import BY_ADDRESS, HandoverFilter, StandardsFilter
from qms.models.acceptance import Handover, Standard
from qms.rules import acceptance as rules
from qms.rules.acceptance_sheet import RESULTS_A_ROW, SHEET, sampling_on_paper
from qms.rules.rejections import STEPS as REJECTION_STEPS
from qms.rules.service_complaints import STEPS as COMPLAINT
from qms.rules.steps import Step, StepTable, allowed
from qms.rules.trail_signatures import Given
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import acceptance, acceptance_shown, service_complaints_register
from qms.workflows import acceptance_register as register
from qms.workflows.acceptance_compare import compare
from qms.workflows.acceptance_presenting import left_to_present
from qms.workflows.acceptance_records import today
from qms.workflows.chain_paging import Wish
from qms.workflows.trail import Told, history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("acceptance", __name__, url_prefix="/acceptance")

INSPECT = Words("Inspect and decide", "检验并判定")
HANDOVER_PAGES = {
    "accept": ("acceptance_deciding.decide", INSPECT, "clipboard-check"),
    "check": ("acceptance_deciding.check", None, "list-check"),
    "not_inspected": ("acceptance_deciding.not_inspected", None, ""),
    "present_again": ("acceptance_deciding.present_again", None, "transfer"),
}
STANDARD_PAGES = {
    "approve": ("acceptance_standards.approve", None, "check"),
    "edit": ("acceptance_standards.edit", Words("Edit the head", "编辑表头"), "pencil"),
    "withdraw": ("acceptance_standards.withdraw", None, ""),
    "revise": ("acceptance_standards.revise", None, "git-branch"),
}


def shown(template: str, **values: Any) -> str:
    """Draw a page with the words of standards and hand-overs."""
    return render_template(
        template, CHARACTERISTIC_KINDS=rules.CHARACTERISTIC_KINDS, SAMPLINGS=rules.SAMPLINGS,
        CHECK_KINDS=rules.CHECK_KINDS, SELF_CHECKS=rules.SELF_CHECKS, HANDOVER=rules.HANDOVER,
        STANDARD=rules.STANDARD, REJECTION=REJECTION_STEPS, requirement=rules.requirement, standing=rules.standing,
        sample_words=rules.sample_words, **values)


@bp.get("/")
@needs("acceptance.view")
def index() -> ResponseReturnValue:
    """Lead to the hand-overs."""
    return redirect(url_for("acceptance.handovers"))


@bp.get("/hand-overs")
@needs("acceptance.view")
def handovers() -> str:
    """Show the register of hand-overs."""
    form, wanted = _handover_filter()
    before, after = (register.Mark.read(request.args.get(key, "")) for key in ("before", "after"))
    page = register.page(reading(), person(), wanted, before=before, after=after)
    return shown("acceptance/handovers.html", form=form, page=page, wanted=wanted,
                 is_filtered=wanted != register.Filter(zone=wanted.zone, oldest_first=wanted.oldest_first),
                 named=acceptance_shown.named_filters(reading(), person(), wanted))


@bp.get("/hand-overs/<id:handover_id>")
@needs("acceptance.view")
def show(handover_id: int) -> str:
    """Show a hand-over: facts, checks with their readings, the thread, history."""
    handover = acceptance_shown.whole_handover(reading(), person(), handover_id)
    series = acceptance_shown.presentations(reading(), handover)
    return shown("acceptance/handover.html", handover=handover, series=series, steps=_handover_steps(handover),
                 rejections=acceptance_shown.rejections_of(reading(), series),
                 left=left_to_present(reading(), handover), COMPLAINT=COMPLAINT,
                 internal_complaints=service_complaints_register.of_record(
                     reading(), person(), "handovers", handover_id),
                 history=_told(("handovers", handover_id), *(("checks", c.id) for c in handover.checks)))


@bp.get("/hand-overs/<id:handover_id>/sheet")
@needs("acceptance.view")
def handover_sheet(handover_id: int) -> str:
    """Show the acceptance form of a hand-over for paper."""
    handover = acceptance_shown.whole_handover(reading(), person(), handover_id)
    standard = acceptance_shown.standard_to_use(reading(), handover)
    if standard is None:
        return shown("acceptance/no_sheet.html", handover=handover)
    return _sheet(standard, handover)


@bp.get("/standards")
@needs("acceptance.view")
def standards() -> str:
    """Show the register of standards."""
    form = StandardsFilter(request.args, translate=gettext, language=language())
    form.site.choices = _sites(form)
    form.validate()
    wanted = acceptance_shown.StandardFilter(
        site_id=form.chosen("site"), state=form.chosen("state") or None, link_id=form.link_id.data,
        item_id=form.item_id.data, sought=(form.chosen("q") or "").strip())
    form.only_site()
    _leave_empty_out(form, ("link_id", "item_id"))
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    page = acceptance_shown.standards(reading(), person(), wanted, wish)
    return shown("acceptance/standards.html", form=form, page=page, days=_days(page.rows),
                 is_filtered=wanted != acceptance_shown.StandardFilter(),
                 named=acceptance_shown.named_filters(reading(), person(), wanted))


@bp.get("/standards/<id:standard_id>")
@needs("acceptance.view")
def show_standard(standard_id: int) -> str:
    """Show one revision of a standard, and what it asks for."""
    standard = acceptance_shown.whole_standard(reading(), person(), standard_id)
    asked = acceptance_shown.characteristics_of(reading(), standard_id)
    revisions = acceptance_shown.revisions_of(reading(), standard)
    return shown("acceptance/standard.html", standard=standard, asked=asked, revisions=revisions,
                 steps=_standard_steps(standard), day_here=today(reading(), standard.site_id),
                 editable=standard.state == "draft" and _may_at_customer("acceptance.draft", standard),
                 signatures=_signatures(standard),
                 history=_told(("standards", standard_id), *(("characteristics", c.id) for c in asked)))


@bp.get("/standards/<id:standard_id>/sheet")
@needs("acceptance.view")
def standard_sheet(standard_id: int) -> str:
    """Show a standard's blank acceptance form for paper."""
    return _sheet(acceptance_shown.whole_standard(reading(), person(), standard_id), None)


@bp.get("/standards/<id:standard_id>/compare/<id:other_id>")
@needs("acceptance.view")
def compare_standards(standard_id: int, other_id: int) -> str:
    """Show two revisions side by side."""
    return shown("acceptance/compare.html", both=compare(reading(), person(), standard_id, other_id))


def _sheet(standard: Standard, handover: Handover | None) -> str:
    asked = acceptance_shown.characteristics_of(reading(), standard.id)
    sizes = {c.id: acceptance.sample_size(c, handover.quantity) for c in asked} if handover else {}
    wanted = request.args.get("words")
    return shown("acceptance/sheet.html", standard=standard, handover=handover, asked=asked, sizes=sizes, SHEET=SHEET,
                 sampling_on_paper=sampling_on_paper, a_row=RESULTS_A_ROW,
                 found=acceptance_shown.last_readings(handover) if handover else {}, signatures=_signatures(standard),
                 words=wanted if wanted in {"zh", "en", "both"} else language())


def _signatures(standard: Standard) -> list[Given]:
    return signatures_of(reading(), "standards", [standard.id], standard.link.site.time_zone)


def _told(*records: tuple[str, int]) -> list[Told]:
    return history(reading(), records)[::-1]


def _handover_filter() -> tuple[HandoverFilter, register.Filter]:
    """Return the filter row as the address fills it, and what it asks for."""
    form = HandoverFilter(request.args, translate=gettext, language=language())
    form.site.choices = _sites(form)
    units = [SelectChoice(str(u.id), f"{u.code} {name(u)}") for u in acceptance_shown.units_of(reading(), person())]
    form.supplier_id.choices = form.customer_id.choices = [form.all(), *units]
    form.validate()
    wanted = register.Filter(
        site_id=form.chosen("site"), state=form.chosen("state") or None, supplier_id=form.chosen("supplier_id"),
        customer_id=form.chosen("customer_id"), again=bool(form.chosen("again")), first=form.chosen("first"),
        last=form.chosen("last"), zone=time_zone(), sought=(form.chosen("q") or "").strip(),
        oldest_first=form.sort.data == "oldest", **{key: form[key].data for key in BY_ADDRESS})
    form.only_site()
    _leave_empty_out(form, (*BY_ADDRESS, "sort"))
    return form, wanted


def _sites(form: Any) -> list[SelectChoice]:
    return [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                          for s in acceptance_shown.sites_of(reading(), person()))]


def _leave_empty_out(form: Any, keys: tuple[str, ...]) -> None:
    """Take hidden fields that say nothing out of the row, so that the address stays short."""
    for key in keys:
        if not form[key].data:
            del form[key]


def _days(rows: Any) -> dict[int, Any]:
    """Map each site of some standards to its present day."""
    return {site_id: today(reading(), site_id) for site_id in {row.site_id for row in rows}}


def _may_at_customer(permission: str, standard: Standard) -> bool:
    return person().may(permission, site_id=standard.site_id, unit_path=standard.link.customer.path)


def _handover_steps(handover: Handover) -> list[dict[str, Any]]:
    paths = {"acceptance.present": handover.supplier.path, "acceptance.decide": handover.customer.path}
    found = [s for s in _steps(rules.HANDOVER, handover.state, HANDOVER_PAGES, handover.site_id, paths,
                               handover_id=handover.id)
             if s["name"] != "present_again" or left_to_present(reading(), handover) > 0]
    return [*found, {"words": Words("Print the form", "打印表单"), "icon": "printer", "tone": "",
                     "url": url_for("acceptance.handover_sheet", handover_id=handover.id)}]


def _standard_steps(standard: Standard) -> list[dict[str, Any]]:
    paths = dict.fromkeys(("acceptance.draft", "acceptance.approve"), standard.link.customer.path)
    found = [s for s in _steps(rules.STANDARD, standard.state, STANDARD_PAGES, standard.site_id, paths,
                               standard_id=standard.id)
             if s["name"] != "approve" or standard.drafted_by_id != person().id]
    for each in found:
        each |= {"post": each["name"] == "revise"}
    return [*found, {"words": Words("Print the form", "打印表单"), "icon": "printer", "tone": "",
                     "url": url_for("acceptance.standard_sheet", standard_id=standard.id)}]


def _steps(table: StepTable, state: str, pages: dict[str, tuple[str, Words | None, str]], site_id: int,
           paths: dict[str, str], **record: int) -> list[dict[str, Any]]:
    """Return the buttons of the steps that the table allows from a state and that the person holds a grant for."""
    return [_button(step, pages[step.name], record) for step in allowed(table, state)
            if step.name in pages and person().may(step.permission, site_id=site_id,
                                                   unit_path=paths.get(step.permission))]


def _button(step: Step, page: tuple[str, Words | None, str], record: dict[str, Any]) -> dict[str, Any]:
    endpoint, words, icon = page
    return {"name": step.name, "words": words or step.words, "icon": icon, "url": url_for(endpoint, **record)}
