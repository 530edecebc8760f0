"""Writes the closure matrix to a sheet and into the trail (R-53), and knows where each proof is shown."""

import hashlib
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from exports.about import About
from exports.actions_closure import NAME, closure_matrix
from qms.db import Database
from qms.jobs.exports import SEVERAL_ZONES, file_name
from qms.jobs.exports_documents import Sent
from qms.jobs.trail_checkpoints import under
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.words import Words
from qms.workflows import actions_closure
from qms.workflows.actions_closure import Closed, Proof
from qms.workflows.exports import record

PAGES = {"actions": "/actions/{}", "stops": "/stops/{}", "rejections": "/rejections/{}", "pictures": "/pictures/{}"}
CASES = Words("Cases", "案件")


def address_of(proof: Proof) -> str:
    """Return where a proof is shown."""
    return PAGES[proof.kind].format(proof.record_id) + (f"#{proof.part}" if proof.part else "")


def write(database: Database, person: Actor, ids: Sequence[int], *, language: str, address: str,
          seed: bytes | None = None) -> Sent:
    """Return the matrix of these closed cases as .xlsx, with the export in the trail. Raises NotAllowed."""
    person.need("exports.run")
    checkpoint = under(database, seed)
    with database.reading() as session:
        cases = actions_closure.matrix(session, person, ids)
        zones = {case.action.site.time_zone for case in cases}
        zone = zones.pop() if len(zones) == 1 else SEVERAL_ZONES
        numbers = ", ".join(case.action.number for case in cases)
        about = About(title=NAME.to(language), zone=zone, generated_by=person.name,
                      generated_at=utc_now().astimezone(ZoneInfo(zone)).replace(tzinfo=None),
                      filters=[(CASES.to(language), numbers)], demo=any(case.action.site.demo for case in cases),
                      checkpoint=checkpoint)
        content = closure_matrix([_told(case, zone, address) for case in cases], language, about)
    name = file_name("closure", ".xlsx")
    with database.transaction(person, "exports.write") as session:
        record(session, person, kind="closure", filters=numbers, rows=len(cases), file_name=name,
               sha256=hashlib.sha256(content).hexdigest())
    return Sent(name, content)


def _told(case: Closed, zone: str, address: str) -> dict[str, Any]:
    action = case.action
    closed = action.closed_at.astimezone(ZoneInfo(zone)).date() if action.closed_at else None
    return {"number": action.number, "title": action.title, "closed_on": closed,
            "link": address + PAGES["actions"].format(action.id),
            "ticks": {tick: (proof.words, address + address_of(proof)) if proof else None
                      for tick, proof in case.proofs.items()}}
