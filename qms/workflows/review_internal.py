"""Fills the input on the satisfaction of internal customers: routine performance beside surveys. Only reads."""

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.models.chain import Link
from qms.models.satisfaction import SurveyResult
from qms.rules import review_internal as words
from qms.rules.measures import Period
from qms.rules.review_customers import HIDDEN, NO_SURVEY, PUBLISHED
from qms.rules.review_snapshots import Cell, Chart, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.review_told import Told
from qms.rules.satisfaction import is_weak
from qms.rules.satisfaction_scorecards import CHANGES
from qms.rules.words import Words
from qms.workflows.measures_handovers import NONE_HANDED_OVER
from qms.workflows.review_counts import chain_links, named
from qms.workflows.review_cubes import handed_over
from qms.workflows.review_estimates import MOST_ROWS, interval_cells, of_index, of_mean, of_rate, snapshot_of
from qms.workflows.review_scope import Scope
from qms.workflows.satisfaction_scorecards import Card, Counted, Figures, has_figures
from qms.workflows.satisfaction_scorecards_counts import (
    NONE_ASKED,
    Published,
    complaints_by_pair,
    published,
    published_totals,
    requests_by_pair,
)

MOST_RANKED = 10
Survey = tuple[SurveyResult, Published]


def internal_satisfaction(session: Session, scope: Scope) -> Snapshot:
    """Return the links with routine performance and published satisfaction, the best and the worst, and surveys."""
    now, before = (_counted(session, scope, period) for period in (scope.period, scope.before))
    cards = [Card(link, now.link(link), before.link(link)) for link in _inside(session, scope)]
    cards = [card for card in cards if has_figures(card)]
    listed = sorted(cards, key=lambda card: (-card.now.handed.lots, -card.now.asked.requests, card.of.id))[:MOST_ROWS]
    surveys, former = (_surveys(session, scope, period) for period in (scope.period, scope.before))
    figures = [*_routine(scope, cards, now, before, whole=len(listed) == len(cards)),
               *_perceived(scope, surveys, former)]
    tables = (words.LINKS.table(scope.where, words.LINK_COLUMNS, (_row(scope, card) for card in listed)),
              words.LINKS_BEFORE.table(scope.where, words.BEFORE_COLUMNS, (
                  Row((*_name(card), *_cells(card.before))) for card in listed if card.before)),
              *_ranked(scope, cards), _table_of(scope, surveys))
    return snapshot_of(figures, tables, _hidden(cards), _weak(surveys))


def _counted(session: Session, scope: Scope, period: Period) -> Counted:
    found = Counted(handed_over(session, scope).within(period), {}, {}, {}, {})
    asked, complaints, of_links = dict(found.asked), dict(found.complaints), dict(found.of_links)
    for site_id in scope.site_ids:
        asked |= requests_by_pair(session, site_id, period)
        complaints |= complaints_by_pair(session, site_id, period)
        of_links |= published(session, site_id, period)[0]
    return Counted(found.handed, asked, complaints, of_links, {})


def _inside(session: Session, scope: Scope) -> list[Link]:
    return [link for link in chain_links(session, scope)
            if link.customer.kind != "customer" and link.supplier.kind != "supplier"]


def _surveys(session: Session, scope: Scope, period: Period) -> list[Survey]:
    found = [one for site_id in scope.site_ids for one in published_totals(session, site_id, period, "internal")]
    return sorted(found, key=lambda one: (one[0].survey.closed_at, one[0].survey_id))


def _routine(scope: Scope, cards: Sequence[Card], now: Counted, before: Counted, *, whole: bool) -> list[Figure]:
    handed = [sum((figures.handed for figures in of), NONE_HANDED_OVER)
              for of in ([card.now for card in cards], [card.before for card in cards if card.before])]
    asked = [sum(counted.asked.values(), NONE_ASKED) for counted in (now, before)]
    complaints = [Estimate(sum(counted.complaints.values())) for counted in (now, before)]
    requests = scope.path("/service/requests/")
    return [
        words.FTA.both(scope.where, [of_rate(one.acceptance) for one in handed],
                         scope.path("/acceptance/hand-overs"),
                         Formula("share", "internal_links", "accepted_first", "lots") if whole else None),
        words.KEPT.both(scope.where, [of_rate(one.kept) for one in asked], requests),
        words.COMPLAINTS.both(scope.where, complaints, scope.path("/service/complaints/")),
        words.RATINGS.both(scope.where, [of_mean(one.ratings) for one in asked], requests)]


