"""The plant by the clock."""

import pytest

from qms.db import Database
from tests.plant import Plant
from tests.service.scene_complaints import Scene


@pytest.fixture
def complaints(db: Database, plant: Plant) -> Scene:
    """A plant on a Monday at nine in which weld may complain of press."""
    return Scene(db, plant)
