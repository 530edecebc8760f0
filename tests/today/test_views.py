"""Today shows what waits for the reader, and says so when nothing does."""

from datetime import UTC, datetime

from qms.db import Database
from qms.models.acceptance import Handover
from qms.rules.accounts import SYSTEM


def test_today_says_that_nothing_waits(page, sign_in):
    assert "All done" in page(sign_in("operator"), "/").text


def test_today_says_so_in_chinese(page, sign_in):
    assert "今日" in page(sign_in("operator", "zh"), "/").text
