"""Records from tablets by JSON (protocol A): taken byte for byte, photos beside them, and what became of them.

Recording needs an enrolled tablet and nobody signed in: the record names its author itself. Decides nothing.
"""

import hashlib
from dataclasses import replace
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from forms import rejections_intake_json as shapes
from qms.imports.photos import MOST_BYTES, clean_photo
from qms.models.rejections_intake import Intake, IntakePhoto
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import Doubled, Invalid, RuleError
from qms.rules.rejections import STEPS as REJECTION
from qms.rules.rejections_intake import LARGEST_BODY, found_at, split
from qms.rules.rejections_intake_body import Sent, read
from qms.rules.words import Words
from qms.web import database, needs, person, reading, settings, writing
from qms.web.devices import device, device_writing, needs_device
from qms.web.language import language
from qms.web.openapi import described
from qms.web.requests import close_reading
from qms.workflows import rejections_intake, rejections_intake_own, rejections_intake_photos, rejections_outcomes
from qms.workflows.rejections_intake_authors import author_of
from qms.workflows.rejections_intake_receipts import receipt_of
from qms.workflows.rejections_intake_unparsed import keep_unparsed

bp = APIBlueprint("rejections_intake_api", __name__, url_prefix="/api/v1/rejects")

TOO_LARGE = Words("A record has at most 64 KiB.", "一条记录最多 64 KiB。")
PHOTO_TOO_LARGE = Words("A photo has at most 12 MiB.", "照片最多 12 MiB。")
DAMAGED = Words("These bytes are not those of the header X-Sha256. Send them again.",
                "内容与 X-Sha256 不符, 请重新发送。")
OTHER_BODY = Words("Another record was taken under this id. Both are kept, and somebody compares them.",
                   "此标识下已收到另一条记录。两者均已保留, 将有人核对。")


@bp.put("/<uuid:client_id>")
@described(body=shapes.Record, answers={201: shapes.Receipt, 200: shapes.Receipt, 400: shapes.KeptProblem,
                                        401: shapes.Problem, 409: shapes.KeptProblem, 413: shapes.KeptProblem})
@needs_device
def put(client_id: UUID) -> ResponseReturnValue:
    """Take a record: 201 with its receipt, 200 with the first receipt when the same came before.

    The body is kept byte for byte. 409: another body came under this id, both are kept. 400 and 413: it could not be
    read or is too large; it is kept as it came. Nothing else is refused: `review` names what a person looks at.
    """
    key = str(client_id)
    body, digest = _received(LARGEST_BODY)
    if len(body) > LARGEST_BODY:
        return _unparsed(key, body, digest, Invalid(*TOO_LARGE), 413)
    try:
        sent = read(body, key)
    except Invalid as error:
        return _unparsed(key, body, digest, error, 400)
    taken = _taken(key, body.decode(), digest, sent)
    if taken.conflict is not None:
        return _problem(409, OTHER_BODY, "conflict", id=key, sha256=digest,
                        received_at=rfc3339(taken.conflict.received_at))
    if not taken.is_new:
        current_app.extensions["qms.requests"].duplicates.inc()
    return jsonify(receipt_of(reading(), key).as_json()), 201 if taken.is_new else 200


@bp.put("/<uuid:client_id>/photos/<int:slot>")
@described(body="image/*", answers={201: shapes.PhotoTaken, 200: shapes.PhotoTaken, 400: shapes.Problem,
                                    401: shapes.Problem, 409: shapes.Problem, 413: shapes.Problem, 422: shapes.Problem})
@needs_device
def put_photo(client_id: UUID, slot: int) -> ResponseReturnValue:
    """Take the bytes of a photo, before or after its record: 201, or 200 when the same came before.

    409: another photo has this place. 400: the bytes are not those of X-Sha256. 422: they are no photo.
    """
    key = str(client_id)
    rejections_intake_photos.check_slot(slot)
    content, digest = _received(MOST_BYTES)
    if len(content) > MOST_BYTES:
        return _problem(413, PHOTO_TOO_LARGE, "too_large", id=key)
    if request.headers.get("X-Sha256", "").strip().lower() != digest:
        return _problem(400, DAMAGED, "damaged", id=key)
    before = rejections_intake_photos.taken_before(reading(), key, slot, digest)
    if before is not None:
        return jsonify(_photo(before))
    photo = clean_photo(content)
    with device_writing("rejections.receive_photo") as session:
        taken, is_new = rejections_intake_photos.receive_photo(session, device(), key, slot, photo, settings().photos)
    return jsonify(_photo(taken)), 201 if is_new else 200


@bp.get("/mine")
@described(answers={200: shapes.Reports, 401: shapes.Problem})
@needs_device
@needs()
def mine() -> Response:
    """Read what became of the last 50 reports of whoever is signed in at the tablet, newest first."""
    return jsonify({"reports": [_report(one) for one in rejections_outcomes.outcomes_of(reading(), person())]})


