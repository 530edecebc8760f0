"""Gives the demo plant its pictures: of every item with its zones, and of what is not good about every defect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from qms.db import Database
from qms.demo.defect_drawings import DEFECT_DRAWINGS, defect_drawing
from qms.demo.drawings import Drawing
from qms.demo.founding import Founded
from qms.demo.item_drawings import ITEM_DRAWINGS, Zone
from qms.imports.photos import clean_photo
from qms.rules.photos import Photo
from qms.workflows.chain_pictures import add_picture
from qms.workflows.chain_pictures_zones import draw_zone

GOOD = ("B01", "P02", "P04", "W03", "W05", "W07", "E01", "E03", "E04", "A03", "L01")
"""Defects of which there is also a picture of how it should be."""


class Planned(NamedTuple):
    """A picture to be made: what it shows, how it is drawn, and its zones."""

    role: str
    subject: dict[str, int]
    draw: Callable[[], Drawing]
    zones: tuple[Zone, ...] = ()

    def photo(self) -> Photo:
        """Draw it and clean it as if it had been sent."""
        return clean_photo(self.draw().png())


def add_pictures(database: Database, founded: Founded, at: datetime, folder: Path) -> None:
    """Add every picture and its zones, by the process engineer. All is drawn before anything is written."""
    planned = _planned(founded)
    person = founded.people["process"]
    with ThreadPoolExecutor() as threads:
        photos = list(threads.map(Planned.photo, planned))
    with database.transaction(person, "chain.add_picture", clock=lambda: at) as session:
        made = [add_picture(session, person, role=p.role, photo=photo, folder=folder, **p.subject).id
                for p, photo in zip(planned, photos, strict=True)]
    with database.transaction(person, "chain.draw_zone", clock=lambda: at) as session:
        for picture_id, picture in zip(made, planned, strict=True):
            for zone in picture.zones:
                draw_zone(session, person, picture_id, name_zh=zone.zh, name_en=zone.en, frame=zone.frame)


def _planned(founded: Founded) -> list[Planned]:
    items = [Planned("item", {"item_id": founded.items[code]}, draw, zones)
             for code, (draw, zones) in ITEM_DRAWINGS.items()]
    wrong = [Planned("ng", {"defect_id": founded.defects[code]}, partial(defect_drawing, code, wrong=True))
             for code in DEFECT_DRAWINGS]
    right = [Planned("ok", {"defect_id": founded.defects[code]}, partial(defect_drawing, code, wrong=False))
             for code in GOOD]
    return items + wrong + right
