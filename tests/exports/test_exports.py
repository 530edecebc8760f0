"""What leaves the database is exactly what the register shows, in both languages, and is in the trail."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from exports import acceptance as acceptance_columns
from exports import rejections as rejections_columns
from qms.db.ledger import ledger
from qms.jobs import exports as jobs
from qms.models.chain import Site
from qms.models.rejections import Rejection
from qms.models.trail import Export
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.workflows import acceptance_register, rejections_register
from qms.workflows.exports_filters import fields_of, filter_of, query_of, told
from tests.rejections.cases import reported

Ledger, Handovers = rejections_register.Filter, acceptance_register.Filter
FOUND_AT = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)


@pytest.fixture
def rejections(db, plant):
    """Seven rejections, one of them void."""
    made = [reported(db, plant, found_at=FOUND_AT + timedelta(days=n), quantity=n + 1,
                     **({"defect_id": plant.scratch} if n % 2 else {}), note="=1+1" if n == 0 else None)
            for n in range(7)]
    with db.transaction(plant.quality_engineer, "tests.void") as session:
        record = session.get_one(Rejection, made[6].id)
        record.state, record.void_reason = "void", "counted twice"
    return made


def exported(db, person, tmp_path, what="ledger", wanted=None, *, suffix=".xlsx", language="en", address=""):
    target = tmp_path / f"out{suffix}"
    wanted = wanted or (Ledger() if what == "ledger" else Handovers())
    return target, jobs.write(db, person, what, wanted, target=target, language=language, address=address)


def rows_of(target, language="en", name=rejections_columns.NAME):
    rows = list(load_workbook(target)[name.to(language)].values)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def csv_rows_of(target):
    return list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))


def shown(db, person, wanted):
    with db.reading() as session:
        page = rejections_register.page(session, person, wanted, size=1000)
        return {row.number: row.quantity for row in page.rows}


def filters(plant):
    return [Ledger(), Ledger(state="held"), Ledger(state="void"), Ledger(defect_id=plant.scratch),
            Ledger(site_id=plant.site, found_unit_id=plant.weld), Ledger(origin_unit_id=plant.paint),
            Ledger(first=date(2026, 3, 6), last=date(2026, 3, 8)), Ledger(sought="毛刺"), Ledger(sought="L-0001 划伤"),
            Ledger(last=date(2026, 3, 5), state="held"), Ledger(kind="not_made")]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_rows_and_totals_are_those_of_the_register_under_every_filter(db, plant, rejections, tmp_path, suffix):
    for wanted in filters(plant):
        target, sent = exported(db, plant.auditor, tmp_path, wanted=wanted, suffix=suffix)
        rows = rows_of(target) if suffix == ".xlsx" else csv_rows_of(target)
        register = shown(db, plant.auditor, wanted)
        assert {row["No."]: int(row["Nonconforming quantity"]) for row in rows} == register, wanted
        assert sent.rows == len(rows) == len(register), wanted


def test_the_filters_keep_different_rows(db, plant, rejections):
    kept = [tuple(shown(db, plant.auditor, wanted)) for wanted in filters(plant)]
    assert len(set(kept)) >= 7
    assert all(kept[:5])


@pytest.mark.parametrize(("language", "kind", "state", "defect", "unit"), [
    ("zh", "不接受", "已冻结", "毛刺", "OP20 焊接"), ("en", "Not accepted", "Held", "Burr", "OP20 Weld")])
def test_a_line_is_in_the_readers_language_and_the_sites_time(db, plant, rejections, tmp_path, *, language, kind, state,
                                                             defect, unit):
    target, _ = exported(db, plant.auditor, tmp_path, language=language, address="https://qms.example")
    line = rows_of(target, language)[0]
    heads = {column.key: column.head(language, "Asia/Shanghai") for column in rejections_columns.COLUMNS}
    told_of = {key: line[head] for key, head in heads.items()}
    assert told_of["found_at"] == datetime.fromisoformat("2026-03-05 00:30:00")
    assert told_of["note"] == "=1+1"
    assert (told_of["kind"], told_of["state"], told_of["defect_name"], told_of["found_at_unit"]) == (
        kind, state, defect, unit)
    assert (told_of["number"], told_of["quantity"], told_of["held_quantity"]) == (rejections[0].number, 1, 1)
    assert told_of["lot"] == "L-0001"
    links = load_workbook(target)[rejections_columns.NAME.to(language)]
    assert links.cell(2, len(heads)).hyperlink.target == f"https://qms.example/rejections/{rejections[0].id}"


def test_40000_characters_and_odd_signs_leave_whole(db, plant, tmp_path):
    note = "划" * 40_000 + "\n=cmd|'/c calc'!A1"
    reported(db, plant, note=note, found_at=FOUND_AT)
    target, _ = exported(db, plant.auditor, tmp_path)
    cell = rows_of(target)[0]["Note"]
    rests = [text for label, text in load_workbook(target)["About"].iter_rows(values_only=True)
             if label.startswith("Continued: row 2, Note")]
    assert cell.partition(" …[")[0] + "".join(rests) == note


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_r53_an_export_is_in_the_trail_with_filter_rows_and_hash(db, plant, rejections, tmp_path, suffix):
    target, sent = exported(db, plant.auditor, tmp_path, wanted=Ledger(state="held", sought="毛刺"), suffix=suffix)
    with db.reading() as session:
        kept = session.scalars(select(Export)).one()
        entry = session.scalars(select(ledger.c.entry).where(ledger.c.entity == "exports")).one()
    assert (kept.kind, kept.person_id, kept.rows, kept.file_name) == ("ledger", plant.auditor.id, 3, target.name)
    assert kept.filters == query_of(Ledger(state="held", sought="毛刺"))
    assert kept.sha256 == sent.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert "R-53" in (entry if isinstance(entry, str) else bytes(entry).decode())


def test_who_may_not_export_gets_no_file(db, plant, rejections, tmp_path):
    with pytest.raises(NotAllowed):
        exported(db, plant.operator, tmp_path)
    with pytest.raises(NotAllowed):
        exported(db, plant.admin, tmp_path, "handovers")
    assert list(tmp_path.iterdir()) == []


def test_another_sites_rows_stay_there(db, plant, rejections, tmp_path):
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="BJ", name_zh="北京工厂", name_en="Beijing plant", time_zone="Asia/Shanghai")
        session.add(other)
        session.flush()
        elsewhere = Actor(plant.auditor.id, "elsewhere", (Grant(1, "auditor", site_id=other.id),))
    assert exported(db, elsewhere, tmp_path)[1].rows == 0
    with pytest.raises(NotFound):
        exported(db, elsewhere, tmp_path, wanted=Ledger(site_id=plant.site))


def test_when_the_trail_refuses_no_file_is_left(db, plant, rejections, tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(jobs, "record", full)
    with pytest.raises(OSError, match="disk full"):
        exported(db, plant.auditor, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_kinds_of_file_are_refused(db, plant, tmp_path):
    with pytest.raises(Invalid):
        exported(db, plant.auditor, tmp_path, suffix=".ods")


def test_sites_in_several_zones_are_written_in_utc(db, plant, rejections, tmp_path):
    with db.transaction(SYSTEM, "tests.site") as session:
        session.add(Site(code="DE", name_zh="德国工厂", name_en="German plant", time_zone="Europe/Berlin"))
    target, _ = exported(db, plant.auditor, tmp_path)
    assert rows_of(target)[0]["Found at [UTC]"] == datetime.fromisoformat("2026-03-04 16:30:00")
    target, _ = exported(db, plant.auditor, tmp_path, wanted=Ledger(site_id=plant.site))
    assert rows_of(target)[0]["Found at [Asia/Shanghai]"] == datetime.fromisoformat("2026-03-05 00:30:00")


def test_demo_data_is_marked(db, plant, rejections, tmp_path):
    with db.transaction(SYSTEM, "tests.demo") as session:
        session.get_one(Site, plant.site).demo = True
    target, _ = exported(db, plant.auditor, tmp_path)
    assert any("DEMO DATA" in str(content) for _, content in load_workbook(target)["About"].values)


@pytest.mark.parametrize("wanted", [
    Ledger(), Ledger(state="held", site_id=3, first=date(2026, 1, 2), sought="a=b&c 划伤", by_found=True),
    Handovers(again=True, link_id=7, zone="Europe/Berlin")])
def test_a_filter_comes_back_from_its_fields(wanted):
    assert filter_of(type(wanted), fields_of(wanted)) == wanted


@pytest.mark.parametrize("fields", [
    {"site_id": "1 OR 1=1"}, {"site_id": "-1"}, {"site_id": "9" * 20}, {"first": "2026-13-01"}, {"lot_id": "１"}])
def test_a_field_that_means_nothing_is_refused_by_name(fields):
    with pytest.raises(Invalid) as refusal:
        filter_of(Ledger, fields)
    assert refusal.value.field == next(iter(fields))


def test_a_filter_is_told_in_words(db, plant):
    wanted = Ledger(site_id=plant.site, state="held", defect_id=plant.burr, link_id=plant.press_weld, lot_id=plant.lot,
                    found_unit_id=plant.weld, first=date(2026, 1, 2), sought="毛刺", by_found=True)
    with db.reading() as session:
        words = dict(told(session, wanted, jobs.REGISTERS["ledger"].meanings, "zh"))
    assert words == {"工厂": "SH 上海工厂", "状态": "已冻结", "缺陷": "D01 毛刺", "发现工序": "OP20 焊接",
                     "链接": "OP10 冲压 → OP20 焊接", "批次": "L-0001", "起始日期": "2026-01-02", "搜索": "毛刺"}


def test_the_lines_have_exactly_the_keys_of_the_columns(db, plant, rejections):
    from zoneinfo import ZoneInfo

    from qms.workflows import rejections_ledger

    with db.reading() as session:
        lines = list(rejections_ledger.lines(session, plant.auditor, Ledger(), "en", ZoneInfo("UTC"), ""))
    assert set(lines[0]) - {"id"} == {column.key for column in rejections_columns.COLUMNS}
    assert acceptance_columns.COLUMNS[0].key == rejections_columns.COLUMNS[0].key == "number"
