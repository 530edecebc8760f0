"""Nothing that is stored leads from an answer to a token, a person or a time."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy import DateTime, inspect, select, text

from qms.db import Base, record_classes
from qms.db.ledger import ledger
from qms.db.types import UtcTime
from qms.models.satisfaction_answers import SurveyKiosk, SurveyRemark, SurveySheet, SurveyToken
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows import satisfaction, satisfaction_answering
from tests.satisfaction.scene import Scene

KEPT_APART = (SurveyToken, SurveyKiosk, SurveySheet, SurveyRemark)


def columns(cls: Any) -> Mapping[str, Any]:
    return {c.name: c for c in cls.__table__.columns}


def test_no_table_of_answers_or_tokens_is_a_record_table():
    assert not {cls.__tablename__ for cls in KEPT_APART} & set(record_classes())


def test_no_column_holds_a_time_a_person_or_a_device():
    for cls in KEPT_APART:
        for name, column in columns(cls).items():
            assert not isinstance(column.type, (DateTime, UtcTime)), name
            assert not any(word in name for word in ("person", "device", "sign_in", "address", "at", "on")
                           if name == word or name.endswith(f"_{word}") or name.startswith(f"{word}_")), name


def test_no_foreign_key_leads_from_answers_to_tokens_or_back():
    for cls in KEPT_APART:
        assert {k.column.table.name for c in columns(cls).values() for k in c.foreign_keys} == {"survey_targets"}
    others = [t for t in Base.metadata.tables.values() if t.name not in {c.__tablename__ for c in KEPT_APART}]
    reached = {k.column.table.name for t in others for c in t.columns for k in c.foreign_keys}
    assert not reached & {cls.__tablename__ for cls in KEPT_APART}


def test_keys_are_random_and_rows_keep_no_order_of_their_own(scene: Scene):
    survey = scene.opened()
    for number, one in enumerate(scene.invited(survey)):
        scene.answer(one.token, number % 5 + 1, comment=f"Remark {number}")
    with scene.db.reading() as session:
        keys = list(session.scalars(select(SurveySheet.key)))
        remarks = list(session.scalars(select(SurveyRemark.key)))
        assert not set(keys) & set(remarks)
        assert all(len(key) == 32 for key in keys)
        if scene.db.is_sqlite:
            for cls in KEPT_APART:
                with pytest.raises(Exception, match="rowid"):
                    session.execute(text(f"SELECT rowid FROM {cls.__tablename__}"))


def test_answering_writes_nothing_to_the_trail(scene: Scene):
    survey = scene.opened()
    tokens = scene.invited(survey)
    with scene.db.reading() as session:
        before = session.scalar(select(ledger.c.seq).order_by(ledger.c.seq.desc()).limit(1))
    for one in tokens:
        scene.answer(one.token, 3, comment="Confidential words")
    with scene.db.reading() as session:
        assert session.scalar(select(ledger.c.seq).order_by(ledger.c.seq.desc()).limit(1)) == before
    scene.published(survey)
    with scene.db.reading() as session:
        entries = [orjson.loads(e) for e in session.scalars(select(ledger.c.entry).where(ledger.c.seq > before))]
        keys = list(session.scalars(select(SurveySheet.key)))
    assert {e["entity"] for e in entries} == {"survey_targets", "surveys", "survey_results", "survey_comments"}
    told = b"\n".join(orjson.dumps(e) for e in entries).decode()
    for secret in (*keys, *(one.token for one in tokens), *(
            satisfaction_answering.hashed(one.token) for one in tokens)):
        assert secret not in told


def test_a_spent_token_leaves_no_row_and_is_not_taken_twice(scene: Scene):
    survey = scene.opened()
    tokens = scene.invited(survey)
    scene.answer(tokens[0].token)
    assert scene.count(SurveyToken) == len(tokens) - 1
    assert scene.count(SurveySheet) == 1
    with pytest.raises(NotFound):
        scene.answer(tokens[0].token)
    assert scene.count(SurveySheet) == 1


def test_a_refused_answer_does_not_spend_its_token(scene: Scene):
    one = scene.invited(scene.opened())[0]
    for wrong in ({"QUALITY": 6}, {"NO_SUCH": 3}, {"COMMENT": 3}, {"QUALITY.w": "dk"}, {"OVERALL.w": 3}):
        with pytest.raises(Invalid):
            scene.answer(one.token, **wrong)
    assert scene.count(SurveySheet) == 0
    scene.answer(one.token)
    assert scene.count(SurveySheet) == 1


def test_only_hashes_of_tokens_are_kept(scene: Scene):
    made = scene.invited(scene.opened())
    with scene.db.reading() as session:
        held = set(session.scalars(select(SurveyToken.token_hash)))
    assert not held & {one.token for one in made}
    assert held == {satisfaction_answering.hashed(one.token) for one in made}
    assert all(len(one.token) >= 43 for one in made), "256 bit in base 64"


def test_making_the_links_again_stops_those_that_were_not_used(scene: Scene):
    survey = scene.opened()
    first = scene.invited(survey)
    scene.answer(first[0].token)
    second = scene.invited(survey)
    assert len(second) == len(first) - 1
    with pytest.raises(NotFound):
        scene.answer(first[1].token)
    scene.answer(second[0].token)


def test_closing_destroys_tokens_and_kiosks_and_writes_answers_anew_in_one_transaction(scene: Scene):
    survey = scene.opened()
    tokens = scene.invited(survey)
    scene.do(satisfaction.start_kiosk, survey.id, unit_id=scene.plant.weld, places=3)
    for one in tokens[:12]:
        scene.answer(one.token, comment="Words")
    with scene.db.reading() as session:
        before = set(session.scalars(select(SurveySheet.key)))
        told = sorted(orjson.dumps(a) for a in session.scalars(select(SurveySheet.answers)))
    scene.closed(survey)
    assert scene.count(SurveyToken) == scene.count(SurveyKiosk) == 0
    with scene.db.reading() as session:
        assert not before & set(session.scalars(select(SurveySheet.key)))
        assert told == sorted(orjson.dumps(a) for a in session.scalars(select(SurveySheet.answers)))
        if not scene.db.is_sqlite:
            written = set(session.scalars(text("SELECT xmin::text FROM survey_sheets")))
            assert len(written) == 1
    with pytest.raises(NotFound):
        scene.answer(tokens[15].token)


def test_a_kiosk_takes_as_many_answers_as_it_has_places_and_asks_for_nobody(scene: Scene):
    survey = scene.opened()
    leader = scene.plant.team_leader
    code = scene.do(satisfaction.start_kiosk, survey.id, unit_id=scene.plant.weld, places=2, person=leader)
    target = next(t for t in scene.targets(survey) if t.link_id == scene.plant.press_weld)
    assert target.invited == 12
    for _ in range(2):
        with scene.db.transaction(SYSTEM, "satisfaction.answer", clock=lambda: scene.at) as session:
            satisfaction_answering.answer_at_kiosk(session, code, target.id, {"QUALITY": 5})
    with scene.db.transaction(SYSTEM, "satisfaction.answer", clock=lambda: scene.at) as session, pytest.raises(
            IllegalStep):
        satisfaction_answering.answer_at_kiosk(session, code, target.id, {"QUALITY": 5})
    assert scene.count(SurveySheet) == 2
    assert len(scene.invited(survey)) == 20, "the places of the kiosk are none of the links'"


def test_the_tables_have_no_index_by_which_rows_could_be_put_in_order():
    for cls in KEPT_APART:
        assert {c.name for i in inspect(cls).local_table.indexes for c in i.columns} <= {"target_id"}
