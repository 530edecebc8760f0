"""Looks at personal data: the register of all, and those at one's own data. Decides nothing."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.accounts import LooksFilter
from qms.rules.accounts_looks import PAGES, SEE
from qms.web import needs, person, reading, seen, shows_people
from qms.web.filter_rows import wish
from qms.web.language import language, say
from qms.workflows import accounts_looks as looks

bp = Blueprint("accounts_looks", __name__, url_prefix="/accounts")


@bp.get("/looks")
@needs(SEE)
@shows_people("people")
def register() -> str:
    """Show who looked at whose data, newest first (R-35)."""
    form: Any = LooksFilter(request.args, translate=gettext, language=language())
    lookers = looks.lookers(reading(), person())
    form.by.choices = [SelectChoice("", gettext("All")), *(SelectChoice(str(one.id), one.name) for one in lookers)]
    form.page.choices = [SelectChoice("", gettext("All")), *(SelectChoice(code, say(words))
                                                             for code, words in PAGES.items())]
    is_valid = not request.args or form.validate()
    wanted = looks.Filter(by_id=form.by.data, page=form.page.data or "", first=form.first.data,
                          last=form.last.data) if is_valid else looks.Filter()
    page = looks.register(reading(), person(), wanted, wish())
    seen(len({look.person_id for look in page.rows if look.person_id}))
    return render_template("accounts/looks.html", form=form, page=page, wanted=wanted, PAGES=PAGES,
                           is_filtered=wanted != looks.Filter())


@bp.get("/my-looks")
@needs()
def mine() -> str:
    """Show who looked at the reader's own data."""
    return render_template("accounts/my_looks.html", rows=looks.at_me(reading(), person()), PAGES=PAGES)
