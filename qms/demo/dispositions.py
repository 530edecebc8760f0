"""Plans what becomes of what was held in the demo plant; must not know the database.

Where the plan says that a quantity is released, it is decided, carried out and verified instead, each by who does it.
"""

from collections.abc import Sequence
from datetime import timedelta

from qms.demo.chance import chance_of
from qms.demo.happenings import Happening
from qms.demo.people import LEADERS
from qms.demo.settling import OUTSIDE

PREFIX = "disposition_"
RELEASES = frozenset({"release", "stop_release"})
OWN_WORK = ("rework",) * 11 + ("sort",) * 4 + ("scrap",) * 3 + ("no_fault",) * 2
"""What becomes of faults that an operation found in its own work, by how often."""

REFUSED = ("rework", "rework", "sort")
COMPLAINED = ("scrap", "rework", "no_fault")
STEPS = (("decide", 21), ("start", 16), ("report", 5), ("verify", 0))
SCRAP_STEPS = (("decide", 21), ("start", 16), ("report", 9), ("witness", 4), ("dispose", 0))
"""What is done about a line, and how many minutes before its quantity is free or gone."""

VERIFIER = "engineer-s"
"""Who verifies: neither works on it nor reports it."""


def disposed(happenings: Sequence[Happening]) -> list[Happening]:
    """Return a plan in which every release is a disposition, in order."""
    done: list[Happening] = []
    for h in happenings:
        done += _course(h) if h.verb in RELEASES else [h]
    return sorted(done, key=lambda h: h.at)


def _course(release: Happening) -> list[Happening]:
    """Return decision, work and verification in place of a release."""
    rng, code = chance_of("disposition", release.key), "sort"
    if release.verb == "release":
        codes = REFUSED if "#" in release.key else COMPLAINED if "~" in release.key else OWN_WORK
        code = rng.choice(codes)
    facts = {"code": code, "hours": rng.randint(2, 12), "result": release.facts["result"]}
    found = release.facts["found"]
    who = {"decide": "quality-manager" if code == "scrap" else "engineer", "verify": VERIFIER, "witness": VERIFIER}
    worker = LEADERS.get(found, "leader-l" if found in OUTSIDE else "delegate")
    return [Happening(release.at - timedelta(minutes=before), f"{PREFIX}{step}", who.get(step, worker), release.key,
                      facts)
            for step, before in (SCRAP_STEPS if code == "scrap" else STEPS)]
