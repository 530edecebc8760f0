"""Facts about mappings: what they say, and how a wrong one is refused."""

from pathlib import Path

import pytest

from qms.imports.mapping_draft import ColumnChoice, columns_tables, written
from qms.imports.mapping_toml import mapping_of, read_mapping, template
from qms.imports.service_requests_mapping import read_request_mapping
from qms.rules.errors import BadFile
from qms.rules.words import Words
from tests.imports.inspection_files import content

REQUESTS = {"incidents"}
"""Examples that map the log of a help desk; the others map inspection results."""
EXAMPLES = Path(__file__).parents[2] / "examples" / "mappings"


def refused(**changed):
    with pytest.raises(BadFile) as error:
        mapping_of(content(**changed))
    return [(problem.field, problem.words.en) for problem in error.value.problems]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_a_mapping(path):
    read = read_request_mapping if path.stem in REQUESTS else read_mapping
    assert read(path).source


def test_the_template_is_a_mapping_and_names_every_key_that_it_leaves_out():
    assert read_mapping(template()).source == "line-7-final"
    for key in (
        "fixed",
        "undated",
        "quantity",
        "rejected",
        "defect",
        "item",
        "prefix",
        "size",
        "pieces",
        "required",
    ):
        assert f"# {key} = " in template()


def test_steel_plates_read_the_misspelt_column_under_the_right_code():
    mapping = read_mapping(EXAMPLES / "steel-plates.toml")
    columns = {defect.code: defect.column for defect in mapping.defects}
    assert (columns["K_Scratch"], columns["Other"]) == ("K_Scatch", "Other_Faults")
    assert (len(columns), len(mapping.readings)) == (7, 27)


def test_an_unknown_key_is_refused_by_name_with_the_one_that_is_meant():
    assert refused(file={"delimeter": "tab"}) == [
        ("file.delimeter", "file.delimeter is not known here; is “delimiter” meant?.")
    ]
    assert refused(sorce="x")[0][0] == "sorce"


def test_everything_wrong_is_told_at_once():
    fields = [
        field
        for field, _ in refused(
            source=1, item={}, customer={"code": "X", "en": "a", "zh": "b", "kind": "robot"}
        )
    ]
    assert {"source", "item.code", "item.en", "customer.kind", "customer.code"} <= set(fields)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"file": {"header": "here"}}, "file.names"),
        ({"file": {"names": ["a"]}}, "file.names"),
        ({"file": {"header": "beside"}}, "file.names_file"),
        ({"file": {"header": "beside", "names_file": "../names"}}, "file.names_file"),
        ({"file": {"header": "beside", "names_file": "a\\b"}}, "file.names_file"),
        ({"time": {"undated": True}}, "time"),
        ({"time": {"fixed": "yesterday"}}, "time.fixed"),
        ({"time": {"format": "%d"}}, "time.format"),
        ({"site": {"code": "S", "en": "a", "zh": "b", "zone": "Mars/Olympus"}}, "site.zone"),
        ({"marks": {"yes": ["1"], "no": ["1"]}}, "marks.yes"),
        ({"verdict": {"accept": ["1"], "reject": ["1"]}}, "verdict.reject"),
        ({"verdict": {"defect": "Z"}}, "verdict.defect"),
        ({"defects": []}, "defects"),
        ({"defects": [{"code": "A", "en": "a", "zh": "b"}] * 2}, "defects"),
        ({"defects": [{"code": "A", "en": "a", "zh": "b", "severity": "XX"}]}, "defects[1].severity"),
        ({"defects": {"code": "A"}}, "defects"),
        ({"readings": [{"column": "w", "unit": "mm", "lower": 2, "upper": 1}]}, "readings[1].lower"),
        ({"readings": [{"column": "w"}]}, "readings[1].unit"),
        ({"lot": {"rule": "day", "prefix": "x"}}, "lot.rule"),
        ({"lot": {"rule": "column", "size": 3}}, "lot.size"),
        ({"lot": {"rule": "column", "size": 0}}, "lot.size"),
        ({"columns": {"time": "At", "lot": "Lot"}}, "columns"),
        ({"columns": {"time": "At", "lot": "At", "defect": "Code"}}, "columns"),
        ({"columns": {"time": "At", "lot": "Lot", "verdict": "V"}}, "verdict"),
        ({"item": {"code": "=1+1", "en": "a", "zh": "b"}}, "item.code"),
        ({"item": {"code": "x" * 99, "en": "a", "zh": "b"}}, "item.code"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(changed, field):
    assert field in [name for name, _ in refused(**changed)]


def test_text_that_is_no_toml_is_refused_by_line():
    with pytest.raises(BadFile) as error:
        read_mapping("source = 'x'\n[file\n")
    assert error.value.problems[0].line == 2


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "", "source = 'x'"])
def test_odd_toml_is_refused(text):
    with pytest.raises(BadFile):
        read_mapping(text)


def test_a_mapping_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "big.toml").write_bytes(b"#" * 300_000)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("none.toml", "big.toml", "bytes.toml"):
        with pytest.raises(BadFile):
            read_mapping(tmp_path / name)


def test_a_mapping_written_from_choices_reads_back_as_chosen():
    chosen = [
        ColumnChoice('Say "it"', "verdict"), ColumnChoice("At", "time"), ColumnChoice("划痕", "mark", "S"),
        ColumnChoice("W", "reading", "mm"), ColumnChoice("T", "reading"),
    ]
    named = {"code": "X", "en": "Xx", "zh": "前工序", "inspects": True}
    text = written({
        "source": "a", "time": {"format": "d/m/Y"},
        **columns_tables(chosen, {"S": (Words("Scratch", "划痕"), "CR")}, "F"),
        "verdict": {"accept": ["OK"], "reject": ["NG"], "defect": "F"}, "site": {"code": "S", "en": "S", "zh": "厂"},
        "supplier": named, "customer": named | {"code": "Y"}, "link": {"en": "a", "zh": "b"},
        "item": {"code": "I", "en": "a", "zh": "b"}, "lot": {"rule": "pieces", "prefix": "L", "size": 5},
    })
    mapping = read_mapping(text)
    assert mapping.columns == {"verdict": 'Say "it"', "time": "At"}
    assert [(defect.code, defect.name.zh, defect.severity, defect.column) for defect in mapping.defects] == [
        ("F", "F", "MA", ""), ("S", "划痕", "CR", "划痕")]
    assert [(reading.column, reading.unit) for reading in mapping.readings] == [("W", "mm"), ("T", "1")]
    assert (mapping.lot.size, mapping.customer.inspects) == (5, True)
