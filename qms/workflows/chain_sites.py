"""What is done with sites: made and changed. Knows no unit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Site, Unit
from qms.rules.accounts import Actor
from qms.rules.accounts_qualifications import check_setting
from qms.rules.chain import check_profile, check_time_zone
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.workflows.chain_records import EDIT, VIEW, change, check_free, check_version, required, sees


def add_site(session: Session, person: Actor, *, code: str, name_zh: str, name_en: str,
             time_zone: str = "Asia/Shanghai", profile: str = "iatf", qualification: str = "off",
             demo: bool = False) -> Site:
    """Make a site; only for someone who edits every site. Raises Invalid, Doubled, NotAllowed."""
    person.need(EDIT)
    if person.sites(EDIT) is not None:
        raise NotAllowed(EDIT, "Only someone who may edit every site makes a new one.",
                         "只有有权编辑所有工厂的人员才能新建工厂。")
    given = _checked({"code": code, "name_zh": name_zh, "name_en": name_en, "time_zone": time_zone,
                      "profile": profile, "qualification": qualification})
    check_free(session, Site.code, given["code"], site_id=None)
    site = Site(demo=demo, **given)
    session.add(site)
    session.flush()
    return site


def edit_site(session: Session, person: Actor, site_id: int, rev: int, **fields: Any) -> Site:
    """Change a site's code, names, time zone, profile or what a missing qualification leads to (R-51).

    Raises Stale, Invalid, Doubled, NotFound, NotAllowed.
    """
    site = one_site(session, person, site_id)
    person.need(EDIT, site_id=site.id, unit_path="")
    check_version(site, rev, fields)
    given = _checked(fields)
    if "code" in given:
        check_free(session, Site.code, given["code"], site_id=None, but=site.id)
    change(site, given)
    session.flush()
    return site


def one_site(session: Session, person: Actor, site_id: int) -> Site:
    """Return a site that the person may see. Raises NotFound."""
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound
    return site


def sites(session: Session, person: Actor, permission: str = VIEW) -> list[Site]:
    """Return the sites where the person holds a permission, by code."""
    allowed = person.sites(permission)
    wanted = select(Site).order_by(Site.code)
    return list(session.scalars(wanted if allowed is None else wanted.where(Site.id.in_(allowed))))


def usual_site(session: Session, among: Sequence[Site]) -> Site | None:
    """Return the site to show when none was chosen: the first that has units, else the first; None where is none."""
    used = set(session.scalars(select(Unit.site_id).where(Unit.active).distinct()))
    return next((site for site in among if site.id in used), among[0] if among else None)


def site_to_edit(session: Session, person: Actor, wanted: int | None) -> Site:
    """Return the wanted site, or the usual one whose chain the person edits. Raises NotFound, Invalid."""
    editable = sites(session, person, EDIT)
    if not editable:
        raise Invalid("There is no site yet. Make the site first.", "还没有工厂。请先新建工厂。")
    if wanted is None:
        return usual_site(session, editable) or editable[0]
    found = next((site for site in editable if site.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    given = {key: required(value, key) for key, value in fields.items()}
    if "time_zone" in given:
        check_time_zone(given["time_zone"])
    if "profile" in given:
        check_profile(given["profile"])
    if "qualification" in given:
        check_setting(given["qualification"])
    return given
