"""A repeated report counts twice until a person says that it is the same one."""

import pytest
from sqlalchemy import select

from qms.models.acceptance import Handover
from qms.models.imports import ProductionReport
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, NotFound, Refused, Stale
from qms.workflows import imports_repeats
from tests.imports.production_logs import log, row
from tests.imports.test_load_production import load  # noqa: F401

CHECKED = {"activity": "Milling Q.C.", "at": 30, "done": 8, "Qty Rejected": 2}


@pytest.fixture
def twice(load):  # noqa: F811
    """A work order whose inspection was reported twice, cell by cell; returns the import."""
    load(log(row(at=0, done=20), row(**CHECKED), row(**CHECKED)))
    return load.id


def told(db):
    """Return (pieces handed over, pieces rejected) of the one work order."""
    with db.reading() as session:
        return (session.scalars(select(Handover.quantity)).all(),
                session.scalars(select(Rejection.quantity).where(Rejection.state != "void")).all())


def repeated(db):
    with db.reading() as session:
        found = session.scalars(select(ProductionReport).where(ProductionReport.repeated)).one()
        return found.id, found.rev, found.import_id


def declare(db, person, reason="Both carry the same operator and card"):
    report_id, rev, _ = repeated(db)
    with db.transaction(person, "imports.declare_double") as session:
        imports_repeats.declare_double(session, person, report_id, rev, reason=reason)


def test_a_repeat_counts_until_it_is_declared_a_double(db, twice):
    assert told(db) == ([20], [2, 2])
    declare(db, SYSTEM)
    assert told(db) == ([20], [2])


def test_r43_a_double_needs_a_reason_and_its_rejection_keeps_its_number(db, twice):
    with pytest.raises(Refused, match="reason"):
        declare(db, SYSTEM, reason=" ")
    declare(db, SYSTEM)
    with db.reading() as session:
        numbers = session.scalars(select(Rejection.number).order_by(Rejection.id)).all()
        assert [number[-1] for number in numbers] == ["1", "2"]
        assert session.scalars(select(Rejection.void_reason)).all().count(None) == 1


def test_a_double_is_declared_once_and_at_the_version_that_was_read(db, twice):
    report_id, rev, _ = repeated(db)
    declare(db, SYSTEM)
    for read_at, refusal in ((rev, Stale), (rev + 1, IllegalStep)):
        with pytest.raises(refusal), db.transaction(SYSTEM, "imports.declare_double") as session:
            imports_repeats.declare_double(session, SYSTEM, report_id, read_at, reason="again")


def test_a_report_that_repeats_nothing_is_no_double(db, twice):
    with db.reading() as session:
        first = session.scalars(select(ProductionReport.id).where(~ProductionReport.repeated)).first()
    with pytest.raises(NotFound), db.transaction(SYSTEM, "imports.declare_double") as session:
        imports_repeats.declare_double(session, SYSTEM, first, 1, reason="x")


def test_the_same_file_again_brings_the_double_not_back(db, load, twice):  # noqa: F811
    declare(db, SYSTEM)
    load(log(row(at=0, done=20), row(**CHECKED), row(**CHECKED)))
    assert told(db) == ([20], [2])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_the_import_lists_repeats_and_takes_the_decision(db, plant, sign_in, page, twice, language):
    browser = sign_in("quality_manager", language)
    _report_id, rev, import_id = repeated(db)
    shown = page(browser, f"/imports/{import_id}")
    address = next(a.get("href") for a in shown.find(".//a") if a.get("href", "").endswith("/double"))
    assert page(browser, address, {"rev": rev, "reason": ""}, status=422)
    after = page(browser, address, {"rev": rev, "reason": "Same card"})
    assert "Same card" in after.text
    assert told(db) == ([20], [2])
