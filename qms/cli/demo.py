"""The command that makes a demo plant and serves it."""

import contextlib
import os
import secrets
from pathlib import Path

import click
from rich.console import Console
from sqlalchemy import select

from qms.cli.serve import run_server, set_up_logs
from qms.db import Database
from qms.db.upgrade import is_current
from qms.db.upgrade import upgrade as upgrade_database
from qms.demo.loading import WEEKS, load
from qms.demo.people import SIGN_INS
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import accounts

SIGN_IN = "demo-sign-in.txt"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on (QMS_PORT).")
@click.option("--no-serve", is_flag=True, help="Only make the demo plant.")
@click.option("--weeks", type=click.IntRange(1, 52), default=WEEKS, show_default=True, help="Weeks to make up.")
def demo(port: int | None, no_serve: bool, weeks: int) -> None:
    """Make the demo plant where there is none yet, say how to sign in, and serve it on this machine only."""
    settings = Settings()
    settings.host, settings.port = "127.0.0.1", port or settings.port
    settings.instance.mkdir(parents=True, exist_ok=True)
    sheet = settings.instance / SIGN_IN
    if not is_current(settings.url) or not sheet.exists():
        _make(settings, sheet, weeks)
    _refuse_a_real_plant(settings)
    click.echo(f"\nDEMO DATA: nothing in it is real.\n\n{sheet.read_text(encoding='utf-8')}")
    if not no_serve:
        set_up_logs(settings.log_level)
        click.echo(f"Serving on http://{settings.host}:{settings.port}  (Ctrl+C ends it)")
        run_server(settings)


def _make(settings: Settings, sheet: Path, weeks: int) -> None:
    """Load the demo plant; a load that was cut off is begun anew."""
    _refuse_a_real_plant(settings)
    if settings.database_url:
        raise click.ClickException("The demo makes its own SQLite database: unset QMS_DATABASE_URL.")
    for path in settings.instance.glob("qms.sqlite*"):
        path.unlink()
    with Console(stderr=True).status(f"Making up {weeks} weeks of a plant ..."):
        for warning in upgrade_database(settings.url):
            click.echo(f"warning: {warning}", err=True)
        database = Database(settings.url)
        with database.transaction(SYSTEM, "trail.begin") as session:
            accounts.begin(session)
        passwords = {who.login: secrets.token_urlsafe(9) for who in SIGN_INS}
        load(database, utc_now(), weeks=weeks, passwords=passwords)
        database.dispose()
    _write_private(sheet, _sign_in_sheet(passwords))


def _refuse_a_real_plant(settings: Settings) -> None:
    if not is_current(settings.url):
        return
    database = Database(settings.url)
    with database.reading() as session:
        real = session.scalar(select(Site.code).where(~Site.demo).limit(1))
    database.dispose()
    if real is not None:
        raise click.ClickException(f"This database holds a real plant ({real}); the demo does not touch it.")


def _sign_in_sheet(passwords: dict[str, str]) -> str:
    lines = [f"  {who.login:<16} {passwords[who.login]:<14} {who.en} / {who.zh}" for who in SIGN_INS]
    return "Sign in as / 登录:\n" + "\n".join(lines) + "\n"


def _write_private(path: Path, text: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


COMMANDS = (demo,)
