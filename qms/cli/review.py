"""The command that assembles a management review on the terminal: opens it or takes its draft, counts, tells."""

from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.cli import review_files
from qms.db import Database
from qms.db.upgrade import need_current
from qms.jobs.review import assemble as count
from qms.models.chain import Site
from qms.models.review import Review, ReviewInput
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import NotFound
from qms.rules.review import INPUT_STATES
from qms.rules.review_inputs import INPUTS
from qms.rules.review_periods import before
from qms.settings import Settings
from qms.workflows import accounts, review_records
from qms.workflows.review import open_review
from qms.workflows.review_filling import snapshots_of
from qms.workflows.review_register import draft_of

day = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def review() -> None:
    """Management reviews."""


review.add_command(review_files.export)


@review.command()
@click.option("--site", "code", required=True, help="Code of the site.")
@click.option("--from", "first", type=day, required=True, help="First day of the period.")
@click.option("--to", "last", type=day, required=True, help="Last day.")
@click.option("--compare-from", type=day, help="First day of the comparison period; else as long a period before.")
@click.option("--compare-to", type=day, help="Its last day.")
@click.option("--freeze", is_flag=True, help="Freeze the figures: they stay as they are from now on.")
@click.option("--title", help="Title of the review that is opened.")
@click.option("--person", "login", help="Sign-in name of whoever prepares it. Without it the system does.")
@review_files.output()
@review_files.in_language
def assemble(*, code: str, first: datetime, last: datetime, compare_from: datetime | None,
             compare_to: datetime | None, freeze: bool, title: str | None, login: str | None, target: Path | None,
             language: str | None) -> None:
    """Open a review, or take the draft of the same site and period, and assemble its figures; `-o` writes it too."""
    if target:
        review_files.check(target)
    if (compare_from is None) != (compare_to is None):
        raise click.BadParameter("give both or none", param_hint="--compare-from, --compare-to")
    settings = Settings()
    need_current(settings.url)
    database = Database(settings.url)
    try:
        with database.reading() as session:
            person = accounts.actor_for(session, login, method="command line") if login else SYSTEM
        compared = (compare_from.date(), compare_to.date()) if compare_from and compare_to else None
        review_id, rev = _draft(database, person, code, first.date(), last.date(), compared, title)
        with click.progressbar(length=100, label="Counting") as bar:
            count(database, person, review_id, lambda done, total: bar.update(100 * done // (total or 1) - bar.pos),
                  freeze=freeze, rev=rev)
        with database.reading() as session:
            _tell(session, review_records.one(session, person, review_id))
        if target:
            review_files.deliver(database, person, review_id, target, language, settings)
    finally:
        database.dispose()


def _draft(database: Database, person: Actor, code: str, first: date, last: date, compared: tuple[date, date] | None,
           title: str | None) -> tuple[int, int]:
    """Return the review to be assembled and its version: the draft of the period, else a new one."""
    with database.transaction(person, "review.open") as session:
        site = session.scalar(select(Site).where(Site.code == code))
        if site is None:
            raise NotFound(f"There is no site {code}.", f"没有工厂 {code}。")
        held = draft_of(session, site.id, first, last)
        if held is None:
            before_first, before_last = compared or before(first, last)
            held = open_review(
                session, person, site_id=site.id, title=title or f"Management review, {first} to {last}",
                first_on=first, last_on=last, before_first_on=before_first, before_last_on=before_last)
        return held.id, held.rev


def _tell(session: Session, held: Review) -> None:
    """Print the review and each input with its state and how much stands in it, then what is missing."""
    click.echo(f"{held.number}  {held.title}  {held.state}")
    click.echo(f"{held.first_on} to {held.last_on}, compared with {held.before_first_on} to {held.before_last_on}")
    inputs = review_records.inputs_of(session, held)
    for one in inputs:
        click.echo(_line(one))
    missing = [INPUTS[one.code].words.en for one in inputs
               if one.state == "missing" and INPUTS[one.code].asked_by(held.profile)]
    click.echo(f"Missing (R-40): {len(missing)}")
    for name in missing:
        click.echo(f"  {name}")


def _line(one: ReviewInput) -> str:
    snapshots = snapshots_of(one)
    figures, tables = (sum(len(getattr(each, part)) for each in snapshots) for part in ("figures", "tables"))
    return (f"  {INPUTS[one.code].words.en:<66}{INPUT_STATES[one.state].words.en:<16}"
            f"{figures:>4} figures {tables:>3} tables")


COMMANDS = (review,)
