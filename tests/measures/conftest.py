"""Gives property tests the time that a busy machine needs; they are about figures, not about speed."""

from hypothesis import settings

settings.register_profile("figures", deadline=None)
settings.load_profile("figures")
