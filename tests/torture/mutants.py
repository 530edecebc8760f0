"""The torture of the tests: a copy of the project is made wrong in one small place at a time, and they have to tell.

`python -m tests.torture.mutants` says for each part how many of these mutants were killed, and where the others are. A
mutant that runs into the time limit is killed too. The working tree is never touched.
Source: shared reliability promise 42.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from pathlib import Path

from tests.torture.mutants_made import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
COPIED = ("qms", "forms", "exports", "templates", "tests", "pyproject.toml")
SLACK_S = 5


@dataclass(frozen=True)
class Part:
    """Files that are made wrong, the command that has to tell, and the percentage of mutants that it has to kill."""

    sources: tuple[str, ...]
    command: tuple[str, ...]
    target: int = 85


@dataclass
class Outcome:
    """What became of the mutants of a part."""

    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    equivalent: int = 0

    @property
    def tried(self) -> int:
        """Count the mutants that a test could kill."""
        return self.killed + len(self.survivors)

    @property
    def percent(self) -> float:
        """Return how many of them were killed."""
        return 100 * self.killed / self.tried if self.tried else 100


_PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")


def _with_database(*words: str) -> tuple[str, ...]:
    return (*_PYTEST, "-n", "0", "-k", "not postgresql", *words)


def _without(*words: str) -> tuple[str, ...]:
    """Return the command for tests that need no database and no fixture of ours, which start at once."""
    return (*_PYTEST, "--noconftest", "--disable-plugin-autoload", "-k", "not libreoffice", *words)


PARTS = {
    "verifier": Part(("exports/evidence_verify.py",), _without("tests/trail/test_evidence_verify.py"), target=100),
    "ledger": Part(("qms/db/ledger.py", "qms/db/merkle.py", "qms/workflows/verify_chain.py"),
                   _with_database("tests/trail/test_merkle.py", "tests/trail/test_verify.py",
                                  "tests/trail/test_transaction.py", "tests/trail/test_append_only.py",
                                  "tests/trail/test_checkpoints.py::test_the_tree_is_put_together_from_parts")),
    "intake": Part(("qms/workflows/rejections_intake.py", "qms/workflows/rejections_intake_repair.py",
                    "qms/workflows/rejections_intake_authors.py", "qms/rules/rejections_intake.py"),
                   _with_database("tests/rejections/test_intake.py", "tests/rejections/test_intake_authors.py",
                                  "tests/rejections/test_intake_confirming.py",
                                  "tests/rejections/test_intake_times.py", "tests/rejections/test_intake_photos.py")),
    "accounts": Part(("qms/rules/accounts.py",), _without("tests/accounts/test_actor.py")),
    "export": Part(("exports/columns.py", "exports/guard.py", "exports/workbook.py", "exports/cells.py"),
                   _without("tests/exports/test_workbook.py", "tests/exports/test_sheets.py")),
}

EQUIVALENT = {f"exports/{place}: {before} -> {after}": why for place, before, after, why in (
    ("evidence_verify.py is_signed", "maxsize=64", "maxsize=65", "how much is remembered changes no answer"),
    ("evidence_verify.py _point", "PRIME + 3", "PRIME + 4", "rounded down to eighths it is the same number"),
    ("evidence_verify.py Files.chunks", "2 ** 16", "2 ** 17", "the size of the pieces changes no byte"),
    ("evidence_verify.py Files.chunks", "2 ** 16", "3 ** 16", "the size of the pieces changes no byte"),
    ("columns.py in_order", "yield from waiting", "pass", "the loop goes on with the next row by itself"),
    ("cells.py cell_writer.text", "LONGEST // 2", "LONGEST // 3", "what misses the short cut goes the long way"),
    ("cells.py Marks.__init__", "1 << 20", "2 << 20", "when texts go to the disk changes no character"),
    ("cells.py Marks.__init__", "1 << 20", "1 << 21", "when texts go to the disk changes no character"),
)}
"""Mutants that behave like the original, with the reason."""


def chosen(mutants: Sequence[Mutant], count: int, chance: random.Random) -> list[Mutant]:
    """Return some mutants, chosen by chance but from every function in turn."""
    functions: dict[str, list[Mutant]] = {}
    for mutant in chance.sample(mutants, len(mutants)):
        functions.setdefault(f"{mutant.path} {mutant.function}", []).append(mutant)
    turns = sorted((turn, n) for n, of_one in enumerate(functions.values()) for turn in range(len(of_one)))
    held = list(functions.values())
    return [held[n][turn] for turn, n in turns][:count]


def run(part: Part, root: Path, *, count: int, seed: int = 0) -> Outcome:
    """Try mutants of a part in a copy of a project, and print each that survives.

    Raises AssertionError when the tests fail before anything is wrong.
    """
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        _copy(root, copy)
        began = time.monotonic()
        assert _passes(part.command, copy, 600), "the tests fail before anything is made wrong"
        limit_s = SLACK_S + 5 * (time.monotonic() - began)
        mutants = [one for path in part.sources for one in mutants_of(path, (copy / path).read_bytes())]
        for mutant in chosen(mutants, count, random.Random(seed)):
            if mutant.unplaced in EQUIVALENT:
                outcome.equivalent += 1
            elif _survives(mutant, part.command, copy, limit_s):
                outcome.survivors.append(mutant)
                print(f"  {mutant}", flush=True)
            else:
                outcome.killed += 1
    return outcome


def _copy(root: Path, copy: Path) -> None:
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (root / name).exists():
            shutil.copy(root / name, copy / name)


def _survives(mutant: Mutant, command: Sequence[str], copy: Path, limit_s: float) -> bool:
    file = copy / mutant.path
    whole = file.read_bytes()
    _write(file, mutant.source)
    try:
        return _passes(command, copy, limit_s)
    finally:
        _write(file, whole)


def _write(file: Path, content: bytes) -> None:
    """Write a module anew; what was compiled goes, as Python tells it from another only by second and size."""
    file.write_bytes(content)
    Path(cache_from_source(file)).unlink(missing_ok=True)


def _passes(command: Sequence[str], copy: Path, limit_s: float) -> bool:
    env = os.environ | {"PYTHONPATH": str(copy)}
    with subprocess.Popen(command, cwd=copy, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          start_new_session=True) as process:
        try:
            return process.wait(limit_s) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False


def main() -> int:
    """Try some mutants of each part, or of one; return 1 when too few are killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.mutants", description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this one")
    parser.add_argument("--count", type=int, default=15, help="mutants of each part")
    parser.add_argument("--seed", type=int, default=0, help="chooses the mutants")
    asked = parser.parse_args()
    failed = False
    for name in [asked.part] if asked.part else PARTS:
        outcome = run(PARTS[name], ROOT, count=asked.count, seed=asked.seed)
        failed = failed or outcome.percent < PARTS[name].target
        print(f"{name:9} {outcome.killed} of {outcome.tried} mutants killed ({outcome.percent:.0f} %), "
              f"{outcome.equivalent} that change nothing left out", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
