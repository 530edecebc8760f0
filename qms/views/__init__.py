"""Pages. A module holds one feature's blueprint `bp`, or pages that such a module takes in; a view decides nothing."""

import importlib
import pkgutil

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Return the blueprint of every feature that has pages."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return [module.bp for module in modules if hasattr(module, "bp")]
