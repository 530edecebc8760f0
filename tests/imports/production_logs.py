"""Makes production logs with made-up names; knows their shape, not how they are read."""

import csv
import io
from datetime import datetime, timedelta

HEADER = (
    "Case ID",
    "Activity",
    "Resource",
    "Start Timestamp",
    "Complete Timestamp",
    "Span",
    "Work Order  Qty",
    "Part Desc.",
    "Worker ID",
    "Report Type",
    "Qty Completed",
    "Qty Rejected",
    "Qty for MRB",
    "Rework",
)
FIRST = datetime(2031, 5, 6, 7, 0)  # noqa: DTZ001


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y/%m/%d %H:%M:%S.000")


def row(activity="Milling - Machine 3", at=0, minutes=30, done=0, **cells):
    """One row as a dict by header: starts `at` minutes after FIRST."""
    start = FIRST + timedelta(minutes=at)
    complete = start + timedelta(minutes=minutes)
    made = dict(
        zip(
            HEADER,
            (
                "Order A",
                activity,
                activity.split(" - ")[-1] if " - " in activity else "",
                stamp(start),
                stamp(complete),
                f"{minutes // 60:03d}:{minutes % 60:02d}",
                "10",
                "Made-up Flange",
                "W1",
                "D",
                str(done),
                "0",
                "0",
                "",
            ),
            strict=True,
        )
    )
    named = {
        "case": "Case ID",
        "kind": "Report Type",
        "rejected": "Qty Rejected",
        "mrb": "Qty for MRB",
        "item": "Part Desc.",
        "order": "Work Order  Qty",
        "rework": "Rework",
        "span": "Span",
        "start": "Start Timestamp",
        "complete": "Complete Timestamp",
        "completed": "Qty Completed",
        "resource": "Resource",
    }
    return made | {named.get(name, name): str(value) for name, value in cells.items()}


def log(*rows, header=HEADER, delimiter=",", encoding="utf-8", ends="\r\n") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ends)
    writer.writerow(header)
    for made in rows:
        writer.writerow(made[name] if isinstance(made, dict) else made for name in header)
    return out.getvalue().encode(encoding)


def three_steps():
    """Ten pieces milled, inspected with two refused and one held, packed."""
    return [
        row("Milling - Machine 3", at=0, done=10),
        row("Milling Q.C.", at=40, done=7, rejected=2, mrb=1),
        row("Packing", at=80, done=7),
    ]
