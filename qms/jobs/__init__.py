"""Long work, and what the clock does. Each module but `worker` holds one feature's kinds of job in `KINDS`, and what is
to be done every few seconds in `TICKS`."""

import importlib
import pkgutil
from collections.abc import Callable

from qms.jobs.worker import Run, Tick

Kind = Callable[[Run], dict[str, object]]


def kinds() -> dict[str, Kind]:
    """Map the name of every kind of job to what runs it."""
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= getattr(importlib.import_module(f"{__name__}.{module.name}"), "KINDS", {})
    return found


def ticks() -> list[Tick]:
    """Return everything that the clock of each node does."""
    return [tick for module in pkgutil.iter_modules(__path__)
            for tick in getattr(importlib.import_module(f"{__name__}.{module.name}"), "TICKS", ())]
