"""The plant with its customer."""

import pytest

from qms.db import Database
from tests.customers.scene import Scene
from tests.plant import Plant


@pytest.fixture
def scene(db: Database, plant: Plant) -> Scene:
    """A plant on a Monday at nine."""
    return Scene(db, plant)
