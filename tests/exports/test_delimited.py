import csv
import datetime as dt
import io

import pytest

from exports.columns import Column
from exports.delimited import guarded, write_csv
from qms.rules.words import Words

at = dt.datetime.fromisoformat
COLUMNS = (
    Column("note", Words("Note", "备注")),
    Column("quantity", Words("Quantity", "数量"), "decimal", unit=Words("pcs", "件")),
    Column("found_at", Words("Found at", "发现时间"), "datetime"),
    Column("due_on", Words("Due on", "到期日"), "date"),
)


def lines(rows, language="en"):
    stream = io.BytesIO()
    result = write_csv(stream, COLUMNS, iter(rows), language, "Asia/Shanghai")
    content = stream.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))), result, content


@pytest.mark.parametrize("text", [
    "=1+1", "+1", "-1", "@A1", "\tx", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A", " =1+1", "\u3000=1", "-",
    '=";x"'])
def test_text_that_could_start_a_formula_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["划伤", "a=1", "1+1", "", "'quoted", "3 - 5", "\N{REPLACEMENT CHARACTER}"])
def test_other_text_stays_as_it_is(text):
    assert guarded(text) == text


def test_a_nul_first_cannot_hide_a_formula():
    assert lines([("\0=1+1", None, None, None)])[0][1][0] == "\ufffd=1+1"


def test_every_field_is_quoted_and_numbers_keep_their_sign():
    read, result, content = lines([("-5", -5, at("2026-03-04 05:06"), dt.date(2026, 3, 9)),
                                   ('say "no"; =1', -0.5, None, None)])
    assert read == [["Note", "Quantity [pcs]", "Found at [Asia/Shanghai]", "Due on"],
                    ["'-5", "-5", "2026-03-04 05:06:00", "2026-03-09"],
                    ['say "no"; =1', "-0.5", "", ""]]
    assert content.splitlines()[1] == b'"\'-5","-5","2026-03-04 05:06:00","2026-03-09"'
    assert result.rows == 2


def test_integers_of_any_size_and_long_text_are_whole():
    read, _, _ = lines([("x" * 40_000, 10**17 + 1, None, None)])
    assert read[1][:2] == ["x" * 40_000, "100000000000000001"]


def test_an_aware_datetime_is_refused():
    with pytest.raises(ValueError, match="aware"):
        lines([("", None, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None)])
