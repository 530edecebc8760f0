"""The register of imported measures of units: filtered, paged by key, exported, each line with its import."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, select

from qms.models.imports import Import
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import NotAllowed
from qms.rules.satisfaction_measures import Wide
from qms.workflows import satisfaction_measures_register as registers
from qms.workflows import satisfaction_register
from qms.workflows.chain_paging import Wish
from qms.workflows.satisfaction_measures_register import Filter
from tests.satisfaction.scene import Scene

SHAPE = Wide("id", "name", "year", {"Care": "internal", "Overall": "external"})


@pytest.fixture
def imported(scene: Scene, tmp_path: Path) -> int:
    """Thirty units with an internal and an external measure each; the id of the import."""
    path = tmp_path / "units.csv"
    path.write_text("id,name,year,Care,Overall\n" + "".join(
        f"{n:03},Hospital {n},2024,{n}.50%,{n}.25%\n" for n in range(30)), encoding="utf-8")
    scene.measured(path, SHAPE, source="HVBP", kind="unit_measures")
    with scene.db.reading() as session:
        return session.scalars(select(Import.id)).one()


def found(scene: Scene, person: Actor | None = None, wish: Wish | None = None, **asked):
    with scene.db.reading() as session:
        return registers.register(session, person or scene.plant.auditor, Filter(**asked), wish or Wish())


@pytest.mark.usefixtures("imported")
def test_measures_are_found_by_source_measure_kind_and_unit(scene: Scene):
    assert found(scene).total == 60
    assert found(scene, source="HVBP", measure="Care").total == 30
    assert found(scene, source="Another").total == 0
    assert {m.measure for m in found(scene, kind="external").rows} == {"Overall"}
    assert [(m.unit_code, m.value, m.is_percent) for m in found(scene, sought="hospital 007", measure="Care").rows] == [
        ("007", Decimal("7.50"), True)]
    with scene.db.reading() as session:
        assert registers.sources(session, scene.plant.auditor) == ["HVBP"]
        assert registers.measures(session, scene.plant.auditor) == ["Care", "Overall"]


@pytest.mark.usefixtures("imported")
def test_a_page_goes_on_where_the_last_one_ended_in_either_order(scene: Scene):
    for sort in ("unit", "-unit", "-imported"):
        first = found(scene, wish=Wish(sort))
        second = found(scene, wish=Wish(sort, after=first.following))
        codes = [m.unit_code for m in (*first.rows, *second.rows)]
        assert (len(first.rows), len(second.rows)) == (50, 10)
        assert codes == sorted(codes, reverse=sort.startswith("-")), sort


def test_another_site_and_who_may_not_see_surveys_find_nothing(scene: Scene, imported: int):
    elsewhere = Actor(1, "x", (Grant(1, "auditor", scene.plant.site + 1),))
    assert found(scene, elsewhere).total == 0
    assert found(scene, elsewhere, import_id=imported).total == 0
    with pytest.raises(NotAllowed):
        found(scene, Actor(1, "x", ()))


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_measures_are_exported_as_they_are_asked_for(scene: Scene, imported: int, sign_in, suffix: str):
    def taken(role: str, **asked: str):
        return sign_in(role, "en").post("/exports/unit-measures", data={"csrf": "test-csrf", "format": suffix} | asked)

    sent = taken("quality_engineer", measure="Care")
    assert sent.status_code == 200
    if suffix == ".csv":
        lines = sent.data.decode("utf-8-sig").splitlines()
        assert len([line for line in lines if "Care" in line]) == 30
        assert not [line for line in lines if "Overall" in line]
        assert f"/imports/{imported}" in lines[-1]
    assert taken("operator").status_code == 403


@pytest.mark.usefixtures("imported")
def test_measures_are_read_by_json_page_by_page(sign_in):
    browser, address = sign_in("auditor"), "/api/v1/satisfaction/measures?kind=internal&source=HVBP"
    page = browser.get(address).json
    assert (len(page["measures"]), page["next"]) == (30, None)
    assert page["measures"][7] | {"unit_code": "007", "value": "7.50", "is_percent": True} == page["measures"][7]
    first = browser.get("/api/v1/satisfaction/measures").json
    second = browser.get("/api/v1/satisfaction/measures", query_string={"after": first["next"]}).json
    assert (len(first["measures"]), len(second["measures"]), second["next"]) == (50, 10, None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_the_import_and_says_when_there_is_nothing(scene: Scene, sign_in, page, language: str,
                                                                  tmp_path: Path, request):
    browser = sign_in("quality_manager", language)
    assert {"zh": "尚未导入指标", "en": "No measure was imported yet"}[language] in page(
        browser, "/satisfaction/measures/").text
    imported = request.getfixturevalue("imported")
    shown = page(browser, "/satisfaction/measures/?source=HVBP&measure=Care")
    assert shown.links()["units.csv"] == f"/imports/{imported}"
    assert "29.50 %" in shown.text
    assert {"zh": "没有符合筛选的指标", "en": "No measure matches this filter"}[language] in page(
        browser, "/satisfaction/measures/?q=nowhere").text
    seen = page(sign_in("auditor", language), "/satisfaction/measures/")
    assert "units.csv" in seen.text
    assert "units.csv" not in seen.links()
    assert page(browser, f"/imports/{imported}").links()[
        {"zh": "本次导入的指标", "en": "Measures of this import"}[language]].endswith(f"?import={imported}")


@pytest.mark.parametrize(("register", "table", "asked"), [
    *((registers.register, "unit_measures", asked) for asked in (
        Filter(), Filter(source="S"), Filter(measure="M"), Filter(source="S", measure="M"), Filter(import_id=1))),
    *((satisfaction_register.surveys, "surveys", asked) for asked in (
        satisfaction_register.Filter(), satisfaction_register.Filter(kind="internal"),
        satisfaction_register.Filter(state="open")))])
def test_the_registers_read_an_index_and_sort_nothing_whole(fresh_db, register, table: str, asked):
    person, seen = Actor(1, "x", (Grant(1, "auditor", 1),)), []
    with fresh_db.reading() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("the planner of PostgreSQL scans what is small")

        @event.listens_for(session.get_bind(), "before_cursor_execute")
        def note(_c, _cursor, statement, parameters, _context, _many):
            if f"FROM {table}" in statement and "ORDER BY" in statement and not statement.startswith("EXPLAIN"):
                seen.append((statement, parameters))

        register(session, person, asked, Wish())
        plans = [" ".join(str(row[-1]) for row in session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", parameters)) for statement, parameters in seen]
    assert plans
    assert all(f"SEARCH {table} USING" in plan for plan in plans), plans
    assert not [plan for plan in plans if "USE TEMP B-TREE FOR ORDER BY" in plan], plans
