"""Facts about how bytes become rows."""

import pytest

from qms.imports.rows import Row
from qms.imports.text import MAX_LINE, rows, sniff
from qms.rules.errors import BadFile, Problem


def read(raw: bytes, delimiter: str = "auto", encoding: str = "auto") -> list[Row | Problem]:
    return list(rows(raw, delimiter, encoding))


ROWS = [Row(1, ("a", "b")), Row(2, ("1", "检验"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_of_a_plant_are_recognised(encoding):
    assert read("a,b\n1,检验\n".encode(encoding)) == ROWS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_line_ends_count_as_an_editor_counts_them(end):
    assert read(end.join(["a,b", "1,检验", ""]).encode()) == ROWS


def test_an_empty_line_is_left_out_and_still_counted():
    assert read(b"a,b\n\n , \n1,2\n") == [Row(1, ("a", "b")), Row(4, ("1", "2"))]


def test_a_quoted_line_end_belongs_to_its_cell_and_the_row_is_its_first_line():
    assert read(b'a,b\r\n"x\r\ny",2\r\n3,4') == [Row(1, ("a", "b")), Row(2, ("x y", "2")), Row(4, ("3", "4"))]


def test_blanks_in_cells_are_made_one():
    assert read("Work Order  Qty, \u00a0Part\u3000 Desc.\n1,2\n".encode())[0].cells == (
        "Work Order Qty",
        "Part Desc.",
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a\tb c,d\n1\t2\n", "tab"),
        ("a;b\n1,5;2,5\n", "semicolon"),
        ("a,b b\n1,2\n", "comma"),
        ('-1 "19/07/2008 11:55"\n', "space"),
        ('1   "x y"\n2 "x, y"\n', "space"),
    ],
)
def test_the_delimiter_is_recognised(text, name):
    assert sniff(text) == name


def test_a_run_of_spaces_is_one_delimiter():
    assert read(b' 1   "x y"  \n2 z\n', "space") == [Row(1, ("1", "x y")), Row(2, ("2", "z"))]


def test_text_without_delimiter_is_refused():
    with pytest.raises(BadFile, match="delimiter"):
        read(b"alone\nalone\n")


def test_western_bytes_are_refused_by_line_instead_of_read_as_chinese():
    with pytest.raises(BadFile, match="Line 3") as refused:
        read("a,b\n1,2\nGröße,Straße\n".encode("cp1252"))
    assert refused.value.problems[0].line == 3


def test_western_bytes_are_read_when_declared():
    assert read("a,Größe\n".encode("cp1252"), encoding="cp1252") == [Row(1, ("a", "Größe"))]


def test_a_wrongly_declared_encoding_is_refused_by_line():
    with pytest.raises(BadFile, match=r"Line 2 is not UTF-8"):
        read("a,b\n检,验\n".encode("gb18030"), encoding="utf-8")


def test_a_nul_is_refused_by_line():
    with pytest.raises(BadFile, match="Line 2 has a NUL"):
        read(b"a,b\r\n1,\x002\r\n")


def test_a_quote_that_is_never_closed_is_refused_with_the_line_that_opened_it():
    for text in (b'a,b\n1,"2\n3,4\n', b'a,b\n1,"2\n' + b"3,4\n" * 500):
        with pytest.raises(BadFile, match="opened on line 2"):
            read(text)


def test_text_after_a_closing_quote_refuses_that_line_only():
    first, second, third = read(b'a,b\n"1"x,2\n3,4\n', "comma")
    assert (first, third) == (Row(1, ("a", "b")), Row(3, ("3", "4")))
    assert isinstance(second, Problem)
    assert second.line == 2


def test_an_endless_line_is_refused():
    with pytest.raises(BadFile, match="Line 2 has"):
        read(b"a,b\n" + b"x" * (MAX_LINE + 1), "comma")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadFile, match="cannot be opened"):
        list(rows(tmp_path / "none.csv"))


def test_an_empty_file_has_no_rows():
    assert read(b"", "comma") == []
