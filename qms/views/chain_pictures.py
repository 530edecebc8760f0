"""Pictures of items and defects, and the zones drawn on them: shown, added, taken away. Decides nothing."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from forms.chain import ReasonForm, id_or_none, worded
from forms.chain_pictures import PictureForm, ZoneForm
from qms.imports.photos import clean_photo
from qms.models.chain import Defect, Item
from qms.models.chain_pictures import Picture
from qms.rules.errors import NotFound
from qms.rules.pictures import ROLES, SAMPLES
from qms.web import filled, needs, person, reading, saving, settings
from qms.web.devices import known_device, needs_or_device
from qms.web.page import name
from qms.workflows import chain
from qms.workflows import chain_pictures as pictures
from qms.workflows import chain_pictures_zones as zones
from qms.workflows.acceptance_shown import defects_of
from qms.workflows.trail import history

bp = Blueprint("chain_pictures", __name__)


@bp.get("/pictures/<id:picture_id>")
@needs_or_device("chain.view")
def image(picture_id: int) -> Response:
    """Send a picture's bytes, so that a browser can only ever take them for a picture; they never change."""
    tablet = known_device()
    sites = person().sites("chain.view") if tablet is None else {tablet.site_id}
    picture, content = pictures.picture_bytes(reading(), sites, picture_id, settings().photos)
    response = make_response(content)
    response.content_type = picture.content_type
    response.headers["Content-Disposition"] = f'inline; filename="{picture.sha256[:12]}.webp"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@bp.route("/chain/pictures/add", methods=["GET", "POST"])
@needs("chain.edit")
def add() -> ResponseReturnValue:
    """Add a picture of the `item` or the `defect` in the address."""
    item, defect = _subject()
    form = _form(item, defect)
    if form.ready:
        with saving(form, "chain.add_picture") as session:
            made = pictures.add_picture(
                session, person(), role=form.role.data, photo=clean_photo(form.photo.data.read(), form.frame),
                folder=settings().photos, item_id=item.id if item else None,
                defect_id=defect.id if defect else form.defect_id.data)
        if form.saved:
            flash(gettext("The picture was added."), "success")
            return redirect(url_for("chain_pictures.show", picture_id=made.id) if made.role == "item"
                            else _page_of(item, defect))
    return render_template("chain/picture_add.html", form=form, item=item, defect=defect,
                           back=_page_of(item, defect)), form.status


@bp.route("/chain/pictures/<id:picture_id>", methods=["GET", "POST"])
@needs("chain.view")
def show(picture_id: int) -> ResponseReturnValue:
    """Show a picture with its zones; draw one more."""
    picture = pictures.one_picture(reading(), person(), picture_id)
    form = filled(ZoneForm, x=350, y=350, width=300, height=300)
    if form.ready:
        with saving(form, "chain.draw_zone") as session:
            zones.draw_zone(session, person(), picture_id, name_zh=form.name_zh.data or "",
                            name_en=form.name_en.data or "", frame=form.frame)
        if form.saved:
            flash(gettext("The zone was drawn."), "success")
            return redirect(url_for("chain_pictures.show", picture_id=picture_id))
    return _shown("chain/picture.html", picture, form, back=_page_of(picture.item, picture.defect))


@bp.route("/chain/pictures/<id:picture_id>/remove", methods=["GET", "POST"])
@needs("chain.edit")
def remove(picture_id: int) -> ResponseReturnValue:
    """Take a picture out of use, with a reason."""
    picture = pictures.one_picture(reading(), person(), picture_id)
    form = filled(ReasonForm, rev=picture.rev)
    if form.ready:
        with saving(form, "chain.remove_picture", form.reason.data) as session:
            pictures.remove_picture(session, person(), picture_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("The picture was taken away."), "success")
            return redirect(_page_of(picture.item, picture.defect))
    return _reason(form, gettext("Take the picture away"), _called(picture), picture_id)


