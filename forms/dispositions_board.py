"""Knows the fields of the review board: question, vote, outcome. Knows no record."""

from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from qms.rules.dispositions import CODES
from qms.rules.dispositions_board import FUNCTIONS, VOTES


class AskForm(EditForm):
    """The question that is put to the board, and who chairs it."""

    proposal = TextAreaField(mark("What the board is to decide"), [DataRequired(), Length(max=1000)],
                             description=mark("The options that you see, and what speaks for each."))
    chair_id = SelectField(mark("Chair"), [InputRequired()], coerce=id_or_none, choices=[],
                           description=mark("Never somebody who answers for the production concerned."))


class VoteForm(Form):
    """What one member of the board says."""

    function = SelectField(mark("I speak for"), [InputRequired()])
    vote = RadioField(mark("Vote"), [InputRequired()])
    code = SelectField(mark("Disposition that I see"), [Optional()])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.function.choices = worded(FUNCTIONS, self.language)
        self.vote.choices = worded(VOTES, self.language)
        self.code.choices = [SelectChoice("", self.meta.translate(mark("None"))), *worded(CODES, self.language)]


class CloseForm(EditForm):
    """On what the board agreed."""

    code = SelectField(mark("Disposition that the board agreed on"), [InputRequired()])
    outcome = TextAreaField(mark("Outcome and its conditions"), [DataRequired(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.code.choices = worded(CODES, self.language)


class WithdrawBoardForm(EditForm):
    """Why the question is taken back."""

    outcome = TextAreaField(mark("Why is it withdrawn"), [DataRequired(), Length(max=1000)])
