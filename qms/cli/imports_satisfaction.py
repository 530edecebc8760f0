"""Commands that import measures of units: published survey results, and internal beside external measures."""

from pathlib import Path

import click

from qms.cli.imports import import_group
from qms.cli.imports_running import (
    bar,
    dry_run,
    file_argument,
    login,
    opened,
    prepared,
    refused_to,
    tell_problems,
    tell_rows,
)
from qms.db import Database
from qms.imports.satisfaction import shape_of
from qms.jobs import satisfaction_measures as jobs
from qms.rules.accounts import Actor
from qms.rules.satisfaction_measures import Long, Wide

COMMANDS: tuple[click.Command, ...] = ()

_table = click.Path(exists=True, dir_okay=False, path_type=Path)
_site = click.option("--site", required=True, help="Code of the site, which is there already.")
_source = click.option("--source", help="What the values are from; again it adds nothing.  [default: name of FILE]")


@import_group.command()
@file_argument
@_site
@_source
@click.option("--period", required=True, help="What the results are of, such as 2020 or 2024-Q1.")
@click.option("--unit", help="Column of the unit; found by its usual names when it has one.")
@click.option("--measure", help="Column of the measure.")
@click.option("--value", help="Column of the value.")
@click.option("--names", type=_table, help="Table of unit codes and their names.")
@click.option("--external", is_flag=True, help="Outside customers were asked, not people inside.")
@dry_run
@login
@refused_to
def survey(file: Path, site: str, source: str | None, period: str, unit: str | None, measure: str | None,
           value: str | None, names: Path | None, external: bool, dry_run: bool, login: str | None,
           refused: Path | None) -> None:
    """Import published survey results of units: one line of FILE is one unit, one measure, one value."""
    said = {"unit": unit, "measure": measure, "value": value, "period": period,
            "kind": "external" if external else "internal"}
    shape = shape_of(said, file, names)
    _run(file, shape, site, source or file.name, "survey", dry_run=dry_run, login=login, refused=refused)


@import_group.command(name="unit-measures")
@file_argument
@_site
@_source
@click.option("--unit", required=True, help="Column of the unit's id, kept as it is written.")
@click.option("--name", help="Column of the unit's name.")
@click.option("--period", required=True, help="Column of the period.")
@click.option("--internal", multiple=True, help="Column of an internal measure; as often as wanted.")
@click.option("--external", multiple=True, help="Column of an external measure; as often as wanted.")
@dry_run
@login
@refused_to
def unit_measures(file: Path, site: str, source: str | None, unit: str, name: str | None, period: str,
                  internal: tuple[str, ...], external: tuple[str, ...], dry_run: bool, login: str | None,
                  refused: Path | None) -> None:
    """Import measures of units, inside and outside: one line of FILE is one unit with a column per measure."""
    if not (internal or external):
        raise click.UsageError("Name at least one --internal or --external column.")
    said = {"unit": unit, "name": name, "period": period, "internal": internal, "external": external}
    _run(file, shape_of(said, file), site, source or file.name, "unit_measures", dry_run=dry_run, login=login,
         refused=refused)


def _run(file: Path, shape: Long | Wide, site: str, source: str, kind: str, *, dry_run: bool, login: str | None,
         refused: Path | None) -> None:
    with opened(login) as (database, person):
        outcome = _outcome(database, person, file, shape, site, source, kind, dry_run=dry_run)
    counts = outcome.counts
    for measure, n in sorted(counts.measures.items()):
        click.echo(f"{measure[:80]:<80} {n:>8,} values")
    click.echo(f"{counts.taken:,} values in the file and {counts.missing:,} marked as missing, which stay missing; "
               f"{outcome.stored:,} stored of this source. No n is given, so there is no interval.")
    tell_rows(counts.rows, outcome.added, outcome.known, len(outcome.problems), dry_run=dry_run)
    tell_problems("Refused", tuple(outcome.problems), refused)


def _outcome(database: Database, person: Actor, file: Path, shape: Long | Wide, site: str, source: str, kind: str, *,
             dry_run: bool) -> jobs.Outcome:
    if dry_run:
        return jobs.preview(database, person, file, shape, site=site, source=source)
    run_id = prepared(database, person, kind, file)
    with bar() as progress:
        return jobs.load(database, person, run_id, file, shape, site=site, source=source, progress=progress)
