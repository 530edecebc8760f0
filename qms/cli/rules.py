"""The command that lists every rule that is enforced, for a procedure, an audit or another program."""

import json

import click

from qms.rules.clauses import LEVELS, RULES, Rule

PROFILES = ("iatf", "iso")


@click.command()
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True,
              help="Language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, in both languages.")
def rules(*, language: str, as_json: bool) -> None:
    """List every enforced rule: what it does under each profile, its clauses and its sentence."""
    if as_json:
        click.echo(json.dumps([_whole(rule) for rule in RULES.values()], ensure_ascii=False, indent=2))
        return
    for rule in RULES.values():
        levels = ", ".join(f"{profile}: {LEVELS[rule.level(profile)].to(language)}" for profile in PROFILES)
        click.echo(f"{rule.id}  {levels}  [{_ground(rule, language)}]\n      {rule.words.to(language)}")


def _ground(rule: Rule, language: str) -> str:
    """Return the clauses, or what the rule rests on where no clause asks for it."""
    return "; ".join(rule.clauses) or (rule.basis.to(language) if rule.basis else "")


def _whole(rule: Rule) -> dict[str, object]:
    return {"id": rule.id, "levels": {profile: rule.level(profile) for profile in PROFILES},
            "clauses": list(rule.clauses), "basis": rule.basis._asdict() if rule.basis else None,
            "words": rule.words._asdict()}


COMMANDS = (rules,)
