"""Knows the fields of signing in, of people, grants and passwords. Knows no record."""

from wtforms import BooleanField, DateField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none

LANGUAGES = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]


class SignInForm(Form):
    """Who signs in, and where they wanted to go."""

    login = StringField(mark("Sign-in name"), [InputRequired(), Length(max=60)])
    password = PasswordField(mark("Password"), [InputRequired(), Length(max=200)])
    next = HiddenField()


class MyPasswordForm(Form):
    """A change of one's own password."""

    old = PasswordField(mark("Present password"), [InputRequired(), Length(max=200)])
    password = PasswordField(mark("New password"), [InputRequired(), Length(max=200)],
                             description=mark("At least 12 characters. A short sentence works well."))
    again = PasswordField(mark("New password once more"),
                          [InputRequired(), EqualTo("password", mark("The two passwords differ."))])


class PasswordForm(Form):
    """A new password for someone else."""

    password = PasswordField(mark("New password"), [InputRequired(), Length(max=200)],
                             description=mark("At least 12 characters. Hand it over in person."))
    again = PasswordField(mark("New password once more"),
                          [InputRequired(), EqualTo("password", mark("The two passwords differ."))])


class NewPersonForm(Form):
    """A person to be made."""

    login = StringField(mark("Sign-in name"), [InputRequired(), Length(max=60)],
                        description=mark("As in the plant's directory; it cannot be changed later."))
    name = StringField(mark("Name"), [InputRequired(), Length(max=120)])
    reads = SelectField(mark("Language"), choices=LANGUAGES, default="zh")
    email = EmailField(mark("E-mail"), [Optional(), Length(max=254)])
    unit_id = SelectField(mark("Works in"), coerce=id_or_none, choices=[])
    password = PasswordField(mark("First password"), [Optional(), Length(max=200)],
                             description=mark("At least 12 characters. Empty: cannot sign in yet."))


class PersonForm(EditForm):
    """A person to be changed."""

    name = StringField(mark("Name"), [InputRequired(), Length(max=120)])
    reads = SelectField(mark("Language"), choices=LANGUAGES)
    email = EmailField(mark("E-mail"), [Optional(), Length(max=254)],
                       description=mark("For what is overdue and what came back. Empty: nothing is mailed."))
    unit_id = SelectField(mark("Works in"), coerce=id_or_none, choices=[])
    active = BooleanField(mark("Active"),
                          description=mark("Who is not active cannot sign in; open sessions end at once."))


class GrantForm(Form):
    """A role to be given: which, where, from when to when."""

    role = SelectField(mark("Role"), [InputRequired()], choices=[])
    site_id = SelectField(mark("Site"), coerce=id_or_none, choices=[])
    unit_id = SelectField(mark("Unit"), coerce=id_or_none, choices=[],
                          description=mark("The role then holds there and in every unit below it."))
    starts_on = DateField(mark("First day"), [InputRequired()])
    ends_on = DateField(mark("Last day"), [Optional()], description=mark("Empty: until further notice."))
    delegated_by_id = SelectField(mark("Delegated by"), coerce=id_or_none, choices=[])
    reason = StringField(mark("Reason"), [Optional(), Length(max=500)])


class DelegationForm(Form):
    """A role of one's own to be delegated: which, to whom, from when to when, why."""

    grant_id = SelectField(mark("Role"), [InputRequired()], coerce=id_or_none, choices=[])
    to_id = SelectField(mark("To"), [InputRequired()], coerce=id_or_none, choices=[])
    unit_id = SelectField(mark("Unit"), coerce=id_or_none, choices=[],
                          description=mark("A part of the scope of the role; empty: all of it."))
    starts_on = DateField(mark("First day"), [InputRequired()])
    ends_on = DateField(mark("Last day"), [InputRequired()])
    reason = StringField(mark("Reason"), [InputRequired(), Length(max=500)],
                         description=mark("For example holiday or training."))


class EndGrantForm(EditForm):
    """The last day of a grant, and why it ends."""

    ends_on = DateField(mark("Last day"), [InputRequired()])
    reason = StringField(mark("Reason"), [InputRequired(), Length(max=500)])


class GrantsFilter(Form):
    """The filter row of the list of grants."""

    site_id = SelectField(mark("Site"), choices=[], coerce=id_or_none)
    role = SelectField(mark("Role"), choices=[], default="")
    state = SelectField(mark("State"), choices=[], default="")
    delegated = BooleanField(mark("Only delegated"))


class LooksFilter(Form):
    """The filter row of the register of looks at personal data."""

    by = SelectField(mark("Seen by"), choices=[], coerce=id_or_none)
    page = SelectField(mark("Page"), choices=[], default="")
    first = DateField(mark("From"), [Optional()])
    last = DateField(mark("To day"), [Optional()])


class PeopleFilter(Form):
    """The filter row of the people register."""

    q = StringField(mark("Name or sign-in name"), [Length(max=60)])
    role = SelectField(mark("Role today"), choices=[], default="")
    state = SelectField(mark("State"), choices=[], default="")
