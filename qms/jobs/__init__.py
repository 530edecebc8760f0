"""Long work. Each module but `worker` holds one feature's kinds of job in `KINDS`."""

import importlib
import pkgutil
from collections.abc import Callable

from qms.jobs.worker import Run

Kind = Callable[[Run], dict[str, object]]


def kinds() -> dict[str, Kind]:
    """Map the name of every kind of job to what runs it."""
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= getattr(importlib.import_module(f"{__name__}.{module.name}"), "KINDS", {})
    return found
