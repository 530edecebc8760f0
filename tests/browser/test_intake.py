"""The desk pages on what tablets sent, in a real browser: no fault, not too wide, nothing that axe objects to."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from qms.models.accounts_devices import DeviceContact
from qms.models.rejections_intake import Intake, IntakeConflict
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from tests.browser.clean import walk
from tests.browser.conftest import Site
from tests.rejections.pictures import picture
from tests.rejections.tablets import HEADERS, Tablet, badge_of, enrolled, give_badge

pytestmark = pytest.mark.browser


def sent_by(site: Site, tablet: Tablet, method: str, path: str, content: bytes, **headers: str) -> int:
    """Send something as a tablet does; return the status."""
    import http.client

    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=30)
    connection.request(method, f"/api/v1/rejects/{path}", content,
                       {**HEADERS, "Cookie": f"dev={tablet.token}", **headers})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def addresses(site: Site) -> list[str]:
    """The pages of an odd record made offline, a conflict, a record that a tablet keeps, and unreadable bytes."""
    tablet = enrolled(site.database, site.plant)
    give_badge(site.database, site.plant.operator)
    content = picture(size=(640, 480))
    sent: dict[str, Any] = tablet.body(
        actor={"auth": "offline-badge", "badge_sha256": badge_of(site.plant.operator)}, skew_ms=200_000,
        fields={"lot_id": None, "lot_number": "L-9999", "item_id": None, "quantity": 0, "note": "右侧\n第二托盘"},
        photos=[tablet.listed(1, content), tablet.listed(2, b"")])
    assert sent_by(site, tablet, "PUT", sent["id"], json.dumps(sent).encode()) == 201
    assert sent_by(site, tablet, "PUT", f"{sent['id']}/photos/1", content,
                   **{"X-Sha256": hashlib.sha256(content).hexdigest()}) == 201
    other = {**sent, "fields": {**sent["fields"], "quantity": 4}}
    assert sent_by(site, tablet, "PUT", sent["id"], json.dumps(other).encode()) == 409
    assert sent_by(site, tablet, "PUT", tablet.body()["id"], b"<html>") == 400
    kept = tablet.body()["id"]
    with site.database.transaction(SYSTEM, "accounts.contact") as session:
        session.add(DeviceContact(device_id=tablet.id, seen_at=utc_now(), waiting=2, attention=1, waiting_seqs=[],
                                  refused=[{"id": kept, "status": 413, "error": "A record has at most 64 KiB."}]))
    with site.database.reading() as session:
        intake = session.scalars(select(Intake).where(Intake.client_id == sent["id"])).one()
        conflict = session.scalars(select(IntakeConflict)).one()
    base = "/rejections/tablets"
    return [f"{base}/", f"{base}/?part=review", f"{base}/?part=late", f"{base}/{intake.id}",
            f"{base}/{intake.id}/review", f"{base}/{intake.id}/countersign", f"{base}/conflicts",
            f"{base}/conflicts/{conflict.id}", f"{base}/kept", f"{base}/kept/{tablet.id}/{kept}/discard",
            f"{base}/unreadable", f"{base}/by-hand",
            f"/rejections/{intake.rejection_id}", f"/rejections/{intake.rejection_id}/complete",
            f"/rejections/{intake.rejection_id}/thank", "/"]


@pytest.mark.parametrize(("language", "width", "height", "touch"),
                         [("zh", 1280, 800, True), ("en", 1440, 900, False)])
def test_the_pages_on_what_tablets_sent_are_clean(site: Site, signed_in: Callable[..., Any], addresses: list[str],
                                                  language: str, width: int, height: int, touch: bool):
    page = signed_in("quality_engineer", language, width=width, height=height, touch=touch)
    walk(page, site.url, addresses)
