"""Pictures of items and defects: added, taken away, found again; zones drawn on them."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event

from qms.db import Database
from qms.imports.photos import clean_photo
from qms.models.chain import Item, Site
from qms.models.chain_pictures import Picture
from qms.rules import pictures as rules
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import Invalid, NotAllowed, NotFound, Stale
from qms.rules.photos import Photo
from qms.rules.pictures import MOST, Frame
from qms.workflows import chain_pictures as workflows
from qms.workflows.chain_pictures_zones import draw_zone, edit_zone, one_zone, remove_zone

EDGE = {"name_zh": "边缘", "name_en": "Edge", "frame": Frame(100, 200, 300, 400)}


def picture_of(colour: int = 0) -> Photo:
    """Return a small clean picture; another colour is another picture."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (colour * 18, 100, 200)).save(out, "PNG")
    return clean_photo(out.getvalue())


def add(db: Database, person: Actor, folder: Path, colour: int = 0, role: str = "item", **subject: int) -> Picture:
    """Add a picture."""
    with db.transaction(person, "chain.add_picture") as session:
        return workflows.add_picture(session, person, role=role, photo=picture_of(colour), folder=folder, **subject)


def draw(db: Database, person: Actor, picture: Picture, **given: Any) -> int:
    """Draw a zone on a picture and return its id."""
    with db.transaction(person, "chain.draw_zone") as session:
        return draw_zone(session, person, picture.id, **(EDGE | given)).id


@pytest.mark.parametrize(("role", "item", "defect"), [
    ("item", True, False), ("ok", True, False), ("ng", False, True), ("ok", False, True), ("ng", True, True)])
def test_a_picture_shows_an_item_a_defect_or_both(db, plant, tmp_path, role, item, defect):
    subject = {"item_id": plant.item} if item else {}
    subject |= {"defect_id": plant.burr} if defect else {}
    made = add(db, plant.quality_engineer, tmp_path, role=role, **subject)
    with db.reading() as session:
        found, content = workflows.picture_bytes(session, {plant.site}, made.id, tmp_path)
    assert content == picture_of().content
    assert (found.role, found.width, found.height, found.size) == (role, 60, 40, len(content))


@pytest.mark.parametrize(("role", "item", "defect"), [
    ("item", False, True), ("item", True, True), ("ok", False, False), ("side", True, False)])
def test_a_role_that_does_not_fit_is_refused(db, plant, tmp_path, role, item, defect):
    subject = {"item_id": plant.item} if item else {}
    subject |= {"defect_id": plant.burr} if defect else {}
    with pytest.raises(Invalid) as refused:
        add(db, plant.quality_engineer, tmp_path, role=role, **subject)
    assert refused.value.field == "role"


def test_the_same_picture_added_twice_is_there_once(db, plant, tmp_path):
    first = add(db, plant.quality_engineer, tmp_path, item_id=plant.item)
    assert add(db, plant.quality_engineer, tmp_path, item_id=plant.item).id == first.id
    assert add(db, plant.quality_engineer, tmp_path, 1, item_id=plant.item).id != first.id


def test_an_item_has_so_many_pictures_and_no_more(db, plant, tmp_path):
    for colour in range(MOST):
        add(db, plant.quality_engineer, tmp_path, colour, item_id=plant.item)
    add(db, plant.quality_engineer, tmp_path, role="ng", item_id=plant.item, defect_id=plant.burr)
    with pytest.raises(Invalid) as refused:
        add(db, plant.quality_engineer, tmp_path, MOST, item_id=plant.item)
    assert refused.value.field == "photo"


def test_a_picture_is_taken_away_with_a_reason_and_makes_room(db, plant, tmp_path):
    made = [add(db, plant.quality_engineer, tmp_path, colour, item_id=plant.item) for colour in range(MOST)]
    engineer = plant.quality_engineer
    with pytest.raises(Invalid), db.transaction(engineer, "chain.remove_picture") as session:
        workflows.remove_picture(session, engineer, made[0].id, made[0].rev, reason=" ")
    with db.transaction(engineer, "chain.remove_picture") as session:
        workflows.remove_picture(session, engineer, made[0].id, made[0].rev, reason="Old drawing revision")
    add(db, engineer, tmp_path, MOST, item_id=plant.item)
    with db.reading() as session:
        assert made[0].id not in [p.id for p in workflows.pictures_of(session, item_id=plant.item)]
        assert workflows.picture_bytes(session, None, made[0].id, tmp_path)[1]


def test_a_picture_removed_meanwhile_is_not_drawn_on(db, plant, tmp_path):
    made, engineer = add(db, plant.quality_engineer, tmp_path, item_id=plant.item), plant.quality_engineer
    with pytest.raises(Stale), db.transaction(engineer, "chain.remove_picture") as session:
        workflows.remove_picture(session, engineer, made.id, made.rev + 1, reason="x")
    with db.transaction(engineer, "chain.remove_picture") as session:
        workflows.remove_picture(session, engineer, made.id, made.rev, reason="x")
    with pytest.raises(Invalid):
        draw(db, engineer, made)


def test_who_may_not_edit_the_chain_adds_nothing(db, plant, tmp_path):
    with pytest.raises(NotAllowed):
        add(db, plant.operator, tmp_path, item_id=plant.item)
    made = add(db, plant.quality_engineer, tmp_path, item_id=plant.item)
    with pytest.raises(NotAllowed):
        draw(db, plant.operator, made)


