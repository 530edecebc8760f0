"""The plant whose links are surveyed."""

import pytest

from qms.db import Database
from tests.plant import Plant
from tests.satisfaction.scene import Scene


@pytest.fixture
def scene(db: Database, plant: Plant) -> Scene:
    """A plant on a Monday at nine."""
    return Scene(db, plant)
