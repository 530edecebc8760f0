"""The command that writes a management review to a file: workbook, PDF with the workbook inside, or slides."""

from functools import partial
from pathlib import Path

import click
from sqlalchemy import select

from qms.db import Database
from qms.db.upgrade import need_current
from qms.jobs.review_files import LANGUAGES, MAKERS, write
from qms.models.review import Review
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import NotFound
from qms.settings import Settings
from qms.workflows import accounts

output = partial(click.option, "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path),
                 help=f"File to write: {', '.join(MAKERS)}.")
in_language = click.option("--language", type=click.Choice(LANGUAGES), help="Language of the file; else the person's.")


@click.command()
@click.argument("number")
@output(required=True)
@in_language
@click.option("--person", "login", help="Sign-in name of whoever exports. Without it the system does.")
def export(*, number: str, target: Path, language: str | None, login: str | None) -> None:
    """Write the review of this number to a file, and the export into the trail."""
    check(target)
    settings = Settings()
    need_current(settings.url)
    database = Database(settings.url)
    try:
        with database.reading() as session:
            person = accounts.actor_for(session, login, method="command line") if login else SYSTEM
            review_id = session.scalar(select(Review.id).where(Review.number == number))
        if review_id is None:
            raise NotFound(f"There is no review {number}.", f"没有管理评审 {number}。")
        deliver(database, person, review_id, target, language, settings)
    finally:
        database.dispose()


def check(target: Path) -> None:
    """Raise BadParameter for a file that no review becomes."""
    if target.suffix.lower() not in MAKERS:
        raise click.BadParameter(f"end the name in {', '.join(MAKERS)}", param_hint="-o")


def deliver(database: Database, person: Actor, review_id: int, target: Path, language: str | None,
            settings: Settings) -> None:
    """Write a review to a path, and say what was written."""
    sent = write(database, person, review_id, suffix=target.suffix.lower(),
                 language=language or ("zh" if person is SYSTEM else person.language),
                 address=settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}",
                 seed=settings.signing_seed())
    target.write_bytes(sent.content)
    click.echo(f"{target}: {len(sent.content):,} bytes, SHA-256 {sent.sha256}")


COMMANDS = ()
