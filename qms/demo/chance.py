"""Draws chances that come out the same for the same words; must not be used for anything secret."""

from random import Random

SEED = "qms demo plant 1"


def chance_of(*words: object) -> Random:
    """Return a source of chance that depends on these words only."""
    return Random("|".join((SEED, *map(str, words))))  # noqa: S311
