"""The review board leaves whole, under every filter of its page."""

import pytest
from openpyxl import load_workbook

from exports import dispositions_board as columns
from qms.jobs import exports as jobs
from qms.workflows import dispositions_register
from qms.workflows.chain_paging import Wish
from qms.workflows.dispositions_register import Filter
from tests.dispositions.scene import RISK, Scene


def rows_of(scene: Scene, tmp_path, wanted: Filter, language: str = "en") -> list[dict]:
    target = tmp_path / "board.xlsx"
    sent = jobs.write(scene.db, scene.plant.auditor, "dispositions", wanted, target=target, language=language,
                      address="https://qms.example")
    rows = list(load_workbook(target)[columns.NAME.to(language)].values)
    heads = {column.head(language, "Asia/Shanghai"): column.key for column in columns.COLUMNS}
    assert sent.rows == len(rows) - 1
    return [dict(zip([heads[head] for head in rows[0]], row, strict=True)) for row in rows[1:]]


def test_rows_are_those_of_the_board_under_every_filter(scene: Scene, tmp_path):
    scene.one(scene.reported(), "scrap")
    scene.reported(quantity=3, severity="MI")
    plant = scene.plant
    for wanted in (Filter(), Filter(state="undecided"), Filter(state="decided"), Filter(code="scrap"),
                   Filter(severity="MI"), Filter(sought="毛刺"), Filter(customer_id=plant.customer),
                   Filter(site_id=plant.site, unit_id=plant.weld), Filter(code="rework")):
        with scene.db.reading() as session:
            board = dispositions_register.board(session, plant.auditor, wanted, Wish("", "", ""))
            shown = [(row.number, row.quantity) for row in board.rows]
        assert [(row["number"], row["quantity"]) for row in rows_of(scene, tmp_path, wanted)] == shown, wanted


@pytest.mark.parametrize(("language", "code", "state"), [("en", "Rework", "Decided"), ("zh", "返工", "已决定")])
def test_a_line_tells_what_is_decided(scene: Scene, tmp_path, language: str, code: str, state: str):
    scene.one(scene.reported(), "rework", **RISK)
    (row,) = rows_of(scene, tmp_path, Filter(), language)
    assert (row["code"], row["state"], row["quantity"], row["decided_by"]) == (code, state, 10, "Quality Engineer")
