"""The `qms` command. Each module holds commands in `COMMANDS`; a command reads settings and calls a workflow."""

import importlib
import pkgutil

import click

from qms.rules.errors import BadFile, Refused, RuleError
from qms.settings import VERSION


class Polite(click.Group):
    """A group that tells a refusal in words, on one line, and exits with 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except RuleError as error:
            if isinstance(error, BadFile):
                for problem in error.problems[:20]:
                    click.echo(f"  line {problem.line}, {problem.field}: {problem.words.en}", err=True)
            named = f"{error.rule}: " if isinstance(error, Refused) else ""
            raise click.ClickException(named + error.words.en) from error


@click.group(cls=Polite)
@click.version_option(VERSION)
def main() -> None:
    """Quality-system add-on: the next process is the customer."""


for _found in pkgutil.iter_modules(__path__):
    for _command in importlib.import_module(f"{__name__}.{_found.name}").COMMANDS:
        main.add_command(_command)
