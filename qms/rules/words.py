"""Holds the pair of a Chinese and an English wording; must not know who is reading."""

from typing import NamedTuple


class Words(NamedTuple):
    """One wording in both languages."""

    en: str
    zh: str

    def to(self, language: str) -> str:
        """Return the wording for a language tag; anything that is not Chinese reads English."""
        return self.zh if language.startswith("zh") else self.en
