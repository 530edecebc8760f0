"""How question sets are kept: each version for good, other wording as the next version."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from qms.db import now
from qms.models.satisfaction import QuestionSet, SurveyQuestion
from qms.rules import satisfaction as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound, Stale
from qms.rules.satisfaction_questions import DEFAULTS, NAMES, Question, checked
from qms.rules.words import Words
from qms.workflows.satisfaction_records import MAKE, VIEW, said, sees, site_of


def question_sets(session: Session, person: Actor, site_id: int | None = None) -> Sequence[QuestionSet]:
    """Return every version of the question sets of the sites that the person may see, newest first."""
    person.need(VIEW)
    sites = person.sites(VIEW)
    query = (select(QuestionSet).options(selectinload(QuestionSet.questions))
             .order_by(QuestionSet.site_id, QuestionSet.kind.desc(), QuestionSet.version.desc()))
    if sites is not None:
        query = query.where(QuestionSet.site_id.in_(sorted(sites)))
    return session.scalars(query if site_id is None else query.where(QuestionSet.site_id == site_id)).all()


def one_set(session: Session, person: Actor, set_id: int) -> QuestionSet:
    """Return a version of a question set of a site that the person may see. Raises NotFound."""
    found = session.get(QuestionSet, set_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def newest(session: Session, site_id: int, kind: str) -> QuestionSet | None:
    """Return the newest version of a kind of question set; None: the site has none yet."""
    return session.scalar(select(QuestionSet).where(QuestionSet.site_id == site_id, QuestionSet.kind == kind)
                          .order_by(QuestionSet.version.desc()).limit(1))


def take_default(session: Session, person: Actor, site_id: int, kind: str) -> QuestionSet:
    """Take the default questions as a site's first version. Raises Invalid, Stale, NotFound, NotAllowed."""
    site = site_of(session, person, site_id)
    person.need(MAKE, site_id=site.id)
    if kind not in rules.KINDS:
        raise Invalid(f"There is no kind of survey {kind}.", f"没有调查类型 {kind}。", field="kind")
    held = newest(session, site.id, kind)
    if held is not None:
        raise Stale({"version": held.version}, {"version": 1})
    return _add(session, person, site.id, kind, NAMES[kind], DEFAULTS[kind], importance=True, reason=None)


def revise(session: Session, person: Actor, set_id: int, *, name_zh: str, name_en: str, importance: bool,
           questions: Sequence[Question], reason: str) -> QuestionSet:
    """Make the next version of a question set; trends break where its wording differs.

    Raises Stale unless `set_id` is the newest version; Invalid, NotFound, NotAllowed.
    """
    held = one_set(session, person, set_id)
    person.need(MAKE, site_id=held.site_id)
    last = session.scalar(select(func.max(QuestionSet.version)).where(
        QuestionSet.site_id == held.site_id, QuestionSet.kind == held.kind))
    if last != held.version:
        raise Stale({"version": last}, {"version": held.version})
    return _add(session, person, held.site_id, held.kind, Words(said(name_en, "name_en"), said(name_zh, "name_zh")),
                checked(held.kind, list(questions)), importance=importance, reason=said(reason, "reason"),
                version=held.version + 1)


def _add(session: Session, person: Actor, site_id: int, kind: str, name: Words, questions: Sequence[Question], *,
         importance: bool, reason: str | None, version: int = 1) -> QuestionSet:
    made = QuestionSet(site_id=site_id, kind=kind, version=version, name_zh=name.zh, name_en=name.en,
                       importance=importance, change_reason=reason, drafted_at=now(session), drafted_by_id=person.id)
    session.add(made)
    session.flush()
    session.add_all([
        SurveyQuestion(set_id=made.id, position=position, code=q.code, kind=q.kind, text_zh=q.words.zh,
                       text_en=q.words.en)
        for position, q in enumerate(questions, start=1)])
    session.flush()
    return made
