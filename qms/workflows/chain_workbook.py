"""How the lines of the master-data workbook become changes, all or none. Knows no file and no request.

A preview carries everything out through the chain's own workflows and rolls it back, so that what is applied later is
what was shown.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from sqlalchemy.orm import Session

from qms.db import Database, now
from qms.models.chain import Site
from qms.models.imports import Import
from qms.rules.accounts import Actor
from qms.rules.chain import check_reason
from qms.rules.chain_workbook import SHEETS, Line, Sheet
from qms.rules.errors import BadFile, Invalid, Problem, RuleError, Stale
from qms.workflows.chain_records import site_of
from qms.workflows.chain_workbook_kinds import TAKERS
from qms.workflows.chain_workbook_lines import Change, Deferred, Ground, Skipped, Taker

T = TypeVar("T")

_COLUMNS = {"unit_ids": "operations"}
"""Fields of the workflows whose column is not called like them, with or without `_id`."""


@dataclass
class Plan:
    """What a workbook would change and what is wrong with it; `digest` names exactly this outcome."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    digest: str = ""

    def count(self, sheet: Sheet, what: str) -> int:
        """Return how many lines of a sheet are new, changed or same."""
        return sum(change.line.sheet is sheet and change.what == what for change in self.changes)

    def wrong(self, sheet: Sheet) -> int:
        """Return how many things are wrong in a sheet."""
        return sum(problem.sheet == sheet.title for problem in self.problems)

    @property
    def work(self) -> list[Change]:
        """Return what would change."""
        return [change for change in self.changes if change.what != "same"]


class _Undone(Exception):
    """Ends a preview's transaction so that nothing of it is kept."""


def preview(database: Database, person: Actor, site_id: int, lines: Sequence[Line],
            problems: Sequence[Problem] = ()) -> Plan:
    """Return what the lines would do, and undo it. `problems` are those of reading the file.

    Raises NotFound, NotAllowed.
    """
    return tried_out(database, person, "chain.apply_workbook",
                     lambda session: _carry_out(session, person, site_id, lines, "preview"), problems)


def tried_out(database: Database, person: Actor, action: str, work: Callable[[Session], Plan],
              problems: Sequence[Problem]) -> Plan:
    """Return what some work would do, and undo it. `problems` are those of reading the file."""
    plan = Plan()
    try:
        with database.transaction(person, action) as session:
            plan = work(session)
            raise _Undone
    except _Undone:
        plan.problems = in_order([*problems, *plan.problems])
        return plan


def apply(session: Session, person: Actor, site_id: int, lines: Sequence[Line], *, digest: str | None, reason: str,
          file_name: str, file_sha256: str) -> Import:
    """Carry the lines out as the preview of this digest showed them, and note the import.

    `digest` None: no preview was shown. Raises BadFile when a line is wrong, Stale when the chain has changed since
    the preview, Refused (R-43) without a reason.
    """
    reason = check_reason(reason)
    plan = _carry_out(session, person, site_id, lines, reason)
    return taken_over(session, person, plan, lines, digest=digest, reason=reason, kind="chain", site_id=site_id,
                      file_name=file_name, file_sha256=file_sha256)


def taken_over(session: Session, person: Actor, plan: Plan, lines: Sequence[Line], *, digest: str | None, reason: str,
               **about: Any) -> Import:
    """Note the import of what was carried out. `about`: kind, site and file of the import.

    Raises BadFile when a line is wrong, Stale when the outcome is not that of the preview with this digest.
    """
    if plan.problems or any(line.is_broken for line in lines):
        raise BadFile("Nothing was taken over: some lines are wrong.", "未采用任何内容: 有错误行。", plan.problems)
    if digest is not None and plan.digest != digest:
        raise Stale({}, {})
    session.info["reason"] = reason
    done = {what: sum(change.what == what for change in plan.changes) for what in ("new", "changed", "same")}
    run = Import(state="done", person_id=person.id, started_at=now(session), finished_at=now(session),
                 rows=len(lines), taken=done["new"] + done["changed"], known=done["same"], refused=0, summary=done,
                 **about)
    session.add(run)
    session.flush()
    return run


def check_site(session: Session, site_id: int, named: str | None) -> None:
    """Raise Invalid when a workbook was made for another site than the one it is uploaded to."""
    code = session.get_one(Site, site_id).code
    if named is not None and named != code:
        raise Invalid(f"This workbook is for site {named}, you chose {code}.",
                      f"此工作簿属于工厂 {named}, 而您选择了 {code}。", field="site_id")


