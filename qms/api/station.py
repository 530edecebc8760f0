"""What a tablet reads of its operations: reference data, hand-overs, lots. Decides nothing."""

import hashlib
import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from forms.chain import id_or_none
from qms.rules.errors import Invalid
from qms.web import reading
from qms.web.devices import device, needs_device
from qms.workflows import station_incoming, station_reference

bp = Blueprint("station_api", __name__, url_prefix="/api/v1/station")


@bp.get("/reference")
@needs_device
def reference() -> ResponseReturnValue:
    """Read everything that the tablet may show offline; 304 while it has not changed."""
    return _tagged(station_reference.reference(reading(), device()))


@bp.get("/ready")
@needs_device
def ready() -> ResponseReturnValue:
    """Read the lots that one of the tablet's operations received and has not yet handed on in full."""
    return _tagged(station_incoming.ready(reading(), device(), _unit()))


@bp.get("/handovers/<id:handover_id>")
@needs_device
def card(handover_id: int) -> ResponseReturnValue:
    """Read one hand-over with its form, open holds, earlier rejections and top defects."""
    return _tagged(station_incoming.card(reading(), device(), handover_id))


@bp.get("/lots")
@needs_device
def lot() -> ResponseReturnValue:
    """Find a lot by the number on its label (`number`), and the hand-over of it that waits here."""
    number = request.args.get("number", "").strip()
    if not 1 <= len(number) <= 80:
        raise Invalid("number: 1 to 80 characters.", "number: 1 至 80 个字符。", field="number")
    return _tagged(station_incoming.lot_of(reading(), device(), number))


def _unit() -> int:
    unit = request.args.get("unit", type=id_or_none)
    if unit is None:
        raise Invalid("unit: name an operation of this tablet.", "unit: 请指明该平板的工序。", field="unit")
    return unit


def _tagged(body: dict[str, object]) -> Response:
    """Answer with an ETag of the content, or with 304 when the tablet has just this."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(content, content_type="application/json")
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer
