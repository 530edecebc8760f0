"""Every macro draws with believable content, in both languages, as valid HTML."""

import html5lib
import pytest

from tests.look.gallery import PAGES, draw
from tests.pages import check_page


class Answer:
    """What the page check reads of a response."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_data(self, *, as_text: bool) -> str:
        """Return the page."""
        assert as_text
        return self._text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_every_macro_draws_a_page_that_keeps_the_house_rules(page: str, language: str) -> None:
    shown = check_page(Answer(draw(page, language)))  # type: ignore[arg-type]
    assert shown.tree.get("lang") == ("zh-Hans" if language == "zh" else "en")


def test_a_rate_is_never_shown_without_its_n_and_interval() -> None:
    text = " ".join(html5lib.parse(draw("report", "en"), namespaceHTMLElements=False).itertext())
    assert "96.2%" in text
    assert "n = 1,204" in text
    assert "95% CI 95.0%–97.1%" in " ".join(text.split())


def test_nothing_counted_reads_no_figure_and_not_zero() -> None:
    text = " ".join(html5lib.parse(draw("report", "en"), namespaceHTMLElements=False).itertext())
    assert "no figure" in text


def test_a_refusal_names_its_rule_and_clause() -> None:
    text = draw("refused", "zh")
    assert "R-55" in text
    assert "ISO 9001:2015 8.7.1" in text


def test_two_editors_see_both_versions() -> None:
    text = draw("error", "en")
    assert "As it is now" in text
    assert "<strong>30</strong>" in text
    assert "the same" in text
