"""Commands of the trail: verify it, hand out a checkpoint of it, and a package of evidence."""

import sys
from contextlib import suppress
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from qms.db import Database
from qms.db.notes import PublicKey
from qms.db.upgrade import need_current
from qms.db.writer import WriteLost
from qms.jobs.trail_evidence import write_evidence
from qms.jobs.trail_verify import note, own_keys
from qms.rules.accounts import SYSTEM
from qms.rules.trail import table_words
from qms.rules.trail_evidence import CLAUSES
from qms.rules.trail_evidence_sheets import FULL, NAMES
from qms.settings import Settings
from qms.workflows import accounts
from qms.workflows import trail_checkpoints as checkpoints
from qms.workflows.trail_evidence_preview import Preview, preview
from qms.workflows.trail_evidence_question import ALL, asked_of
from qms.workflows.verify import verify as verify_database
from qms.workflows.verify_checkpoints import Given

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--checkpoint", "files", type=_file, multiple=True,
              help="A checkpoint that was kept outside; may be given again.")
@click.option("--public-key", "keys", multiple=True,
              help="Public key as printed by `qms checkpoint --public-key`; without it the key of this instance.")
def verify(files: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Prove that the trail and every record are as they were written; exit with 1 when they are not."""
    settings = Settings()
    need_current(settings.url)
    given = [Given(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in files]
    database = Database(settings.url)
    known = [PublicKey.read(key) for key in keys] or own_keys(database, settings)
    report = verify_database(settings.url, outside=given, keys=known)
    with suppress(SQLAlchemyError, WriteLost):  # A copy that takes no write, or that lacks the table, is verified too.
        note(database, report)
    database.dispose()
    for finding in report.findings:
        click.echo(str(finding))
    signed = "" if known else " (signatures not checked: no key here, give --public-key)"
    gone = f", {report.disposed} entries disposed of" if report.disposed else ""
    click.echo(f"{report.entries} entries, {report.rows} rows, {report.checkpoints} checkpoints{gone}{signed}: "
               f"{'ok' if report.good else 'NOT as written'}")
    if not report.good:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write it to; without it, it is printed.")
@click.option("--public-key", "key_only", is_flag=True, help="Print the key by which checkpoints are checked.")
def checkpoint(target: Path | None, key_only: bool) -> None:
    """Hand out a signed checkpoint of the trail, to be kept where the database's administrator cannot reach it."""
    settings = Settings()
    need_current(settings.url)
    database = Database(settings.url)
    try:
        if key_only:
            with database.reading() as session:
                click.echo(str(checkpoints.public_key(session, settings.signing_seed())))
            return
        made = checkpoints.make(database, settings.signing_seed(), "command")
    finally:
        database.dispose()
    if made is None:
        raise click.ClickException("The trail is empty.")
    if target is None:
        click.echo(made.note, nl=False)
        return
    target.write_text(made.note, encoding="utf-8")
    click.echo(f"{target}: {made.size} entries, root {made.root.hex()}")


@click.command()
@click.option("--clause", "clauses", multiple=True, default=(ALL,), show_default=True,
              help=f"Clause that is to be shown: {', '.join(CLAUSES)}, or all; may be given again.")
@click.option("--from", "first", help="First day, at the site. Not needed with --lot or --record.")
@click.option("--to", "last", help="Last day.")
@click.option("--site", help="Code of the site; without it, all sites that the person sees.")
@click.option("--customer", help="Code of an outside customer.")
@click.option("--item", help="Code of an item.")
@click.option("--lot", help="Number of a lot.")
@click.option("--link", help='Link, as "SUPPLIER > CUSTOMER" in codes of units.')
@click.option("--record", "records", multiple=True, help="Number of a single record; may be given again.")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write: .zip. Without it, only counts and gaps are printed.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
              help="Language of the workbook in it.")
@click.option("--names", type=click.Choice(NAMES), default=FULL, show_default=True,
              help="How the workbook names persons. The records themselves stay as they were signed.")
@click.option("--person", "login", help="Sign-in name of whoever exports. Without it the system does.")
def evidence(clauses: tuple[str, ...], records: tuple[str, ...], target: Path | None, login: str | None,
             language: str, names: str, **texts: str | None) -> None:
    """Print what answers a question and what is missing, and write it as a signed package that anybody checks offline.

    Everything given narrows the question. The export goes into the trail.
    """
    if target is not None and target.suffix.lower() != ".zip":
        raise click.BadParameter("end the name in .zip", param_hint="-o")
    settings = Settings()
    need_current(settings.url)
    asked = asked_of({"clause": clauses, "record": records, **{name: [text] for name, text in texts.items() if text}})
    database = Database(settings.url)
    try:
        with database.reading() as session:
            person = accounts.actor_for(session, login, method="command line") if login else SYSTEM
            _tell(preview(session, person, asked, settings.photos), language)
        sent = target and write_evidence(database, person, asked, target=target, seed=settings.signing_seed(),
                                         photos=settings.photos, language=language, progress=_progress, names=names,
                                         address=settings.public_url.rstrip("/"))
    finally:
        database.dispose()
    if sent:
        click.echo(f"{target}: {sent.rows:,} records, SHA-256 {sent.sha256}")


def _tell(seen: Preview, language: str) -> None:
    for clause in seen.clauses:
        click.echo(f"{clause.clause.code} {clause.clause.words.to(language)}")
        for table, count in clause.counts:
            click.echo(f"  {count:>9,} {table_words(table).to(language)}")
    for gap in seen.gaps:
        click.echo(f"GAP {gap.clause} {gap.rule or '-'} {gap.number or f'{gap.table} {gap.id}'}: "
                   f"{gap.what.to(language)}")
    click.echo(f"{seen.total:,} records, {len(seen.gaps):,} gaps, {seen.entries:,} entries in the trail")


def _progress(done: int, total: int | None) -> None:
    """Tell on a terminal how far it is."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total or 0:,} entries", nl=False, err=True)


COMMANDS = (verify, checkpoint, evidence)
