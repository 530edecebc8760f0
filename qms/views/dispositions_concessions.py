"""The register and the record page of concessions. Decides nothing."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.dispositions_concessions import ConcessionFilter
from qms.models.dispositions_concessions import Concession
from qms.rules import dispositions_concessions as rules
from qms.rules.clock import utc_now
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.steps import step_of
from qms.rules.words import Words
from qms.web import needs, person, reading
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import attachments, attachments_files, chain
from qms.workflows import dispositions_concessions_register as pages
from qms.workflows import dispositions_concessions_shown as shown
from qms.workflows.chain_paging import Wish
from qms.workflows.customers_requirements import that_bite
from qms.workflows.dispositions_concessions_records import day_of, terms
from qms.workflows.trail import history
from qms.workflows.trail_signatures import signatures_of

bp = Blueprint("dispositions_concessions", __name__, url_prefix="/dispositions/concessions")

ICONS = {"edit": "pencil", "approve": "check", "send": "send", "record_approval": "circle-check",
         "record_refusal": "ban", "withdraw": "arrow-back-up", "confirm_back": "circle-check"}
AT_ONCE = frozenset({"confirm_back"})
"""Steps that ask for nothing, so that their button takes them."""
QUIET = frozenset({"edit", "record_refusal", "withdraw"})


@bp.get("/")
@needs("dispositions.view")
def register() -> str:
    """Show the register of concessions and deviation permits."""
    form = _filter()
    form.validate()
    today = utc_now().astimezone(ZoneInfo(time_zone())).date()
    state = form.chosen("state") or ""
    wanted = pages.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), state=state,
        kind=form.chosen("kind") or "", customer_id=form.chosen("customer"),
        item_id=request.args.get("item_id", type=id_or_none), on=today if state in rules.ENDING else None)
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return render_template(
        "dispositions/concessions.html", form=form, page=pages.register(reading(), person(), wanted, wish),
        wanted=wanted, CONCESSION=rules, is_filtered=wanted != pages.Filter())


@bp.get("/<id:concession_id>")
@needs("dispositions.view")
def show(concession_id: int) -> str:
    """Show a concession: what it permits, how much of it is used and where, evidence, history."""
    held = shown.whole(reading(), person(), concession_id)
    records = [("concessions", held.id), *(("concession_uses", use.id) for use in held.uses)]
    return render_template(
        "dispositions/concession.html", concession=held,
        requirements=that_bite(reading(), person(), item_id=held.item_id, customer_id=held.customer_id),
        CONCESSION=rules, REJECTION=REJECTION, steps=_steps(held),
        uses=shown.uses_of(reading(), held), left=rules.left(terms(held)),
        warnings=warnings(held),
        files=attachments_files.files_of(reading(), person(), "concessions", [held.id]).get(held.id, []),
        photos=attachments.photos_of(reading(), person(), "concessions", held.id),
        addable=person().may("dispositions.concede", site_id=held.site_id),
        signatures=signatures_of(reading(), "concessions", [held.id], held.site.time_zone),
        history=history(reading(), records)[::-1])


@bp.app_template_global("concession_warnings")
def warnings(held: Concession) -> tuple[Words, ...]:
    """Return what a concession should be looked at for, by the day at its site."""
    return rules.warnings(terms(held), day_of(reading(), held.site_id, utc_now()))


def _filter() -> ConcessionFilter:
    """Return the filter row, filled from the address."""
    form = ConcessionFilter(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person(), "dispositions.view"))]
    form.customer.choices = [form.all(), *(SelectChoice(str(u.id), f"{u.code} {name(u)}")
                                           for u in shown.customers(reading(), person()))]
    return form


def _steps(held: Concession) -> list[dict[str, Any]]:
    """Return the buttons of the strip: what brings it on first, then the label, withdrawing last."""
    offered = shown.offered(person(), held)
    buttons = [_button(held, step) for step in offered if step not in QUIET]
    if held.state in rules.GRANTED:
        buttons.append({"words": Words("Container labels", "容器标签"), "icon": "printer",
                        "tone": "" if buttons else None,
                        "url": url_for("dispositions_labels.sheet", concession_id=held.id)})
    return buttons + [_button(held, step) | {"tone": ""} for step in offered if step in QUIET]


def _button(held: Concession, step: str) -> dict[str, Any]:
    button = {"words": step_of(rules.STEPS, step).words, "icon": ICONS[step],
              "url": url_for(f"dispositions_concessions_steps.{step}", concession_id=held.id)}
    return button | {"post": True, "fields": {"rev": held.rev}} if step in AT_ONCE else button
