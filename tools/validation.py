"""Makes the validation pack of an installation: IQ (what is installed) and OQ (what every test expected and came to).

`python -m tools.validation -o FOLDER` runs the whole suite, looks at the installation that QMS_* names, and writes
validation.json, validation.xlsx and validation.pdf. It exits with 1 when something is not as expected.
"""

import argparse
import datetime as dt
import getpass
import json
import platform
import sqlite3
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from exports.document import document
from exports.sections import LANGUAGES, Paper
from exports.sheets import workbook
from exports.validation import TITLE, Installation, Looked, Tried, sections, tried, untested
from qms import create_app
from qms.db import Database
from qms.db.upgrade import head
from qms.logs import set_up_logs, without_secrets
from qms.rules.words import Words
from qms.settings import ROOT, VERSION, Settings
from qms.workflows.verify import verify

LOCK = ROOT / "uv.lock"
OPTIONAL = Words("Not made yet", "尚未生成")


def main(given: list[str] | None = None) -> int:
    """Make the pack; return 1 when something is not as expected."""
    parser = argparse.ArgumentParser(prog="python -m tools.validation", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")
    parser.add_argument("--report", type=Path, help="results of a run with `pytest --validation FILE`; else it runs")
    parser.add_argument("--language", choices=LANGUAGES, default="both")
    parser.add_argument("tests", nargs="*", help="only these tests; without any, all of them")
    asked = parser.parse_args(given)
    asked.output.mkdir(parents=True, exist_ok=True)
    report = asked.report or asked.output / "validation.json"
    if asked.report is None:
        subprocess.run([sys.executable, "-m", "pytest", "-n", "auto", "--validation", str(report.absolute()),
                        *asked.tests], cwd=ROOT, check=False)
    said = json.loads(report.read_text(encoding="utf-8"))
    tests, installation = tried(said["tests"]), looked_at(Settings())
    paper = _paper(installation, tests, dt.datetime.fromisoformat(said["ended_at"]))
    (asked.output / "validation.xlsx").write_bytes(workbook(paper, asked.language))
    (asked.output / "validation.pdf").write_bytes(document(paper, asked.language))
    return _told(installation, tests)


def looked_at(settings: Settings) -> Installation:
    """Look at the installation: versions, settings, and whether it can do its work."""
    database = Database(settings.url)
    try:
        engine, checks = _server(database), _checks(settings, database)
    finally:
        database.dispose()
    return Installation(
        identity=[
            (Words("Program", "程序"), f"qms {VERSION}, {_commit()}"), (Words("Schema", "架构"), str(head())),
            (Words("Machine", "机器"), f"{platform.node()}, {platform.platform()}"),
            (Words("Python", "Python"), sys.version.split()[0]), (Words("Database", "数据库"), engine),
            (Words("Looked at by", "检查人"), getpass.getuser())],
        settings=[(f"QMS_{name.upper()}", _shown(name, value)) for name, value in settings],
        checks=checks, packages=_packages())


def _checks(settings: Settings, database: Database) -> list[Looked]:
    answer = create_app(settings, database).test_client().get("/readyz")
    found = [Looked(f"/readyz: {name}", "ok", words, words == "ok" or words.startswith("warning"))
             for name, words in answer.get_json()["checks"].items()]
    found.append(_verified(settings))
    for path in (settings.instance / "secret", settings.signing_key_file):
        mode = f"{stat.S_IMODE(path.stat().st_mode):04o}" if path.exists() else OPTIONAL
        found.append(Looked(Words(f"Mode of {path.name}", f"{path.name} 的权限"), "0600", mode,
                            mode in {"0600", OPTIONAL}))
    return found


def _verified(settings: Settings) -> Looked:
    what, wanted = "qms verify", Words("All is as it was written", "全部与写入时一致")
    try:
        report = verify(settings.url)
    except SQLAlchemyError as error:
        told = type(error).__name__
        return Looked(what, wanted, Words(f"Could not be done ({told}): run qms upgrade",
                                          f"无法执行 ({told}): 请运行 qms upgrade"), holds=False)
    found = "" if report.good else f": {report.findings[0]}"
    return Looked(what, wanted, Words(f"{report.entries} entries, {report.rows} rows{found}",
                                      f"{report.entries} 条记录, {report.rows} 行{found}"), report.good)


def _packages() -> list[Looked]:
    """Hold every package that is installed against the version that was tested at its release."""
    tested: dict[str, list[str]] = {}  # Some have one for each version of Python.
    for package in tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]:
        tested.setdefault(package["name"], []).append(package["version"])
    found = []
    for name, versions in tested.items():
        try:
            actual = version(name)
        except PackageNotFoundError:
            continue
        found.append(Looked(name, " / ".join(versions), actual, actual in versions))
    return found


def _server(database: Database) -> str:
    if database.is_sqlite:
        return f"SQLite {sqlite3.sqlite_version}"
    try:
        with database.reading() as session:
            return f"PostgreSQL {session.execute(text('SHOW server_version')).scalar_one()}"
    except SQLAlchemyError as error:
        return f"does not answer: {type(error).__name__}"


def _shown(name: str, value: object) -> str:
    if name == "database_url" and value:
        return make_url(str(value)).render_as_string(hide_password=True)
    return str(without_secrets(None, "", {"value": str(value)})["value"])


def _commit() -> str:
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no checkout"


def _paper(installation: Installation, tests: list[Tried], ended_at: dt.datetime) -> Paper:
    here = ended_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return Paper(title=TITLE, number=f"IQ-OQ-{VERSION}-{here:%Y%m%d}", subject=f"qms {VERSION}",
                 site=Words(platform.node(), platform.node()), sections=sections(installation, tests),
                 printed_at=here, printed_by=getpass.getuser(), zone="UTC")


def _told(installation: Installation, tests: list[Tried]) -> int:
    wrong = [one.what if isinstance(one.what, str) else one.what.en
             for one in (*installation.checks, *installation.packages) if not one.holds]
    failed, without = [one for one in tests if one.failed], untested(tests)
    print(f"IQ: {len(installation.checks)} checks, {len(installation.packages)} packages, not as expected: "
          f"{', '.join(wrong) or 'none'}")
    print(f"OQ: {len(tests)} tests in {sum(one.runs for one in tests)} runs, failed {len(failed)}, "
          f"rules without a good test: {', '.join(without) or 'none'}")
    return 1 if wrong or failed or without else 0


if __name__ == "__main__":
    set_up_logs("ERROR")
    sys.exit(main())