@bp.route("/chain/pictures/zones/<id:zone_id>", methods=["GET", "POST"])
@needs("chain.edit")
def edit_zone(zone_id: int) -> ResponseReturnValue:
    """Change a zone's names or place."""
    zone = zones.one_zone(reading(), person(), zone_id)
    picture = pictures.one_picture(reading(), person(), zone.picture_id)
    form = filled(ZoneForm, obj=zone)
    back = url_for("chain_pictures.show", picture_id=picture.id)
    if form.ready:
        with saving(form, "chain.draw_zone") as session:
            zones.edit_zone(session, person(), zone_id, form.read_at, name_zh=form.name_zh.data or "",
                            name_en=form.name_en.data or "", frame=form.frame)
        if form.saved:
            flash(gettext("Saved."), "success")
            return redirect(back)
    return _shown("chain/picture_zone.html", picture, form, zone=zone, back=back)


@bp.route("/chain/pictures/zones/<id:zone_id>/remove", methods=["GET", "POST"])
@needs("chain.edit")
def remove_zone(zone_id: int) -> ResponseReturnValue:
    """Take a zone off its picture, with a reason."""
    zone = zones.one_zone(reading(), person(), zone_id)
    form = filled(ReasonForm, rev=zone.rev)
    if form.ready:
        with saving(form, "chain.remove_zone", form.reason.data) as session:
            zones.remove_zone(session, person(), zone_id, form.read_at, reason=form.reason.data)
        if form.saved:
            flash(gettext("The zone was taken away."), "success")
            return redirect(url_for("chain_pictures.show", picture_id=zone.picture_id))
    return _reason(form, gettext("Take the zone away"), name(zone), zone.picture_id)


def _subject() -> tuple[Item | None, Defect | None]:
    """Return what the address says the picture shows. Raises NotFound when it says nothing."""
    ids = [request.args.get(key, type=id_or_none) for key in ("item", "defect")]
    item = chain.one(reading(), person(), Item, ids[0]) if ids[0] else None
    defect = chain.one(reading(), person(), Defect, ids[1]) if ids[1] else None
    subject = item or defect
    if subject is None:
        raise NotFound
    person().need("chain.edit", site_id=subject.site_id, unit_path="")
    return item, defect


def _form(item: Item | None, defect: Defect | None) -> PictureForm:
    """Return the form of a picture with the roles and defects that fit."""
    form = filled(PictureForm, role="item" if defect is None else "ng")
    if defect is not None:
        form.role.choices = worded({role: ROLES[role] for role in SAMPLES}, form.language)
    found = defects_of(reading(), item.site_id) if item is not None and defect is None else []
    form.defect_id.choices = [SelectChoice("", gettext("None: the item as it is")),
                              *(SelectChoice(str(d.id), f"{d.code} {name(d)}") for d in found)]
    return form


def _page_of(item: Item | None, defect: Defect | None) -> str:
    """Return the address of the page on which a picture is shown."""
    if item is not None:
        return url_for("chain.item", item_id=item.id) + "#pictures"
    return url_for("chain.defect", defect_id=defect.id if defect else 0) + "#pictures"


def _called(picture: Picture) -> str:
    return " · ".join(f"{each.code} {name(each)}" for each in (picture.item, picture.defect) if each is not None)


def _shown(template: str, picture: Picture, form: ZoneForm, **more: Any) -> tuple[str, int]:
    editable = (picture.active and picture.role == "item"
                and person().may("chain.edit", site_id=picture.site_id, unit_path=""))
    return render_template(
        template, picture=picture, form=form, called=_called(picture), ROLES=ROLES, editable=editable,
        history=history(reading(), [("pictures", picture.id), *(("picture_zones", z.id) for z in picture.zones)])[::-1],
        **more), form.status


def _reason(form: ReasonForm, words: str, lead: str, picture_id: int) -> tuple[str, int]:
    back = url_for("chain_pictures.show", picture_id=picture_id)
    return render_template("chain/form.html", form=form, words=words, lead=lead, groups=(("reason",),), button=words,
                           trail=[(gettext("Picture"), back)], back=back), form.status
