import io
from pathlib import Path

import pytest
from PIL import Image

from qms.imports.photos import clean_photo
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor, Grant
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.workflows import attachments, attachments_store


def a_photo(colour=(200, 30, 30)):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return clean_photo(out.getvalue())


@pytest.fixture
def rejection(db, plant):
    with db.transaction(plant.operator, "tests.reject") as session:
        made = Rejection(site_id=plant.site, year=2026, serial=1, number="R-2026-1", kind="not_made",
                         quantity=1, severity="MI", found_unit_id=plant.press, origin_state="unknown",
                         found_at=utc_now(), received_at=utc_now(), reported_by_id=plant.operator.id)
        session.add(made)
        session.flush()
        return made.id


def attach(db, person, rejection, photo, folder, *, name="IMG_1.jpg", entity="rejections"):
    with db.transaction(person, "attachments.add") as session:
        return attachments.attach(session, person, entity, rejection, name=name, photo=photo, folder=folder)


def elsewhere(plant, *roles):
    grants = tuple(Grant(1, role, site_id=plant.site + 1) for role in roles)
    return Actor(plant.operator.id, "elsewhere", grants)


def test_a_photo_comes_back_as_it_was_kept(db, plant, rejection, tmp_path):
    photo = a_photo()
    kept = attach(db, plant.operator, rejection, photo, tmp_path)
    with db.reading() as session:
        held = attachments.photos_of(session, plant.auditor, "rejections", rejection)
        assert [one.id for one in held] == [kept.id]
        found, content = attachments.photo_bytes(session, plant.auditor, kept.id, tmp_path)
    assert content == photo.content
    assert (found.sha256, found.sent_sha256, found.width, found.height) == (
        photo.sha256, photo.sent_sha256, 60, 40)


def test_the_same_photo_sent_twice_is_kept_once(db, plant, rejection, tmp_path):
    first = attach(db, plant.operator, rejection, a_photo(), tmp_path)
    again = attach(db, plant.operator, rejection, a_photo(), tmp_path)
    other = attach(db, plant.operator, rejection, a_photo((1, 2, 3)), tmp_path)
    assert first.id == again.id != other.id
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


def test_a_record_holds_at_most_20_photos(db, plant, rejection, tmp_path):
    for shade in range(20):
        attach(db, plant.operator, rejection, a_photo((shade, 0, 0)), tmp_path)
    with pytest.raises(Invalid) as refusal:
        attach(db, plant.operator, rejection, a_photo((99, 0, 0)), tmp_path)
    assert refusal.value.field == "photo"


def test_photos_of_another_site_are_not_found(db, plant, rejection, tmp_path):
    kept = attach(db, plant.operator, rejection, a_photo(), tmp_path)
    stranger = elsewhere(plant, "quality_engineer")
    with db.reading() as session:
        with pytest.raises(NotFound):
            attachments.photos_of(session, stranger, "rejections", rejection)
        with pytest.raises(NotFound):
            attachments.photo_bytes(session, stranger, kept.id, tmp_path)
    with pytest.raises(NotFound):
        attach(db, stranger, rejection, a_photo((5, 5, 5)), tmp_path)


def test_who_may_only_see_cannot_add(db, plant, rejection, tmp_path):
    with pytest.raises(NotAllowed):
        attach(db, plant.auditor, rejection, a_photo(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("entity", "record"), [("people", 1), ("rejections", 10**9), ("../etc", 1)])
def test_what_takes_no_photos_is_not_found(db, plant, tmp_path, entity, record):
    with pytest.raises(NotFound):
        attach(db, plant.operator, record, a_photo(), tmp_path, entity=entity)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"other")])
def test_a_photo_lost_or_changed_on_disk_is_not_shown(db, plant, rejection, tmp_path, spoil):
    kept = attach(db, plant.operator, rejection, a_photo(), tmp_path)
    spoil(attachments_store.place(tmp_path, kept.sha256))
    with db.reading() as session, pytest.raises(NotFound):
        attachments.photo_bytes(session, plant.operator, kept.id, tmp_path)


@pytest.mark.parametrize(("sent", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\photos\\a.jpg", "a.jpg"), ("", "photo"), ("x" * 300, "x" * 200),
    ("a\x00b\n.jpg", "ab.jpg"), ("划伤.jpg", "划伤.jpg")])
def test_a_file_name_is_kept_without_its_folder(db, plant, rejection, tmp_path, *, sent, kept):
    assert attach(db, plant.operator, rejection, a_photo(), tmp_path, name=sent).name == kept
