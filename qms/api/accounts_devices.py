"""A tablet's own addresses: enrolled by a code, who it is, its heartbeat. Decides nothing."""

from dataclasses import replace
from typing import Annotated, Any

import structlog
from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from forms.base_json import Body
from qms.models.accounts_devices import Device
from qms.models.chain import Site, Unit
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import Invalid, NotFound
from qms.web import database, public, reading
from qms.web.bodies import read_body
from qms.web.devices import device, device_cookie_name, device_writing, keep_credential, needs_device
from qms.web.openapi_routes import takes
from qms.web.requests import close_reading
from qms.workflows import accounts_contacts as contacts
from qms.workflows import accounts_devices as devices
from qms.workflows import accounts_devices_enrolling as enrolling
from qms.workflows.accounts_contacts_hearing import hearing

bp = Blueprint("devices_api", __name__, url_prefix="/api/v1/devices")

OLDEST_FORM = 1
"""Form of a record below which a tablet has to load the app anew; what it holds is still taken."""
LARGEST = 2**31 - 1
log = structlog.get_logger()
Seq = Annotated[int, Field(ge=1, le=LARGEST)]


class Enrol(Body):
    """The code a tablet scanned and what it says of itself."""

    code: str = Field(min_length=1, max_length=100)
    app_version: str | None = Field(default=None, max_length=40)
    installed: bool | None = None
    persisted: bool | None = None


class SeenHead(Body):
    """The end of the trail that the tablet saw last."""

    size: int = Field(ge=0, le=2**62)
    hash: str = Field(pattern="^[0-9a-f]{64}$")


class RefusedRecord(BaseModel):
    """A record that the server refused and the tablet keeps."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(max_length=36)
    status: int = Field(ge=0, le=999)
    error: str = Field(default="", max_length=500)


class Heartbeat(BaseModel):
    """What a tablet says of itself. A field of a newer app is not known here, and is let be."""

    model_config = ConfigDict(extra="ignore")

    last_seq: int = Field(ge=0, le=LARGEST)
    waiting: int = Field(ge=0, le=LARGEST)
    attention: int = Field(default=0, ge=0, le=LARGEST)
    waiting_seqs: list[Seq] = Field(default_factory=list, max_length=contacts.MOST_SEQS)
    refused: list[RefusedRecord] = Field(default_factory=list, max_length=1000)
    oldest_at: AwareDatetime | None = None
    persisted: bool | None = None
    installed: bool | None = None
    quota_percent: int | None = Field(default=None, ge=0, le=1000)
    skew_ms: int | None = Field(default=None, ge=-LARGEST, le=LARGEST)
    app_version: str | None = Field(default=None, max_length=40)
    head: SeenHead | None = None
    let_go: list[str] = Field(default_factory=list, max_length=1000)
    checkpoint: str | None = Field(default=None, max_length=2000)


@bp.post("/enrol")
@public
@takes(Enrol)
def enrol() -> ResponseReturnValue:
    """Enrol the tablet that sends a code which a leader showed: 201, who it is, and its credential as a cookie."""
    sent = read_body(Enrol)
    enrolling.refuse_guessing(reading(), request.remote_addr)
    close_reading()
    scanned = replace(SYSTEM, method="enrolment", address=request.remote_addr, request_id=g.request_id)
    facts = enrolling.Facts(sent.app_version, sent.installed, sent.persisted, request.user_agent.string)
    try:
        with database().transaction(scanned, "accounts.enrol") as session:
            made, token = enrolling.enrol(session, sent.code, facts)
    except Invalid:
        with database().transaction(scanned, "accounts.wrong_code") as session:
            enrolling.note_wrong_code(session, request.remote_addr)
        raise
    answer = jsonify(_told(made.id))
    answer.status_code = 201
    keep_credential(answer, token)
    return answer


@bp.get("/me")
@needs_device
def me() -> Response:
    """Read which tablet this is, what it serves and which number it gives next."""
    return jsonify(_told(device().id))


@bp.post("/heartbeat")
@needs_device
@takes(Heartbeat)
def heartbeat() -> Response:
    """Take in what the tablet says of itself and tell what it has to do."""
    sent = read_body(Heartbeat)
    said = contacts.Said(**{name: getattr(sent, name) for name in Heartbeat.model_fields
                            if name not in {"last_seq", "head", "refused"}},
                         last_seq=max([sent.last_seq, *sent.waiting_seqs]),
                         head=contacts.Head(sent.head.size, sent.head.hash) if sent.head else None,
                         refused=[each.model_dump() for each in sent.refused],
                         agent=request.user_agent.string[:300])
    with device_writing("accounts.contact") as session:
        answer = contacts.contact(session, device(), said)
        successor = devices.rotated(session, device().id, request.cookies.get(device_cookie_name(), ""))
    if answer.reoffer:
        log.warning("the server lacks what a tablet sent, and asks it to send 30 days again", device=device().name,
                    seen=sent.head.size if sent.head else 0, entries=answer.head.size if answer.head else 0)
    at = utc_now()
    is_heard, words = hearing(reading(), device(), at)
    response = jsonify({
        "server_time": rfc3339(at), "next_seq": answer.next_seq,
        "head": {"size": answer.head.size, "hash": answer.head.hash} if answer.head else None,
        "discard": list(answer.discard), "reoffer": answer.reoffer, "min_version": OLDEST_FORM,
        "checkpoint": answer.checkpoint,
        "hearing": {"ok": is_heard, "words_en": words.en, "words_zh": words.zh}})
    if successor is not None:
        keep_credential(response, successor)
    return response


def _told(device_id: int) -> dict[str, Any]:
    """Return what a tablet is told about itself. Raises NotFound."""
    session = reading()
    found = session.execute(select(Device, Site).join(Site, Site.id == Device.site_id)
                            .where(Device.id == device_id)).first()
    if found is None:
        raise NotFound
    held, site = found
    units = session.scalars(select(Unit).where(Unit.id.in_(
        [served.unit_id for served in held.units if served.active])).order_by(Unit.code))
    return {
        "device": {"id": held.public_id, "name": held.name,
                   "site": {name: getattr(site, name) for name in ("id", "code", "name_zh", "name_en", "time_zone")},
                   "units": [{name: getattr(unit, name) for name in ("id", "code", "name_zh", "name_en")}
                             for unit in units]},
        "next_seq": devices.next_seq(session, device_id)}
