"""The plant with its people who dispose."""

import pytest

from qms.db import Database
from tests.dispositions.scene import Scene
from tests.plant import Plant


@pytest.fixture
def scene(db: Database, plant: Plant) -> Scene:
    """A plant on a Monday at noon."""
    return Scene(db, plant)
