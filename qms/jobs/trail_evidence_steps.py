"""Tells how far the making of a package is, while rows pass. Knows neither rows nor files."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from qms.jobs.exports import Progress

EVERY = 500
Row = TypeVar("Row")


class Steps:
    """How many steps are done, of how many where that is known: a row that passes is a step.

    Telling may raise what stops the work, so nothing that is half done goes on for long.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0
        self.total: int | None = None

    def tell(self, done: int = 0, _total: int | None = None) -> None:
        """Tell how far it is; `done`: at least so far."""
        self._done = max(self._done, done)
        self._progress(self._done, self.total)

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows, and tell every so often."""
        for number, row in enumerate(rows):
            if number % EVERY == 0:
                self.tell()
            self._done += 1
            yield row
