"""What commands that import files share: their options, the open database, the bar, and how an outcome is told."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from exports.imports import refused_lines
from qms.db import Database
from qms.db.upgrade import need_current
from qms.jobs.imports import file_sha256
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import Problem
from qms.settings import Settings
from qms.workflows import accounts
from qms.workflows.imports import prepare

COMMANDS: tuple[click.Command, ...] = ()
MOST_SHOWN = 20

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
dry_run = click.option("--dry-run", is_flag=True, help="Read and check everything, store nothing.")
login = click.option("--person", "login", help="Sign-in name of whoever imports. Without it the system does.")
refused_to = click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every refused line and anomaly to this .csv file.",
)


@contextmanager
def opened(login: str | None) -> Iterator[tuple[Database, Actor]]:
    """Open the database and find whoever imports; the system without a name. Raises Invalid."""
    settings = Settings()
    need_current(settings.url)
    database = Database(settings.url)
    try:
        with database.reading() as session:
            person = accounts.actor_for(session, login, method="command line") if login else SYSTEM
        yield database, person
    finally:
        database.dispose()


def prepared(database: Database, person: Actor, kind: str, file: Path, mapping: str | None = None) -> int:
    """Note that a file is about to be imported; return the id of the run."""
    with database.transaction(person, "imports.prepare") as session:
        run = prepare(
            session, person, kind=kind, file_name=file.name, file_sha256=file_sha256(file), mapping=mapping
        )
        return run.id


@contextmanager
def bar() -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar where someone watches; yield what moves it."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Importing", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def tell_rows(rows: int, added: int, known: int, refused: int, *, dry_run: bool) -> None:
    """Print the totals of a run that add up."""
    verb = "would be added" if dry_run else "added"
    click.echo(f"{rows:,} rows read: {added:,} {verb}, {known:,} already there, {refused:,} refused")
    if dry_run:
        click.echo("Dry run: nothing was stored.")


def tell_problems(title: str, problems: tuple[Problem, ...], target: Path | None, most: int = MOST_SHOWN) -> None:
    """Print the first of what is wrong, and write all of it to a file when one is named."""
    if target:
        write_refused(target, problems)
    for problem in problems[:most]:
        click.echo(f"  {title.lower()}: {where(problem)}: {problem.words.en}", err=True)
    if most and len(problems) > most:
        click.echo(f"  ... and {len(problems) - most:,} more; --refused FILE writes them all", err=True)


def where(problem: Problem) -> str:
    """Say in which line and column of the file a problem is."""
    column = f", column {problem.field}" if problem.field else ""
    return f"line {problem.line}{column}"


def write_refused(target: Path, problems: Iterable[Problem]) -> None:
    """Write what is wrong in a file as a table that Excel opens."""
    refused_lines(target, ((each.line, each.field, each.kind, each.words) for each in problems), "en")
