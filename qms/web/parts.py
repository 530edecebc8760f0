"""Knows how a part of a site (all of it, a unit, a customer, a link) is offered as a choice and read back."""

from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from qms.models.chain import Link, Site
from qms.rules.review_measures import PARTS
from qms.web.language import say
from qms.web.page import name
from qms.workflows.review_objectives import kind_of, parts
from qms.workflows.review_series import Part


def part_choices(session: Session, site: Site) -> list[SelectChoice]:
    """Return the parts of a site as choices: all of it, its units and customers, its links."""
    units, links = parts(session, site.id)
    return [SelectChoice("site", say(PARTS["site"])),
            *(SelectChoice(key_of(Part(kind_of(unit), unit.id)), f"{unit.code} {name(unit)}") for unit in units),
            *(SelectChoice(key_of(Part("link", link.id)), _between(link)) for link in links)]


def key_of(part: Part) -> str:
    """Return the choice that names a part."""
    return part.kind if part.id is None else f"{part.kind}:{part.id}"


def part_from(key: str) -> Part:
    """Return the part that a choice names; the whole site for what names none."""
    kind, _, part_id = key.partition(":")
    try:
        found = id_or_none(part_id)
    except ValueError:
        found = None
    return Part(kind, found) if kind in PARTS and found is not None else Part("site")


def _between(link: Link) -> str:
    return f"{link.supplier.code} {name(link.supplier)} → {link.customer.code} {name(link.customer)}"
