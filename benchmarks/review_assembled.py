"""Assembles and freezes one pack as a worker does, and prints as JSON what it took. Started by benchmarks.review."""

import json
import resource
import sys
import time

from qms.db import Database
from qms.jobs.review import assemble
from qms.models.review import Review, ReviewInput
from qms.rules.accounts import SYSTEM
from qms.workflows.review_assembly import providers
from qms.workflows.review_records import inputs_of


def main(url: str, review_id: int) -> None:
    """Print seconds, the most memory, the seconds of each input, and the input whose figures are longest."""
    database, at = Database(url), dict[int, float]()

    def progress(place: int, _total: int | None) -> None:
        at[place] = time.perf_counter()

    start = time.perf_counter()
    with database.reading() as session:
        rev = session.get_one(Review, review_id).rev
    held = assemble(database, SYSTEM, review_id, progress, freeze=True, rev=rev)
    seconds = time.perf_counter() - start
    with database.reading() as session:
        largest = max(inputs_of(session, held), key=_length).code
    print(json.dumps({
        "seconds": round(seconds, 2), "cpu_s": round(time.process_time(), 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "inputs": {code: round(at[place + 1] - at[place], 2) for place, code in enumerate(providers())},
        "largest": largest}))


def _length(one: ReviewInput) -> int:
    return len(one.snapshot or "")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
