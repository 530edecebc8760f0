"""How the rejections of work orders are brought up to what their reports say. Knows no file."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from qms.db import Record, now
from qms.models.acceptance import Handover
from qms.models.rejections import Hold, OriginStatement, Passage, Rejection
from qms.rules.escapes import escape_class
from qms.rules.production import Finding
from qms.rules.rejections import UNCODED_SEVERITY
from qms.workflows.imports_derived import Derivation, correct
from qms.workflows.numbers import REJECTION

SETTLED_BY_LOG = frozenset({"unknown", "assumed"})


def bring_rejections(work: Derivation, findings: Sequence[Finding], handovers: dict[str, Handover]) -> None:
    """Make a held rejection of each finding; where one is there, correct the origin that the log assumes."""
    wanted = {f"{finding.report.key}:{finding.outcome}": finding for finding in findings}
    known = {
        row.source_key or "": row
        for row in work.session.scalars(select(Rejection).where(Rejection.source_key.in_(list(wanted))))
    }
    fresh = [key for key in wanted if key not in known]
    made = []
    for key, number in zip(fresh, work.numbers(REJECTION, len(fresh)), strict=True):
        finding = wanted[key]
        lot = work.lots[int(finding.work_order)]
        incoming = handovers.get(finding.found.reports[0].key) if finding.found.inspection else None
        made.append(
            Rejection(
                site_id=work.site.id,
                year=number.year,
                serial=number.serial,
                number=number.text,
                state="held",
                kind="not_accepted" if finding.found.inspection else "not_made",
                item_id=lot.item_id,
                lot_id=lot.id,
                quantity=finding.quantity,
                for_review=finding.outcome == "mrb",
                severity=UNCODED_SEVERITY,
                link_id=incoming.link_id if incoming else None,
                handover_id=incoming.id if incoming else None,
                found_at=finding.report.complete,
                received_at=now(work.session),
                reported_by_id=work.person.id,
                source="import",
                source_key=key,
                import_id=work.run_id,
                **_origin(work, finding),
                search_text=work.text(number.text, lot.id, int(finding.found.operation)),
            )
        )
    work.keep(made)
    work.keep([part for key, row in zip(fresh, made, strict=True) for part in _held(work, row, wanted[key])])
    for key in wanted.keys() - set(fresh):
        _correct_origin(work, known[key], wanted[key])


def _origin(work: Derivation, finding: Finding) -> dict[str, Any]:
    found = work.units[int(finding.found.operation)]
    steps = finding.distance
    return {
        "found_unit_id": found.id,
        "origin_unit_id": int(finding.origin.operation) if finding.origin else None,
        "origin_state": "assumed" if finding.origin else "unknown",
        "escape_steps": steps,
        "escape_class": escape_class(steps, final=found.final, outside=False, in_field=False),
    }


def _held(work: Derivation, rejection: Rejection, finding: Finding) -> list[Record]:
    hold = Hold(
        rejection_id=rejection.id, lot_id=rejection.lot_id, quantity=rejection.quantity, held_at=now(work.session)
    )
    return [hold, *_statement(work, rejection, finding)]


def _statement(work: Derivation, rejection: Rejection, finding: Finding) -> list[Record]:
    """Return what is said of the origin, and the operations that the pieces passed since."""
    if finding.origin is None:
        return []
    order = finding.passed
    said = OriginStatement(
        rejection_id=rejection.id,
        state="assumed",
        unit_id=rejection.origin_unit_id,
        person_id=work.person.id,
        at=now(work.session),
    )
    return [
        said,
        *(
            Passage(rejection_id=rejection.id, position=place, unit_id=int(name), detectable=False, active=True)
            for place, name in enumerate(order, 1)
        ),
    ]


def _correct_origin(work: Derivation, rejection: Rejection, finding: Finding) -> None:
    """Assume the origin that the log shows now, unless a person has spoken of it, which needs a reason."""
    fresh = _origin(work, finding)
    if rejection.origin_state not in SETTLED_BY_LOG or rejection.origin_unit_id == fresh["origin_unit_id"]:
        return
    spoken = select(OriginStatement.id).where(
        OriginStatement.rejection_id == rejection.id, OriginStatement.reason.is_not(None)
    )
    if work.session.scalar(spoken.limit(1)) is not None:
        return
    for passage in work.session.scalars(select(Passage).where(Passage.rejection_id == rejection.id)):
        passage.active = False
    correct(rejection, fresh)
    work.keep(_statement(work, rejection, finding))
