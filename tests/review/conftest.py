"""The plant that reviews itself."""

import pytest

from qms.db import Database
from tests.plant import Plant
from tests.review.scene import Scene, made_scene


@pytest.fixture
def scene(db: Database, plant: Plant) -> Scene:
    """The plant with its management representative, in July 2026."""
    return made_scene(db, plant)
