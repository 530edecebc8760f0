"""Tags for held product, on paper and as labels, each with a QR code of its record. Decides nothing."""

from functools import lru_cache

import segno
from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from forms.chain import id_or_none
from qms.models.rejections import Rejection
from qms.rules import rejections as rules
from qms.rules.errors import Invalid
from qms.web import needs, person, reading
from qms.workflows import rejections_shown

bp = Blueprint("rejections_tags", __name__, url_prefix="/rejections")

MOST_TAGS = 60


@bp.get("/tags")
@needs("rejections.view")
def sheet() -> str:
    """Show the tags of the rejections `id`, several to a sheet of A4."""
    try:
        ids = [found for text in request.args.getlist("id") if (found := id_or_none(text)) is not None]
    except ValueError as error:
        raise Invalid("This is no list of rejections.", "这不是不合格记录的列表。", field="id") from error
    return _tags(rejections_shown.several(reading(), person(), ids[:MOST_TAGS]), label=False)


@bp.get("/<id:rejection_id>/label")
@needs("rejections.view")
def label(rejection_id: int) -> str:
    """Show one tag as a label of 100 x 60 mm."""
    return _tags([rejections_shown.whole(reading(), person(), rejection_id)], label=True)


def _tags(found: list[Rejection], *, label: bool) -> str:
    codes = {r.id: qr_code(url_for("rejections.show", rejection_id=r.id, _external=True)) for r in found}
    return render_template("rejections/tags.html", rejections=found, codes=codes, label=label, REJECTION=rules)


@lru_cache(maxsize=256)
def qr_code(address: str) -> Markup:
    """Return an address as a QR code, drawn in SVG."""
    svg: str = segno.make_qr(address, error="m").svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True)
    return Markup(svg)  # noqa: S704
