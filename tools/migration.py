"""Writes the first migration anew from the models, for use before the first release only."""

import shutil
import tempfile
from pathlib import Path

from alembic import command

import qms.models  # noqa: F401
from qms.db.engine import open_engine
from qms.db.upgrade import MIGRATIONS, _config


def main() -> None:
    """Replace every migration by one."""
    versions = MIGRATIONS / "versions"
    shutil.rmtree(versions, ignore_errors=True)
    versions.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/empty.sqlite", writes=True, owner=True)
        with engine.begin() as connection:
            command.revision(_config(connection), "begin", autogenerate=True, rev_id="0001")
    text = next(Path(versions).glob("0001*.py"))
    body = text.read_text(encoding="utf-8").replace("sa.BigInteger().with_variant(sa.Integer(), 'sqlite')",
                                                    "qms.db.types.Id")
    text.write_text(body, encoding="utf-8")


if __name__ == "__main__":
    main()
