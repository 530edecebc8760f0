"""The review board's questions, votes and outcomes. Decides nothing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.dispositions_board import AskForm, CloseForm, VoteForm, WithdrawBoardForm
from qms.rules import dispositions as codes
from qms.rules import dispositions_board as rules
from qms.rules.rejections import SEVERITIES
from qms.rules.rejections import STEPS as REJECTION
from qms.web import filled, needs, person, reading, saving
from qms.workflows import dispositions_board
from qms.workflows import dispositions_shown as shown
from qms.workflows.dispositions_offers import offers_on_review
from qms.workflows.trail import history

bp = Blueprint("dispositions_board", __name__, url_prefix="/dispositions")


@bp.route("/rejections/<id:rejection_id>/ask-board", methods=["GET", "POST"])
@needs("dispositions.decide")
def ask(rejection_id: int) -> ResponseReturnValue:
    """Put a question to the board."""
    rejection = shown.rejection_of(reading(), person(), rejection_id)
    form = filled(AskForm, rev=rejection.rev)
    form.chair_id.choices = [SelectChoice(str(p.id), p.name) for p in dispositions_board.chairs(reading(), rejection)]
    if form.ready:
        with saving(form, "dispositions.ask_board") as session:
            made = dispositions_board.ask(session, person(), rejection_id, form.read_at,
                                          chair_id=form.chair_id.data or 0, proposal=form.proposal.data)
        if form.saved:
            flash(gettext("The board is asked. Its members find it on their Today page."), "success")
            return redirect(url_for("dispositions_board.show", review_id=made.id))
    return render_template("dispositions/board_ask.html", form=form, rejection=rejection,
                           REJECTION=REJECTION), form.status


@bp.route("/boards/<id:review_id>", methods=["GET", "POST"])
@needs("dispositions.view")
def show(review_id: int) -> ResponseReturnValue:
    """Show a board review with its votes; take the reader's own vote."""
    review = shown.whole_review(reading(), person(), review_id)
    mine = next((vote for vote in review.votes if vote.person_id == person().id), None)
    form = filled(VoteForm, obj=mine)
    if form.ready:
        with saving(form, "dispositions.vote") as session:
            dispositions_board.vote(session, person(), review_id, function=form.function.data, vote=form.vote.data,
                                    code=form.code.data or None, note=(form.note.data or "").strip() or None)
        if form.saved:
            flash(gettext("Your vote is recorded. It can be changed until the chair closes."), "success")
            return redirect(url_for("dispositions_board.show", review_id=review_id))
    votes = [("board_votes", vote.id) for vote in review.votes]
    return render_template(
        "dispositions/board.html", review=review, form=form, mine=mine, offered=offers_on_review(person(), review),
        BOARD=rules, DISPOSITION=codes, REJECTION=REJECTION, SEVERITIES=SEVERITIES,
        history=history(reading(), [("board_reviews", review.id), *votes])[::-1]), form.status


@bp.route("/boards/<id:review_id>/close", methods=["GET", "POST"])
@needs("dispositions.decide")
def close(review_id: int) -> ResponseReturnValue:
    """Close the board with its outcome."""
    review = shown.whole_review(reading(), person(), review_id)
    form = filled(CloseForm, rev=review.rev)
    if form.ready:
        with saving(form, "dispositions.close_board") as session:
            dispositions_board.close(session, person(), review_id, form.read_at, code=form.code.data,
                                     outcome=form.outcome.data)
        if form.saved:
            flash(gettext("The board has decided. Now the lines can be decided accordingly."), "success")
            return redirect(url_for("dispositions_board.show", review_id=review_id))
    return render_template("dispositions/board_end.html", form=form, review=review, step="close", BOARD=rules,
                           DISPOSITION=codes), form.status


@bp.route("/boards/<id:review_id>/withdraw", methods=["GET", "POST"])
@needs("dispositions.decide")
def withdraw(review_id: int) -> ResponseReturnValue:
    """Take the question back."""
    review = shown.whole_review(reading(), person(), review_id)
    form = filled(WithdrawBoardForm, rev=review.rev)
    if form.ready:
        with saving(form, "dispositions.withdraw_board") as session:
            dispositions_board.withdraw(session, person(), review_id, form.read_at, outcome=form.outcome.data)
        if form.saved:
            flash(gettext("The question is withdrawn."), "success")
            return redirect(url_for("dispositions_board.show", review_id=review_id))
    return render_template("dispositions/board_end.html", form=form, review=review, step="withdraw", BOARD=rules,
                           DISPOSITION=codes), form.status
