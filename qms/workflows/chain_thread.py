"""How the thread of one lot is put together, from first hand-over to customer: one query for each kind of record."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.accounts import Person
from qms.models.chain import Lot, Site
from qms.rules.accounts import Actor
from qms.rules.chain_thread import KINDS, MOST_OF_A_KIND, VIEWS, Balance, Entry
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid
from qms.workflows import chain_thread_around as around
from qms.workflows import chain_thread_dispositions as dispositions
from qms.workflows import chain_thread_handovers as handovers
from qms.workflows import chain_thread_lots as lots
from qms.workflows import chain_thread_rejections as rejections
from qms.workflows.chain_records import VIEW, one
from qms.workflows.chain_thread_balance import balance
from qms.workflows.chain_thread_lots import Family

MOST_FOUND = 50


@dataclass(frozen=True)
class Thread:
    """The thread of a lot. `counts`: entries by kind, whatever is asked for; `balance` None: not all of it was read."""

    lot: Lot
    site: Site
    family: Family
    entries: Sequence[Entry]
    people: dict[int, str]
    counts: dict[str, int]
    gaps: int
    balance: Balance | None
    hidden: frozenset[str]
    is_cut: bool

    @property
    def state(self) -> str:
        """Return `gaps` where something is missing on the whole thread, `uneven` where its pieces do not add up."""
        if self.gaps:
            return "gaps"
        return "uneven" if self.balance is not None and self.balance.is_wrong else "whole"


def thread(session: Session, person: Actor, lot_id: int, kinds: Collection[str] = ()) -> Thread:
    """Return what happened to a lot and its relatives, oldest first; `kinds` empty: of every kind.

    A kind that the person may not see at the lot's site is named as hidden. Raises NotFound, Invalid.
    """
    if set(kinds) - set(KINDS):
        raise Invalid("There is no such kind.", "没有此类别。", field="kind")
    lot = one(session, person, Lot, lot_id)
    site = session.get_one(Site, lot.site_id)
    hidden = frozenset(k for k, needs in VIEWS.items() if not person.may(needs, site_id=site.id))
    held = lots.family(session, lot)
    entries, summed = _all(session, held, site.time_zone, utc_now())
    seen = sorted((e for e in entries if e.kind not in hidden), key=lambda e: (e.at, list(KINDS).index(e.kind)))
    counts = {kind: sum(e.kind == kind for e in seen) for kind in KINDS}
    shown = [e for e in seen if not kinds or e.kind in kinds]
    is_cut = bool(held.left_out) or any(n >= MOST_OF_A_KIND for n in counts.values())
    return Thread(lot, site, held, shown, _people(session, shown), counts, sum(len(e.gaps) for e in seen),
                  None if hidden or is_cut else summed, hidden, is_cut)


def found(session: Session, person: Actor, typed: str) -> Sequence[Lot]:
    """Return the lots and serials whose number begins like this, the exact one alone where there is one."""
    typed = typed.strip()[:80]
    if not typed:
        return []
    sites = person.sites(VIEW)
    where = [] if sites is None else [Lot.site_id.in_(sites)]
    query = select(Lot).where(*where).options(joinedload(Lot.item)).order_by(Lot.number, Lot.id)
    exact = session.scalars(query.where(Lot.number == typed)).all()
    return exact or session.scalars(query.where(Lot.number >= typed, Lot.number < typed + "\U0010ffff")
                                    .limit(MOST_FOUND)).all()


def _all(session: Session, held: Family, zone: str, now: datetime) -> tuple[list[Entry], Balance]:
    handed = handovers.handovers_of(session, held)
    refused = rejections.rejections_of(session, held)
    holds = rejections.holds_of(session, held, refused)
    decided = dispositions.dispositions_of(session, holds)
    complained = around.complaints_of(session, held, refused)

    def entries() -> Iterator[Entry]:
        yield from lots.made(held)
        yield from handovers.around(session, held, handed, zone)
        yield from handovers.told(session, held, handed)
        yield from rejections.told(refused, holds, handed, decided)
        yield from rejections.contained(session, held, refused)
        yield from dispositions.told(session, decided, dispositions.reworks_of(session, decided), zone)
        yield from dispositions.conceded(session, held, decided, zone)
        yield from around.stops(session, held, refused)
        yield from around.bypasses(session, held, handed)
        yield from around.complaints(complained, now)
        yield from around.notices(session, refused, now)
        yield from around.cases(session, held, refused, complained)

    return list(entries()), balance(held, handed, refused, holds, decided)


def _people(session: Session, entries: Sequence[Entry]) -> dict[int, str]:
    ids = {e.who_id for e in entries if e.who_id is not None}
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}
