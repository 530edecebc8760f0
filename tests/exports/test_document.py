"""A record on paper: PDF/A, both languages, any text, nothing left out in silence."""

import re
import shutil
import subprocess

import pytest
from fontTools.ttLib import TTFont

from exports.document import document
from exports.fonts import BOLD, REGULAR, characters, settable
from tests.exports.papers import NASTY, paper
from tools.fonts import gb2312


def text_of(pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    file = tmp_path / "record.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(("language", "here", "not_here"), [
    ("zh", ["8D 报告", "问题描述", "未填写", "成立", "无记录。"], ["Problem description", "Not answered"]),
    ("en", ["8D report", "Problem description", "Not answered", "Holds", "None recorded."], ["问题描述", "未填写"]),
    ("both", ["问题描述 Problem description", "未填写 Not answered"], [])])
def test_a_record_is_printed_in_one_language_or_both(tmp_path, language, here, not_here):
    text = text_of(document(paper(), language), tmp_path)
    assert [word for word in here if word not in text] == []
    assert [word for word in not_here if word in text] == []
    assert "1,200" in text
    assert "2026-11-28 21:00" in text
    assert "CA-SH-2026-0001" in text


def test_what_people_wrote_is_never_markup(tmp_path):
    text = text_of(document(paper(), "zh"), tmp_path)
    assert NASTY.split()[0] in text
    for sign in ("*bold*", "_it_", "$a$", "`raw`", "<tag>", "@ref", "//", "#panic("):
        assert sign in text


def test_a_character_that_the_font_lacks_is_shown_by_its_code(tmp_path):
    assert settable("好😀\n𠀀") == "好[U+1F600]\n[U+20000]"
    assert "[U+1F600]" in text_of(document(paper(note="😀"), "zh"), tmp_path)


def test_every_page_says_which_record_and_which_page_of_how_many(tmp_path):
    pages = text_of(document(paper(rows=120), "en"), tmp_path).split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert "CA-SH-2026-0001" in page
        assert f"{number}/{len(pages)}" in page.replace(" ", "")
    assert all("Place" in page for page in pages[:3])


def test_no_line_of_chinese_begins_with_a_comma_or_stop(tmp_path):
    long = "检查发现左支架边缘有毛刺，操作工已停机；班长、质量工程师到场，确认刀口磨损。" * 8
    lines = text_of(document(paper(note=long), "zh"), tmp_path).splitlines()
    assert any("班长" in line for line in lines)
    assert not [line for line in lines if re.match(r"\s*[，。；、：！？）”]", line)]


def test_it_is_a_tagged_archive_file_that_holds_its_fonts_and_is_the_same_each_time():
    pdf = document(paper(), "zh")
    assert pdf == document(paper(), "zh")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    if shutil.which("pdffonts"):
        done = subprocess.run(["pdffonts", "-"], input=pdf, check=True, capture_output=True)
        fonts = done.stdout.decode().splitlines()[2:]
        assert fonts
        assert all("NotoSansCJK" in font and " yes yes yes " in font for font in fonts)


def test_the_fonts_hold_what_the_standard_set_and_our_own_words_need():
    for font in (REGULAR, BOLD):
        assert characters(font) == set(TTFont(font).getBestCmap())
        assert gb2312() <= characters(font)
    assert all(code in characters(REGULAR) for code in range(0x4E00, 0x9FEB))
    catalogue = (REGULAR.parents[2] / "qms/translations/zh_Hans/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert not {sign for sign in catalogue if not sign.isspace() and ord(sign) not in characters(REGULAR)}
    template = (REGULAR.parents[1] / "typst/record.typ").read_text(encoding="utf-8")
    assert settable(template) == template
