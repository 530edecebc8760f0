"""Keeps quarantine and costs of the demo plant: places, counts, rates, months; must not know why anything is held."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.demo.deeds import World, at_plant, days_before, deed
from qms.demo.dispositions_doing import held_of
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.dispositions_quarantine import QuarantinePlace
from qms.rules.accounts import Actor
from qms.rules.dispositions_quarantine import Found
from qms.workflows import dispositions_costing, dispositions_costs
from qms.workflows import dispositions_quarantine as quarantine

PLACES = (("Q-01", "红区货架 A", "Red rack A", False), ("Q-02", "红区上锁柜", "Locked red cage", True))
STANDS_AT = {"unlabelled": "Q-01", "asked": "Q-01", "returned": "Q-01", "board": "Q-01", "in_parts": "Q-02",
             "conceded": "Q-01"}
"""Where each story's quantity is brought an hour after it was found."""

COUNTED_BEFORE = ((10, False), (3, True))
"""Days before the end on which everything is counted, and whether one piece is elsewhere then."""

ELSEWHERE = "1 件送实验室做金相分析, 交接单 LAB-0922"

ITEM_COSTS = {"RM-510": "4.20", "RM-530": "11.50", "PP-620": "0.35", "SP-110": "9.60", "SB-310": "38.40",
              "SB-210": "46.80", "SB-220": "44.50", "CP-130": "21.70", "CB-410": "63.00", "CB-420": "58.20"}
HOUR_RATES = {"labour_hour": "58.00", "sort_hour": "42.00", "stop_minute": "36.00", "machine_hour": "120.00"}
RAISED = ("labour_hour", "61.50", 60)
"""A rate's next revision; it comes into force in the month after so many days before the end."""

MONTHLY = (("training", "4200", "新员工质量培训"), ("error_proofing", "6800", "防错装置维护"),
           ("final", "21500", "终检人工"), ("calibration", "3900", "量具校准"), ("freight", "2600", "补货加急运费"))
CLOSED_ON = 5


def kept(found: Mapping[str, datetime], held: Mapping[str, str], first: date, until: datetime) -> list[Happening]:
    """Return every deed until the end; `first`: the day on which the plant began."""
    return sorted((h for h in [*_quarantine(found, held, first, until), *_costs(first, until)] if h.at <= until),
                  key=lambda h: h.at)


def _quarantine(found: Mapping[str, datetime], held: Mapping[str, str], first: date,
                until: datetime) -> Iterator[Happening]:
    yield deed(at_plant(first, 10), "engineer", "dispositions.add_place", _add_places)
    for story, key in held.items():
        if story in STANDS_AT:
            yield deed(found[key] + timedelta(hours=1), "engineer", "dispositions.bring",
                       partial(_bring, key, STANDS_AT[story]))
    for days, elsewhere in COUNTED_BEFORE:
        yield deed(days_before(until, days, 14, 20), "delegate", "dispositions.count",
                   partial(_count, elsewhere=elsewhere))


def _costs(first: date, until: datetime) -> Iterator[Happening]:
    yield deed(at_plant(first, 11), "finance", "dispositions.set_rate", partial(_set_rates, first))
    raised_on = _next(max(first, until.date() - timedelta(days=RAISED[2])))
    yield deed(at_plant(raised_on - timedelta(days=1), 11), "finance", "dispositions.set_rate",
               partial(_raise_rate, raised_on))
    today = until.astimezone(ZoneInfo(ZONE)).date()
    month = first.replace(day=1)
    while (following := _next(month)) <= today:
        yield deed(at_plant(following, 9), "finance", "dispositions.enter_cost", partial(_enter, f"{month:%Y-%m}"))
        if _next(following) <= today:
            at = at_plant(following.replace(day=CLOSED_ON), 10)
            yield deed(at, "finance", "dispositions.approve_costs", partial(_approve, f"{month:%Y-%m}"))
            yield deed(at + timedelta(minutes=30), "finance", "dispositions.close_month",
                       partial(_close, f"{month:%Y-%m}"))
        month = following


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def _add_places(session: Session, actor: Actor, world: World) -> None:
    for code, zh, en, locked in PLACES:
        quarantine.add_place(session, actor, site_id=world.founded.site, code=code, name_zh=zh, name_en=en,
                             unit_id=world.founded.units["QD"], locked=locked)


def _bring(key: str, code: str, session: Session, actor: Actor, world: World) -> None:
    place = session.scalars(select(QuarantinePlace).where(QuarantinePlace.code == code)).one()
    for hold in held_of(session, world.rejections[key]):
        quarantine.bring(session, actor, place.id, hold.id, hold.rev)


def _count(session: Session, actor: Actor, _world: World, *, elsewhere: bool) -> None:
    for place in session.scalars(select(QuarantinePlace).order_by(QuarantinePlace.id)).all():
        found = {hold.id: Found(hold.quantity) for hold in quarantine.standing(session, place.id)}
        if elsewhere and found:
            hold_id, answer = next(iter(found.items()))
            found[hold_id] = Found((answer.counted or 1) - 1, ELSEWHERE)
            elsewhere = False
        quarantine.count(session, actor, place.id, found=found)


def _set_rates(first: date, session: Session, actor: Actor, world: World) -> None:
    for code, rate in ITEM_COSTS.items():
        dispositions_costs.set_rate(session, actor, site_id=world.founded.site, kind="item_cost", rate=Decimal(rate),
                                    currency="CNY", valid_from=first, item_id=world.founded.items[code])
    for kind, rate in HOUR_RATES.items():
        dispositions_costs.set_rate(session, actor, site_id=world.founded.site, kind=kind, rate=Decimal(rate),
                                    currency="CNY", valid_from=first)


def _raise_rate(on: date, session: Session, actor: Actor, world: World) -> None:
    dispositions_costs.set_rate(session, actor, site_id=world.founded.site, kind=RAISED[0], rate=Decimal(RAISED[1]),
                                currency="CNY", valid_from=on)


def _enter(period: str, session: Session, actor: Actor, world: World) -> None:
    for element, amount, note in MONTHLY:
        dispositions_costing.enter(session, actor, site_id=world.founded.site, element=element, amount=Decimal(amount),
                                   currency="CNY", period=period, note=note)


def _approve(period: str, session: Session, actor: Actor, world: World) -> None:
    dispositions_costs.approve_month(session, actor, world.founded.site, period)


def _close(period: str, session: Session, actor: Actor, world: World) -> None:
    dispositions_costs.close_month(session, actor, world.founded.site, period)
