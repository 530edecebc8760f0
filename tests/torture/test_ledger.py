"""The short torture of the trail: each attack a few times, on whichever database the suite runs."""

from qms.db import Database
from tests.torture.ledger import run


def test_every_attack_on_ledger_and_records_is_found_and_named(fresh_db: Database):
    went = list(run(fresh_db.url, trials=3))
    assert [one for one in went if one.found != one.tried] == []
    assert len(went) == 1 + 1 + 6 + 4 + 3