def _carry_out(session: Session, person: Actor, site_id: int, lines: Sequence[Line], reason: str) -> Plan:
    ground = Ground(session, person, site_of(session, person, site_id), reason)
    plan = Plan(problems=_doubled(lines))
    takers = {}
    for line in lines:
        if line.is_broken:
            ground.wrong[line.sheet.key].add(line.code)
    for sheet in SHEETS:
        of_sheet = [line for line in lines if line.sheet is sheet]
        sound = [line for line in of_sheet if not line.is_broken]
        takers[sheet.key] = TAKERS[sheet.key](sheet, ground, of_sheet)
        _take_all(takers[sheet.key], sound, plan)
        _check_references(ground, [line for line in of_sheet if line.is_broken], plan)
    for sheet in reversed(SHEETS):
        _retire_all(takers[sheet.key], [c for c in plan.changes if c.retires and c.line.sheet is sheet], plan)
    plan.problems = in_order(plan.problems)
    plan.changes.sort(key=lambda change: (SHEETS.index(change.line.sheet), change.line.number))
    plan.digest = digest_of(plan.work)
    return plan


def _take_all(taker: Taker[object], lines: Sequence[Line], plan: Plan) -> None:
    """Take lines over; those that refer to a later line of the sheet wait until that one is there."""
    waiting = list(lines)
    taker.ground.is_last = False
    while waiting:
        put_off = []
        for line in waiting:
            try:
                change = tried(line, plan, lambda line=line: taker.take(line))  # type: ignore[misc]
            except Deferred:
                put_off.append(line)
            except Skipped:
                taker.ground.wrong[taker.sheet.key].add(line.code)
            else:
                plan.changes.extend([change] if change else [])
                if change is None:
                    taker.ground.wrong[taker.sheet.key].add(line.code)
        taker.ground.is_last = len(put_off) == len(waiting)
        waiting = put_off


def _check_references(ground: Ground, lines: Sequence[Line], plan: Plan) -> None:
    """Say of broken lines, too, which records they name in vain."""
    ground.is_last = True
    for line in lines:
        for column in line.sheet.columns:
            for code in column.named(line.values.get(column.key)):
                with suppress(Skipped):
                    tried(line, plan, lambda column=column, code=code: ground.of(column, code))  # type: ignore[misc]


def _retire_all(taker: Taker[object], changes: Sequence[Change], plan: Plan) -> None:
    for change in changes:
        def retire(change: Change = change) -> None:
            with taker.ground.session.begin_nested():
                taker.retire(change.record)

        tried(change.line, plan, retire)


def tried(line: Line, plan: Plan, act: Callable[[], T]) -> T | None:
    """Do something for a line; what is refused becomes a problem of the line."""
    try:
        return act()
    except RuleError as error:
        name = _COLUMNS.get(error.field or "", (error.field or "").removesuffix("_id"))
        head = next((column.head for column in line.sheet.columns if column.key == name), None)
        plan.problems.append(Problem(*error.words, line=line.number, column=head, sheet=line.sheet.title))
        return None


def _doubled(lines: Sequence[Line]) -> list[Problem]:
    """Find lines that are about the same record as an earlier line of their sheet."""
    seen: dict[tuple[object, ...], int] = {}
    found = []
    for line in lines:
        key = (line.sheet.key, *(line.values.get(name) for name in line.sheet.identity))
        if None in key:
            continue
        if key in seen:
            found.append(Problem(f"Line {seen[key]} is about the same record.", f"与第 {seen[key]} 行重复。",
                                 line=line.number, column=line.sheet.column(line.sheet.identity[0]).head,
                                 sheet=line.sheet.title))
        seen.setdefault(key, line.number)
    return found


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems by sheet and line."""
    titles = [sheet.title for sheet in SHEETS]
    return sorted(problems, key=lambda p: (titles.index(p.sheet) if p.sheet in titles else -1, p.line or 0))


def digest_of(work: Sequence[Change]) -> str:
    """Return what names exactly these changes."""
    told = [(change.line.sheet.key, change.line.number, change.what, change.rev, change.retires,
             [list(each) for each in change.fields], change.line.values if change.what == "new" else None)
            for change in work]
    return hashlib.sha256(orjson.dumps(told, default=str)).hexdigest()
