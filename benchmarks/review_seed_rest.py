"""Makes what a pack reads besides hand-overs and rejections: 24 months of cases, stops, costs, readings, complaints."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from qms.models.actions import Action, ActionStep
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.models.dispositions_costs import CostLine
from qms.models.stops import Stop
from qms.rules.actions import DISCIPLINES

CUSTOMERS = 3
BEGIN, DAYS = datetime(2024, 7, 1, tzinfo=UTC), 730
_METRICS = {"ppm": 120, "otd": 98, "disruptions": 1, "returns": 4}
_ELEMENTS = (("internal_failure", "scrap"), ("internal_failure", "rework"), ("external_failure", "debit"),
             ("appraisal", "final"), ("prevention", "training"))
Rows = Iterator[dict[str, Any]]


def the_rest(ids: dict[str, int], handovers: int) -> tuple[tuple[Table, Rows], ...]:
    """Return tables with rows for them, in the order in which they can be filled; as many as hand-overs ask for."""
    cases, stops, costs = handovers // 500, handovers // 200, handovers // 20
    return (
        (Action.__table__, (_case(ids, n, cases) for n in range(1, cases + 1))),
        (ActionStep.__table__, (_step(n, cases, step, place) for n in range(1, cases + 1)
                                for place, step in enumerate(DISCIPLINES))),
        (Stop.__table__, (_stop(ids, n, stops) for n in range(1, stops + 1))),
        (CostLine.__table__, (_cost(ids, n, costs) for n in range(1, costs + 1))),
        (ScoreReading.__table__, (_reading(ids, month, customer, metric) for month in range(24)
                                  for customer in range(CUSTOMERS) for metric in _METRICS)),
        (CustomerComplaint.__table__, (_complaint(ids, n, 24 * CUSTOMERS) for n in range(1, 24 * CUSTOMERS + 1))),
    )


def _at(n: int, rows: int) -> datetime:
    return BEGIN + timedelta(seconds=n * DAYS * 86_400 // (rows + 1))


def _case(ids: dict[str, int], n: int, rows: int) -> dict[str, Any]:
    at = _at(n, rows)
    return {"id": n, "rev": 1, "site_id": ids["site"], "year": 2025, "serial": n, "number": f"CA-{n}",
            "title": "毛刺 Burr", "route": "8d", "route_by_rule": "8d", "state": "open" if n % 3 == 0 else "closed",
            "severity": "MA", "safety": False, "is_repeat": n % 11 == 0, "item_id": ids["item"],
            "defect_id": ids["defect"], "origin_unit_id": ids["unit"], "detecting_unit_id": ids["unit"] + 1,
            "opened_at": at,
            "opened_by_id": ids["person"], "clock_from": at, "search_text": "",
            "closed_at": None if n % 3 == 0 else at + timedelta(days=60)}


def _step(n: int, rows: int, step: str, place: int) -> dict[str, Any]:
    at = _at(n, rows)
    is_done = n % 3 or place < 4
    return {"rev": 1, "action_id": n, "step": step, "due_at": at + timedelta(days=place * 7 + 1), "reopened": 0,
            "rungs": 0, "done_at": at + timedelta(days=place * 6 + n % 5) if is_done else None}


def _stop(ids: dict[str, int], n: int, rows: int) -> dict[str, Any]:
    at = _at(n, rows)
    return {"id": n, "rev": 1, "site_id": ids["site"], "year": 2025, "serial": n, "number": f"ST-{n}",
            "state": "reviewed", "unit_id": ids["unit"] + n % 20, "reason": ("quality", "material", "machine")[n % 3],
            "product_affecting": False, "critical": False, "from_upstream": False, "called_by_id": ids["person"],
            "called_at": at, "window_ends_at": at + timedelta(seconds=60), "source": "demo",
            "stopped_at": at + timedelta(seconds=60) if n % 2 else None, "restarted_by_id": ids["person"],
            "arrived_at": at + timedelta(seconds=30 + n % 90), "restarted_at": at + timedelta(minutes=5 + n % 20)}


def _cost(ids: dict[str, int], n: int, rows: int) -> dict[str, Any]:
    at, (category, element) = _at(n, rows), _ELEMENTS[n % len(_ELEMENTS)]
    amount = Decimal(n % 5000 + 100) / 100
    return {"rev": 1, "site_id": ids["site"], "category": category, "element": element, "quantity": Decimal(1),
            "measure": "amount", "rate": amount, "currency": "CNY", "amount": amount, "period": f"{at:%Y-%m}",
            "posted_at": at, "posted_by_id": ids["person"], "source": "auto", "approved_at": at,
            "approved_by_id": ids["person"]}


def _month(place: int) -> date:
    return date(2024 + (place + 6) // 12, (place + 6) % 12 + 1, 1)


def _reading(ids: dict[str, int], month: int, customer: int, metric: str) -> dict[str, Any]:
    at = datetime.combine(_month(month), datetime.min.time(), UTC)
    return {"rev": 1, "site_id": ids["site"], "customer_id": ids["customer"] + customer, "month": _month(month),
            "metric": metric, "value": Decimal(_METRICS[metric] + (month * 7 + customer) % 13), "target": Decimal(100),
            "colour": "green", "read_on": _month(month), "read_by_id": ids["person"], "entered_at": at}


def _complaint(ids: dict[str, int], n: int, rows: int) -> dict[str, Any]:
    at = _at(n, rows)
    return {"id": n, "rev": 1, "site_id": ids["site"], "year": 2025, "serial": n, "number": f"CC-{n}",
            "kind": "quality", "customer_id": ids["customer"] + n % CUSTOMERS, "severity": "MA", "place": "0km",
            "state": "received", "received_at": at, "recorded_at": at, "recorded_by_id": ids["person"],
            "description": "毛刺 Burr",
            "responsibility": "open", "no_fault_found": False, "d3_due_at": at, "d5_due_at": at, "d8_due_at": at,
            "times_reopened": 0, "origin_unit_id": ids["unit"], "rejection_id": n * 10}
