"""Knows the fields by which a form is signed: the password again, and the meaning that was shown. Knows no record."""

from typing import Any

from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from forms.base import EditForm, mark


class SignedForm(EditForm):
    """A step that is signed. `signs`: the meaning; `statement`: what the page shows above the password."""

    meaning = HiddenField()
    password = PasswordField(mark("Your password"), [InputRequired(), Length(max=200)])
    signs = ""
    statement = ""

    def values(self) -> dict[str, Any]:
        """Return what was entered, without the version and what it is signed with."""
        return {name: value for name, value in super().values().items() if name not in {"meaning", "password"}}
