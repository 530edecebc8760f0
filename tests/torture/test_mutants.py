"""A mutant that the tests of a toy tell of is killed, one that they do not is named; the toy itself stays as it is."""

import sys
from pathlib import Path

import pytest

from tests.torture.mutants import Part, run
from tests.torture.mutants_made import mutants_of

TOY = '''"""A toy."""


def larger(a: int, b: int) -> int:
    """Return the larger."""
    if a > b:
        return a
    return b
'''


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A project of one file."""
    (tmp_path / "qms").mkdir()
    (tmp_path / "qms" / "__init__.py").touch()
    (tmp_path / "qms" / "toy.py").write_text(TOY)
    return tmp_path


def test_what_the_tests_tell_of_is_killed_and_what_they_do_not_is_named(toy: Path):
    part = Part(("qms/toy.py",), (
        sys.executable, "-c", "from qms.toy import larger; assert larger(2, 1) == larger(1, 2) == 2"))
    outcome = run(part, toy, count=9)
    assert (outcome.killed, outcome.tried) == (3, 4)
    assert [str(one) for one in outcome.survivors] == ["qms/toy.py:6: a > b -> a >= b"]
    assert (toy / "qms" / "toy.py").read_text() == TOY


def test_tests_that_fail_without_any_mutant_are_told(toy: Path):
    with pytest.raises(AssertionError, match="before anything is made wrong"):
        run(Part(("qms/toy.py",), (sys.executable, "-c", "raise SystemExit(1)")), toy, count=1)


@pytest.mark.parametrize(("source", "after"), [
    ("if a == 1:\n    pass", ["a != 1", "a == 2"]),
    ("x = a and (not b)", ["a or not b"]),
    ("while a < b:\n    pass", ["a <= b", "not a < b"]),
    ("def f() -> T[1]:\n    raise E(1)", ["pass"]),
    ("def f():\n    return True", ["return False"]),
    ("def f(a: T[1]):\n    return None", []),
    ("f(x)\nlog.info(1)\nx = Words(1)", ["pass"]),
    ('f"{1}"\nx = "ß", 1', ["('ß', 2)"]),
])
def test_the_mutants_of_a_line(source: str, after: list[str]):
    mutants = mutants_of("toy.py", source.encode())
    assert [one.after for one in mutants] == after
    for one in mutants:
        assert one.source != source.encode()
        compile(one.source, "toy.py", "exec")
