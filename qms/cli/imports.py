"""Commands that import files: inspection results under a mapping, and production logs."""

from dataclasses import replace
from pathlib import Path

import click

from qms.cli.imports_requests import tell_requests
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
    write_refused,
)
from qms.imports.complaint_headers import read_complaint_mapping
from qms.imports.encodings import ENCODINGS
from qms.imports.inspections import Totals
from qms.imports.mapping_toml import read_mapping, template
from qms.imports.production_operations import INSPECTION_WORDS
from qms.imports.service_requests_mapping import read_request_mapping
from qms.jobs import imports as jobs
from qms.jobs.imports_complaints import load_complaints, preview_complaints
from qms.jobs.service_requests_import import load_requests, preview_requests
from qms.workflows.imports_complaints import CUSTOMER_CODE


@click.group(name="import")
def import_group() -> None:
    """Import files. A second run of the same file adds nothing."""


@import_group.command()
@file_argument
@click.option(
    "--mapping",
    "mapping_path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says what the columns mean; `qms import template` prints one to start from.",
)
@click.option(
    "--names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of column names, where the mapping asks for one that does not lie beside the data.",
)
@dry_run
@login
@refused_to
def inspections(
    file: Path, mapping_path: Path, names: Path | None, dry_run: bool, login: str | None, refused: Path | None
) -> None:
    """Import inspection results: one row of FILE is one piece or lot."""
    mapping = read_mapping(mapping_path)
    with opened(login) as (database, person):
        if dry_run:
            outcome = jobs.preview_inspections(database, person, file, mapping, names)
        else:
            run_id = prepared(database, person, "inspections", file, mapping.toml)
            with bar() as progress:
                outcome = jobs.load_inspections(database, person, run_id, file, mapping, names, progress)
    _tell_totals(outcome.totals)
    tell_rows(outcome.totals.rows, outcome.added, outcome.known, outcome.totals.refused, dry_run=dry_run)
    if dry_run and outcome.made:
        click.echo(f"Would be made in the chain: {', '.join(outcome.made)}")
    tell_problems("Refused", outcome.problems, refused)


@import_group.command()
@file_argument
@click.option("--site", required=True, help="Code of the site; made when there is none.")
@click.option("--zone", help="Time zone of a site that is not there yet.  [default: Asia/Shanghai]")
@click.option(
    "--time-format",
    default="year-first",
    show_default=True,
    help="How time stamps are written, when not 2012/01/29 23:24:00.000 or alike: letters Y m d H M S f.",
)
@click.option(
    "--encoding",
    type=click.Choice(["auto", *ENCODINGS]),
    default="auto",
    show_default=True,
    help="Encoding of a text file; auto knows UTF-8, UTF-16 with its mark, and GB18030.",
)
@click.option("--inspects", multiple=True, metavar="ACTIVITY", help="This activity inspects, whatever its name.")
@click.option("--produces", multiple=True, metavar="ACTIVITY", help="This activity does not only inspect.")
@dry_run
@login
@refused_to
def production(
    file: Path,
    site: str,
    zone: str | None,
    time_format: str,
    encoding: str,
    inspects: tuple[str, ...],
    produces: tuple[str, ...],
    dry_run: bool,
    login: str | None,
    refused: Path | None,
) -> None:
    """Import a production log: FILE holds the work reports of a machine shop."""
    decided = dict.fromkeys(inspects, True) | dict.fromkeys(produces, False)
    choices = jobs.ProductionChoices(site, zone, time_format, decided, encoding)
    with opened(login) as (database, person):
        if dry_run:
            outcome = jobs.preview_production(database, person, file, choices)
        else:
            run_id = prepared(database, person, "production", file)
            with bar() as progress:
                outcome = jobs.load_production(database, person, run_id, file, choices, progress)
    for figure in outcome.summary.figures():
        click.echo(f"{figure.label.en:<72} {figure.value:>12,}")
    tell_rows(outcome.log.rows_read, outcome.added, outcome.known, outcome.log.refused_rows, dry_run=dry_run)
    inspecting = [each.name for each in outcome.log.operations if each.inspection]
    click.echo(f"Taken as inspections (words: {', '.join(INSPECTION_WORDS)}): {', '.join(inspecting) or 'none'}")
    tell_problems("Refused", outcome.log.problems, None)
    tell_problems("Anomalies", outcome.log.anomalies, None, most=0)
    if refused:
        write_refused(refused, (*outcome.log.problems, *outcome.log.anomalies))


