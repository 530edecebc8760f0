"""How files are put to a record as evidence and got back; must not know how they are sent or shown."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.models.dispositions_concessions import Concession, CustomerNotice
from qms.models.trail import Attachment
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.files import CONTENT_TYPE, FILE_TYPES, MOST_FILES, WORKBOOK, File, pdf_name, workbook_name
from qms.workflows.attachments_store import keep, kept

OWNERS: dict[str, tuple[type[Any], str, str]] = {
    "concessions": (Concession, "dispositions.view", "dispositions.concede"),
    "customer_complaints": (CustomerComplaint, "customers.view", "customers.complain"),
    "score_readings": (ScoreReading, "customers.view", "customers.score"),
    "customer_notices": (CustomerNotice, "dispositions.view", "dispositions.notify"),
    "tasks": (Task, "actions.view", "actions.work"),
}
"""Kinds of record that files are put to, and what it takes to see them and to add one."""


def attach_file(session: Session, person: Actor, entity: str, entity_id: int, *, name: str, file: File,
                folder: Path) -> Attachment:
    """Put a file to a record; sending the same again gives the one that is there.

    Raises NotFound, NotAllowed, and Invalid (field `file`) when the record has 20 files already.
    """
    check_addable(session, person, entity, entity_id)
    held = files_of(session, person, entity, [entity_id]).get(entity_id, [])
    same = next((one for one in held if one.sha256 == file.sha256), None)
    if same is not None:
        return same
    if len(held) >= MOST_FILES:
        raise Invalid(f"A record holds at most {MOST_FILES} files.", f"一条记录最多 {MOST_FILES} 个文件。",
                      field="file")
    keep(folder, file.sha256, file.content)
    made = Attachment(entity=entity, entity_id=entity_id, name=pdf_name(name), content_type=CONTENT_TYPE,
                      size=len(file.content), sha256=file.sha256, sent_sha256=file.sha256, added_by_id=person.id,
                      added_at=now(session))
    session.add(made)
    session.flush()
    return made


def attach_workbook(session: Session, person: Actor, entity: str, ids: Sequence[int], *, name: str, file: File,
                    folder: Path) -> None:
    """Put a workbook to every record that it made or changed; a record that has it keeps it once.

    Raises NotFound, NotAllowed, and Invalid (field `file`) when a record has 20 files already.
    """
    for entity_id in ids:
        check_addable(session, person, entity, entity_id)
    held = files_of(session, person, entity, ids)
    keep(folder, file.sha256, file.content)
    for entity_id in ids:
        files = held.get(entity_id, [])
        if any(one.sha256 == file.sha256 for one in files):
            continue
        if len(files) >= MOST_FILES:
            raise Invalid(f"A record holds at most {MOST_FILES} files.", f"一条记录最多 {MOST_FILES} 个文件。",
                          field="file")
        session.add(Attachment(
            entity=entity, entity_id=entity_id, name=workbook_name(name), content_type=WORKBOOK,
            size=len(file.content), sha256=file.sha256, sent_sha256=file.sha256, added_by_id=person.id,
            added_at=now(session)))
    session.flush()


def files_of(session: Session, person: Actor, entity: str, ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """Map each of these records that has files to them, in the order they came. Raises NotFound, NotAllowed."""
    wanted = list(ids)
    for entity_id in wanted:
        _site_of(session, person, entity, entity_id)
    found: dict[int, list[Attachment]] = {}
    for one in session.scalars(
            select(Attachment).where(Attachment.entity == entity, Attachment.entity_id.in_(wanted),
                                     Attachment.content_type.in_(FILE_TYPES))
            .options(joinedload(Attachment.added_by)).order_by(Attachment.id)):
        found.setdefault(one.entity_id, []).append(one)
    return found


def file_bytes(session: Session, person: Actor, attachment_id: int, folder: Path) -> tuple[Attachment, bytes]:
    """Return a file and its bytes. Raises NotFound also when the bytes are gone or were changed on disk."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.content_type not in FILE_TYPES:
        raise NotFound
    _site_of(session, person, found.entity, found.entity_id)
    return found, kept(folder, found.sha256)


def check_addable(session: Session, person: Actor, entity: str, entity_id: int) -> None:
    """Raise NotFound or NotAllowed unless this person may put a file to a record; who has a task may prove it."""
    site_id = _site_of(session, person, entity, entity_id)
    if entity == "tasks" and session.get_one(Task, entity_id).owner_id == person.id:
        return
    person.need(OWNERS[entity][2], site_id=site_id)


def _site_of(session: Session, person: Actor, entity: str, entity_id: int) -> int:
    """Return the site of a record that this person may see. Raises NotFound."""
    if entity not in OWNERS:
        raise NotFound
    model, view, _add = OWNERS[entity]
    record: Any = session.get(model, entity_id)
    if record is None:
        raise NotFound
    site_id: int = session.get_one(Action, record.action_id).site_id if entity == "tasks" else record.site_id
    sites = person.sites(view)
    if sites is not None and site_id not in sites:
        raise NotFound
    return site_id
