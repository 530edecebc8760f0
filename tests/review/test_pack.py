"""A review is read as plain values: times of the site, nothing that only the database knows."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from qms.rules.errors import NotFound
from qms.rules.review_packs import Pack
from qms.rules.review_snapshots import Column, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows import review, review_assembly, review_decisions, review_filling
from qms.workflows.review_pack import pack_of
from tests.review.scene import Scene
from tests.signing import signing

AT = datetime(2026, 3, 31, 17, 30, tzinfo=UTC)
TABLE = Table("t", Words("T", "表"), Words("Q", "口径"), (Column("at", Words("At", "时间"), "date"),), (Row((AT,)),))


def packed(scene: Scene, held, person=None) -> Pack:
    with scene.db.reading() as session:
        return pack_of(session, person or scene.head, held.id, address="https://qms.example")


def test_a_pack_holds_what_was_answered_decided_and_missed(scene: Scene):
    scene.read_off("red")
    held = scene.meeting()
    one = scene.input(held, "audits")
    scene.do(review_filling.put_table, one.id, one.rev, table=TABLE, name="audits.xlsx", sha256="0" * 64)
    scene.do(review_decisions.decide, held.id, output="target", missed=f"{scene.plant.customer}:ppm", body="Sort",
             owner_id=scene.plant.quality_engineer.id, due_on=date(2026, 9, 30))
    pack = packed(scene, held)
    (missed,) = pack.missed
    assert [(plan.body, plan.owner) for plan in pack.plans(missed)] == [("Sort", scene.plant.quality_engineer.name)]
    audits = next(given for given in pack.inputs if given.code == "audits")
    assert (audits.state, audits.imported_name) == ("filled", "audits.xlsx")
    assert audits.tables[0].words == TABLE.words
    assert [given.code for given in pack.inputs if pack.is_owed(given)]
    assert (pack.attendees[0].role, pack.sites[0].zh, pack.demo) == ("chair", "上海工厂", False)
    assert pack.link("/review/1") == "https://qms.example/review/1"
    assert replace(pack, address="").link("/review/1") == ""


def test_times_are_those_of_the_site(scene: Scene):
    held = scene.opened()
    scene.do(review_assembly.keep, held.id, {"stops": Snapshot(tables=(TABLE,))}, freeze=False)
    pack = packed(scene, held)
    stops = next(given for given in pack.inputs if given.code == "stops")
    assert stops.tables[0].rows[0].cells[0] == datetime(2026, 4, 1, 1, 30)  # noqa: DTZ001
    assert pack.assembled_at == scene.at.replace(tzinfo=None, hour=10)


def test_a_signature_says_whether_it_still_holds(scene: Scene):
    held = scene.meeting()
    scene.answered(held)
    held = scene.do(review.settle, held.id, scene.fresh(held).rev, conclusion="Suitable")
    scene.do(review.sign, held.id, held.rev, signing=signing(scene.head, "review"))
    (signed,) = packed(scene, held).signatures
    assert (signed.name, signed.role, signed.meaning) == ("Wang Representative", "management_representative", "review")
    assert (signed.at.tzinfo.key, signed.void_since) == ("Asia/Shanghai", None)


def test_who_sees_no_reviews_gets_no_pack(scene: Scene):
    held = scene.opened()
    with pytest.raises(NotFound):
        packed(scene, held, scene.plant.operator)
