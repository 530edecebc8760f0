"""A workbook as LibreOffice sees it after working out every formula again."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook


def recalculated(content: bytes, folder: Path) -> Workbook:
    """Return a workbook with the values that LibreOffice works out. Skips without LibreOffice; in CI that fails."""
    if shutil.which("soffice") is None:
        if os.environ.get("CI"):
            pytest.fail("CI checks every formula: install libreoffice-calc-nogui")
        pytest.skip("needs LibreOffice (soffice) to work out the formulas")
    given, out = folder / "given.xlsx", folder / "recalculated"
    given.write_bytes(content)
    subprocess.run(["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
                    "--convert-to", "xlsx", "--outdir", str(out), str(given)],
                   check=True, capture_output=True, timeout=240)
    return load_workbook(io.BytesIO((out / "given.xlsx").read_bytes()), data_only=True)
