"""The chain's registers and record pages. Decides nothing."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import id_or_none
from forms.chain_filters import (
    ChainFilter,
    DefectFilter,
    ItemFilter,
    LinkFilter,
    LotFilter,
    MapFilter,
    RegisterFilter,
    RoutingFilter,
    UnitFilter,
)
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.rules.accounts_qualifications import SETTINGS as QUALIFICATION
from qms.rules.chain import LINK_KINDS, PROFILES, SOURCES, SPECIAL_CLASSES, UNIT_KINDS
from qms.rules.clock import utc_now
from qms.rules.rejections import SEVERITIES
from qms.rules.satisfaction_scorecards import BANDS, NO_FIGURE
from qms.web import needs, person, reading
from qms.web.language import language, time_zone
from qms.web.page import name
from qms.workflows import chain, chain_pictures
from qms.workflows import chain_registers as registers
from qms.workflows.acceptance_pieces_plans import PLAN, plan_of
from qms.workflows.chain_map import Wish as MapWish
from qms.workflows.chain_map import drawing
from qms.workflows.chain_paging import Page, Wish
from qms.workflows.chain_standing import DAYS, standing
from qms.workflows.satisfaction_scorecards_map import link_scores
from qms.workflows.trail import Told, history

bp = Blueprint("chain", __name__, url_prefix="/chain")

WORDS = {"UNIT_KINDS": UNIT_KINDS, "LINK_KINDS": LINK_KINDS, "SEVERITIES": SEVERITIES, "SOURCES": SOURCES,
         "SPECIAL_CLASSES": SPECIAL_CLASSES, "PROFILES": PROFILES,
         "QUALIFICATION": QUALIFICATION}
SHOWN_PATHS = 12

F = TypeVar("F", bound=ChainFilter)
Read = Callable[..., Page[Any]]


def shown(template: str, **values: Any) -> str:
    """Draw a page of the chain with the chain's vocabularies."""
    today = utc_now().astimezone(ZoneInfo(time_zone())).date()
    return render_template(template, today=today, **WORDS, **values)


def told(*records: tuple[str, int]) -> list[Told]:
    """Return what happened to records, latest first, without what only the machine wrote down."""
    return [entry for entry in reversed(history(reading(), records)) if entry.changes or entry.reason]


@bp.get("/map", endpoint="map")
@needs("chain.view")
def chain_map() -> str:
    """Show the map of one site's chain, the same as tables, and its broken ends."""
    sites = chain.sites(reading(), person())
    form = _filter(MapFilter)
    form.site.choices = form.site.choices[1:]
    form.line.choices = [form.all(), *(SelectChoice(x, x) for x in registers.lines_of(reading(), person()))]
    site = next((s for s in sites if s.id == form.site.data), None) or chain.usual_site(reading(), sites)
    form.site.data = site.id if site else None
    form.validate()
    form.only_site()
    wish = MapWish(*(form.chosen(key) or "" for key in ("kind", "units", "line")))
    return shown("chain/map.html", form=form, site=site, is_filtered=wish != MapWish(),
                 drawn=drawing(reading(), site.id, wish) if site else None,
                 ends=chain.broken_ends(reading(), site.id) if site else None,
                 unit_id=request.args.get("unit", type=id_or_none), bands=BANDS.get(form.chosen("score") or ""),
                 none_band=NO_FIGURE, scores=link_scores(reading(), person(), site, form.chosen("score") or "")
                 if site else None)


@bp.get("/units")
@needs("chain.view")
def units() -> str:
    """Show the register of units."""
    form = _filter(UnitFilter)
    form.line.choices = [form.all(), *(SelectChoice(x, x) for x in registers.lines_of(reading(), person()))]
    return _register("chain/units.html", form, registers.units)


@bp.get("/links")
@needs("chain.view")
def links() -> str:
    """Show the register of links."""
    return _register("chain/links.html", _filter(LinkFilter), registers.links)


@bp.get("/items")
@needs("chain.view")
def items() -> str:
    """Show the register of items."""
    return _register("chain/items.html", _filter(ItemFilter), registers.items)


@bp.get("/defects")
@needs("chain.view")
def defects() -> str:
    """Show the register of defect codes."""
    return _register("chain/defects.html", _filter(DefectFilter), registers.defects)


@bp.get("/lots")
@needs("chain.view")
def lots() -> str:
    """Show the register of lots."""
    return _register("chain/lots.html", _filter(LotFilter), registers.lots)


@bp.get("/routings")
@needs("chain.view")
def routings() -> str:
    """Show the register of routings."""
    return _register("chain/routings.html", _filter(RoutingFilter), registers.routings)


@bp.get("/units/sites")
@needs("chain.view")
def sites() -> str:
    """Show the sites."""
    return shown("chain/sites.html", sites=chain.sites(reading(), person()))


@bp.get("/units/sites/<id:site_id>")
@needs("chain.view")
def site(site_id: int) -> str:
    """Show a site."""
    return shown("chain/site.html", site=chain.one_site(reading(), person(), site_id), history=told(("sites", site_id)))


