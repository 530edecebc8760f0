"""How a survey is closed and published: answers sealed, names taken out of comments, tables frozen (R-37)."""

import hashlib
import random
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.db.bulk import add_many
from qms.db.session import clean_text
from qms.models.chain import Link
from qms.models.satisfaction import Survey, SurveyComment, SurveyResult, SurveyTarget
from qms.models.satisfaction_answers import SurveyKiosk, SurveyRemark, SurveySheet, SurveyToken
from qms.rules import satisfaction as rules
from qms.rules import satisfaction_suppression as suppression
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound, Refused
from qms.rules.satisfaction_suppression import Atom, Block, Counted
from qms.rules.steps import step
from qms.workflows.satisfaction_answering import KEY_BYTES
from qms.workflows.satisfaction_records import MAKE, begun, one, said


class Group(NamedTuple):
    """What a line of the published tables is about, and the ids of the targets in it."""

    level: str
    unit_id: int | None
    link_id: int | None
    targets: frozenset[int]


@dataclass
class Tally:
    """The answers to one question about one target: how often each value, how many don't know."""

    counts: Counter[int] = field(default_factory=Counter)
    unknown: int = 0

    @property
    def n(self) -> int:
        """Return how many answered."""
        return self.counts.total()


def close(session: Session, person: Actor, survey_id: int, rev: int) -> Survey:
    """Close a survey: destroy what is left of the tokens, write the answers anew in random order, and seal them.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    survey, state = begun(session, person, survey_id, rev, "close")
    targets = _targets(session, survey)
    ids = [t.id for t in targets]
    for cls in (SurveyToken, SurveyKiosk):
        session.execute(delete(cls).where(cls.target_id.in_(ids)))
    sheets = _sheets(session, ids)
    _rewrite(session, SurveySheet, ids, [{"target_id": t, "answers": answers} for t, answers in sheets])
    remarks = session.execute(select(SurveyRemark.target_id, SurveyRemark.text)
                              .where(SurveyRemark.target_id.in_(ids))).all()
    _rewrite(session, SurveyRemark, ids, [{"target_id": t, "text": text, "withheld": False} for t, text in remarks])
    taken = Counter(target_id for target_id, _answers in sheets)
    for target in targets:
        target.responded = taken[target.id]
    survey.state, survey.closed_at, survey.answer_count = state, now(session), len(sheets)
    survey.seal = _seal(session, ids)
    session.flush()
    return survey


def _seal(session: Session, target_ids: Sequence[int]) -> str:
    """Return the hash of answers, whatever their order, together with the random keys under which they lie.

    The trail shows it for ever: of a few answers alone it could be tried out what they were.
    """
    rows = session.execute(select(SurveySheet.key, SurveySheet.target_id, SurveySheet.answers)
                           .where(SurveySheet.target_id.in_(target_ids)))
    lines = sorted(orjson.dumps([*row], option=orjson.OPT_SORT_KEYS) for row in rows)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def publish(session: Session, person: Actor, survey_id: int, rev: int) -> Survey:
    """Work out the tables, with every figure hidden that R-37 hides, and freeze them.

    Raises Refused (R-37) for answers that are no longer those that were sealed, Stale, IllegalStep, NotFound...
    """
    survey, state = begun(session, person, survey_id, rev, "publish")
    targets = _targets(session, survey)
    sheets = _sheets(session, [t.id for t in targets])
    if _seal(session, [t.id for t in targets]) != survey.seal:
        raise Refused("R-37", "The answers are not those that were sealed when the survey closed.",
                      "答卷与截止时封存的不一致。")
    groups = groups_of(survey, targets)
    figures = published_figures(_codes(survey), atoms_of(targets), groups, sheets,
                                None if survey.attributed else survey.threshold)
    by_id = {t.id: t for t in targets}
    add_many(session, SurveyResult, [
        {"survey_id": survey.id, "grouping": group.level, "unit_id": group.unit_id, "link_id": group.link_id,
         "invited": sum(by_id[t].invited for t in group.targets),
         "responded": sum(by_id[t].responded or 0 for t in group.targets), "figures": told}
        for group, told in zip(groups, figures, strict=True)])
    _publish_comments(session, survey, targets)
    survey.state, survey.published_at, survey.published_by_id = state, now(session), person.id
    session.flush()
    return survey


def published_figures(codes: Sequence[str], atoms: Sequence[Atom], groups: Sequence[Group],
                      sheets: Sequence[tuple[int, Mapping[str, Any]]], threshold: int | None) -> list[dict[str, Any]]:
    """Return the figures of each group by question, None where they are hidden. `threshold` None hides nothing."""
    tallies: dict[str, dict[int, Tally]] = {code: defaultdict(Tally) for code in codes}
    taken: Counter[int] = Counter()
    for target_id, answers in sheets:
        taken[target_id] += 1
        for code, value in answers.items():
            tally = tallies[code][target_id]
            if value == rules.NONE_GIVEN:
                tally.unknown += 1
            else:
                tally.counts[value] += 1
    found: list[dict[str, Any]] = [{} for _ in groups]
    for code in codes:
        of_code = tallies[code]
        made = [] if threshold is None else suppression.blocks(
            [Counted(atom, taken[atom.id], of_code[atom.id].n) for atom in atoms], threshold)
        for group, told in zip(groups, found, strict=True):
            is_shown = threshold is None or suppression.shown(group.targets, made, taken)
            told[code] = _added(of_code, group.targets) if is_shown else None
    return found


def groups_of(survey: Survey, targets: Sequence[SurveyTarget]) -> list[Group]:
    """Return the lines of the published tables, in order: there are no others, and no filters."""
    groups = [Group("total", None, None, frozenset(t.id for t in targets))]
    if survey.kind == "customers":
        return groups + [Group("outside", t.unit_id, None, frozenset({t.id})) for t in targets]
    units: dict[str, dict[int, set[int]]] = {"workshop": {}, "provider": {}, "customer": {}}
    for target in targets:
        for level, unit_id in _units_of(target).items():
            units[level].setdefault(unit_id, set()).add(target.id)
    groups += [Group(level, unit_id, None, frozenset(ids)) for level, of_level in units.items()
               for unit_id, ids in of_level.items()]
    return groups + [Group("link", None, t.link_id, frozenset({t.id})) for t in targets]


def _units_of(target: SurveyTarget) -> dict[str, int]:
    """Return the units in whose lines a link is counted, by level."""
    if target.link is None:
        return {}
    found = {"provider": target.link.supplier_id, "customer": target.link.customer_id}
    above = target.link.supplier.parent_id
    return found if above is None else {"workshop": above} | found


def atoms_of(targets: Sequence[SurveyTarget]) -> list[Atom]:
    """Return targets as what figures are hidden by."""
    return [Atom(t.id) if t.link is None else Atom(t.id, t.link.supplier_id, t.link.supplier.parent_id)
            for t in targets]


def comment_groups(survey: Survey, targets: Sequence[SurveyTarget]) -> list[tuple[Group, Block]]:
    """Return the blocks of targets whose comments may be read, each with the smallest group that holds it."""
    threshold = 1 if survey.attributed else rules.COMMENTS
    made = suppression.blocks([Counted(atom, t.responded or 0, t.responded or 0) for atom, t in
                               zip(atoms_of(targets), targets, strict=True)], threshold)
    groups = sorted((g for g in groups_of(survey, targets) if g.level != "customer"), key=lambda g: len(g.targets))
    return [(next(g for g in groups if block <= g.targets), block) for block in made]


def remarks(session: Session, person: Actor, survey_id: int) -> list[tuple[Group, list[SurveyRemark]]]:
    """Return the comments of a closed survey that will be published, by group, in random order; for taking names out.

    Raises IllegalStep, NotFound, NotAllowed.
    """
    survey = one(session, person, survey_id)
    person.need(MAKE, site_id=survey.site_id)
    step(rules.STEPS, survey.state, "scrub")
    targets = _targets(session, survey)
    found = session.scalars(select(SurveyRemark).where(SurveyRemark.target_id.in_([t.id for t in targets]))).all()
    told = []
    for group, block in comment_groups(survey, targets):
        rows = sorted((r for r in found if r.target_id in block), key=lambda r: r.key)
        if rows:
            told.append((group, rows))
    return told


def scrub(session: Session, person: Actor, survey_id: int, rev: int, texts: Mapping[str, str],
          withheld: Collection[str]) -> Survey:
    """Change comments before they are published, by their keys, and withhold some; the others stay as they are.

    What a comment was is kept nowhere. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed.
    """
    survey, _state = begun(session, person, survey_id, rev, "scrub")
    rows = {row.key: row for _group, found in remarks(session, person, survey_id) for row in found}
    if texts.keys() - rows.keys():
        raise NotFound("There is no such comment that may be read.", "没有这条可阅读的意见。")
    for key, text in texts.items():
        rows[key].text = clean_text(said(text.replace("\r\n", "\n"), "text"), "text", rules.MOST_COMMENT)
        rows[key].withheld = key in withheld
    survey.scrubbed_at, survey.scrubbed_by_id = now(session), person.id
    session.flush()
    return survey


def decide(session: Session, person: Actor, survey_id: int, rev: int, *, decision: str) -> Survey:
    """Say what is done about the results. Raises Stale, IllegalStep, Invalid, NotFound, NotAllowed."""
    survey, state = begun(session, person, survey_id, rev, "decide", decision=decision)
    if not decision.strip():
        raise Invalid("Say what is done about it.", "请填写后续措施。", field="decision")
    survey.state, survey.decision = state, decision.strip()
    session.flush()
    return survey


def _publish_comments(session: Session, survey: Survey, targets: Sequence[SurveyTarget]) -> None:
    """Copy what may be read, ordered by nothing but its own text, and destroy the comments as they were written."""
    ids = [t.id for t in targets]
    found = session.scalars(select(SurveyRemark).where(SurveyRemark.target_id.in_(ids))).all()
    rows: list[dict[str, Any]] = [
            {"survey_id": survey.id, "grouping": group.level, "unit_id": group.unit_id, "link_id": group.link_id,
             "text": remark.text}
            for group, block in comment_groups(survey, targets) for remark in found
            if remark.target_id in block and not remark.withheld]
    add_many(session, SurveyComment, sorted(rows, key=lambda row: row["text"]))
    session.execute(delete(SurveyRemark).where(SurveyRemark.target_id.in_(ids)))


def _added(tallies: Mapping[int, Tally], target_ids: frozenset[int]) -> dict[str, Any]:
    counts: Counter[int] = Counter()
    unknown = 0
    for target_id in target_ids & tallies.keys():
        counts += tallies[target_id].counts
        unknown += tallies[target_id].unknown
    return {"counts": {str(value): n for value, n in sorted(counts.items())}, "dk": unknown}


def _codes(survey: Survey) -> list[str]:
    """Return the questions that have figures, importance as `<code>.w`."""
    asked = survey.questions
    weights = [f"{q.code}.w" for q in asked.questions if q.kind == "rating" and asked.importance]
    return [q.code for q in asked.questions if q.kind != "open"] + weights


def _targets(session: Session, survey: Survey) -> Sequence[SurveyTarget]:
    return session.scalars(
        select(SurveyTarget).where(SurveyTarget.survey_id == survey.id, SurveyTarget.active)
        .options(joinedload(SurveyTarget.link).joinedload(Link.supplier),
                 joinedload(SurveyTarget.link).joinedload(Link.customer), joinedload(SurveyTarget.unit))
        .order_by(SurveyTarget.id)).all()


def _sheets(session: Session, target_ids: Sequence[int]) -> list[tuple[int, Mapping[str, Any]]]:
    rows = session.execute(select(SurveySheet.target_id, SurveySheet.answers)
                           .where(SurveySheet.target_id.in_(target_ids)))
    return [(target_id, answers) for target_id, answers in rows]


def _rewrite(session: Session, cls: Any, target_ids: Sequence[int], rows: list[dict[str, Any]]) -> None:
    """Write rows anew under new random keys, in random order, so that no trace of when they came is left."""
    session.execute(delete(cls).where(cls.target_id.in_(target_ids)))
    random.SystemRandom().shuffle(rows)
    if rows:
        session.execute(insert(cls), [row | {"key": secrets.token_hex(KEY_BYTES)} for row in rows])
