"""Measures of units from published surveys and from files of internal and external measures."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qms.imports.satisfaction import guessed
from qms.jobs import satisfaction_measures as jobs
from qms.models.imports import Import
from qms.models.satisfaction_measures import UnitMeasure
from qms.rules.accounts import SYSTEM
from qms.rules.errors import BadFile, NotAllowed, NotFound
from qms.rules.satisfaction_measures import Long, Wide
from tests.satisfaction.scene import Scene

DATA = Path("/work/shared/data")
PUBLISHED = DATA / "civil-service-people-survey-2020" / "csps2020_orgscores_long.csv"
HOSPITALS = DATA / "cms-hospitals-2024" / "hvbp_person_and_community_engagement.csv"
CARE, OVERALL = "Care Transition Performance Rate", "Overall Rating Of Hospital Performance Rate"
real_data = pytest.mark.skipif(not PUBLISHED.exists(), reason="the real files are not on this machine")


def survey(path: Path) -> Long:
    return Long(*guessed(path), "internal", "2020", {}, {})


@real_data
def test_a_published_survey_is_imported_once_and_reconciles(scene: Scene):
    shape = survey(PUBLISHED)
    tried = jobs.preview(scene.db, SYSTEM, PUBLISHED, shape, site="SH", source="CSPS")
    assert (tried.added, tried.stored, scene.count(UnitMeasure)) == (10545, 0, 0)
    first = scene.measured(PUBLISHED, shape, source="CSPS")
    assert (first.counts.rows, first.added, first.known, first.stored, first.problems) == (10545, 10545, 0, 10545, [])
    again = scene.measured(PUBLISHED, shape, source="CSPS")
    assert (again.added, again.known, again.stored) == (0, 10545, 10545)
    with scene.db.reading() as session:
        assert session.scalar(select(func.count(UnitMeasure.unit_code.distinct()))) == 111
        assert session.scalar(select(func.count(UnitMeasure.n))) == 0, "no n is given, so none is made up"
        one = session.scalars(select(UnitMeasure).where(UnitMeasure.unit_code == "AGO",
                                                        UnitMeasure.measure == "EES")).one()
        assert (one.value, one.kind, one.period) == (Decimal("0.69"), "internal", "2020")
        assert [r.state for r in session.scalars(select(Import))] == ["done", "done"]


@real_data
def test_internal_and_external_measures_keep_ids_percents_and_what_is_missing(scene: Scene):
    shape = Wide("Facility ID", "Facility Name", "Fiscal Year", {CARE: "internal", OVERALL: "external"})
    found = scene.measured(HOSPITALS, shape)
    assert (found.counts.rows, found.counts.taken, found.counts.missing) == (2474, 4934, 14)
    assert (found.added, found.problems) == (4934, [])
    with scene.db.reading() as session:
        one = session.scalars(select(UnitMeasure).where(UnitMeasure.unit_code == "010001",
                                                        UnitMeasure.measure == CARE)).one()
        assert (one.unit_name, one.value, one.is_percent, one.period) == (
            "SOUTHEAST HEALTH MEDICAL CENTER", Decimal("52.3364"), True, "2024")
        kinds = Counter(session.scalars(select(UnitMeasure.kind)))
    assert kinds == {"internal": 2467, "external": 2467}


def test_lines_that_are_wrong_are_refused_with_line_and_column_and_the_rest_is_taken(scene: Scene, tmp_path: Path):
    path = tmp_path / "scores.csv"
    path.write_text("unit,measure,value\nA,EES,0.5\nA,EES,0.5\nB,EES,many\n,EES,0.4\nC,EES,Not Available\nA,EES,0.6\n"
                    "D,EES,=1+1\n", encoding="utf-8")
    found = scene.measured(path, survey(path))
    assert (found.added, found.known, found.counts.missing) == (1, 1, 1)
    assert [(p.line, p.field, p.kind) for p in sorted(found.problems, key=lambda p: p.line or 0)] == [
        (4, "value", "number"), (5, "unit", "empty"), (7, "EES", "conflict"), (8, "value", "number")]


def test_a_later_file_that_says_otherwise_changes_nothing(scene: Scene, tmp_path: Path):
    path = tmp_path / "scores.csv"
    path.write_text("unit,measure,value\nA,EES,0.5\nB,EES,0.7\n", encoding="utf-8")
    scene.measured(path, survey(path))
    path.write_text("unit,measure,value\nA,EES,0.9\nB,EES,0.7\n", encoding="utf-8")
    found = scene.measured(path, survey(path))
    assert (found.added, found.known, [p.kind for p in found.problems]) == (0, 1, ["conflict"])
    with scene.db.reading() as session:
        assert session.scalar(select(UnitMeasure.value).where(UnitMeasure.unit_code == "A")) == Decimal("0.5")


def test_a_file_of_another_shape_a_site_that_is_not_there_and_a_stranger_are_refused(scene: Scene, tmp_path: Path):
    path = tmp_path / "scores.csv"
    path.write_text("where,what,how\nA,EES,0.5\n", encoding="utf-8")
    with pytest.raises(BadFile):
        guessed(path)
    shape = Long("where", "what", "how", "internal", "2020", {}, {})
    with pytest.raises(NotFound):
        scene.measured(path, shape, site="NO")
    with pytest.raises(NotAllowed):
        scene.measured(path, shape, person=scene.plant.operator)
    with pytest.raises(BadFile):
        scene.measured(path, Long("where", "what", "value", "internal", "2020", {}, {}))
