"""`qms rules` lists what is enforced."""

import json

import pytest
from click.testing import CliRunner

from qms.cli import main
from qms.rules.clauses import RULES


def run(*arguments):
    done = CliRunner().invoke(main, ["rules", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(("language", "level"), [("en", "iso: warns, needs a reason"), ("zh", "iso: 警告, 须说明理由")])
def test_every_rule_stands_there_with_level_clause_and_sentence(language, level):
    listed = run("--language", language)
    for rule in RULES.values():
        assert f"{rule.id}  " in listed
        assert rule.words.to(language) in listed
        assert all(clause in listed for clause in rule.clauses)
    line = next(line for line in listed.splitlines() if line.startswith("R-04"))
    assert level in line


def test_another_program_reads_them_in_both_languages():
    listed = {rule["id"]: rule for rule in json.loads(run("--json"))}
    assert list(listed) == list(RULES)
    assert listed["R-04"] == {"id": "R-04", "levels": {"iatf": "block", "iso": "warn"},
                              "clauses": ["IATF 16949:2016 8.6.6"], "basis": None,
                              "words": {"en": RULES["R-04"].words.en, "zh": RULES["R-04"].words.zh}}
    assert listed["R-34"]["basis"]["en"] == "fairness"
