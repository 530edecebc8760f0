"""The register of outside customers and the readings of their scorecards as files."""

from datetime import date
from decimal import Decimal

import pytest

from qms.rules.clock import utc_now
from qms.workflows import customers_scores as scores
from tests.customers.scene import Scene


def taken(sign_in, kind: str, suffix: str, role: str = "quality_engineer", **asked: str):
    return sign_in(role, "en").post(f"/exports/{kind}", data={"csrf": "test-csrf", "format": suffix} | asked)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_customers_and_readings_are_exported_as_they_are_asked_for(scene: Scene, sign_in, page, suffix: str):
    scene.at = utc_now()
    scene.customer()
    scene.do(scores.enter, None, scene.plant.customer, month=date(2026, 2, 1), metric="ppm", value=Decimal(40),
             read_on=date(2026, 2, 20))
    for address in ("/customers/", "/customers/scorecards/?last=2026-03"):
        page(sign_in("quality_engineer"), address)
    for kind, asked, said in (("customers", {"grade": "A"}, "C01"),
                              ("customer-scorecards", {"last": "2026-02-01"}, "2026-02")):
        sent = taken(sign_in, kind, suffix, **asked)
        assert sent.status_code == 200
        if suffix == ".csv":
            assert said in sent.data.decode("utf-8-sig")
    if suffix == ".csv":
        assert "C01" not in taken(sign_in, "customers", suffix, grade="C").data.decode("utf-8-sig")
        none = taken(sign_in, "customer-scorecards", suffix, first="2026-03-01")
        assert "2026-02" not in none.data.decode("utf-8-sig")


def test_who_may_not_export_gets_no_file(scene: Scene, sign_in):
    scene.customer()
    assert taken(sign_in, "customers", ".csv", "operator").status_code == 403
