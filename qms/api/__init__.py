"""The JSON API. Each module holds one feature's blueprint `bp`; it calls the same workflows as the pages."""

import importlib
import pkgutil

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Return the blueprint of every feature that has an API."""
    return [importlib.import_module(f"{__name__}.{found.name}").bp for found in pkgutil.iter_modules(__path__)]