def _perceived(scope: Scope, surveys: Sequence[Survey], former: Sequence[Survey]) -> list[Figure]:
    """Return the newest survey's index, where there is one site, and the response rate of all surveys."""
    index = [of_index(told[-1][1].overall if told else None) for told in (surveys, former)]
    taken = [of_rate(rate(sum(min(one.responded, one.invited) for _row, one in told),
                          sum(one.invited for _row, one in told))) for told in (surveys, former)]
    fits = all(one.responded <= one.invited for _row, one in surveys)
    path = "/satisfaction/?kind=internal"
    response = words.RESPONSE.both(scope.where, taken, path,
                                     Formula("share", "internal_surveys", "responded", "invited") if fits else None)
    return [words.INDEX.both(scope.where, index, path), response] if len(scope.sites) == 1 else [response]


def _row(scope: Scope, card: Card) -> Row:
    changes = (CHANGES.get(card.change(name) or "") for name in ("acceptance", "perceived"))
    return Row((*_name(card), *_cells(card.now), *changes), _path(scope, card))


def _path(scope: Scope, card: Card) -> str:
    return (f"/satisfaction/scorecards/links/{card.of.id}?first={scope.period.first}&last={scope.period.last}")


def _name(card: Card) -> tuple[Words, Words]:
    if not isinstance(card.of, Link):
        raise TypeError(card.of)
    supplier, customer = named(card.of.supplier), named(card.of.customer)
    return (Words(f"{supplier.en} → {customer.en}", f"{supplier.zh} → {customer.zh}"),
            Words(card.of.output_en or card.of.output_zh, card.of.output_zh or card.of.output_en))


def _cells(of: Figures) -> tuple[Cell, ...]:
    return (*_accepted(of), of.kept.n, *interval_cells(of_rate(of.kept)), of.complaints, *_survey_cells(of.survey))


def _accepted(of: Figures) -> tuple[Cell, ...]:
    return (of.handed.lots, of.handed.accepted_first, *interval_cells(of_rate(of.acceptance)))


def _survey_cells(survey: Published | None) -> tuple[Cell, ...]:
    if survey is None:
        return (None, None, None, None, NO_SURVEY)
    if survey.overall is None:
        return (None, None, None, None, HIDDEN)
    return (survey.overall.n, *interval_cells(of_index(survey.overall)), PUBLISHED)


def _ranked(scope: Scope, cards: Sequence[Card]) -> Iterable[Table]:
    """Return the best and the worst links by acceptance, then by satisfaction; no link is in both.

    What a post provides is not ranked: often one person holds it (R-35).
    """
    ranked = [card for card in cards if isinstance(card.of, Link) and card.of.supplier.kind != "post"]
    handed = [card for card in ranked if card.now.handed.lots]
    asked = [card for card in ranked if _index(card).low is not None]
    yield _top(scope, words.BEST, handed, lambda card: -(card.now.acceptance.low or 0), "fta")
    yield _top(scope, words.WORST, handed, lambda card: card.now.acceptance.high or 0, "fta")
    yield _top(scope, words.HAPPIEST, asked, lambda card: -(_index(card).low or 0), "index")
    yield _top(scope, words.UNHAPPIEST, asked, lambda card: _index(card).high or 0, "index")


def _top(scope: Scope, told: Told, cards: Sequence[Card], by: Callable[[Card], float], series: str) -> Table:
    first = sorted(cards, key=lambda card: (by(card), card.of.id))[:min(MOST_RANKED, len(cards) // 2)]
    return told.table(scope.where, words.RANKED_COLUMNS, (
        Row((*_name(card), *_accepted(card.now), *_survey_cells(card.now.survey)), _path(scope, card))
        for card in first), Chart("bar", told.words, "link", (series,)))


def _index(card: Card) -> Estimate:
    return of_index(card.now.perceived)


def _table_of(scope: Scope, surveys: Sequence[Survey]) -> Table:
    zone = ZoneInfo(scope.period.zone)
    return words.SURVEYS.table(scope.where, words.SURVEY_COLUMNS, (
        Row((told.number, Words(row.survey.name_en, row.survey.name_zh),
             row.survey.closed_at.astimezone(zone).date() if row.survey.closed_at else None, told.invited,
             told.responded, told.responded / told.invited if told.invited else None, *_survey_cells(told)),
            f"/satisfaction/{told.survey_id}") for row, told in surveys))


def _hidden(cards: Sequence[Card]) -> list[Words]:
    asked = [card.now.survey for card in cards if card.now.survey is not None]
    count = sum(1 for survey in asked if survey.overall is None)
    return [words.hidden(count, len(asked))] if count else []


def _weak(surveys: Sequence[Survey]) -> list[Words]:
    return [words.weak(told.number, told.responded, told.invited) for row, told in surveys
            if is_weak(told.responded, told.invited, row.survey.threshold)]


FILLED = {"internal_satisfaction": internal_satisfaction}
