"""What the pages of dispositions show and take, in both languages."""

from typing import Any

import pytest
from sqlalchemy import event, select

from qms.db import Database
from qms.models.dispositions import BoardReview, Disposition
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor, Grant
from qms.workflows import dispositions, dispositions_quarantine_register
from qms.workflows import dispositions_register as pages
from qms.workflows.chain_paging import SIZE, Wish
from tests.dispositions.scene import INSTRUCTION, RISK, Scene
from tests.signing import signed


def lines(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what the page of a decision sends."""
    sent: dict[str, Any] = {"rows": str(len(given)), **signed("disposition"), **more}
    for position, line in enumerate(given):
        sent |= {f"lines-{position}-{key}": str(value) for key, value in line.items()}
    return sent


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_open_in_both_languages_with_and_without_records(page, sign_in, scene: Scene, language: str):
    me = sign_in("quality_engineer", language)
    assert ("没有" if language == "zh" else "Nothing is held") in page(me, "/dispositions/").text or language == "zh"
    made = scene.reported()
    for address in (f"/dispositions/rejections/{made.id}/decide", f"/dispositions/rejections/{made.id}/ask-board"):
        assert page(me, address).find(".//form")
    review = scene.agreed(made, "use_as_is")
    conceded = scene.one(made, "use_as_is", person=scene.plant.quality_manager, justification="Not visible")
    scrap = scene.one(scene.reported(), "scrap")
    worked = scene.one(scene.reported(), "rework", **RISK)
    for line in (conceded, scrap, worked):
        page(me, f"/dispositions/{line.id}")
    for address in ("/dispositions/", "/dispositions/?state=undecided", "/dispositions/?state=decided&code=scrap",
                    f"/dispositions/?severity=CR&customer={scene.plant.customer}&q=L-0001&unit={scene.plant.weld}",
                    f"/dispositions/boards/{review.id}", f"/dispositions/{conceded.id}/cover", f"/rejections/{made.id}",
                    f"/dispositions/{worked.id}/withdraw", "/"):
        page(me, address)
    leader = sign_in("team_leader", language)
    for line in (scrap, worked):
        page(leader, f"/dispositions/{line.id}/start")
    page(leader, "/")
    scene.worked(worked)
    page(leader, f"/dispositions/{scrap.id}/report")
    inspector = sign_in("inspector", language)
    for address in (f"/dispositions/{worked.id}/verify", f"/dispositions/{worked.id}", "/",
                    f"/dispositions/{worked.id}/send-back", f"/dispositions/{scrap.id}/witness"):
        page(inspector, address)


def test_r07_a_page_decides_in_lines_and_says_in_which_one_what_is_wrong(page, sign_in, scene: Scene):
    made = scene.reported()
    me, hold = sign_in("quality_engineer"), scene.holds(made)[0].id
    address, rev = f"/dispositions/rejections/{made.id}/decide", scene.read(Rejection, made.id).rev
    scrap = {"hold_id": hold, "code": "scrap", "quantity": 4}
    more = page(me, address, post=lines(scrap, rev=rev, add="1"))
    assert [e.get("value") for e in more.find(".//input[@name='lines-0-quantity']")] == ["4"]
    assert more.find(".//select[@name='lines-1-code']")
    assert "6 of 10 held" in more.text
    assert "R-07" in page(me, address, post=lines(scrap, rev=rev), status=409).text
    rework = {"hold_id": hold, "code": "rework", "quantity": 6}
    refused = page(me, address, post=lines(scrap, rework, rev=rev), status=409)
    assert "R-08" in refused.text
    assert scene.told(made) == [(10, "held")]
    assert page(me, address, post=lines(scrap, rework | RISK, rev=rev)).find(".//section[@id='dispositions']")
    assert scene.told(made) == [(4, "held"), (6, "held")]
    assert page(me, address, post=lines(scrap, rework | RISK, rev=rev), status=409)


def test_nothing_counts_as_decided_before_a_disposition_is_chosen(page, sign_in, scene: Scene):
    made = scene.reported()
    me, address = sign_in("quality_engineer"), f"/dispositions/rejections/{made.id}/decide"
    opened = page(me, address)
    assert [e.get("value") for e in opened.find(".//input[@name='lines-0-quantity']")] == ["10"]
    assert [e.get("data-left") for e in opened.find(".//p[@data-left]")] == ["10"]
    hold, rev = scene.holds(made)[0].id, scene.read(Rejection, made.id).rev
    for code, left in (("", "10"), ("scrap", "6")):
        more = page(me, address, post=lines({"hold_id": hold, "code": code, "quantity": 4}, rev=rev, add="1"))
        assert [e.get("data-left") for e in more.find(".//p[@data-left]")] == [left]


def test_the_steps_of_a_line_are_taken_from_its_page_by_whoever_may(page, sign_in, scene: Scene):
    made = scene.reported()
    line = scene.one(made, "rework", **RISK)
    leader, inspector = sign_in("team_leader"), sign_in("inspector")
    address = f"/dispositions/{line.id}"
    assert "Start" in page(leader, address).links()
    assert "Start" not in page(sign_in("auditor"), address).links()

    def rev() -> int:
        return scene.read(Disposition, line.id).rev

    refused = page(leader, f"{address}/start", post={"rev": rev(), "place": "Bench"}, status=409)
    assert "R-08" in refused.text
    page(leader, f"{address}/start", post={"rev": rev(), **INSTRUCTION})
    page(leader, f"{address}/report", post={"rev": rev(), "result": "Deburred", "hours": "1.5"})
    assert "Verify" not in page(leader, address).links()
    told = page(inspector, f"{address}/verify", post={"rev": rev(), "good": "7", "scrapped": "2",
                                                      "verification": "Gauged"})
    assert "WI-30-R" in told.text
    assert scene.told(made) == [(7, "released"), (3, "held")]


def test_r14_scrap_is_witnessed_and_disposed_of_from_its_page(page, sign_in, scene: Scene):
    made = scene.reported()
    line = scene.one(made, "scrap")
    engineer, inspector = sign_in("quality_engineer"), sign_in("inspector")
    address = f"/dispositions/{line.id}"

    def send(browser, step: str, status: int = 200, **given: Any):
        return page(browser, f"{address}/{step}", post={"rev": scene.read(Disposition, line.id).rev, **given},
                    status=status)

    send(engineer, "start", place="Cage")
    assert "R-14" in send(engineer, "report", 409, result="Crushed").text
    send(engineer, "report", result="Crushed", method="crush", weight_kg="2.4")
    assert "R-14" in send(engineer, "witness", 409).text
    send(inspector, "witness", verification="Seen flat")
    assert "SC-SH-" in send(inspector, "dispose").text
    assert scene.told(made) == [(10, "gone")]


def test_the_history_calls_a_line_after_its_rejection(page, sign_in, scene: Scene):
    made = scene.reported()
    line = scene.one(made, "scrap")
    scene.do(dispositions.start, line, place="Cage")
    assert f"处置 {made.number}" in page(sign_in("quality_engineer", "zh"), f"/dispositions/{line.id}").text


def test_a_board_is_asked_votes_and_closes_on_its_page(page, sign_in, scene: Scene):
    made, chair = scene.reported(), scene.plant.quality_manager
    engineer, manager, production = (sign_in(who) for who in ("quality_engineer", "quality_manager",
                                                              "production_manager"))
    rev = scene.read(Rejection, made.id).rev
    ask = f"/dispositions/rejections/{made.id}/ask-board"
    page(engineer, ask, post={"rev": rev, "proposal": "Repair?", "chair_id": scene.plant.production_manager.id},
         status=422)
    page(engineer, ask, post={"rev": rev, "proposal": "Repair?", "chair_id": chair.id})
    with scene.db.reading() as session:
        review = session.scalars(select(BoardReview)).one()
    address = f"/dispositions/boards/{review.id}"
    assert "asks for your vote" in page(production, "/").text
    page(production, address, post={"function": "production", "vote": "agree", "code": "repair"})
    assert "asks for your vote" not in page(production, "/").text
    page(engineer, address, post={"function": "quality", "vote": "disagree", "note": "Too thin"})
    assert "Close with an outcome" not in page(engineer, address).links()
    page(manager, f"{address}/close", post={"rev": review.rev, "code": "repair", "outcome": "Weld and check"})
    assert "Weld and check" in page(engineer, f"/rejections/{made.id}").text


def test_who_may_not_decide_is_not_offered_it_and_cannot(page, sign_in, scene: Scene):
    made = scene.reported()
    inspector = sign_in("inspector")
    assert "Decide the disposition" not in page(inspector, f"/rejections/{made.id}").links()
    assert "Decide the disposition" in page(sign_in("quality_engineer"), f"/rejections/{made.id}").links()
    page(inspector, f"/dispositions/rejections/{made.id}/decide", status=403)


def test_today_tells_who_decides_works_and_verifies(page, sign_in, scene: Scene):
    made = scene.reported()
    assert "Dispositions to decide" in page(sign_in("quality_engineer"), "/").text
    line = scene.one(made, "sort")
    assert "Dispositions to carry out" in page(sign_in("team_leader"), "/").text
    scene.worked(line)
    assert "Dispositions to verify" in page(sign_in("inspector"), "/").text
    assert "Dispositions to verify" not in page(sign_in("team_leader"), "/").text


WANTED = [pages.Filter(), pages.Filter(state="undecided"), pages.Filter(state="decided", code="scrap"),
          pages.Filter(unit_id=1, severity="MA"), pages.Filter(customer_id=5), pages.Filter(sought="毛刺")]


@pytest.mark.parametrize("wanted", WANTED, ids=["all", "undecided", "decided", "unit", "customer", "sought"])
def test_the_review_board_is_served_by_an_index(db: Database, scene: Scene, wanted: pages.Filter):
    if not db.is_sqlite:
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    me = Actor(1, "x", (Grant(1, "quality_engineer", scene.plant.site),))
    with db.reading() as session:
        asked: list[tuple] = []
        event.listen(session.connection(), "before_cursor_execute",
                     lambda _c, _cur, statement, values, *_rest: asked.append((statement, values)))
        pages.board(session, me, wanted, Wish())
        for statement, values in asked[:]:
            plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert not [step for step in plan if "VIRTUAL TABLE INDEX" not in step
                        and step.startswith(("SCAN holds", "SCAN disposit", "SCAN rejections"))]


@pytest.mark.parametrize(("sought", "found"), [("毛刺", True), ("burr", True), ("NC-SH", True), ("划伤", False)])
def test_the_board_and_quarantine_are_searched_in_both_languages(scene: Scene, sought: str, found: bool):
    held = [scene.holds(scene.reported())[0].id]
    me = scene.plant.quality_engineer
    with scene.db.reading() as session:
        board = pages.board(session, me, pages.Filter(sought=sought), Wish())
        stood = dispositions_quarantine_register.stock(
            session, me, dispositions_quarantine_register.Filter(sought=sought), Wish())
    assert [[hold.id for hold in page.rows] for page in (board, stood)] == [held if found else []] * 2


def test_the_pages_of_the_board_follow_each_other_and_keep_to_the_site(scene: Scene):
    made = [scene.reported().id for _ in range(SIZE + 2)]
    me = scene.plant.quality_engineer
    stranger = Actor(1, "x", (Grant(1, "quality_engineer", scene.plant.site + 1),))
    with scene.db.reading() as session:
        first = pages.board(session, me, pages.Filter(), Wish())
        second = pages.board(session, me, pages.Filter(), Wish(after=first.following))
        assert pages.board(session, stranger, pages.Filter(), Wish()).total == 0
    assert [hold.rejection_id for hold in (*first.rows, *second.rows)] == made
