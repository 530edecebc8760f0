"""The register of imported measures of units. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.satisfaction_measures import MeasureFilter
from qms.rules import satisfaction_measures as rules
from qms.web import needs, person, reading
from qms.web.filter_rows import offer, wish
from qms.web.language import language
from qms.workflows import chain
from qms.workflows import satisfaction_measures_register as registers

bp = Blueprint("satisfaction_measures", __name__, url_prefix="/satisfaction/measures")


@bp.get("/")
@needs("satisfaction.view")
def register() -> str:
    """Show the register of imported measures, each with the import that brought it."""
    form: Any = MeasureFilter(request.args, translate=gettext, language=language())
    offer(form, chain.sites(reading(), person(), "satisfaction.view"), ())
    for field, found in ((form.source, registers.sources(reading(), person())),
                         (form.measure, registers.measures(reading(), person()))):
        field.choices = [form.all(), *(SelectChoice(one, one) for one in found)]
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), source=form.chosen("source") or "",
        measure=form.chosen("measure") or "", kind=form.chosen("kind") or "",
        import_id=request.args.get("import", type=id_or_none))
    form.only_site()
    return render_template("satisfaction/measures.html", form=form, wanted=wanted, MEASURE=rules,
                           page=registers.register(reading(), person(), wanted, wish()),
                           is_filtered=wanted != registers.Filter())