@import_group.command()
@file_argument
@click.option(
    "--mapping",
    "mapping_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with [columns], [dates], [site], [customer], kind, severity: for headers or days in doubt.",
)
@click.option("--site", help="Code of the site that received them; made when there is none.  [default: the only site]")
@click.option("--customer", help=f"Code of the customer who complains; made when there is none.  [{CUSTOMER_CODE}]")
@dry_run
@login
@refused_to
def complaints(
    file: Path,
    mapping_path: Path | None,
    site: str | None,
    customer: str | None,
    dry_run: bool,
    login: str | None,
    refused: Path | None,
) -> None:
    """Import complaints of outside customers: one line of FILE is one complaint."""
    mapping = read_complaint_mapping(mapping_path.read_text("utf-8-sig") if mapping_path else "")
    if site:
        mapping = replace(mapping, site={**mapping.site, "code": site})
    if customer:
        mapping = replace(mapping, customer={**mapping.customer, "code": customer})
    with opened(login) as (database, person):
        if dry_run:
            outcome = preview_complaints(database, person, file, mapping)
        else:
            run_id = prepared(database, person, "complaints", file, mapping.toml or None)
            with bar() as progress:
                outcome = load_complaints(database, person, run_id, file, mapping, progress)
    held = outcome.file
    click.echo(f"{len(held.complaints):,} complaints; {held.disputed:,} disputed, {held.late:,} late")
    click.echo(f"Days are written {held.style}. Columns: " + ", ".join(
        f"{name} = {column}" for name, column in held.columns.items()))
    tell_rows(held.rows, outcome.added, outcome.known, held.refused, dry_run=dry_run)
    if dry_run and outcome.made:
        click.echo(f"Would be made in the chain: {', '.join(outcome.made)}")
    tell_problems("Refused", tuple(held.problems), refused)


@import_group.command()
@file_argument
@click.option(
    "--mapping",
    "mapping_path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file that says what the columns mean; examples/mappings/incidents.toml is one.",
)
@dry_run
@login
@refused_to
def requests(file: Path, mapping_path: Path, dry_run: bool, login: str | None, refused: Path | None) -> None:
    """Import requests between units from a help-desk log: one row of FILE is one update, the last one counts."""
    mapping = read_request_mapping(mapping_path)
    with opened(login) as (database, person):
        if dry_run:
            outcome = preview_requests(database, person, file, mapping)
        else:
            run_id = prepared(database, person, "requests", file, mapping.toml)
            with bar() as progress:
                outcome = load_requests(database, person, run_id, file, mapping, progress)
    tell_rows(outcome.log.rows, outcome.added, outcome.known, outcome.log.refused, dry_run=dry_run)
    tell_requests(outcome)
    if outcome.made:
        click.echo(f"{'Would be made' if dry_run else 'Made'} as departments: {len(outcome.made):,} units")
    tell_problems("Refused", outcome.log.problems, refused)


@import_group.command(name="template")
def template_command() -> None:
    """Print an annotated mapping for inspection results, to start from."""
    click.echo(template(), nl=False)


def _tell_totals(totals: Totals) -> None:
    click.echo(f"{totals.pieces:,} pieces, {totals.rejected:,} rejected")
    if totals.rejected:
        click.echo(", ".join(f"{code} {pieces:,}" for code, pieces in totals.by_defect.most_common()))
    if totals.further_defects:
        click.echo(f"{totals.further_defects:,} further defects on the same pieces")
    if totals.undated:
        click.echo(f"{totals.undated:,} rows without a date: they carry the time of the import")


COMMANDS = (import_group,)
