"""Founds the demo plant: its site, units, people, links, items, defect codes, routings and standards.

Knows the plant's tables and the workflows that make such records; must not know what happens later.
"""

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qms.db import Database
from qms.demo.links import LINKS
from qms.demo.people import PEOPLE, signs
from qms.demo.products import DEFECTS, ITEMS
from qms.demo.sheets import SHEETS
from qms.demo.sign_ins import Keys
from qms.demo.standards import REACTION_EN, REACTION_ZH, STANDARDS, Asked
from qms.demo.units import SITE, SITE_EN, SITE_ZH, UNITS, ZONE
from qms.models.acceptance import Standard
from qms.rules.acceptance import CharacteristicPlan
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts_grants import AUDITOR
from qms.rules.trail_signatures import Proof, Signing
from qms.workflows import acceptance, accounts, accounts_badges, accounts_pins, chain

AUDITOR_ACCESS_DAYS = 180
"""So that whoever keeps a demo for some months still gets in as its auditor."""


@dataclass
class Founded:
    """Ids of what was made, by code; links by the codes of supplier and customer; people by sign-in name."""

    site: int = 0
    units: dict[str, int] = field(default_factory=dict)
    links: dict[tuple[str, str], int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    defects: dict[str, int] = field(default_factory=dict)
    standards: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    proofs: dict[int, Proof] = field(default_factory=dict)

    def signing(self, actor: Actor, meaning: str) -> Signing:
        """Return what one of the people signs with: each showed their password once, when the plant was made."""
        return Signing(self.proofs.get(actor.id), meaning, actor.language)


class Founding:
    """Makes the plant on a day before anything happens in it; `keys` by sign-in name, for those who have some.

    The demo is loaded on a day `loaded_on`; from then on its auditor has access for a while.
    """

    def __init__(self, database: Database, at: datetime, on: date, keys: Mapping[str, Keys], loaded_on: date) -> None:
        self._database = database
        self._at = at
        self._on = on
        self._keys = keys
        self._loaded_on = loaded_on
        self.made = Founded()

    def found(self) -> Founded:
        """Make everything, each part by whoever would make it. Returns the ids."""
        with self._writing(SYSTEM, "trail.begin") as session:
            accounts.begin(session)
        with self._writing(SYSTEM, "chain.add_unit") as session:
            self._units(session)
        with self._writing(SYSTEM, "accounts.add_person") as session:
            self._people(session)
        process, engineer, approver = (self.made.people[login] for login in ("process", "engineer", "quality-manager"))
        with self._writing(process, "chain.add_link") as session:
            self._links(session, process)
        with self._writing(process, "chain.add_item") as session:
            self._products(session, process)
        with self._writing(engineer, "acceptance.draft_standard") as session:
            revs = {made.id: made.rev for made in self._standards(session, engineer)}
        with self._writing(approver, "acceptance.approve_standard") as session:
            for standard_id, rev in revs.items():
                acceptance.approve_standard(session, approver, standard_id, rev,
                                            signing=self.made.signing(approver, "standard"))
        return self.made

    def _writing(self, person: Actor, action: str) -> AbstractContextManager[Session]:
        return self._database.transaction(person, action, clock=lambda: self._at)

    def _units(self, session: Session) -> None:
        site = chain.add_site(session, SYSTEM, code=SITE, name_zh=SITE_ZH, name_en=SITE_EN, time_zone=ZONE,
                              profile="iatf", demo=True)
        self.made.site = site.id
        units = self.made.units
        for unit in UNITS:
            sheet = SHEETS.get(unit.code)
            units[unit.code] = chain.add_unit(
                session, SYSTEM, site_id=site.id, kind=unit.kind, code=unit.code, name_zh=unit.zh, name_en=unit.en,
                parent_id=units[unit.parent] if unit.parent else None, line=unit.line, inspects=unit.inspects,
                final=unit.final, **(sheet._asdict() if sheet else {})).id

    def _people(self, session: Session) -> None:
        for person in PEOPLE:
            keys = self._keys.get(person.login)
            password = keys.password if keys else secrets.token_urlsafe() if signs(person) else None
            made = accounts.add_person(
                session, SYSTEM, login=person.login, name=person.name, language=person.language,
                password=password, unit_id=self.made.units.get(person.home or ""))
            if keys:
                accounts_badges.issue(session, SYSTEM, made.id, keys.badge)
                accounts_pins.keep_pin(session, made.id, keys.pin)
            for scope in person.scopes or (None,):
                accounts.grant(session, SYSTEM, made.id, role=person.role, **self._term(person.role),
                               site_id=None if person.everywhere else self.made.site,
                               unit_id=self.made.units[scope] if scope else None)
            session.flush()
            actor = self.made.people[person.login] = accounts.actor_for(session, person.login, method="demo")
            if password and (proof := accounts.prove(session, actor, password, address=None)):
                self.made.proofs[made.id] = proof

    def _term(self, role: str) -> dict[str, Any]:
        """Return the first and last day of a role: an auditor's begins when the demo is loaded, and ends."""
        if role != AUDITOR:
            return {"starts_on": self._on}
        return {"starts_on": self._loaded_on, "ends_on": self._loaded_on + timedelta(days=AUDITOR_ACCESS_DAYS),
                "auditor_days": AUDITOR_ACCESS_DAYS}

    def _links(self, session: Session, person: Actor) -> None:
        for link in LINKS:
            made = chain.add_link(
                session, person, supplier_id=self.made.units[link.supplier],
                customer_id=self.made.units[link.customer], kind=link.kind, output_zh=link.zh, output_en=link.en,
                source="log" if link.proposed else "hand", proposed=link.proposed, observed=link.observed)
            self.made.links.setdefault((link.supplier, link.customer), made.id)

    def _products(self, session: Session, person: Actor) -> None:
        for item in ITEMS:
            made = chain.add_item(
                session, person, site_id=self.made.site, code=item.code, name_zh=item.zh, name_en=item.en,
                drawing_rev=item.drawing_rev, unit=item.unit, special=item.special,
                customer_id=self.made.units[item.customer] if item.customer else None)
            self.made.items[item.code] = made.id
            chain.add_routing(session, person, item_id=made.id, unit_ids=[self.made.units[u] for u in item.route],
                              valid_from=self._on)
        for defect in DEFECTS:
            self.made.defects[defect.code] = chain.add_defect(
                session, person, site_id=self.made.site, code=defect.code, name_zh=defect.zh, name_en=defect.en,
                severity=defect.severity, zone=defect.zone, requirement_zh=defect.requirement_zh,
                requirement_en=defect.requirement_en).id

    def _standards(self, session: Session, person: Actor) -> list[Standard]:
        drafts = []
        for standard in STANDARDS:
            draft = acceptance.draft_standard(
                session, person, link_id=self.made.links[standard.supplier, standard.customer],
                form_number=standard.form, title_zh=standard.zh, title_en=standard.en, reaction_zh=REACTION_ZH,
                reaction_en=REACTION_EN, characteristics=[plan_of(a, self.made.defects) for a in standard.asked])
            self.made.standards[standard.form] = draft.id
            drafts.append(draft)
        return drafts


def plan_of(asked: Asked, defects: dict[str, int]) -> CharacteristicPlan:
    """Turn a row of the table into what a draft asks for; `defects` are ids by code."""
    lower, upper, target = (Decimal(limit) for limit in asked.limits) if asked.limits else (None, None, None)
    sampling = "every_kth" if asked.every else "zero_acceptance" if asked.per_mille else "all"
    return CharacteristicPlan(
        name_zh=asked.zh, name_en=asked.en, kind="measured" if asked.limits else "attribute", unit=asked.unit,
        lower=lower, upper=upper, target=target, special=asked.special, method=asked.method, gauge=asked.gauge,
        sampling=sampling, sampling_value=asked.every or asked.per_mille, defect_id=defects[asked.defect])
