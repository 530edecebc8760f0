"""R-45: what is signed takes the password again, says what it means, and is void once what was signed has changed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from qms.db import Database
from qms.models.acceptance import Characteristic, Standard
from qms.models.accounts import Attempt
from qms.models.trail import Signature
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import IllegalStep, Invalid, Refused, Stale
from qms.rules.trail_signatures import MEANINGS, Signing, statement
from qms.workflows import acceptance, accounts
from qms.workflows.trail_contents import contents
from qms.workflows.trail_signatures import signatures_of, signed_states
from tests.acceptance.arrange import approved, burr, gap
from tests.plant import PASSWORD, Plant, make_plant
from tests.signing import signed, signing


@pytest.fixture
def standard(db: Database, plant: Plant) -> int:
    return approved(db, plant)


def drafted(db: Database, plant: Plant) -> Standard:
    with db.transaction(plant.quality_engineer, "acceptance.draft_standard") as session:
        return acceptance.draft_standard(session, plant.quality_engineer, link_id=plant.press_weld,
                                         form_number="FM-09", title_zh="交接", title_en="Hand-over",
                                         characteristics=(burr(plant), gap(plant)))


def approve(db: Database, person: Actor, draft: Standard, given: Signing | None) -> Standard:
    with db.transaction(person, "acceptance.approve_standard") as session:
        return acceptance.approve_standard(session, person, draft.id, draft.rev, signing=given)


def since(db: Database, entity: str, record_id: int) -> list[int | None]:
    with db.reading() as session:
        return list(signed_states(session, entity, [record_id]).values())


def change(db: Database, cls: type, record_id: int, **values: object) -> int:
    """Change a record past its workflow, as no page can; return its version."""
    with db.transaction(SYSTEM, "tests.change") as session:
        held = session.get_one(cls, record_id)
        for name, value in values.items():
            setattr(held, name, value)
        session.flush()
        return held.rev


def test_r45_a_signature_tells_who_as_what_when_how_and_what_it_is_tied_to(db: Database, plant: Plant, standard: int):
    with db.reading() as session:
        [given] = signatures_of(session, "standards", [standard], "Asia/Shanghai")
        held = session.get_one(Standard, standard)
    assert (given.name, given.role, given.method) == ("Quality Manager", "quality_manager", "password")
    assert (given.meaning, given.rev, given.void_since) == ("standard", held.rev, None)
    assert given.at >= held.approved_at
    assert given.statement == statement("standard", "en", number="FM-01", revision=1)
    for language, words in (("en", "Acceptance standard approved"), ("zh", "批准验收标准")):
        assert words in given.line(language)
        assert " CST, " in given.line(language)


def test_r45_without_proof_meaning_or_with_anothers_proof_nothing_is_signed(db: Database, plant: Plant):
    draft, manager = drafted(db, plant), plant.quality_manager
    right = signing(manager, "standard")
    for wrong in (None, Signing(None, "standard"), replace(right, meaning=None), replace(right, meaning="closure"),
                  signing(plant.quality_engineer, "standard")):
        with pytest.raises(Refused) as refused:
            approve(db, manager, draft, wrong)
        assert refused.value.rule == "R-45"
    with db.reading() as session:
        assert session.get_one(Standard, draft.id).state == "draft"
        assert session.scalar(select(func.count()).select_from(Signature)) == 0
    assert approve(db, manager, draft, right).state == "approved"


def test_r45_the_next_revision_ends_a_standard_and_leaves_its_signature_valid(db: Database, plant: Plant,
                                                                               standard: int):
    with db.transaction(plant.quality_engineer, "acceptance.revise_standard") as session:
        draft = acceptance.revise_standard(session, plant.quality_engineer, standard)
    approve(db, plant.quality_manager, draft, signing(plant.quality_manager, "standard"))
    with db.reading() as session:
        assert session.get_one(Standard, standard).state == "superseded"
    assert since(db, "standards", standard) == [None]


def test_r45_a_changed_record_voids_its_signature_from_that_version_until_it_is_what_was_signed(
        db: Database, plant: Plant, standard: int):
    rev = change(db, Standard, standard, title_en="Something else")
    assert since(db, "standards", standard) == [rev]
    change(db, Standard, standard, title_en="Third")
    assert since(db, "standards", standard) == [rev]
    change(db, Standard, standard, title_en="Bracket hand-over")
    assert since(db, "standards", standard) == [None]


def test_r45_a_changed_part_voids_the_signature(db: Database, plant: Plant, standard: int):
    with db.reading() as session:
        part = session.scalars(select(Characteristic).where(Characteristic.lower.is_not(None))).one()
        rev = session.get_one(Standard, standard).rev
    change(db, Characteristic, part.id, upper=Decimal("0.56"))
    assert since(db, "standards", standard) == [rev]


def test_r45_a_part_that_is_added_voids_the_signature(db: Database, plant: Plant, standard: int):
    with db.transaction(SYSTEM, "tests.change") as session:
        rev = session.get_one(Standard, standard).rev
        session.add(Characteristic(standard_id=standard, position=3, name_zh="加", name_en="More", kind="attribute"))
    assert since(db, "standards", standard) == [rev]


def test_a_wrong_password_proves_nothing_is_counted_and_five_of_them_shut_the_right_one_out(db: Database,
                                                                                            plant: Plant):
    person = plant.quality_manager

    def prove(password: str):
        with db.transaction(person, "accounts.prove") as session:
            return accounts.prove(session, person, password, address="10.0.0.1")

    with db.transaction(SYSTEM, "accounts.set_password") as session:
        accounts.set_password(session, SYSTEM, person.id, PASSWORD)
    assert prove(PASSWORD).person_id == person.id
    for _ in range(5):
        assert prove("wrong password") is None
    with pytest.raises(Invalid) as refused:
        prove(PASSWORD)
    assert refused.value.field == "password"
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(Attempt.login == "quality_manager")) == 5


def test_r45_of_two_who_approve_the_same_at_once_one_signs(fresh_db: Database):
    plant = make_plant(fresh_db)
    draft = drafted(fresh_db, plant)
    managers = (plant.quality_manager, replace(plant.quality_manager, id=plant.production_manager.id))

    def attempt(person: Actor) -> bool:
        try:
            approve(fresh_db, person, draft, signing(person, "standard"))
        except (Stale, IllegalStep):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, managers)) == [False, True]
    with fresh_db.reading() as session:
        made = session.scalars(select(Signature)).one()
        assert made.person_id == session.get_one(Standard, draft.id).approved_by_id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r45_a_wrong_password_stands_beside_the_field_and_what_was_typed_stays(page, sign_in, db: Database,
                                                                                plant: Plant, language: str):
    draft = drafted(db, plant)
    browser, address = sign_in("quality_manager", language), f"/acceptance/standards/{draft.id}"
    asked = page(browser, f"{address}/approve")
    assert statement("standard", language, number="FM-09", revision=1) in asked.text
    sent = {"rev": str(draft.rev), "valid_from": "2199-01-01"} | signed("standard")
    wrong = page(browser, f"{address}/approve", post=sent | {"password": "not this one"}, status=422)
    beside = wrong.find(".//div[@id='password-error']")[0].find("span").text
    assert ("password is not right", "密码不正确")[language == "zh"] in beside
    assert wrong.find(".//input[@id='valid_from']")[0].get("value") == "2199-01-01"
    unsaid = page(browser, f"{address}/approve", post=sent | {"meaning": ""}, status=409)
    assert "R-45" in unsaid.text
    assert since(db, "standards", draft.id) == []
    shown = page(browser, f"{address}/approve", post=sent)
    assert MEANINGS["standard"].words.to(language) in shown.text
    assert ("Valid: what was signed is unchanged", "有效: 所签内容未更改")[language == "zh"] in shown.text
    rev = change(db, Standard, draft.id, title_en="Other")
    voided = page(browser, address)
    assert (f"Void since version {rev}", f"自第 {rev} 版起失效")[language == "zh"] in voided.text
    assert " CST" in page(browser, f"{address}/sheet").text


def test_every_signed_column_is_a_column_and_every_part_hangs_on_what_comes_before_it():
    for meaning, content in contents().items():
        assert meaning in MEANINGS
        known = {content.model}
        assert set(content.columns) <= set(content.model.__table__.columns.keys())
        for part in content.parts:
            assert part.of in known
            assert part.owner in part.model.__table__.columns
            known.add(part.model)
    assert set(contents()) == set(MEANINGS)
