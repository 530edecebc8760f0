"""The forms of people: what they take, what they ask for, in the reader's words."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from forms.accounts import EndGrantForm, GrantForm, MyPasswordForm, NewPersonForm, SignInForm
from forms.chain import id_or_none


def test_signing_in_needs_a_name_and_a_password():
    form = SignInForm(MultiDict({"login": "", "password": ""}))
    assert not form.validate()
    assert set(form.errors) == {"login", "password"}


def test_a_new_password_is_typed_twice_alike():
    typed = {"old": "before", "password": "a long sentence", "again": "a long sentence"}
    assert MyPasswordForm(MultiDict(typed)).validate()
    form = MyPasswordForm(MultiDict(typed | {"again": "another one"}))
    assert not form.validate()
    assert form.errors == {"again": ["The two passwords differ."]}


def test_an_empty_choice_means_nowhere_in_particular():
    form = NewPersonForm(MultiDict({"login": "li", "name": "李娜", "reads": "zh", "unit_id": ""}))
    form.unit_id.choices = [SelectChoice("", "-"), SelectChoice("7", "OP10")]
    assert form.validate()
    assert form.unit_id.data is None


def test_a_unit_that_was_not_offered_is_refused():
    form = NewPersonForm(MultiDict({"login": "li", "name": "李娜", "reads": "zh", "unit_id": "8"}))
    form.unit_id.choices = [SelectChoice("", "-"), SelectChoice("7", "OP10")]
    assert not form.validate()
    assert list(form.errors) == ["unit_id"]


@pytest.mark.parametrize("day", ["32.01.2026", "2026-13-01", "tomorrow", "=1+1"])
def test_a_day_that_is_none_is_refused(day):
    form = GrantForm(MultiDict({"role": "operator", "site_id": "", "unit_id": "", "starts_on": day}))
    form.role.choices = [SelectChoice("operator", "Operator")]
    form.site_id.choices = form.unit_id.choices = form.delegated_by_id.choices = [SelectChoice("", "-")]
    assert not form.validate()
    assert list(form.errors) == ["starts_on"]


def test_ending_a_role_needs_a_day_and_a_reason():
    form = EndGrantForm(MultiDict({"rev": "3"}))
    assert not form.validate()
    assert set(form.errors) == {"ends_on", "reason"}
    assert form.read_at == 3


def test_labels_are_in_the_language_of_the_reader():
    form = SignInForm(None, translate=lambda text: {"Password": "密码"}.get(text, text))
    assert form.password.label.text == "密码"


def test_an_id_is_a_number_or_nothing():
    assert id_or_none("") is None
    assert id_or_none("12") == 12
    for wrong in ("12a", "-1", "１２", "9" * 19):
        with pytest.raises(ValueError, match=wrong):
            id_or_none(wrong)
