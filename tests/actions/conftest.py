"""The plant with shifts and cases, and one case on the bench."""

import pytest

from qms.db import Database
from tests.actions.bench import Bench
from tests.actions.cases import Cases
from tests.actions.course import Course
from tests.plant import Plant


@pytest.fixture
def cases(db: Database, plant: Plant) -> Cases:
    """A plant on a Monday at six, when the first shift begins."""
    return Cases(db, plant)


@pytest.fixture
def bench(db: Database, plant: Plant) -> Bench:
    """An open case of burrs from the press, to work on now."""
    return Bench(db, plant)


@pytest.fixture
def course(db: Database, plant: Plant) -> Course:
    """Short ways through corrective actions of the plant."""
    return Course(db, plant)
