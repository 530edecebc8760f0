"""Photos are added on a page and shown so that a browser can take them for nothing but pictures."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from qms.models.trail import Attachment
from tests.rejections.cases import reported


def picture(colour=(200, 30, 30), kind="JPEG", tail=b""):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, kind)
    return io.BytesIO(out.getvalue() + tail)


def send(page, browser, rejection, *files, status=200):
    return page(browser, f"/attachments/rejections/{rejection.id}/add", status=status,
                post={"photo": [(file, f"IMG_{n}.jpg") for n, file in enumerate(files)]})


def kept(db):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Attachment))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_photos_are_added_and_shown_on_the_record(db, plant, sign_in, page, language):
    rejection = reported(db, plant)
    browser = sign_in("operator", language)
    assert page(browser, f"/attachments/rejections/{rejection.id}/add").find(".//input[@type='file']")
    shown = send(page, browser, rejection, picture(), picture((1, 2, 3), "PNG"))
    pictures = [image.get("src") for image in shown.find(".//img") if image.get("src", "").startswith("/attachments/")]
    assert len(pictures) == kept(db) == 2
    for address in pictures:
        answer = browser.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(answer.data)).format == "WEBP"


def test_one_bad_photo_keeps_the_good_ones_out_too(db, plant, sign_in, page):
    rejection = reported(db, plant)
    refused = send(page, sign_in("operator"), rejection, picture(), io.BytesIO(b"<svg onload='x'/>"), status=422)
    assert "JPEG, PNG or WebP" in refused.text
    assert kept(db) == 0


def test_a_form_without_a_photo_is_refused(db, plant, sign_in, page):
    rejection = reported(db, plant)
    assert "Choose at least one photo" in send(page, sign_in("operator"), rejection, status=422).text


def test_what_hides_behind_a_picture_never_reaches_a_reader(db, plant, sign_in, page):
    rejection = reported(db, plant)
    browser = sign_in("operator")
    shown = send(page, browser, rejection, picture(tail=b"<script>alert(1)</script>"))
    address = next(image.get("src") for image in shown.find(".//img") if "/attachments/" in image.get("src", ""))
    assert b"script" not in browser.get(address).data


def test_who_may_not_add_or_see_is_turned_away(db, plant, sign_in, page):
    rejection = reported(db, plant)
    send(page, sign_in("operator"), rejection, picture())
    auditor, admin = sign_in("auditor"), sign_in("admin")
    assert auditor.get(f"/attachments/rejections/{rejection.id}/add").status_code == 403
    shown = page(auditor, f"/rejections/{rejection.id}")
    address = next(image.get("src") for image in shown.find(".//img") if "/attachments/" in image.get("src", ""))
    assert auditor.get(address).status_code == 200
    assert admin.get(address).status_code == 403
    assert auditor.get("/attachments/999999").status_code == 404


@pytest.mark.parametrize("address", ["/attachments/people/1/add", "/attachments/rejections/999999/add"])
def test_what_takes_no_photos_is_not_found(plant, sign_in, address):
    assert sign_in("operator").get(address).status_code == 404