@bp.get("/units/<id:unit_id>")
@needs("chain.view")
def unit(unit_id: int) -> str:
    """Show a unit: its customers, what it hands over, by which standard, how satisfied they are; its suppliers."""
    held = chain.one(reading(), person(), Unit, unit_id)
    given, taken = registers.links_of(reading(), unit_id)
    paths, complete = chain.customer_paths(reading(), unit_id)
    return shown(
        "chain/unit.html", unit=held, above=held.parent, site=held.site,
        below=registers.units_below(reading(), unit_id),
        customers=standing(reading(), given), suppliers=standing(reading(), taken), paths=paths[:SHOWN_PATHS],
        more_paths=len(paths) > SHOWN_PATHS or not complete, days=DAYS, plan=plan_of(reading(), unit_id),
        plannable=person().may(PLAN, site_id=held.site_id, unit_path=held.path), history=told(("units", unit_id)))


@bp.get("/units/<id:unit_id>/sheet")
@needs("chain.view")
def sheet(unit_id: int) -> str:
    """Show a unit's procedure sheet for paper."""
    held = chain.one(reading(), person(), Unit, unit_id)
    given, taken = registers.links_of(reading(), unit_id)
    return shown("chain/sheet.html", unit=held, site=held.site, customers=standing(reading(), given),
                 suppliers=standing(reading(), taken))


@bp.get("/links/<id:link_id>")
@needs("chain.view")
def link(link_id: int) -> str:
    """Show a link and how it stands."""
    held = chain.one(reading(), person(), Link, link_id)
    return shown("chain/link.html", link=held, site=held.site, standing=standing(reading(), [held])[0], days=DAYS,
                 history=told(("links", link_id)))


@bp.get("/items/<id:item_id>")
@needs("chain.view")
def item(item_id: int) -> str:
    """Show an item, its routings and its pictures."""
    held = chain.one(reading(), person(), Item, item_id)
    return shown("chain/item.html", item=held, site=reading().get_one(Site, held.site_id),
                 routings=registers.routings_of(reading(), item_id),
                 pictures=chain_pictures.pictures_of(reading(), item_id=item_id), history=told(("items", item_id)))


@bp.get("/defects/<id:defect_id>")
@needs("chain.view")
def defect(defect_id: int) -> str:
    """Show a defect code and its pictures."""
    held = chain.one(reading(), person(), Defect, defect_id)
    return shown("chain/defect.html", defect=held, site=reading().get_one(Site, held.site_id),
                 pictures=chain_pictures.pictures_of(reading(), defect_id=defect_id),
                 history=told(("defects", defect_id)))


@bp.get("/lots/<id:lot_id>")
@needs("chain.view")
def lot(lot_id: int) -> str:
    """Show a lot, what it was made from and what was made from it."""
    held = chain.one(reading(), person(), Lot, lot_id)
    sources, made = registers.genealogy(reading(), lot_id)
    return shown("chain/lot.html", lot=held, site=reading().get_one(Site, held.site_id), sources=sources, made=made,
                 family=len(chain.lot_family(reading(), lot_id)) - 1,
                 descendants=len(chain.descendants(reading(), lot_id)),
                 history=told(("lots", lot_id), *_ids("lot_sources", sources)))


@bp.get("/routings/<id:routing_id>")
@needs("chain.view")
def routing(routing_id: int) -> str:
    """Show one revision of a routing."""
    held, of = chain.one_routing(reading(), person(), routing_id)
    every = registers.routings_of(reading(), of.id)
    return shown("chain/routing.html", routing=next(r for r in every if r.id == held.id), item=of, every=every,
                 site=reading().get_one(Site, of.site_id), history=told(("routings", routing_id)))


def _ids(table: str, rows: Iterable[Any]) -> list[tuple[str, int]]:
    return [(table, row.id) for row in rows]


def _filter(form_class: type[F]) -> F:
    """Return a register's filter row, filled from the address."""
    form = form_class(request.args, translate=gettext, language=language())
    form.site.choices = [form.all(), *(SelectChoice(str(s.id), f"{s.code} {name(s)}")
                                       for s in chain.sites(reading(), person()))]
    return form


def _register(template: str, form: RegisterFilter, read: Read) -> str:
    """Draw a register as its filter row and the address ask for it."""
    form.validate()
    wanted = registers.Filter(
        sought=(form.chosen("q") or "").strip(), site_id=form.chosen("site"), kind=form.chosen("kind") or "",
        state=form.chosen("state") or "", severity=form.chosen("severity") or "", line=form.chosen("line") or "",
        unit_id=request.args.get("unit", type=id_or_none), item_id=request.args.get("item", type=id_or_none),
        customer_id=request.args.get("customer", type=id_or_none))
    form.only_site()
    wish = Wish(*(request.args.get(key, "")[:300] for key in ("sort", "after", "before")))
    return shown(template, form=form, page=read(reading(), person(), wanted, wish),
                 is_filtered=wanted != registers.Filter(), by_name=f"name_{language()}")

