"""Fills the registers of nonconformity in bulk, past the application: what is measured only reads them, or decides."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from benchmarks.seed import long_register
from qms.db.engine import open_engine
from qms.db.search import searchable
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.dispositions import Disposition
from qms.models.rejections import Hold, Rejection
from qms.rules.actions import DISCIPLINES

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
PIECES = 3
_ROWS_AT_ONCE = 5000


def registers(url: str, ids: dict[str, int], rejections: int, actions: int) -> None:
    """Fill an SQLite database with rejections, each with a hold, most of them decided, and with 8D cases."""
    long_register(url, ids, rejections)
    engine = open_engine(url, writes=True, owner=True)
    with engine.begin() as connection:
        fill(connection, Hold.__table__, (_hold(ids, n) for n in range(1, rejections + 1)))
        fill(connection, Disposition.__table__,
              (_line(ids, n) for n in range(1, rejections + 1) if n % 2 or n % 4 == 0))
        fill(connection, Action.__table__, (_case(ids, n) for n in range(1, actions + 1)))
        fill(connection, ActionSource.__table__, ({
            "rev": 1, "action_id": n, "kind": "rejections", "record_id": n, "number": f"NC-BM-2026-{n:07}",
            "active": True, "added_at": AT, "added_by_id": ids["person"]} for n in range(1, actions + 1)))
        fill(connection, ActionStep.__table__, ({
            "rev": 1, "action_id": n, "step": step, "due_at": AT + timedelta(days=n % 90 + place), "reopened": 0,
            "done_at": AT if place < n % 9 else None} for n in range(1, actions + 1)
            for place, step in enumerate(DISCIPLINES)))
        connection.execute(text("INSERT INTO actions_search (rowid, body) SELECT id, search_text FROM actions"))
        connection.execute(text("ANALYZE"))
    engine.dispose()


def to_decide(url: str, ids: dict[str, int], rows: int) -> None:
    """Fill a database of either kind with undecided rejections, whose ids are those of their holds."""
    engine = open_engine(url, writes=True, owner=True)
    with engine.begin() as connection:
        fill(connection, Rejection.__table__, ({
            "id": n, "rev": 1, "site_id": ids["site"], "year": 2026, "serial": n, "number": f"NC-BM-2026-{n:07}",
            "kind": "not_accepted", "state": "held", "found_at": AT, "received_at": AT, "item_id": ids["item"],
            "lot_id": ids["lot"], "quantity": PIECES, "whole_lot": False, "for_review": False,
            "defect_id": ids["defect"], "severity": "MA", "found_unit_id": ids["second"],
            "origin_unit_id": ids["first"], "origin_state": "assumed", "link_id": ids["link"], "escape_steps": 1,
            "escape_class": "1", "reported_by_id": ids["person"], "source": "import", "search_text": ""}
            for n in range(1, rows + 1)))
        fill(connection, Hold.__table__, (_hold(ids, n, state="held") for n in range(1, rows + 1)))
    engine.dispose()


def fill(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows, so many at once."""
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _ROWS_AT_ONCE:
            connection.execute(insert(table), some)
            some = []
    if some:
        connection.execute(insert(table), some)


def _hold(ids: dict[str, int], n: int, state: str = "") -> dict[str, Any]:
    return {"id": n, "rev": 1, "rejection_id": n, "lot_id": ids["lot"], "quantity": PIECES, "held_at": AT,
            "state": state or ("held", "released")[n % 2]}


def _line(ids: dict[str, int], n: int) -> dict[str, Any]:
    return {"rev": 1, "site_id": ids["site"], "rejection_id": n, "position": 1, "hold_id": n,
            "code": ("rework", "scrap", "sort")[n % 3], "state": "completed" if n % 2 else "decided",
            "quantity": PIECES, "decided_at": AT, "decided_by_id": ids["person"], "role": "quality_engineer"}


def _case(ids: dict[str, int], n: int) -> dict[str, Any]:
    number = f"CA-BM-2026-{n:06}"
    return {"id": n, "rev": 1, "site_id": ids["site"], "year": 2026, "serial": n, "number": number,
            "title": "支架毛刺 Burr on bracket", "route": ("8d", "4d")[n % 3 == 0], "route_by_rule": "8d",
            "state": ("open", "closed")[n % 2], "severity": "MA", "safety": False, "is_repeat": False,
            "item_id": ids["item"], "defect_id": ids["defect"], "lot_id": ids["lot"], "link_id": ids["link"],
            "origin_unit_id": ids["first"], "detecting_unit_id": ids["second"], "opened_at": AT,
            "opened_by_id": ids["person"], "clock_from": AT, "leader_id": ids["person"],
            "search_text": searchable(number, "支架毛刺 Burr on bracket", "D1 毛刺 Burr", "X-1 支架 Bracket")}
