"""Pages. Each module holds one feature's blueprint `bp`; a view decides nothing."""

import importlib
import pkgutil

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Return the blueprint of every feature that has pages."""
    return [importlib.import_module(f"{__name__}.{found.name}").bp for found in pkgutil.iter_modules(__path__)]
