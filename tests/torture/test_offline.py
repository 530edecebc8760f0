"""The short torture: what the screen called saved is stored once, and three broken clients are caught."""

import pytest
from playwright.sync_api import Playwright

from tests.torture.offline import run
from tests.torture.server import MUTANTS


def test_nothing_shown_as_saved_is_lost_or_doubled(playwright: Playwright):
    outcome = run(playwright, 48, browser_kills=2, server_kills=2)
    assert len(outcome.shown) >= 36
    assert (outcome.lost, outcome.doubled, outcome.left) == (0, 0, 0)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_client_is_caught(playwright: Playwright, mutant: str):
    outcome = run(playwright, 54, browser_kills=0, server_kills=0, mutant=mutant, seed=2)
    assert outcome.lost + outcome.doubled > 0
