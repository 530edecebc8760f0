"""Commands that keep the database: upgrade, backup, restore, and the first people."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

import click

from qms.db import Database
from qms.db.upgrade import upgrade as upgrade_database
from qms.rules.accounts import ROLES, SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import RuleError
from qms.settings import Settings
from qms.workflows import accounts, backup
from qms.workflows import health_proofs as proofs
from qms.workflows import trail_checkpoints as checkpoints


@click.command()
def upgrade() -> None:
    """Make the database, or bring it to this version's schema."""
    settings = Settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    for warning in upgrade_database(settings.url):
        click.echo(f"warning: {warning}", err=True)
    database = Database(settings.url)
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
    database.dispose()
    click.echo("The database is up to date.")


@click.command(name="backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(target: Path) -> None:
    """Write a backup file, and prove it by restoring and verifying it."""
    settings = Settings()
    database = Database(settings.url)
    made = checkpoints.make(database, settings.signing_seed(), "backup")
    try:
        report = backup.make(settings.url, settings.photos, target, made.note if made else None)
        _note(database, good=True, told=f"{report.entries} entries, {report.rows} rows")
    except RuleError as error:
        _note(database, good=False, told=error.words.en)
        raise
    finally:
        database.dispose()
    click.echo(f"{target}: {target.stat().st_size} bytes, restored and verified: "
               f"{report.entries} entries, {report.rows} rows")


@click.command(name="restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(source: Path) -> None:
    """Restore a backup into an empty place; what is there is never overwritten."""
    settings = Settings()
    report = backup.restore(source, settings.url, settings.photos)
    click.echo(f"Restored and verified: {report.entries} entries, {report.rows} rows")


@click.command(name="add-person")
@click.argument("login")
@click.option("--name", required=True, help="Name as others read it.")
@click.option("--role", "roles", type=click.Choice(list(ROLES)), multiple=True, help="Role held everywhere.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--days", type=click.IntRange(1, 3650), help="The roles end after so many days.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the roles; an auditor's must have one.")
@click.password_option(help="Asked for when not given; 'random' makes one and prints it.")
def add_person(login: str, name: str, roles: tuple[str, ...], language: str, days: int | None,
               until: datetime | None, password: str) -> None:
    """Make a person who can sign in."""
    made = secrets.token_urlsafe(12) if password == "random" else password  # noqa: S105
    if days and until:
        raise click.UsageError("Give --days or --until, not both.")
    settings, today = Settings(), utc_now().date()
    ends_on = until.date() if until else today + timedelta(days=days) if days else None
    with Database(settings.url).transaction(SYSTEM, "accounts.add_person", "command line") as session:
        person = accounts.add_person(session, SYSTEM, login=login, name=name, language=language, password=made)
        for role in roles:
            accounts.grant(session, SYSTEM, person.id, role=role, starts_on=today, ends_on=ends_on,
                           auditor_days=settings.auditor_days)
    click.echo(f"{login} can sign in" + (f" with the password {made}" if made != password else ""))


def _note(database: Database, *, good: bool, told: str) -> None:
    """Keep how a backup went, for whoever watches."""
    with database.transaction(SYSTEM, "health.note") as session:
        proofs.note(session, proofs.BACKUP, good=good, told=told)


COMMANDS = (upgrade, backup_command, restore_command, add_person)
