"""How a person decides that a report of a production log, which repeats another one, is the same report twice.

Until then it counts as a report of its own: nothing that carries pieces is dropped silently. Knows no file.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.chain import Item, Link, Site
from qms.models.imports import ProductionReport
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, NotFound
from qms.rules.imports import PERMISSION
from qms.rules.production import OUTCOMES, WORK
from qms.rules.rejections import check_reason
from qms.workflows import rejections
from qms.workflows.imports_derivation import derive
from qms.workflows.imports_production import Shop
from qms.workflows.rejections_records import check_version

SHOWN = 200


def repeats(session: Session, import_id: int) -> Sequence[ProductionReport]:
    """Return the reports of an import that repeat another one and carry pieces, in the order of the file."""
    row = ProductionReport
    return session.scalars(
        select(row).where(row.import_id == import_id, row.repeated, row.kind == WORK,
                          or_(row.completed > 0, row.rejected > 0, row.for_review > 0))
        .options(joinedload(row.lot), joinedload(row.unit)).order_by(row.line).limit(SHOWN)).all()


def one(session: Session, person: Actor, report_id: int) -> ProductionReport:
    """Return a repeated report of a site where the person may import. Raises NotFound."""
    found = session.get(ProductionReport, report_id)
    if found is None or not found.repeated or not person.may(PERMISSION, site_id=found.site_id):
        raise NotFound
    return found


def declare_double(session: Session, person: Actor, report_id: int, rev: int, *, reason: str | None) -> None:
    """Say that a repeated report is the same one twice, and bring its lot's records to what is left.

    Its rejections become void and keep their numbers (R-43); one that was disposed of already refuses. Raises
    Refused, Stale, IllegalStep, NotAllowed, NotFound.
    """
    report = one(session, person, report_id)
    person.need(PERMISSION, site_id=report.site_id)
    reason = check_reason(reason)
    check_version(report, rev, {"double_reason": reason})
    if report.double_reason is not None:
        raise IllegalStep("This report was declared a double already.", "此报工已裁定为重复。")
    report.double_reason, report.double_by_id, report.double_at = reason, person.id, now(session)
    session.flush()
    for found in session.scalars(select(Rejection).where(
            Rejection.source_key.in_([f"{report.source_key}:{outcome}" for outcome in OUTCOMES]),
            Rejection.state != "void")):
        rejections.void(session, person, found.id, found.rev, reason=reason)
    shop = Shop(session.get_one(Site, report.site_id), {}, {"": session.get_one(Item, report.lot.item_id)})
    links = session.scalars(select(Link).where(Link.site_id == report.site_id)).all()
    derive(session, person, report.import_id, shop, links, [report.lot.number])
