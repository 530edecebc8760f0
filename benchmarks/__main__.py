"""Prints what the product reaches on this machine, each figure beside its yardstick from the same run."""

import argparse
import platform

from benchmarks import (
    association,
    chain_forks,
    evidence,
    ledger_export,
    nonconformity_registers,
    requests_http,
    review,
    service,
    service_import,
    station,
    verify_trail,
)


def show(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print one table, columns aligned."""
    lines = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(header))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip(), flush=True)
    print(flush=True)


def show_service(databases: list[str], *, quick: bool) -> None:
    """Print what surveys take, what an import of requests takes, and its counts beside those of pandas."""
    show(service.HEADER, list(service.main(databases, quick=quick)))
    imported = [service_import.measure(kind, quick=quick) for kind in databases]
    show(service_import.HEADER, [row for line, _counts in imported for row in line])
    show(service_import.COUNTED, [row for _line, counts in imported for row in counts])


def main() -> None:
    """Measure everything, with --quick on smaller numbers; the name of a part measures that part alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=["station", "nonconformity", "association", "service", "review",
                                                        "evidence"],
                        help="only this part")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, for a first look")
    parser.add_argument("--no-postgresql", action="store_true", help="leave PostgreSQL out")
    given = parser.parse_args()
    databases = ["sqlite"] if given.no_postgresql else ["sqlite", "postgresql"]
    if given.part == "station":
        station.main(databases)
        return
    if given.part == "service":
        show_service(databases, quick=given.quick)
        return
    if given.part == "review":
        show(review.HEADER, list(review.main(databases, quick=given.quick)))
        return
    if given.part == "nonconformity":
        nonconformity_registers.main(databases, quick=given.quick)
        return
    if given.part == "evidence":
        show(evidence.HEADER, [evidence.plant(4 if given.quick else 26),
                               *evidence.measure((2_000,) if given.quick else (20_000, 100_000))])
        return
    if given.part == "association":
        show(association.HEADER, list(association.measure(200 if given.quick else 2_000)))
        show(association.ACROSS, association.hospitals())
        return
    print(f"{platform.platform()}, Python {platform.python_version()}\n")
    show(requests_http.HEADER, [row for kind in databases for row in requests_http.creation(kind)])
    sizes = (1_000, 10_000) if given.quick else (10_000, 100_000, 1_000_000)
    show((*requests_http.HEADER, "alone p50 ms"), [requests_http.register(rows) for rows in sizes])
    show(ledger_export.HEADER, list(ledger_export.measure((10_000,) if given.quick else (100_000, 1_000_000))))
    nonconformity_registers.main(databases, quick=given.quick)
    show_service(databases, quick=given.quick)
    show(verify_trail.HEADER, list(verify_trail.measure(20_000 if given.quick else 1_000_000)))
    show(chain_forks.HEADER, [chain_forks.measure(kind, times=50 if given.quick else 400) for kind in databases])


if __name__ == "__main__":
    main()
