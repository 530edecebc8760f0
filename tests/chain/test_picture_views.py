"""Pictures are added, cut, marked with zones, shown where people judge, and sent as nothing but pictures."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from qms.models.accounts_devices import Device, DeviceKey
from qms.models.chain import Site
from qms.models.chain_pictures import Picture, PictureZone
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows.accounts_devices import digest
from tests.acceptance.arrange import presented

WHOLE = {"x": 0, "y": 0, "width": 1000, "height": 1000}


def a_file(colour=0):
    out = io.BytesIO()
    Image.new("RGB", (80, 60), (colour, 90, 200)).save(out, "PNG")
    return out.getvalue()


def send(page, browser, subject, status=200, colour=0, photo=None, **given):
    return page(browser, f"/chain/pictures/add?{subject}", status=status,
                post={"photo": (io.BytesIO(photo or a_file(colour)), "IMG_1.png"), "role": "item", "defect_id": "",
                      **WHOLE, **given})


def all_of(db, model):
    with db.reading() as session:
        return session.scalars(select(model).order_by(model.id)).all()


def tablet(app, db, site, by, token="tablet-key"):
    """Return a browser that is an enrolled tablet of a site."""
    with db.transaction(SYSTEM, "tests.enrol") as session:
        device = Device(site_id=site, public_id=f"device-of-{site}", name="Tablet", enrolled_by_id=by,
                        enrolled_at=utc_now())
        session.add(device)
        session.flush()
        session.add(DeviceKey(device_id=device.id, token_hash=digest(token), made_at=utc_now()))
    browser = app.test_client()
    browser.set_cookie("dev", token)
    return browser


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_picture_of_an_item_is_added_cut_and_marked(db, plant, sign_in, page, language):
    browser = sign_in("quality_engineer", language)
    page(browser, f"/chain/pictures/add?item={plant.item}")
    shown = send(page, browser, f"item={plant.item}", x=500, width=500)
    picture = all_of(db, Picture)[0]
    assert (picture.width, picture.height, picture.item_id) == (40, 60, plant.item)
    drawn = page(browser, f"/chain/pictures/{picture.id}",
                 post={"name_zh": "上孔", "name_en": "Upper hole", "x": 100, "y": 100, "width": 200, "height": 200})
    assert ("上孔" if language == "zh" else "Upper hole") in drawn.text
    zone = all_of(db, PictureZone)[0]
    page(browser, f"/chain/pictures/zones/{zone.id}")
    page(browser, f"/chain/pictures/zones/{zone.id}",
         post={"rev": 1, "name_zh": "下孔", "name_en": "Lower hole", "x": 100, "y": 700, "width": 200, "height": 200})
    assert all_of(db, PictureZone)[0].y == 700
    page(browser, f"/chain/pictures/zones/{zone.id}/remove", post={"rev": 2, "reason": "Wrong"})
    assert not all_of(db, PictureZone)[0].active
    listed = page(browser, f"/chain/items/{plant.item}")
    assert f"/chain/pictures/{picture.id}" in listed.links().values()
    page(browser, f"/chain/pictures/{picture.id}/remove", post={"rev": 1, "reason": "Old"})
    assert f"/chain/pictures/{picture.id}" not in page(browser, f"/chain/items/{plant.item}").links().values()
    assert shown.find(".//img")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_defect_shows_what_is_good_and_what_is_not(db, plant, sign_in, page, language):
    browser = sign_in("quality_engineer", language)
    form = page(browser, f"/chain/pictures/add?defect={plant.burr}")
    assert [o.get("value") for o in form.find(".//select[@id='role']/option")] == ["ok", "ng"]
    send(page, browser, f"defect={plant.burr}", role="ng")
    send(page, browser, f"item={plant.item}", role="ng", defect_id=plant.scratch, colour=90)
    addresses = page(browser, f"/chain/defects/{plant.burr}").links().values()
    assert [p.id for p in all_of(db, Picture) if f"/chain/pictures/{p.id}" in addresses] == [all_of(db, Picture)[0].id]


@pytest.mark.parametrize(("given", "words"), [
    ({"photo": b"<svg/>"}, "JPEG, PNG or WebP"), ({"width": 5}, "Width"),
    ({"x": 900, "width": 500}, "outside the picture")])
def test_what_is_no_picture_is_refused(db, plant, sign_in, page, given, words):
    assert words in send(page, sign_in("quality_engineer"), f"item={plant.item}", status=422, **given).text
    assert all_of(db, Picture) == []


def test_a_picture_of_nothing_is_not_found(plant, sign_in):
    browser = sign_in("quality_engineer")
    assert browser.get("/chain/pictures/add").status_code == 404
    assert browser.get("/chain/pictures/add?item=999999").status_code == 404


def test_who_may_not_edit_the_chain_only_looks(db, plant, sign_in, page):
    send(page, sign_in("quality_engineer"), f"item={plant.item}")
    picture = all_of(db, Picture)[0]
    operator = sign_in("operator")
    assert operator.get(f"/chain/pictures/add?item={plant.item}").status_code == 403
    assert operator.get(f"/chain/pictures/{picture.id}/remove").status_code == 403
    assert "Draw a zone" not in page(operator, f"/chain/pictures/{picture.id}").text
    drawn = operator.post(f"/chain/pictures/{picture.id}",
                          data={"csrf": "test-csrf", "name_en": "Hole", **WHOLE, "name_zh": ""})
    assert drawn.status_code in {403, 422}
    assert all_of(db, PictureZone) == []


def test_a_picture_is_sent_as_nothing_but_a_picture_and_kept_for_a_year(db, plant, sign_in, page):
    browser = sign_in("quality_engineer")
    send(page, browser, f"item={plant.item}")
    answer = browser.get(f"/pictures/{all_of(db, Picture)[0].id}")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(answer.data)).size == (80, 60)


def test_a_tablet_sees_the_pictures_of_its_own_site_only(app, db, plant, sign_in, page):
    send(page, sign_in("quality_engineer"), f"item={plant.item}")
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="BJ", name_zh="北京", name_en="Beijing", demo=False)
        session.add(other)
    address = f"/pictures/{all_of(db, Picture)[0].id}"
    assert tablet(app, db, plant.site, plant.admin.id).get(address).status_code == 200
    assert tablet(app, db, other.id, plant.admin.id, "other-key").get(address).status_code == 404
    assert app.test_client().get(address).status_code == 302
    assert sign_in("admin").get(address).status_code == 403


@pytest.mark.parametrize("path", ["decide", "check"])
def test_whoever_judges_sees_what_is_good_and_what_is_not(db, plant, sign_in, page, path):
    engineer = sign_in("quality_engineer")
    send(page, engineer, f"item={plant.item}", role="ok")
    send(page, engineer, f"item={plant.item}", role="ng", defect_id=plant.burr, colour=90)
    waiting = presented(db, plant, self_check="ok")
    shown = page(sign_in("operator"), f"/acceptance/hand-overs/{waiting.id}/{path}")
    sources = [image.get("src") for image in shown.find(".//img")]
    assert [f"/pictures/{p.id}" in sources for p in all_of(db, Picture)] == [True, True]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_offers_the_zones_of_the_item(db, plant, sign_in, page, language):
    engineer = sign_in("quality_engineer", language)
    send(page, engineer, f"item={plant.item}")
    picture = all_of(db, Picture)[0]
    asked = f"/rejections/report/zones?found_unit_id={plant.press}&lot=L-0001"
    assert "button" not in engineer.get(asked).text
    page(engineer, f"/chain/pictures/{picture.id}", post={"name_zh": "上孔", "name_en": "Upper hole", **WHOLE})
    for address in (asked, f"/rejections/report/zones?found_unit_id={plant.press}&item=BR-100"):
        assert 'data-text="上孔 Upper hole" aria-pressed="false"' in engineer.get(address).text
    assert 'aria-pressed="true"' in engineer.get(f"{asked}&zone=上孔 Upper hole").text
    for address in ("?lot=L-0001", f"?found_unit_id={plant.press}&lot=L-9", "?found_unit_id=999999&lot=L-0001"):
        assert "button" not in engineer.get(f"/rejections/report/zones{address}").text
