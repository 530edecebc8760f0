"""Knows which cell of a workbook of evidence shows a photo; must not know how a picture is written."""

from collections.abc import Mapping
from typing import Any

from exports import evidence_workbook_words as words
from exports.cells import Marks, clean
from exports.evidence_workbook_evidence import Evidence
from exports.evidence_workbook_places import Places
from exports.streamed_cells import Toned
from exports.streamed_pictures import Picture
from exports.thumbnails import thumbnail

MOST_THUMBNAILS = 500
"""Thumbnails that a workbook has; photos beyond are in the package as files only."""


class Thumbnails:
    """Gives the cells of thumbnails, row by row, and marks how many photos are beyond the most."""

    def __init__(self, evidence: Evidence, places: Places, marks: Marks) -> None:
        self._evidence, self._places, self._marks = evidence, places, marks
        self._shown = 0

    def cell(self, row: Mapping[str, Any]) -> Any:
        """Return what stands in the cell of an attachment: its thumbnail, why there is none, nothing for another kind
        of file or one that the package lacks.
        """
        if not str(row["content_type"]).startswith("image/") or row["sha256"] in self._evidence.no_file:
            return None
        if self._shown == MOST_THUMBNAILS:
            self._marks.without_thumbnail += 1
            return self._places.say(words.BEYOND).format(most=MOST_THUMBNAILS)
        small = thumbnail(self._evidence.photo(row["sha256"]) or b"")
        if small is None:
            return Toned(self._places.say(words.NO_PHOTO), "red")
        self._shown += 1
        return Picture(*small, name=f"{self._places.say(words.PHOTO)} {row['id']}", told=self._told(row))

    def _told(self, row: Mapping[str, Any]) -> str:
        kind, record = self._places.say(row["entity"]), self._places.say(row["entity_id"].name)
        return clean(self._places.say(words.PHOTO_OF).format(file=row["name"], kind=kind, record=record), self._marks)
