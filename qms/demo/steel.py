"""Loads the steel-plate inspections that come with the demo, with the importer; must not know the demo plant.

Source: steel_plates/NOTICE names the authors and the licence of the data.
"""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

from qms.db import Database
from qms.imports.mapping_toml import read_mapping
from qms.jobs.imports import file_sha256, load_inspections
from qms.rules.accounts import SYSTEM
from qms.rules.inspections import Mapping
from qms.workflows import chain
from qms.workflows.imports import prepare

DATA = Path(__file__).with_name("steel_plates")
ATTRIBUTION = ("Steel Plates Faults: M. Buscema, S. Terzi, W. Tastle (Semeion), UCI Machine Learning Repository 198, "
               "CC BY 4.0, unaltered.")
READINGS = ("Pixels_Areas", "Steel_Plate_Thickness", "Minimum_of_Luminosity", "Maximum_of_Luminosity")
"""What is kept of the 27 measurements of each plate; all of them would be two thirds of the demo's records."""

_MAPPING = "steel-plates.toml"
_READING = "[[readings]]\n"
_FILE, _NAMES = "Faults.NNA", "Faults27x7_var"


def load_steel_plates(database: Database) -> int:
    """Import the plates into a site of their own, marked as demo. Returns how many were added."""
    mapping = read_mapping(_shortened(mapping_path().read_text(encoding="utf-8")))
    with TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        path.write_bytes(gzip.decompress((DATA / f"{_FILE}.gz").read_bytes()))
        run_id = _prepared(database, mapping, path)
        return load_inspections(database, SYSTEM, run_id, path, mapping, DATA / _NAMES).added


def mapping_path() -> Path:
    """Return the mapping: beside the data when installed, among the examples in the source tree."""
    installed = DATA / _MAPPING
    return installed if installed.exists() else DATA.parents[2] / "examples" / "mappings" / _MAPPING


def _shortened(mapping: str) -> str:
    """Return the mapping with only the readings in READINGS."""
    head, *readings = mapping.split(_READING)
    return _READING.join([head, *(each for each in readings if any(f'"{column}"' in each for column in READINGS))])


def _prepared(database: Database, mapping: Mapping, path: Path) -> int:
    site = mapping.site
    with database.transaction(SYSTEM, "chain.add_site") as session:
        site_id = chain.add_site(session, SYSTEM, code=site.code, name_zh=site.name.zh, name_en=site.name.en,
                                 time_zone=mapping.timing.zone, demo=True).id
    with database.transaction(SYSTEM, "imports.prepare") as session:
        return prepare(session, SYSTEM, kind="inspections", file_name=path.name, file_sha256=file_sha256(path),
                       site_id=site_id, mapping=mapping.toml).id
