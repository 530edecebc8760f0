"""What a verification finds: one thing that is not as it was written, with its place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written. `row_id` or `seq` None: not about one row, or not about one entry."""

    kind: str
    table: str
    row_id: int | None
    seq: int | None
    detail: str

    def __str__(self) -> str:
        where = [self.table]
        if self.row_id is not None:
            where.append(f"row {self.row_id}")
        if self.seq is not None:
            where.append(f"entry {self.seq}")
        return f"{self.kind}: {', '.join(where)}: {self.detail}"
