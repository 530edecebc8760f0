"""Which role may do what, and who holds which: the matrix and the list of grants. Decides nothing."""

from flask import Blueprint, render_template, request
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts import GrantsFilter
from forms.chain import id_or_none
from qms.rules.accounts import FEATURES, GRANT_STATES, PERMISSIONS, ROLE_PERMISSIONS, ROLES
from qms.web import needs, person, reading, seen, shows_people
from qms.web.language import language, say
from qms.web.page import name, with_args
from qms.workflows import accounts_grants as register
from qms.workflows import accounts_register

bp = Blueprint("accounts_grants", __name__, url_prefix="/accounts")


@bp.get("/people/roles")
@needs("accounts.view")
def roles() -> str:
    """Show which role holds which permission, by feature."""
    by_feature = {feature: [code for code in PERMISSIONS if code.startswith(f"{feature}.")] for feature in FEATURES}
    return render_template("accounts/roles.html", ROLES=ROLES, PERMISSIONS=PERMISSIONS, FEATURES=FEATURES,
                           by_feature=by_feature, held=ROLE_PERMISSIONS, wanted=register.MatrixFilter())


@bp.get("/people/grants")
@needs("accounts.view")
@shows_people("grants")
def grants() -> str:
    """Show every grant with its scope, first and last day, and who delegated it (R-49)."""
    form = GrantsFilter(request.args, translate=gettext, language=language())
    sites = accounts_register.sites(reading())
    every = SelectChoice("", gettext("All"))
    form.site_id.choices = [every, *(SelectChoice(str(site.id), f"{site.code} {name(site)}") for site in sites)]
    form.role.choices = [every, *(SelectChoice(code, say(words)) for code, words in ROLES.items())]
    form.state.choices = [every, *(SelectChoice(code, say(words)) for code, words in GRANT_STATES.items())]
    is_valid = not request.args or form.validate()
    wanted = register.Filter(
        site_id=form.site_id.data, role=form.role.data or "", state=form.state.data or "",
        delegated=form.delegated.data) if is_valid else register.Filter()
    after = request.args.get("after", type=id_or_none)
    rows = register.listed(reading(), person(), wanted, language(), after=after or 0)
    more, rows = len(rows) > register.PAGE, rows[:register.PAGE]
    seen(len({row["person_id"] for row in rows}))
    return render_template(
        "accounts/grants.html", form=form, rows=rows, wanted=wanted, is_filtered=wanted != register.Filter(),
        total=register.count(reading(), person(), wanted), ROLES=ROLES, STATES=GRANT_STATES,
        first_url=with_args(after=None) if request.args.get("after") else "",
        next_url=with_args(after=rows[-1]["id"]) if more else "")