def test_another_site_does_not_know_of_a_picture(db, plant, tmp_path):
    made = add(db, plant.quality_engineer, tmp_path, item_id=plant.item)
    stranger = Actor(plant.operator.id, "stranger", (Grant(1, "quality_engineer", plant.site + 1),))
    with db.reading() as session:
        with pytest.raises(NotFound):
            workflows.picture_bytes(session, {plant.site + 1}, made.id, tmp_path)
        with pytest.raises(NotFound):
            workflows.one_picture(session, stranger, made.id)
        with pytest.raises(NotFound):
            workflows.picture_bytes(session, None, 999_999, tmp_path)
    with pytest.raises(NotFound):
        draw(db, stranger, made)


def test_an_item_and_a_defect_of_two_sites_share_no_picture(db, plant, tmp_path):
    with db.transaction(plant.quality_engineer, "tests.site") as session:
        other = Site(code="BJ", name_zh="北京", name_en="Beijing", demo=False)
        session.add(other)
        session.flush()
        item = Item(site_id=other.id, code="X", name_zh="x", name_en="x", drawing_rev="", unit="pcs", special="")
        session.add(item)
        session.flush()
    with pytest.raises(Invalid) as refused:
        add(db, plant.quality_engineer, tmp_path, role="ng", item_id=item.id, defect_id=plant.burr)
    assert refused.value.field == "defect_id"


def test_zones_are_drawn_changed_and_taken_away(db, plant, tmp_path):
    engineer = plant.quality_engineer
    made = add(db, engineer, tmp_path, item_id=plant.item)
    zone_id = draw(db, engineer, made)
    with db.transaction(engineer, "chain.draw_zone") as session:
        zone = edit_zone(session, engineer, zone_id, 1, name_zh="上边缘", name_en="Upper edge",
                         frame=Frame(0, 0, 1000, 100))
        assert (zone.rev, zone.name_en, zone.height) == (2, "Upper edge", 100)
    with pytest.raises(Stale), db.transaction(engineer, "chain.draw_zone") as session:
        edit_zone(session, engineer, zone_id, 1, **EDGE)
    with db.transaction(engineer, "chain.remove_zone") as session:
        remove_zone(session, engineer, zone_id, 2, reason="The hole moved")
    with db.reading() as session:
        assert workflows.one_picture(session, engineer, made.id).zones == []
        with pytest.raises(NotFound):
            one_zone(session, engineer, zone_id)


@pytest.mark.parametrize(("given", "field"), [
    ({"name_zh": " ", "name_en": ""}, "name_zh"), ({"name_zh": "边" * 30, "name_en": "e" * 30}, "name_en"),
    ({"frame": Frame(-1, 0, 100, 100)}, "x"), ({"frame": Frame(0, 990, 100, 100)}, "y"),
    ({"frame": Frame(950, 0, 100, 100)}, "width"), ({"frame": Frame(0, 0, 100, 3)}, "height")])
def test_a_zone_that_cannot_be_is_refused(db, plant, tmp_path, given, field):
    made = add(db, plant.quality_engineer, tmp_path, item_id=plant.item)
    with pytest.raises(Invalid) as refused:
        draw(db, plant.quality_engineer, made, **given)
    assert refused.value.field == field


def test_only_a_picture_of_an_item_has_zones(db, plant, tmp_path):
    made = add(db, plant.quality_engineer, tmp_path, role="ng", defect_id=plant.burr)
    with pytest.raises(Invalid):
        draw(db, plant.quality_engineer, made)


def test_a_zone_reads_the_same_in_both_languages():
    assert rules.zone_text("边缘", "Edge") == "边缘 Edge"
    assert rules.zone_text("A1", "A1") == "A1"
    assert rules.zone_text("", "Edge") == "Edge"


def test_the_station_gets_every_picture_in_two_statements(db, plant, tmp_path):
    engineer = plant.quality_engineer
    made = add(db, engineer, tmp_path, item_id=plant.item)
    gone = draw(db, engineer, made)
    draw(db, engineer, made, name_zh="孔", name_en="Hole")
    add(db, engineer, tmp_path, 9, role="ng", defect_id=plant.burr)
    with db.transaction(engineer, "chain.remove_zone") as session:
        remove_zone(session, engineer, gone, 1, reason="x")
    with db.reading() as session:
        asked: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        found = workflows.pictures_of_site(session, plant.site)
        zones = [[zone.name_en for zone in each.zones] for each in found]
        assert workflows.pictures_of_site(session, plant.site + 1) == []
    assert zones == [["Hole"], []]
    assert sum("FROM pictures" in each or "picture_zones" in each for each in asked) <= 4


def test_a_page_gets_the_samples_that_belong_to_it(db, plant, tmp_path):
    engineer = plant.quality_engineer
    item = add(db, engineer, tmp_path, 1, item_id=plant.item)
    good = add(db, engineer, tmp_path, 2, role="ok", item_id=plant.item)
    burr = add(db, engineer, tmp_path, 3, role="ng", defect_id=plant.burr)
    burr_here = add(db, engineer, tmp_path, 4, role="ng", item_id=plant.item, defect_id=plant.burr)
    scratch = add(db, engineer, tmp_path, 5, role="ng", item_id=plant.item, defect_id=plant.scratch)
    draw(db, engineer, item)

    def ids(*wanted: int | None) -> set[int]:
        return {p.id for p in workflows.pictures_for(session, *wanted)}

    with db.reading() as session:
        assert ids(plant.item, plant.burr) == {good.id, burr.id, burr_here.id}
        assert ids(plant.item, None) == {good.id, burr_here.id, scratch.id}
        assert ids(None, plant.burr) == {burr.id}
        assert ids(None, None) == set()
        shown = workflows.item_picture(session, plant.item)
        assert shown is not None
        assert shown.id == item.id
        assert {p.id for p in workflows.pictures_of(session, defect_id=plant.burr)} == {burr.id, burr_here.id}
