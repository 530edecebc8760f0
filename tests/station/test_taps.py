"""How many taps and how long accepting and rejecting take. Source: shared domain reference G.3."""

import time

import pytest
from sqlalchemy import select

from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake

pytestmark = pytest.mark.browser


def test_accepting_after_a_scan_takes_one_tap(tablet, waiting_lot):
    station = tablet()
    station.sign_in()
    began = time.monotonic()
    station.scan(waiting_lot)
    accept = station.page.locator(".btn.accept")
    accept.tap()
    station.page.wait_for_selector(".toast.good")
    assert time.monotonic() - began < 20
    with station.site.database.reading() as session:
        handover = session.scalar(select(Handover).join(Lot, Lot.id == Handover.lot_id)
                                  .where(Lot.number == waiting_lot))
        assert (handover.state, handover.accepted) == ("accepted", 40)


def test_rejecting_takes_four_taps_and_twenty_seconds(tablet, waiting_lot):
    station = tablet()
    station.sign_in()
    taps, began = 0, time.monotonic()
    for target in (".home .btn.reject", ".tile >> nth=0", ".how-many .key >> text='3'", ".how-many > .btn.reject"):
        if taps == 1:
            station.scan(waiting_lot)
            station.page.wait_for_selector(f".lot span:text-is('{waiting_lot}')")
        station.page.locator(target).tap()
        taps += 1
    station.page.wait_for_selector(".toast.good")
    assert taps <= 4
    assert time.monotonic() - began < 20
    saved = station.page.evaluate("document.body.dataset.saved")
    station.page.wait_for_selector(".bar .chip:has-text('All sent')")
    with station.site.database.reading() as session:
        made = session.scalar(select(Rejection).join(Intake, Intake.rejection_id == Rejection.id)
                              .where(Intake.client_id == saved))
        assert made.quantity == 3
        assert made.reported_by_id == station.plant.operator.id


def test_a_lot_is_refused_on_what_was_reported_of_it(tablet, waiting_lot):
    station = tablet()
    station.sign_in()
    station.scan(waiting_lot)
    station.page.locator(".card .btn.reject").tap()
    station.page.locator(".tile >> nth=0").tap()
    station.page.locator(".how-many .key >> text='2'").tap()
    station.page.locator(".how-many > .btn.reject").tap()
    rest = station.page.locator(".btn.accept:has-text('38')")
    rest.wait_for()
    rest.tap()
    station.page.wait_for_selector(".home .btn.reject")
    with station.site.database.reading() as session:
        handover = session.scalar(select(Handover).join(Lot, Lot.id == Handover.lot_id)
                                  .where(Lot.number == waiting_lot))
        assert (handover.state, handover.accepted, handover.rejected) == ("partly_accepted", 38, 2)
