"""Knows what the pages of figures show and where their numbers lead."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.measures.records import NOON, found, handed

MARCH = "first=2026-03-01&last=2026-03-31"


@pytest.fixture
def records(db, plant):
    """Put hand-overs with defects, some of them with an origin not confirmed, into March 2026."""
    with db.transaction(plant.operator, "tests.measures") as session:
        for week in range(3):
            handed(session, plant, plant.press_weld, 100, at=NOON + timedelta(weeks=week))
        handed(session, plant, plant.press_weld, 100, rejected=8)
        handed(session, plant, plant.weld_paint, 50)
        found(session, plant, 8, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1",
              link=plant.press_weld, defect=plant.burr)
        found(session, plant, 41, at_unit=plant.paint, origin=plant.press, steps=2, escape_class="2+",
              origin_state="assumed", defect=plant.scratch, passed=[(plant.weld, True)])
        found(session, plant, 3, at_unit=plant.final, origin=plant.press, steps=3, escape_class="F",
              defect=plant.burr, passed=[(plant.weld, True), (plant.paint, True)])
    return plant


def leads_to(shown, text):
    """Return path and arguments of the link that a number carries."""
    parts = urlsplit(shown.links()[text])
    return parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_whole_in_both_languages_with_and_without_records(page, sign_in, records, language):
    client = sign_in("auditor", language)
    for period in (MARCH, "first=2020-01-01&last=2020-03-01", ""):
        for address in ("/measures", f"/measures/links/{records.press_weld}", f"/measures/units/{records.press}",
                        f"/measures/units/{records.press}/later"):
            page(client, f"{address}?{period}")


def test_a_link_shows_its_rates_with_n_and_interval(page, sign_in, records):
    shown = page(sign_in("operator"), f"/measures/links/{records.press_weld}?{MARCH}")
    assert "Press → Weld" in shown.text
    assert "75.0% n = 4 95% CI 30.1%–95.4%" in shown.text
    assert "20,000 n = 400 95% CI 10,168–38,963" in shown.text
    assert "Provisional limits: 3 of 25 points." in shown.text


def test_a_number_leads_to_the_register_of_the_same_scope_and_period(page, sign_in, records):
    shown = page(sign_in("operator"), f"/measures/units/{records.press}?{MARCH}")
    path, arguments = leads_to(shown, "D01 Burr")
    assert path.rstrip("/") == "/rejections"
    assert arguments == {
        "first": "2026-03-01", "last": "2026-03-31", "origin_unit_id": str(records.press),
        "defect_id": str(records.burr),
    }
    overview = page(sign_in("operator"), f"/measures?{MARCH}")
    assert leads_to(overview, "8")[1]["found_unit_id"] == str(records.weld)


def test_the_register_holds_as_many_records_as_the_figure_counts(page, sign_in, records):
    client = sign_in("auditor")
    handovers = page(client, f"/acceptance/hand-overs?link_id={records.press_weld}&{MARCH}")
    assert "4 records" in handovers.text
    rejections = page(client, f"/rejections?link_id={records.press_weld}&{MARCH}")
    assert "1 record" in rejections.text


def test_r34_what_is_not_confirmed_is_shown_apart(page, sign_in, records):
    shown = page(sign_in("operator"), f"/measures/units/{records.press}?{MARCH}")
    assert "Origin not confirmed 41 pieces, not counted" in shown.text
    assert "100.0% n = 11" in shown.text


def test_the_points_are_in_a_table_with_limits_and_words(page, sign_in, records):
    shown = page(sign_in("operator"), f"/measures/links/{records.press_weld}?{MARCH}&of=pieces")
    assert re.search(r"2026-W10 200 8 4\.0% 2\.0%–7\.7% 0\.0% 2\.0% [\d.]+% Within limits", shown.text)
    assert "2026-W09 0 0 – – – – Nothing handed over" in shown.text


def test_the_charts_come_as_json_in_the_readers_words(sign_in, records):
    charts = sign_in("operator", "zh").get(f"/measures/links/{records.press_weld}/charts?{MARCH}").get_json()
    control = charts["control"]
    assert (control["kind"], control["provisional"]) == ("p", True)
    assert [point["size"] for point in control["points"]] == [0, 2, 1, 1, 0, 0]
    assert control["points"][0]["value"] is None
    assert control["words"]["out"] == "超出控制限"
    assert charts["pareto"]["bars"] == [{"label": "毛刺", "weight": 8, "assumed": 0, "cumulative": 1}]


def test_the_pareto_of_a_unit_keeps_the_assumed_weight_apart(sign_in, records):
    charts = sign_in("operator").get(f"/measures/units/{records.press}/charts?{MARCH}").get_json()
    assert charts["pareto"]["bars"] == [
        {"label": "Burr", "weight": 11, "assumed": 0, "cumulative": 1},
        {"label": "Scratch", "weight": 0, "assumed": 41, "cumulative": 1},
    ]


def test_what_was_found_later_is_listed_with_the_state_of_its_origin(page, sign_in, records):
    for address in (f"/measures/links/{records.press_weld}/later", f"/measures/units/{records.weld}/later"):
        shown = page(sign_in("operator"), f"{address}?{MARCH}")
        assert "2 records" in shown.text
        assert "Assumed" in shown.text
    onward = page(sign_in("operator"), f"/measures/links/{records.weld_paint}/later?{MARCH}")
    assert "1 record" in onward.text
    nothing = page(sign_in("operator"), f"/measures/links/{records.paint_final}/later?{MARCH}")
    assert "Nothing was found later in this period." in nothing.text


def test_a_period_without_records_says_so_and_leads_to_the_last_one_that_has_some(page, sign_in, records):
    shown = page(sign_in("operator"), f"/measures/links/{records.press_weld}?first=2020-01-01&last=2020-03-01")
    assert "Nothing was handed over or found in this period." in shown.text
    assert "0.0%" not in shown.text
    _path, arguments = leads_to(shown, "Show the last period with records")
    assert arguments["last"] == "2026-03-18"


def test_the_period_can_be_cut_by_day_week_and_month(page, sign_in, records):
    client = sign_in("operator")
    for step, label in (("day", "2026-03-04"), ("week", "2026-W10"), ("month", "2026-03")):
        assert label in page(client, f"/measures/links/{records.press_weld}?{MARCH}&step={step}").links()


def test_a_period_that_cannot_be_shown_is_told_beside_its_field(page, sign_in, records):
    client = sign_in("operator")
    for period, sentence in (
        ("first=2026-03-31&last=2026-03-01", "The last day is before the first."),
        ("first=nonsense&last=2026-03-01", "Not a valid date value."),
        ("first=0001-01-01&last=2026-03-01", "Give a day from 1990 to 2199."),
        ("first=1990-01-01&last=2026-03-01&step=day", "more than 400 points"),
    ):
        for address in ("/measures", f"/measures/links/{records.press_weld}", f"/measures/units/{records.press}"):
            assert sentence in page(client, f"{address}?{period}", status=422).text


def test_figures_of_what_is_not_there_are_not_found(page, sign_in, records):
    client = sign_in("operator")
    for address in ("/measures/links/999999", "/measures/units/999999", "/measures?site=999999"):
        page(client, address, status=404)


def test_someone_without_the_permission_is_refused(page, sign_in, records):
    page(sign_in("admin"), "/measures", status=403)


def test_no_person_is_named_on_any_page_of_figures(page, sign_in, records):
    client = sign_in("auditor")
    for address in ("/measures", f"/measures/links/{records.press_weld}", f"/measures/units/{records.press}",
                    f"/measures/units/{records.press}/later"):
        assert "Operator" not in page(client, f"{address}?{MARCH}").text
