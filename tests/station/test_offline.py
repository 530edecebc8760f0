"""The network goes, the storage fills, the app is updated: what the tablet shows is true, and nothing is lost."""

import json

import pytest
from sqlalchemy import select

from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake
from tests.station.conftest import BADGE

pytestmark = pytest.mark.browser

OUTBOX = """async () => new Promise((done) => { const asked = indexedDB.open("capture-outbox");
    asked.onsuccess = () => { const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.map(one => one.id)); }; }; })"""


def kept(station) -> None:
    """Wait until the service worker holds the app."""
    station.page.evaluate("""async () => { const ready = await navigator.serviceWorker.ready;
        for (let n = 0; n < 100 && !navigator.serviceWorker.controller; n += 1) {
            await new Promise(r => setTimeout(r, 50)); }
        return Boolean(ready.active); }""")


def reject(station, figure: str = "2") -> str:
    station.page.locator(".home .btn.reject").tap()
    station.page.locator(".tile >> nth=0").tap()
    station.page.locator(f".how-many .key >> text='{figure}'").tap()
    station.page.locator(".how-many > .btn.reject").tap()
    station.page.wait_for_selector(".toast.good")
    station.page.wait_for_selector(".home .btn.reject")
    return station.page.evaluate("document.body.dataset.saved")


def stored(station, client_id: str) -> Intake | None:
    with station.site.database.reading() as session:
        return session.scalar(select(Intake).where(Intake.client_id == client_id))


def test_a_rejection_made_offline_by_badge_alone_is_sent_when_the_network_is_back(tablet):
    station = tablet()
    station.sign_in()
    kept(station)
    station.page.locator(".chip.person").tap()
    station.page.wait_for_selector(".screen-lock h1")
    station.context.set_offline(True)
    station.page.wait_for_selector(".bar .chip.alarm:has-text('Offline')")
    station.scan(BADGE)
    saved = reject(station)
    assert station.page.evaluate(OUTBOX) == [saved]
    assert "1 waiting" in station.page.locator(".bar").inner_text()
    station.context.set_offline(False)
    station.page.wait_for_selector(".bar .chip:has-text('All sent')", timeout=30_000)
    intake = stored(station, saved)
    assert intake is not None
    assert intake.author_auth == "offline-badge"
    assert intake.author_id == station.plant.operator.id
    assert "offline_badge" in intake.review


def test_the_app_opens_cold_without_a_network(tablet):
    station = tablet(language="zh")
    station.sign_in()
    kept(station)
    station.context.set_offline(True)
    station.page.goto("/station")
    station.page.wait_for_selector(".home .btn.reject")
    assert "Offline" in station.page.locator(".bar").inner_text()
    saved = reject(station)
    assert station.page.evaluate(OUTBOX) == [saved]
    station.context.set_offline(False)


def test_the_author_of_a_record_is_who_made_it_not_who_is_there_when_it_is_sent(tablet):
    from tests.station.conftest import LEADER_BADGE, PIN

    station = tablet()
    station.sign_in()
    station.context.set_offline(True)
    saved = reject(station)
    station.page.locator(".chip.person").tap()
    station.context.set_offline(False)
    station.page.wait_for_selector(".bar .chip:has-text('Online')", timeout=30_000)
    station.page.wait_for_selector(".screen-lock h1")
    station.scan(LEADER_BADGE)
    station.page.wait_for_selector(".pin .keypad")
    for figure in PIN:
        station.page.locator(".pin .key", has_text=figure).tap()
    station.page.wait_for_selector(".bar .chip:has-text('All sent')", timeout=30_000)
    assert stored(station, saved).author_id == station.plant.operator.id


def test_a_full_tablet_says_not_saved_and_keeps_the_form(tablet):
    station = tablet()
    station.sign_in()
    station.page.evaluate("""() => { const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...args) {
            if (this.name === "outbox") {
                this.transaction.abort(); throw new DOMException("full", "QuotaExceededError"); }
            return put.apply(this, args); }; }""")
    station.page.locator(".home .btn.reject").tap()
    station.page.locator(".tile >> nth=0").tap()
    station.page.locator(".how-many .key >> text='7'").tap()
    station.page.locator(".how-many > .btn.reject").tap()
    station.page.wait_for_selector(".toast.bad:has-text('NOT SAVED')")
    assert station.page.locator(".big-count").inner_text() == "7"
    assert station.page.locator(".tile[aria-pressed='true']").count() == 1
    assert station.page.evaluate(OUTBOX) == []


def test_an_alarm_that_reached_nobody_fills_the_screen(tablet):
    station = tablet()
    station.sign_in()
    station.context.set_offline(True)
    station.page.locator(".home .btn.stop").tap()
    station.page.locator(".reasons .btn >> nth=0").tap()
    station.page.wait_for_selector("dialog.nobody:has-text('NOBODY WAS TOLD')", timeout=15_000)
    box = station.page.locator("dialog.nobody").bounding_box()
    assert (box["width"], box["height"]) == (1280, 800)
    station.context.set_offline(False)


