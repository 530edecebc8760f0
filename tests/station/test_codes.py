"""The last resort of a tablet that cannot send: its records as QR codes, read by a camera, taken in at the desk."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from qms.models.rejections_intake import Intake
from tests.browser.conftest import Site
from tests.station.test_offline import kept, reject, stored

pytestmark = pytest.mark.browser

BODIES = """async () => new Promise((done) => { const asked = indexedDB.open("capture-outbox");
    asked.onsuccess = () => { const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.map(one => [one.id, one.body])); }; }; })"""
READ = """async (picture) => {
    const { prepareZXingModule, readBarcodes } = await import("/static/vendor/zxing/reader/index.js");
    await prepareZXingModule({ overrides: { locateFile: () => "/static/vendor/zxing/reader/zxing_reader.wasm" },
                               fireImmediately: true });
    const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
    const found = await readBarcodes(new Blob([bytes], { type: "image/png" }), { formats: ["QRCode"] });
    return found.map((one) => one.text); }"""


def read_from_the_screen(page: Page, reader: Page) -> list[str]:
    """Photograph each code on the tablet and read it with the reader that the desk ships."""
    import base64

    read: list[str] = []
    page.wait_for_selector(".codes .qr")
    while True:
        picture = base64.b64encode(page.screenshot()).decode()
        read += reader.evaluate(READ, picture)
        if page.locator(".codes ~ .actions .btn.primary").is_disabled():
            return read
        page.locator(".codes ~ .actions .btn.primary").tap()


def test_codes_on_the_screen_hold_the_records_and_the_desk_takes_them_in_once(tablet, site: Site, signed_in):
    station = tablet()
    station.sign_in()
    kept(station)
    station.context.set_offline(True)
    saved = [reject(station, "2"), reject(station, "3")]
    station.page.locator(".bar button.chip >> nth=0").tap()
    station.page.locator(".btn:has-text('Show as codes')").tap()
    desk = signed_in("team_leader", "en")
    desk.goto("/rejections/tablets/by-hand")
    codes = read_from_the_screen(station.page, desk)
    bodies = dict(station.page.evaluate(BODIES))
    assert sorted(bodies) == sorted(saved)
    for outcome in ("Taken in", "Was here already"):
        desk.goto("/rejections/tablets/by-hand")
        desk.fill("textarea[name=codes]", "\n".join(codes))
        desk.locator("form .btn-primary").click()
        assert desk.locator(f"tbody tr:has-text('{outcome}')").count() == 2
    for client_id, body in bodies.items():
        assert stored(station, client_id).body == body
    station.context.set_offline(False)
    station.page.wait_for_selector(".bar .chip:has-text('All sent')", timeout=30_000)
    with site.database.reading() as session:
        made = session.scalars(select(Intake.client_id).where(Intake.client_id.in_(saved))).all()
    assert sorted(made) == sorted(saved)
