"""The command that shows the system with a plant in it: made once, served each time."""

import os
import shutil
from pathlib import Path

import click
from sqlalchemy import inspect, select

from qms.cli.serve import run_server
from qms.db import Database
from qms.db.engine import open_engine
from qms.db.upgrade import is_current
from qms.db.upgrade import upgrade as upgrade_database
from qms.demo import sign_ins
from qms.demo.loading import WEEKS, load
from qms.demo.steel import ATTRIBUTION, load_steel_plates
from qms.logs import set_up_logs
from qms.models.chain import Site
from qms.rules.clock import utc_now
from qms.settings import Settings

LOOPBACK = "127.0.0.1"
LOADING = "demo-loading"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on (QMS_PORT).")
@click.option("--no-serve", is_flag=True, help="Make the demo plant, tell how to sign in, and stop.")
@click.option("--weeks", type=click.IntRange(2, WEEKS), default=WEEKS, show_default=True, help="Weeks that happened.")
def demo(port: int | None, no_serve: bool, weeks: int) -> None:
    """Serve a demo plant on this machine; make it first where there is no database yet."""
    settings = Settings()
    settings.host, settings.port = LOOPBACK, port or settings.port
    settings.instance.mkdir(parents=True, exist_ok=True)
    if _is_new(settings):
        _make(settings, weeks)
    else:
        _refuse_real_plants(settings)
        if not is_current(settings.url):
            upgrade_database(settings.url)
    _tell(settings)
    if not no_serve:
        set_up_logs("WARNING")
        run_server(settings)


def _is_new(settings: Settings) -> bool:
    """Tell whether there is no database, or on a server an empty one."""
    path = _sqlite_file(settings)
    if path is not None:
        return not path.exists()
    engine = open_engine(settings.url, writes=False, owner=True)
    try:
        return not inspect(engine).has_table("alembic_version")
    finally:
        engine.dispose()


def _sqlite_file(settings: Settings) -> Path | None:
    """Return the file of the instance's own SQLite database; None when another database is set."""
    return None if settings.database_url else settings.instance / "qms.sqlite"


def _make(settings: Settings, weeks: int) -> None:
    """Load the demo plant; in an instance of its own the database appears only when it is whole."""
    keys = sign_ins.new_keys()
    click.echo("Making the demo plant. This takes about a minute, once.")
    path = _sqlite_file(settings)
    if path is None:
        _load(Database(settings.url), settings, keys, weeks)
        sign_ins.keep(settings.instance, keys)
        return
    folder = settings.instance / LOADING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    _load(Database(f"sqlite:///{(folder / path.name).absolute()}", durable=False), settings, keys, weeks)
    sign_ins.keep(settings.instance, keys)
    if [left.name for left in folder.iterdir()] != [path.name]:
        msg = "the database was not closed: part of it lies in another file"
        raise RuntimeError(msg)
    with (folder / path.name).open("rb+") as made:
        os.fsync(made.fileno())
    (folder / path.name).replace(path)
    folder.rmdir()


def _load(database: Database, settings: Settings, keys: dict[str, sign_ins.Keys], weeks: int) -> None:
    for warning in upgrade_database(database.url):
        click.echo(f"warning: {warning}", err=True)
    try:
        with click.progressbar(length=100, label=f"{weeks} weeks in a bracket factory") as bar:
            load(database, utc_now(), photos=settings.photos, weeks=weeks, keys=keys,
                 progress=lambda done, total: bar.update(100 * done // total - bar.pos))
        load_steel_plates(database)
    finally:
        database.dispose()


def _refuse_real_plants(settings: Settings) -> None:
    """Raise ClickException for a database that holds no demo plant, or a plant that is none."""
    database = Database(settings.url)
    try:
        with database.reading() as session:
            demo_sites = list(session.scalars(select(Site.demo)))
    finally:
        database.dispose()
    if not demo_sites or not all(demo_sites):
        raise click.ClickException(
            "This database holds something else than the demo plant, so it is left alone. Serve it with: qms serve. "
            "For a demo name another folder: QMS_INSTANCE=./demo qms demo")


def _tell(settings: Settings) -> None:
    keys = sign_ins.kept(settings.instance)
    click.echo(f"\nDemo plant on http://{settings.host}:{settings.port}  (Ctrl+C ends it). "
               "Everything in it is made up, but for the steel plates.")
    click.echo(ATTRIBUTION)
    if keys:
        click.echo(f"\nSign in as (also in {settings.instance / sign_ins.FILE}):")
        for line in sign_ins.told(keys):
            click.echo(line)
    else:
        click.echo(f"\n{settings.instance / sign_ins.FILE} is gone: no one can tell the passwords. Remove the folder "
                   f"{settings.instance} for a new demo.")


COMMANDS = (demo,)
