"""Commands of the trail: verify it, and hand out a checkpoint of it."""

from pathlib import Path

import click

from qms.db import Database
from qms.db.notes import PublicKey, Signer, origin_of
from qms.settings import Settings
from qms.workflows import trail_checkpoints as checkpoints
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


def _own_key(settings: Settings) -> list[PublicKey]:
    """Return the key of this instance; none where none was made: verification makes nothing."""
    if not settings.signing_key_file.exists():
        return []
    database = Database(settings.url)
    with database.reading() as session:
        name = origin_of(checkpoints.identity(session))
    database.dispose()
    return [Signer(name, settings.signing_seed()).public]


COMMANDS = (verify, checkpoint)
