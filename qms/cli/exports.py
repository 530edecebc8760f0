"""The command that exports a register."""

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import Database
from qms.db.upgrade import need_current
from qms.jobs.exports import SUFFIXES, write
from qms.jobs.exports_registers import REGISTERS
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import NotFound
from qms.settings import Settings
from qms.workflows import accounts

_OPTIONS = {"first": "first", "last": "last", "state": "state", "search": "sought"}
"""Options of the command, and the field of a register's filter that each is for."""
_SPOKEN = {"first": "from", "last": "to"}

day = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("register", type=click.Choice(list(REGISTERS)))
@click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="File to write: .xlsx or .csv.")
@click.option("--from", "first", type=day, help="First day, of finding or of presentation, at the site.")
@click.option("--to", "last", type=day, help="Last day.")
@click.option("--site", help="Code of the site.")
@click.option("--state", help="Only records in this state.")
@click.option("--search", default="", help="Words to look for.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the file; else the person's.")
@click.option("--person", "login", help="Sign-in name of whoever exports. Without it the system does.")
def export(register: str, target: Path, login: str | None, language: str | None, **asked: Any) -> None:
    """Write a register to a file: every row that the filter keeps, and the export into the trail."""
    if target.suffix.lower() not in SUFFIXES:
        raise click.BadParameter("end the name in .xlsx or .csv", param_hint="-o")
    settings = Settings()
    need_current(settings.url)
    database = Database(settings.url)
    try:
        with database.reading() as session:
            person = accounts.actor_for(session, login, method="command line") if login else SYSTEM
            wanted = _wanted(session, register, asked)
        sent = write(database, person, register, wanted, target=target, language=language or _language(person),
                     address=f"http://{settings.host}:{settings.port}", seed=settings.signing_seed())
    finally:
        database.dispose()
    click.echo(f"{target}: {sent.rows:,} rows, SHA-256 {sent.sha256}")


def _wanted(session: Session, register: str, asked: dict[str, Any]) -> Any:
    known = {one.name for one in dataclasses.fields(REGISTERS[register].filter)}
    for option, name in _OPTIONS.items():
        if asked[option] and name not in known:
            raise click.BadParameter("this register has no such filter", param_hint=f"--{_SPOKEN.get(option, option)}")
    states = REGISTERS[register].meanings["state"].codes or {} if "state" in known else {}
    if asked["state"] and asked["state"] not in states:
        raise click.BadParameter(f"one of {', '.join(states)}", param_hint="--state")
    place: dict[str, Any] = {}
    if asked["site"]:
        site = session.scalar(select(Site).where(Site.code == asked["site"]))
        if site is None:
            raise NotFound(f"There is no site {asked['site']}.", f"没有工厂 {asked['site']}。")
        place["site_id"] = site.id
    zones = session.scalars(select(Site.time_zone).where(*(Site.id == one for one in place.values())).distinct()).all()
    if len(zones) == 1:
        place["zone"] = zones[0]
    elif zones and (asked["first"] or asked["last"]):
        raise click.BadParameter("needed with --from or --to: the sites lie in several time zones", param_hint="--site")
    place |= {"first": _day(asked["first"]), "last": _day(asked["last"]), "state": asked["state"],
              "sought": asked["search"]}
    return REGISTERS[register].filter(**{name: value for name, value in place.items() if name in known and value})


def _day(given: datetime | None) -> Any:
    return None if given is None else given.date()


def _language(person: Actor) -> str:
    return "zh" if person is SYSTEM else person.language


COMMANDS = (export,)
