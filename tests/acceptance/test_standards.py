"""What drafting, approving and revising standards promise, by rule."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance import Characteristic, Handover, Standard
from qms.models.chain import Site
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import Doubled, IllegalStep, Invalid, NeedsReason, NotAllowed, NotFound, Refused, Stale
from qms.workflows import acceptance
from tests.acceptance.arrange import approved, at, burr, gap, presented, read
from tests.plant import Plant
from tests.signing import signing


def draft(database: Database, plant: Plant, *plans: object, **given: object) -> Standard:
    fields: dict = {"link_id": plant.press_weld, "form_number": "FM-01", "title_zh": "支架交接",
                    "title_en": "Bracket hand-over", "characteristics": plans}
    with database.transaction(plant.quality_engineer, "acceptance.draft") as session:
        return acceptance.draft_standard(session, plant.quality_engineer, **(fields | given))


def approve(database: Database, plant: Plant, standard_id: int, **given: object) -> Standard:
    rev = given.pop("rev", None) or read(database, Standard, standard_id).rev
    when = {"clock": given.pop("clock")} if "clock" in given else {}
    with database.transaction(plant.quality_manager, "acceptance.approve", **when) as session:
        return acceptance.approve_standard(session, plant.quality_manager, standard_id, rev,
                                           signing=signing(plant.quality_manager, "standard"), **given)


def revise(database: Database, plant: Plant, standard_id: int) -> Standard:
    with database.transaction(plant.quality_engineer, "acceptance.revise") as session:
        return acceptance.revise_standard(session, plant.quality_engineer, standard_id)


def positions(database: Database, standard_id: int) -> list[tuple[str, int]]:
    with database.reading() as session:
        return [(c.name_en, c.position) for c in acceptance.asked(session, standard_id)]


def test_a_draft_becomes_approved_by_another_person_than_its_drafter(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant))
    done = approve(db, plant, made.id)
    assert (done.state, done.revision, done.approved_by_id) == ("approved", 1, plant.quality_manager.id)
    assert done.approved_at is not None
    assert done.grant_id == plant.quality_manager.grants[0].id


def test_whoever_changed_the_draft_last_does_not_approve_it(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant))
    with db.transaction(plant.quality_manager, "acceptance.edit") as session:
        edited = acceptance.edit_draft(session, plant.quality_manager, made.id, made.rev, title_en="Mine now")
    with pytest.raises(NotAllowed):
        approve(db, plant, made.id, rev=edited.rev)


def test_who_may_not_approve_does_not(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant))
    with pytest.raises(NotAllowed), db.transaction(plant.inspector, "acceptance.approve") as session:
        acceptance.approve_standard(session, plant.inspector, made.id, made.rev,
                                    signing=signing(plant.inspector, "standard"))


def test_a_standard_is_approved_only_where_the_approver_is_in_charge(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant))
    elsewhere = Actor(plant.quality_manager.id, "Paint's", grants=(Grant(1, "quality_manager", plant.site, "999."),))
    with pytest.raises(NotAllowed), db.transaction(elsewhere, "acceptance.approve") as session:
        acceptance.approve_standard(session, elsewhere, made.id, made.rev, signing=signing(elsewhere, "standard"))


def test_a_standard_of_another_site_is_not_there(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant))
    elsewhere = Actor(plant.auditor.id, "Elsewhere", grants=(Grant(1, "auditor", plant.site + 1),))
    with pytest.raises(NotFound), db.reading() as session:
        acceptance.one_standard(session, elsewhere, made.id)


def test_a_standard_that_asks_for_nothing_is_not_approved(db: Database, plant: Plant):
    with pytest.raises(Invalid):
        approve(db, plant, draft(db, plant).id)


def test_a_form_number_has_one_series_of_revisions(db: Database, plant: Plant):
    draft(db, plant, burr(plant))
    with pytest.raises(Doubled) as caught:
        draft(db, plant, burr(plant))
    assert caught.value.field == "form_number"
    assert draft(db, plant, form_number="FM-02").revision == 1


def test_r04_an_accept_number_above_zero_is_not_saved_under_iatf(db: Database, plant: Plant):
    with pytest.raises(Refused) as caught:
        draft(db, plant, burr(plant, accept_number=1))
    assert caught.value.rule == "R-04"
    assert draft(db, plant, burr(plant, accept_number=0)).state == "draft"


def test_r04_under_iso_it_is_saved_and_approved_with_a_reason_each_time(db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        session.get_one(Site, plant.site).profile = "iso"
    with pytest.raises(NeedsReason):
        draft(db, plant, burr(plant, accept_number=1))
    made = draft(db, plant, burr(plant, accept_number=1), reason="customer agreed")
    with pytest.raises(NeedsReason):
        approve(db, plant, made.id)
    assert approve(db, plant, made.id, reason="customer agreed").state == "approved"


def test_r04_a_draft_made_under_iso_is_not_approved_under_iatf(db: Database, plant: Plant):
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        session.get_one(Site, plant.site).profile = "iso"
    made = draft(db, plant, burr(plant, accept_number=1), reason="customer agreed")
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        session.get_one(Site, plant.site).profile = "iatf"
    with pytest.raises(Refused) as caught:
        approve(db, plant, made.id, reason="customer agreed")
    assert not isinstance(caught.value, NeedsReason)


def test_r50_approving_ends_the_former_revision_the_day_before(db: Database, plant: Plant):
    march, clock = date(2026, 3, 1), at("2026-02-10T08:00:00+08:00")
    first = approved(db, plant, clock=clock)
    second = revise(db, plant, first)
    approve(db, plant, second.id, valid_from=march, clock=clock)
    former, latter = read(db, Standard, first), read(db, Standard, second.id)
    assert (former.state, former.valid_to) == ("superseded", date(2026, 2, 28))
    assert (latter.state, latter.valid_from, latter.valid_to, latter.revision) == ("approved", march, None, 2)
    with db.reading() as session:
        in_force = [acceptance.standard_in_force(session, plant.press_weld, plant.item, day)
                    for day in (date(2026, 2, 9), date(2026, 2, 28), march)]
    assert [s and s.id for s in in_force] == [None, first, second.id]


def test_r50_a_hand_over_keeps_the_revision_that_was_in_force_when_it_was_presented(db: Database, plant: Plant):
    first = approved(db, plant)
    early = presented(db, plant, quantity=10)
    second = revise(db, plant, first)
    approve(db, plant, second.id)
    late = presented(db, plant, quantity=10)
    assert (early.standard_id, late.standard_id) == (first, second.id)
    assert read(db, Handover, early.id).standard_id == first


def test_r50_a_revision_does_not_take_effect_before_today_nor_before_a_later_one(db: Database, plant: Plant):
    clock = at("2026-02-10T08:00:00+08:00")
    made = draft(db, plant, burr(plant))
    with pytest.raises(Invalid) as caught:
        approve(db, plant, made.id, valid_from=date(2026, 2, 9), clock=clock)
    assert caught.value.field == "valid_from"
    approve(db, plant, made.id, valid_from=date(2026, 4, 1), clock=clock)
    second = revise(db, plant, made.id)
    with pytest.raises(Invalid):
        approve(db, plant, second.id, valid_from=date(2026, 3, 1), clock=clock)
    assert approve(db, plant, second.id, valid_from=date(2026, 4, 1), clock=clock).state == "approved"


def test_an_items_own_standard_goes_before_the_links_general_one(db: Database, plant: Plant):
    general = approved(db, plant)
    own = approved(db, plant, burr(plant), item_id=plant.item, form_number="FM-02")
    with db.reading() as session:
        on = date(2199, 1, 1)
        assert acceptance.standard_in_force(session, plant.press_weld, plant.item, on).id == own
        assert acceptance.standard_in_force(session, plant.press_weld, plant.item + 1, on).id == general
        assert acceptance.standard_in_force(session, plant.weld_paint, plant.item, on) is None
    assert read(db, Standard, general).state == "approved"


def test_revising_begins_a_draft_that_asks_for_the_same_without_what_was_struck_out(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant), gap(plant), gap(plant, name_en="Width"))
    with db.transaction(plant.quality_engineer, "acceptance.strike") as session:
        struck = acceptance.asked(session, made.id)[1]
        acceptance.strike_characteristic(session, plant.quality_engineer, struck.id, struck.rev)
    approve(db, plant, made.id)
    second = revise(db, plant, made.id)
    assert positions(db, second.id) == [("Burr", 1), ("Width", 2)]
    with db.reading() as session:
        kept = session.scalars(select(Characteristic).where(Characteristic.standard_id == second.id,
                                                            Characteristic.name_en == "Width")).one()
        assert (kept.lower, kept.unit, kept.gauge, kept.defect_id) == (Decimal("0.45"), "mm", "G-17", plant.scratch)


def test_only_one_draft_of_a_next_revision_is_open(db: Database, plant: Plant):
    first = approved(db, plant)
    second = revise(db, plant, first)
    with pytest.raises(Doubled):
        revise(db, plant, first)
    with pytest.raises(Invalid), db.transaction(plant.quality_engineer, "acceptance.withdraw") as session:
        acceptance.withdraw_draft(session, plant.quality_engineer, second.id, second.rev, reason="")
    with db.transaction(plant.quality_engineer, "acceptance.withdraw") as session:
        acceptance.withdraw_draft(session, plant.quality_engineer, second.id, second.rev, reason="not needed")
    assert revise(db, plant, first).revision == 3


def test_a_superseded_revision_and_a_draft_are_not_revised(db: Database, plant: Plant):
    first = approved(db, plant)
    second = revise(db, plant, first)
    with pytest.raises(IllegalStep):
        revise(db, plant, second.id)
    approve(db, plant, second.id)
    with pytest.raises(IllegalStep):
        revise(db, plant, first)


def test_characteristics_are_added_moved_and_struck_out(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant), gap(plant))
    person = plant.quality_engineer
    with db.transaction(person, "acceptance.edit") as session:
        added = acceptance.add_characteristic(session, person, made.id, gap(plant, name_en="Width"))
        acceptance.move_characteristic(session, person, added.id, added.rev, up=True)
    assert positions(db, made.id) == [("Burr", 1), ("Width", 2), ("Gap", 3)]
    with db.transaction(person, "acceptance.edit") as session:
        first = acceptance.asked(session, made.id)[0]
        acceptance.move_characteristic(session, person, first.id, first.rev, up=True)
        acceptance.move_characteristic(session, person, first.id, first.rev, up=False)
    assert positions(db, made.id) == [("Width", 1), ("Burr", 2), ("Gap", 3)]
    with db.transaction(person, "acceptance.edit") as session:
        burrs = acceptance.asked(session, made.id)[1]
        acceptance.strike_characteristic(session, person, burrs.id, burrs.rev)
    assert positions(db, made.id) == [("Width", 1), ("Gap", 2)]
    with pytest.raises(NotFound), db.transaction(person, "acceptance.edit") as session:
        acceptance.strike_characteristic(session, person, burrs.id, burrs.rev)


def test_two_editors_of_a_characteristic_do_not_overwrite_each_other(db: Database, plant: Plant):
    made = draft(db, plant, gap(plant))
    person = plant.quality_engineer
    with db.reading() as session:
        seen = acceptance.asked(session, made.id)[0]

    def edit(upper: str) -> None:
        with db.transaction(person, "acceptance.edit") as session:
            acceptance.edit_characteristic(session, person, seen.id, seen.rev, gap(plant, upper=Decimal(upper)))

    edit("0.60")
    with pytest.raises(Stale) as caught:
        edit("0.70")
    assert (caught.value.current["upper"], caught.value.yours["upper"]) == ("0.60", "0.70")
    assert read(db, Characteristic, seen.id).upper == Decimal("0.60")


def test_an_approver_approves_exactly_what_was_read(db: Database, plant: Plant):
    made = draft(db, plant, burr(plant))
    with db.transaction(plant.quality_engineer, "acceptance.edit") as session:
        acceptance.add_characteristic(session, plant.quality_engineer, made.id, gap(plant))
    with pytest.raises(Stale):
        approve(db, plant, made.id, rev=made.rev)
    assert approve(db, plant, made.id).state == "approved"


def test_nothing_of_an_approved_standard_is_edited(db: Database, plant: Plant):
    standard_id = approved(db, plant)
    person = plant.quality_engineer
    standard = read(db, Standard, standard_id)
    with pytest.raises(IllegalStep), db.transaction(person, "acceptance.edit") as session:
        acceptance.edit_draft(session, person, standard_id, standard.rev, title_en="Other")
    with pytest.raises(IllegalStep), db.transaction(person, "acceptance.edit") as session:
        acceptance.add_characteristic(session, person, standard_id, burr(plant))
    with db.reading() as session:
        first = acceptance.asked(session, standard_id)[0]
    with pytest.raises(IllegalStep), db.transaction(person, "acceptance.edit") as session:
        acceptance.edit_characteristic(session, person, first.id, first.rev, burr(plant))


def test_a_defect_code_of_another_site_is_refused(db: Database, plant: Plant):
    with pytest.raises(Invalid) as caught:
        draft(db, plant, burr(plant, defect_id=999))
    assert caught.value.field == "defect_id"
