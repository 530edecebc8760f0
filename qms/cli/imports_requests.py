"""Tells what an import of a help-desk log counted, beside a plain count of the file. Knows no database."""

import click

from qms.jobs.service_requests_import import RequestsOutcome
from qms.measures.service import kept_rate


def tell_requests(outcome: RequestsOutcome) -> None:
    """Print both counts side by side, and how promises were kept by number of hand-overs."""
    plain = outcome.plain.figures() if outcome.plain else None
    click.echo(f"{'':<24}{'kept here':>12}{'pandas, last rows':>20}")
    for place, (words, value) in enumerate(outcome.kept.figures()):
        other = f"{plain[place][1]:,}" if plain else "-"
        click.echo(f"{words.en:<24}{value:>12,}{other:>20}")
    said = {True: "equal", False: "NOT EQUAL", None: "no plain count of this file"}[outcome.is_equal]
    click.echo(f"The two counts: {said}")
    click.echo(f"{'Hand-overs':<12}{'requests':>12}{'kept':>10}{'95% CI':>20}")
    for passed, kept, judged in outcome.kept.rows():
        rate = kept_rate(kept, judged - kept)
        click.echo(f"{passed:<12}{judged:>12,}{rate.value or 0:>10.1%}{f'{rate.low:.1%} - {rate.high:.1%}':>20}")


COMMANDS: tuple[click.Command, ...] = ()
"""None of its own: the command that imports a log is in `qms.cli.imports`."""