@bp.get("/to-confirm")
@described(answers={200: shapes.Records, 401: shapes.Problem})
@needs_device
@needs()
def to_confirm() -> Response:
    """Read the records made offline in the name of whoever is signed in, which they have not confirmed yet."""
    return jsonify({"records": [_record(one) for one in rejections_intake_own.to_confirm(reading(), person())]})


@bp.post("/<uuid:client_id>/confirm")
@described(answers={200: shapes.Standing, 401: shapes.Problem, 404: shapes.Problem, 409: shapes.Problem})
@needs_device
@needs()
def confirm(client_id: UUID) -> Response:
    """Confirm as its author a record that was made offline."""
    with writing("rejections.confirm_offline") as session:
        confirmed = rejections_intake_own.confirm_own(session, person(), str(client_id))
    return jsonify(_standing(confirmed))


@bp.post("/<uuid:client_id>/not-mine")
@described(answers={200: shapes.Standing, 401: shapes.Problem, 404: shapes.Problem, 409: shapes.Problem})
@needs_device
@needs()
def not_mine(client_id: UUID) -> Response:
    """Deny a record that was made offline in one's name: a leader looks who made it."""
    with writing("rejections.disown") as session:
        denied = rejections_intake_own.disown(session, person(), str(client_id))
    return jsonify(_standing(denied))


def _taken(key: str, body: str, digest: str, sent: Sent) -> rejections_intake.Taken:
    """Take a record as its author; of two equal ones at the same moment the second finds the first."""
    at, _odd = found_at(sent.device_time, sent.skew_ms, utc_now())
    author = author_of(reading(), device(), sent, at)
    actor = replace(author.actor, address=request.remote_addr, request_id=g.request_id)
    close_reading()
    for is_last in (False, True):
        try:
            with database().transaction(actor, "rejections.receive") as session:
                return rejections_intake.receive(session, author, device(), key, body=body, sha256=digest, sent=sent)
        except Doubled:
            if is_last:
                raise
    raise AssertionError


def _unparsed(key: str, body: bytes, digest: str, error: RuleError, status: int) -> ResponseReturnValue:
    """Keep what could not be read, and say why."""
    try:
        with device_writing("rejections.keep_unparsed") as session:
            keep_unparsed(session, device(), key, body, digest, error)
    except Doubled:
        pass  # The same bytes were kept at this very moment.
    return _problem(status, error.words, "unparsed" if status == 400 else "too_large", id=key, sha256=digest)


def _received(most: int) -> tuple[bytes, str]:
    """Return the request's bytes, cut off one byte past `most`, and the SHA-256 of all of them."""
    digest, kept = hashlib.sha256(), bytearray()
    while chunk := request.stream.read(1 << 16):
        digest.update(chunk)
        if len(kept) <= most:
            kept += chunk
    return bytes(kept[: most + 1]), digest.hexdigest()


def _problem(status: int, words: Words, code: str, **more: Any) -> ResponseReturnValue:
    body = {"type": "about:blank", "title": words.to(language()), "title_en": words.en, "title_zh": words.zh,
            "status": status, "code": code, **more}
    return body, status, {"Content-Type": "application/problem+json"}


def _photo(taken: IntakePhoto) -> dict[str, Any]:
    return {"id": taken.client_id, "slot": taken.slot, "sha256": taken.sent_sha256}


def _what(rejection: Any) -> dict[str, Any]:
    item, lot, defect = rejection.item, rejection.lot, rejection.defect
    return {"number": rejection.number, "at": rfc3339(rejection.found_at), "item": item.code if item else None,
            "item_zh": item.name_zh if item else None, "item_en": item.name_en if item else None,
            "lot": lot.number if lot else None, "defect_zh": defect.name_zh if defect else None,
            "defect_en": defect.name_en if defect else None, "quantity": rejection.quantity}


def _record(intake: Intake) -> dict[str, Any]:
    return {"client_id": intake.client_id, **_what(intake.rejection)}


def _report(one: rejections_outcomes.Outcome) -> dict[str, Any]:
    steps = [{"code": code, "at": rfc3339(at) if at else None, "words_en": words.en, "words_zh": words.zh}
             for (code, at), words in zip(one.steps.items(), rejections_outcomes.STEPS.values(), strict=True)]
    state = REJECTION.states[one.rejection.state].words
    return {"id": one.rejection.id, "client_id": one.rejection.client_id, **_what(one.rejection),
            "state": one.rejection.state, "state_en": state.en, "state_zh": state.zh,
            "photos_pending": one.missing_photos, "steps": steps,
            "thanks": [{"at": rfc3339(thanks.at), "note": thanks.note} for thanks in one.thanks]}


def _standing(intake: Intake) -> dict[str, Any]:
    return {"client_id": intake.client_id, "review": split(intake.review),
            "confirmed_at": rfc3339(intake.confirmed_at) if intake.confirmed_at else None}
