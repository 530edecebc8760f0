"""Records that were carried from a tablet by hand (protocol A11), by JSON. Decides nothing."""

import json
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from forms.base_json import Body
from qms.imports.rejections_intake_by_hand import read_codes, read_file
from qms.rules.rejections_intake_by_hand import MOST, OUTCOMES
from qms.web import needs, person, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import rejections_intake_by_hand as by_hand

bp = Blueprint("rejections_intake_by_hand_api", __name__, url_prefix="/api/v1/rejects/by-hand")


class Written(BaseModel):
    """A record as the file of a tablet holds it; what else stands in the file is not read."""

    body: str = Field(max_length=200_000)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class ByHand(Body):
    """The records of a file that a tablet wrote, the text of the codes that it showed, or both."""

    records: list[Written] = Field(default_factory=list, max_length=MOST)
    codes: str = Field(default="", max_length=2_000_000)


@bp.post("")
@needs("rejections.review")
@takes(ByHand)
def take_in() -> ResponseReturnValue:
    """Take records in that were carried by hand, and tell what became of each.

    The same again changes nothing. `wrong` names what was not whole or could not be read.
    """
    sent = read_body(ByHand)
    scanned = read_codes(sent.codes)
    file = read_file(json.dumps(sent.model_dump(include={"records"})).encode()) if sent.records else scanned._replace(
        records=[], wrong=[])
    with writing("rejections.take_in_by_hand") as session:
        outcomes = by_hand.take_in(session, person(), [*file.records, *scanned.records])
    wrong = [*file.wrong, *scanned.wrong]
    return jsonify({"outcomes": [_told(one) for one in outcomes], "wrong": [{"en": w.en, "zh": w.zh} for w in wrong]})


def _told(one: by_hand.Outcome) -> dict[str, Any]:
    words = OUTCOMES[one.code][0]
    return {"id": one.client_id, "device": one.device, "device_seq": one.seq, "outcome": one.code,
            "words_en": words.en, "words_zh": words.zh}
