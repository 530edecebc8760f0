"""Every rule that is enforced is named, and every rule that is named is enforced and tested both ways."""

import re
from pathlib import Path

from qms.rules.clauses import LEVELS, RULES

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [p for folder in ("qms", "forms", "exports") for p in (ROOT / folder).rglob("*.py") if p.name != "clauses.py"]
TESTS = list((ROOT / "tests").rglob("test_*.py"))


def test_code_refuses_only_by_rules_that_are_listed():
    named = {rule for p in SOURCES for rule in re.findall(r'(?:Refused|NeedsReason|acted)\([^)"]*"(R-\d\d)"',
                                                        p.read_text(encoding="utf-8"))}
    assert named <= set(RULES)


def test_every_listed_rule_is_spoken_of_in_the_code():
    text = "\n".join(p.read_text(encoding="utf-8") for p in SOURCES)
    assert not [rule for rule in RULES if rule not in text]


def test_every_rule_has_a_test_named_after_it():
    text = "\n".join(p.read_text(encoding="utf-8") for p in TESTS)
    named = {f"R-{n}" for n in re.findall(r"def test_r(\d\d)_", text)}
    assert set(RULES) <= named, sorted(set(RULES) - named)


def test_every_rule_has_both_wordings_and_a_basis():
    for rule in RULES.values():
        assert rule.words.en, rule.id
        assert rule.words.zh, rule.id
        assert rule.clauses or rule.basis, rule.id
        assert {rule.iatf, rule.iso} <= set(LEVELS), rule.id
