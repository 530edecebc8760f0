"""The plant by the clock, with its commitments and complaints."""

import pytest

from qms.db import Database
from tests.plant import Plant
from tests.service.desk import Desk
from tests.service.scene_complaints import Scene


@pytest.fixture
def complaints(db: Database, plant: Plant) -> Scene:
    """A plant on a Monday at nine in which weld may complain of press."""
    return Scene(db, plant)


@pytest.fixture
def desk(db: Database, plant: Plant) -> Desk:
    """A plant on a Monday at nine, working one shift from Monday to Friday."""
    return Desk(db, plant).with_shift()
