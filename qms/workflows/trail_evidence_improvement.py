"""Knows which records tell what was learnt: corrective actions, what customers say, management reviews.

Must not know who asks. Clauses 10.2, 9.1.2 and 9.3. Of surveys only what was published is evidence: an answer, and the
seal over all answers, from which few could be worked out, leave the plant with nobody (R-37).
"""

from sqlalchemy import and_, or_, select

from qms.models.actions import Action, ActionMember, ActionSource, ActionStep, Comparison, StockLine
from qms.models.actions_causes import Cause, DocumentUpdate, Lesson, ReadAcross, Task, Why
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict, ReopenedStep, Reopening
from qms.models.customers_complaints import CustomerComplaint, CustomerComplaintPassage
from qms.models.customers_scores import ScoreReading, SpecialStatus
from qms.models.review import Review, ReviewAttendee, ReviewDecision, ReviewInput, ReviewSite
from qms.models.satisfaction import Survey, SurveyResult
from qms.workflows.trail_evidence_product import of
from qms.workflows.trail_evidence_scope import Ids, Scope, at, on, overlapping


def corrective(scope: Scope) -> list[Ids]:
    """Return the corrective actions opened, or closed, with all that was found out and done."""
    cases = scope.root(Action, lambda days: or_(at(Action.opened_at)(days), at(Action.closed_at)(days)),
                       customers=[Action.customer_id.in_], item=Action.item_id.in_, lot=Action.lot_id.in_,
                       link=Action.link_id.in_)
    causes = select(Cause.id).where(Cause.action_id.in_(cases))
    plans = select(EffectivenessPlan.id).where(EffectivenessPlan.action_id.in_(cases))
    verdicts = select(EffectivenessVerdict.id).where(EffectivenessVerdict.plan_id.in_(plans))
    again = select(Reopening.id).where(Reopening.verdict_id.in_(verdicts))
    parts = [of(model, model.action_id, cases) for model in (ActionSource, ActionMember, ActionStep, Comparison,
                                                              StockLine, Task, DocumentUpdate, ReadAcross, Lesson)]
    return [(Action, cases), *parts, (Cause, causes), of(Why, Why.cause_id, causes), (EffectivenessPlan, plans),
            (EffectivenessVerdict, verdicts), (Reopening, again), of(ReopenedStep, ReopenedStep.reopening_id, again)]


def customers(scope: Scope) -> list[Ids]:
    """Return what customers said: complaints, scorecards, special status, and the published results of surveys."""
    complaints = scope.root(CustomerComplaint, at(CustomerComplaint.received_at),
                            customers=[CustomerComplaint.customer_id.in_], item=CustomerComplaint.item_id.in_,
                            lot=CustomerComplaint.lot_id.in_)
    site, published_at = (select(column).where(Survey.id == SurveyResult.survey_id).scalar_subquery()
                          for column in (Survey.site_id, Survey.published_at))
    results = scope.root(SurveyResult, at(published_at), site=site, customers=[SurveyResult.unit_id.in_],
                         link=SurveyResult.link_id.in_).where(published_at.is_not(None))
    return [
        (CustomerComplaint, complaints),
        of(CustomerComplaintPassage, CustomerComplaintPassage.complaint_id, complaints),
        (ScoreReading, scope.root(ScoreReading, on(ScoreReading.month), customers=[ScoreReading.customer_id.in_])),
        (SpecialStatus, scope.root(SpecialStatus, overlapping(SpecialStatus.from_on, SpecialStatus.to_on),
                                   customers=[SpecialStatus.customer_id.in_])),
        (SurveyResult, results),
    ]


def reviews(scope: Scope) -> list[Ids]:
    """Return the management reviews whose period has days in common with these, with inputs and decisions.

    A review that covers a further site is left out where that one may not be seen.
    """
    strange = select(ReviewSite.review_id).where(ReviewSite.active, ReviewSite.site_id.not_in(scope.seen))
    held = scope.root(Review, lambda days: and_(Review.first_on <= days.last, Review.last_on >= days.first))
    packs = select(Review.id).where(Review.id.in_(held), Review.id.not_in(strange))
    return [(Review, packs), *(of(model, model.review_id, packs)
                               for model in (ReviewSite, ReviewAttendee, ReviewInput, ReviewDecision))]
