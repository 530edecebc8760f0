"""How somebody answers without an account, by a token or at a kiosk. Nothing is kept of who, when or from where.

Always done by the system (models.satisfaction_answers tells why). Knows no page.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from qms.db.session import clean_text
from qms.models.chain import Link
from qms.models.satisfaction import QuestionSet, Survey, SurveyQuestion, SurveyTarget
from qms.models.satisfaction_answers import SurveyKiosk, SurveyRemark, SurveySheet, SurveyToken
from qms.rules import satisfaction as rules
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.satisfaction_drafting import check_open, hashed

KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is asked, and about what."""

    survey: Survey
    target: SurveyTarget
    questions: Sequence[SurveyQuestion]

    @property
    def asks_importance(self) -> bool:
        """Tell whether each rating also asks how important it is."""
        return self.survey.questions.importance


def by_token(session: Session, token: str) -> Sheet:
    """Return what a token lets one person answer. Raises NotFound: unknown, used, or the survey is closed."""
    found = session.get(SurveyToken, hashed(token))
    if found is None:
        raise NotFound("This link was used already, or the survey is closed.", "此链接已使用, 或调查已截止。")
    return _sheet(session, found.target_id)


def answer(session: Session, token: str, answers: Mapping[str, object], comment: str | None = None) -> None:
    """Spend a token and keep the answer. Raises NotFound, Invalid, IllegalStep."""
    sheet = by_token(session, token)
    kept = _checked(sheet, answers)
    spent = session.execute(delete(SurveyToken).where(SurveyToken.token_hash == hashed(token)))
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("This link was used already, or the survey is closed.", "此链接已使用, 或调查已截止。")
    _keep(session, sheet, kept, comment)


def at_kiosk(session: Session, code: str) -> list[tuple[SurveyTarget, int]]:
    """Return what can be answered about at a kiosk, and how many places are left. Raises NotFound."""
    rows = session.execute(
        select(SurveyTarget, SurveyKiosk.places).join(SurveyKiosk, SurveyKiosk.target_id == SurveyTarget.id)
        .where(SurveyKiosk.code_hash == hashed(code)).order_by(SurveyTarget.id)
        .options(joinedload(SurveyTarget.link).joinedload(Link.supplier),
                 joinedload(SurveyTarget.link).joinedload(Link.customer))).all()
    if not rows:
        raise NotFound("There is no such kiosk, or the survey is closed.", "没有此答题台, 或调查已截止。")
    return [(target, places) for target, places in rows]


def at_kiosk_about(session: Session, code: str, target_id: int) -> Sheet:
    """Return what one person answers at a kiosk about one target. Raises NotFound, IllegalStep when it is full."""
    found = session.get(SurveyKiosk, (hashed(code), target_id))
    if found is None:
        raise NotFound("There is no such kiosk, or the survey is closed.", "没有此答题台, 或调查已截止。")
    if not found.places:
        raise IllegalStep("Every place of this kiosk is taken.", "此答题台名额已用完。")
    return _sheet(session, target_id)


def answer_at_kiosk(session: Session, code: str, target_id: int, answers: Mapping[str, object],
                    comment: str | None = None) -> None:
    """Take a place at a kiosk and keep the answer. Raises NotFound, Invalid, IllegalStep."""
    sheet = at_kiosk_about(session, code, target_id)
    kept = _checked(sheet, answers)
    taken = session.execute(
        update(SurveyKiosk).where(SurveyKiosk.code_hash == hashed(code), SurveyKiosk.target_id == target_id,
                                  SurveyKiosk.places > 0).values(places=SurveyKiosk.places - 1))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise IllegalStep("Every place of this kiosk is taken.", "此答题台名额已用完。")
    _keep(session, sheet, kept, comment)


def _sheet(session: Session, target_id: int) -> Sheet:
    target = session.scalars(
        select(SurveyTarget).where(SurveyTarget.id == target_id).options(
            joinedload(SurveyTarget.link).joinedload(Link.supplier),
            joinedload(SurveyTarget.link).joinedload(Link.customer), joinedload(SurveyTarget.unit))).one()
    survey = session.scalars(
        select(Survey).where(Survey.id == target.survey_id).options(
            joinedload(Survey.site), joinedload(Survey.questions).selectinload(QuestionSet.questions))).one()
    check_open(session, survey)
    return Sheet(survey, target, survey.questions.questions)


def _checked(sheet: Sheet, answers: Mapping[str, object]) -> dict[str, int | str]:
    return rules.check_answers({q.code: q.kind for q in sheet.questions}, sheet.asks_importance, answers)


def _keep(session: Session, sheet: Sheet, answers: dict[str, int | str], comment: str | None) -> None:
    """Keep the ratings and the comment, each under a random key of its own."""
    text = clean_text((comment or "").strip().replace("\r\n", "\n"), "comment", None)
    if len(text) > rules.MOST_COMMENT:
        raise Invalid(f"At most {rules.MOST_COMMENT} characters.", f"最多 {rules.MOST_COMMENT} 个字符。",
                      field="comment")
    session.add(SurveySheet(key=secrets.token_hex(KEY_BYTES), target_id=sheet.target.id, answers=answers))
    if text and any(q.kind == "open" for q in sheet.questions):
        session.add(SurveyRemark(key=secrets.token_hex(KEY_BYTES), target_id=sheet.target.id, text=text))
    session.flush()
