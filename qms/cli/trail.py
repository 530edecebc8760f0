"""Commands of the trail: verify it, hand out a checkpoint of it, and a package of evidence."""

import sys
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from qms.db import Database
from qms.db.notes import PublicKey, Signer, origin_of
from qms.db.upgrade import is_current
from qms.jobs.trail_evidence import write_evidence
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM
from qms.rules.errors import NotFound
from qms.settings import Settings
from qms.workflows import accounts
from qms.workflows import trail_checkpoints as checkpoints
from qms.workflows.trail_evidence import Asked
from qms.workflows.trail_evidence_clauses import EVIDENCE
from qms.workflows.verify import verify as verify_database
from qms.workflows.verify_checkpoints import Given

_day = click.DateTime(formats=["%Y-%m-%d"])
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--checkpoint", "files", type=_file, multiple=True,
              help="A checkpoint that was kept outside; may be given again.")
@click.option("--public-key", "keys", multiple=True,
              help="Public key as printed by `qms checkpoint --public-key`; without it the key of this instance.")
def verify(files: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Prove that the trail and every record are as they were written; exit with 1 when they are not."""
    settings = Settings()
    given = [Given(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in files]
    known = [PublicKey.read(key) for key in keys] or _own_key(settings)
    report = verify_database(settings.url, outside=given, keys=known)
    for finding in report.findings:
        click.echo(str(finding))
    signed = "" if known else " (signatures not checked: no key here, give --public-key)"
    click.echo(f"{report.entries} entries, {report.rows} rows, {report.checkpoints} checkpoints{signed}: "
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
@click.option("--clause", type=click.Choice(list(EVIDENCE)), required=True, help="Clause that is to be shown.")
@click.option("--from", "first", type=_day, required=True, help="First day of finding, at the site.")
@click.option("--to", "last", type=_day, required=True, help="Last day.")
@click.option("--site", help="Code of the site; without it, all sites that the person sees.")
@click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="File to write: .zip.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
              help="Language of the workbook in it.")
@click.option("--person", "login", help="Sign-in name of whoever exports. Without it the system does.")
def evidence(clause: str, first: datetime, last: datetime, site: str | None, target: Path, login: str | None,
             language: str) -> None:
    """Write the evidence of a clause as a signed package that anybody checks offline, and the export into the trail."""
    if target.suffix.lower() != ".zip":
        raise click.BadParameter("end the name in .zip", param_hint="-o")
    settings = Settings()
    if not is_current(settings.url):
        raise click.ClickException("The database is not at this version's schema. Run: qms upgrade")
    database = Database(settings.url)
    try:
        with database.reading() as session:
            person = accounts.actor_for(session, login, method="command line") if login else SYSTEM
            site_id = session.scalar(select(Site.id).where(Site.code == site)) if site else None
        if site and site_id is None:
            raise NotFound(f"There is no site {site}.", f"没有工厂 {site}。")
        sent = write_evidence(database, person, Asked(clause, first.date(), last.date(), site_id), target=target,
                              seed=settings.signing_seed(), photos=settings.photos, language=language,
                              progress=_progress)
    finally:
        database.dispose()
    click.echo(f"{target}: {sent.rows:,} records, SHA-256 {sent.sha256}")


def _progress(done: int, total: int | None) -> None:
    """Tell on a terminal how far it is."""
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total or 0:,} entries", nl=False, err=True)


def _own_key(settings: Settings) -> list[PublicKey]:
    """Return the key of this instance; none where none was made: verification makes nothing."""
    if not settings.signing_key_file.exists():
        return []
    database = Database(settings.url)
    with database.reading() as session:
        name = origin_of(checkpoints.identity(session))
    database.dispose()
    return [Signer(name, settings.signing_seed()).public]


COMMANDS = (verify, checkpoint, evidence)