def test_a_poison_record_is_kept_and_shown_while_the_others_go(tablet):
    station = tablet()
    station.sign_in()
    station.context.set_offline(True)
    first = reject(station, "1")
    station.page.evaluate("""async (id) => new Promise((done) => { const asked = indexedDB.open("capture-outbox");
        asked.onsuccess = () => { const store = asked.result.transaction("outbox", "readwrite").objectStore("outbox");
            const read = store.get(id); read.onsuccess = () => { read.result.body = "no record at all";
                store.put(read.result).onsuccess = () => { asked.result.close(); done(); }; }; }; })""", first)
    others = [reject(station, str(n)) for n in range(2, 7)]
    station.context.set_offline(False)
    station.page.wait_for_selector(".banner.bad:has-text('1 records were refused')", timeout=30_000)
    station.page.wait_for_function("() => document.querySelector('.bar').textContent.includes('1 waiting')")
    with station.site.database.reading() as session:
        made = session.scalars(select(Intake.client_id).where(Intake.client_id.in_([first, *others]))).all()
    assert sorted(made) == sorted(others)
    assert station.page.evaluate(OUTBOX) == [first]


def test_an_emptied_tablet_is_noticed_with_its_name_and_goes_on_counting(tablet):
    from qms.models.accounts_devices import DeviceIncident

    station = tablet()
    station.sign_in()
    station.context.set_offline(True)
    reject(station)
    station.context.set_offline(False)
    station.page.wait_for_selector(".bar .chip:has-text('All sent')", timeout=30_000)
    station.page.route("**/api/v1/rejects/**", lambda route: route.abort())
    reject(station)
    station.page.reload()
    station.page.wait_for_selector(".bar .chip:has-text('1 waiting')")
    session_cdp = station.context.new_cdp_session(station.page)
    session_cdp.send("Storage.clearDataForOrigin", {"origin": station.site.url, "storageTypes": "indexeddb"})
    station.page.unroute("**/api/v1/rejects/**")
    station.page.reload()
    station.page.wait_for_selector(".bar .chip:has-text('All sent')")
    station.page.wait_for_timeout(1500)
    with station.site.database.reading() as session:
        found = session.scalars(select(DeviceIncident).where(DeviceIncident.kind == "emptied")).all()
    assert found
    assert found[-1].count == 1


def test_sign_out_leaves_no_name_and_keeps_the_outbox(tablet):
    station = tablet()
    station.sign_in()
    station.context.set_offline(True)
    saved = reject(station)
    station.page.locator(".chip.person").tap()
    station.page.wait_for_selector(".screen-lock h1")
    assert "Operator" not in station.page.content()
    assert station.page.evaluate("sessionStorage.getItem('station-person')") is None
    assert station.page.evaluate(OUTBOX) == [saved]
    station.context.set_offline(False)


def test_a_new_version_waits_until_nothing_is_half_typed(tablet):
    station = tablet()
    station.sign_in()
    kept(station)
    station.page.locator(".home .btn.reject").tap()
    station.page.locator(".tile >> nth=0").tap()
    script = station.page.evaluate("async () => (await fetch('/station/sw.js')).text()")
    station.context.route("**/station/sw.js", lambda route: route.fulfill(
        body=script.replace('const VERSION = "', 'const VERSION = "next-'), content_type="text/javascript",
        headers={"Service-Worker-Allowed": "/station"}))
    station.page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/station')).update()")
    station.page.wait_for_timeout(6500)
    assert station.page.locator(".tile[aria-pressed='true']").count() == 1, "the form was lost"


def test_the_photo_is_small_and_arrives_whole(tablet, tmp_path):
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.effect_noise((3000, 2000), 40).convert("RGB").save(picture, "JPEG", exif=b"Exif\x00\x00MM\x00*")
    station = tablet()
    station.sign_in()
    station.page.locator(".home .btn.reject").tap()
    station.page.locator(".tile >> nth=0").tap()
    station.page.set_input_files(
        ".shoot input", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
    station.page.wait_for_selector(".shot")
    station.page.locator(".how-many > .btn.reject").tap()
    station.page.wait_for_selector(".toast.good")
    saved = station.page.evaluate("document.body.dataset.saved")
    station.page.wait_for_selector(".bar .chip:has-text('All sent')", timeout=30_000)
    photo = json.loads(stored(station, saved).body)["photos"][0]
    assert photo["bytes"] <= 400 * 1024
    with station.site.database.reading() as session:
        from qms.models.trail import Attachment

        made = session.scalar(select(Attachment).join(Rejection, Rejection.id == Attachment.entity_id)
                              .join(Intake, Intake.rejection_id == Rejection.id).where(Intake.client_id == saved))
        assert max(made.width, made.height) <= 1600
        assert made.sent_sha256 == photo["sha256"]
