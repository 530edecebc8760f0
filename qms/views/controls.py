"""The registers and record pages of process controls and bypasses. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain_filters import RegisterFilter
from forms.controls import BypassFilter, ControlFilter
from qms.models.controls import Bypass, Control
from qms.rules import controls as rules
from qms.rules.clock import utc_now
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.steps import allowed
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import controls_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.chain_registers import units_of
from qms.workflows.trail import history

bp = Blueprint("controls", __name__, url_prefix="/controls")

ICONS = {"review": "eye", "tag": "tag", "end": "circle-check", "verify": "clipboard-check", "close": "lock"}
AT_ONCE = frozenset({"end", "close"})
"""Steps that ask for nothing, so that their button takes them."""


@bp.get("/")
@needs("controls.view")
def register() -> str:
    """Show the list of primary controls: what guards the process, and whether it is known to work."""
    form, wanted = _wanted(ControlFilter)
    page = registers.controls(reading(), person(), wanted, _wish())
    return render_template("controls/register.html", form=form, page=page, CONTROL=rules, now=utc_now(),
                           running=registers.running(reading(), page.rows), is_filtered=wanted != registers.Filter())


@bp.get("/<id:control_id>")
@needs("controls.view")
def show(control_id: int) -> str:
    """Show a control: what it guards, its alternates, tests with what they held, bypasses, history."""
    control = registers.whole(reading(), person(), control_id)
    bypasses = registers.bypasses_of(reading(), control_id)
    records = [("controls", control_id), *(("alternates", a.id) for a in control.alternates)]
    return render_template(
        "controls/show.html", control=control, tests=registers.tests_of(reading(), control_id), bypasses=bypasses,
        running=next((b for b in bypasses if b.state == "active"), None), steps=_steps(control), CONTROL=rules,
        REJECTION=REJECTION, now=utc_now(), may_edit=_may("controls.edit", control),
        may_approve=_may("controls.approve", control), history=history(reading(), records)[::-1])


@bp.get("/bypasses/")
@needs("controls.view")
def bypasses() -> str:
    """Show the register of bypasses."""
    form, wanted = _wanted(BypassFilter)
    page = registers.bypasses(reading(), person(), wanted, _wish())
    return render_template("controls/bypasses.html", form=form, page=page, CONTROL=rules, now=utc_now(),
                           is_filtered=wanted != registers.Filter())


@bp.get("/bypasses/<id:bypass_id>")
@needs("controls.view")
def bypass(bypass_id: int) -> str:
    """Show a bypass: its clock, daily reviews, tagged lots, restart verification, history."""
    found = registers.whole_bypass(reading(), person(), bypass_id)
    records = [("bypasses", bypass_id), *(("bypass_lots", lot.id) for lot in found.lots),
               *(("bypass_reviews", r.id) for r in found.reviews), *(("bypass_misses", m.id) for m in found.misses)]
    return render_template("controls/bypass.html", bypass=found, days=registers.days_of(found), now=utc_now(),
                           steps=_bypass_steps(found), CONTROL=rules, may_bypass=_may("controls.bypass", found.control),
                           history=history(reading(), records)[::-1])


def _steps(control: Control) -> list[dict[str, Any]]:
    """Return the buttons of a control's strip."""
    pages = (
        ("controls.test", "test", Words("Record a test", "记录测试"), "clipboard-check", control.active),
        ("controls.bypass", "start", Words("Start a bypass", "启用旁路"), "arrows-exchange", control.active),
        ("controls.edit", "draft_alternate", Words("Draft an alternate", "起草替代方法"), "plus", control.active),
        ("controls.edit", "edit", Words("Edit", "编辑"), "pencil", True))
    return [{"words": words, "icon": icon, "url": url_for(f"controls_editing.{page}", control_id=control.id)}
            for permission, page, words, icon, offered in pages if offered and _may(permission, control)]


def _bypass_steps(found: Bypass) -> list[dict[str, Any]]:
    """Return the buttons of a bypass's strip: those that the table allows and the person's grants cover."""
    buttons = []
    for step in allowed(rules.STEPS, found.state):
        if step.name == "review_lot" or not _may(step.permission, found.control) or (
                step.name == "close" and found.verified_at is None):
            continue
        button = {"words": step.words, "icon": ICONS[step.name],
                  "url": url_for(f"controls_bypasses.{step.name}", bypass_id=found.id)}
        buttons.append(button | ({"post": True, "fields": {"rev": found.rev}} if step.name in AT_ONCE else {}))
    return buttons


def _may(permission: str, control: Control) -> bool:
    return person().may(permission, site_id=control.site_id, unit_path=control.unit.path)


def _wish() -> Wish:
    return Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))


def _wanted(cls: type[RegisterFilter]) -> tuple[RegisterFilter, registers.Filter]:
    """Return a filter row as the address fills it, and what it asks for."""
    form: Any = cls(request.args, translate=gettext, language=language())
    sites = chain.sites(reading(), person(), "controls.view")
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}") for s in sites)]
    form.unit.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                       for s in sites for u in units_of(reading(), s.id, "operation"))]
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), unit_id=form.chosen("unit"),
        kind=form.chosen("kind") or "", state=form.chosen("state") or "")
    form.only_site()
    return form, wanted
