"""The plant with shifts and cases."""

import pytest

from qms.db import Database
from tests.actions.cases import Cases
from tests.plant import Plant


@pytest.fixture
def cases(db: Database, plant: Plant) -> Cases:
    """A plant on a Monday at six, when the first shift begins."""
    return Cases(db, plant)
