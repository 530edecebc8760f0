"""How a corrective action is found for a person, locked for a step, and told who may take it. Knows no page."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db.search import searchable
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.chain import Defect, Item, Lot, Unit
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.rejections_records import check_version, path_of

VIEW = "actions.view"
_MODELS: dict[str, Any] = {"item_id": Item, "defect_id": Defect, "lot_id": Lot, "origin_unit_id": Unit,
                           "detecting_unit_id": Unit, "customer_id": Unit, "unit_id": Unit}


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's corrective actions."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, action_id: int) -> Action:
    """Return a corrective action of a site that the person may see. Raises NotFound."""
    found = session.get(Action, action_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def begun(session: Session, person: Actor, action_id: int, name: str, *, rev: int | None = None,
          **given: Any) -> tuple[Action, str, int | None]:
    """Return an action that no one else changes meanwhile, the state to which a step leads, and the grant for it.

    `rev` None: what changes is a line of the action, which has a version of its own.
    Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    action = session.get(Action, action_id, with_for_update=True)
    if action is None or not sees(person, action.site_id):
        raise NotFound
    grant_id = need_here(session, person, step_of(rules.STEPS, name).permission, action)
    if rev is not None:
        check_version(action, rev, given or {"state": action.state})
    return action, step(rules.STEPS, action.state, name), grant_id


def need_here(session: Session, person: Actor, permission: str, action: Action) -> int | None:
    """Return the grant that allows something where a case was found or made. Raises NotAllowed."""
    paths = [path_of(session, unit_id) for unit_id in (action.detecting_unit_id, action.origin_unit_id) if unit_id]
    path = next((p for p in paths if person.may(permission, site_id=action.site_id, unit_path=p)),
                paths[0] if paths else None)
    return person.need(permission, site_id=action.site_id, unit_path=path)


def step_rows(session: Session, action: Action) -> dict[str, ActionStep]:
    """Map each discipline that was ever asked of a case to its row."""
    return {row.step: row for row in session.scalars(select(ActionStep).where(ActionStep.action_id == action.id))}


def done(session: Session, action: Action) -> set[str]:
    """Name the disciplines that are finished."""
    return {name for name, row in step_rows(session, action).items() if row.done_at is not None}


def first_kind(session: Session, action: Action) -> str:
    """Return the table of a case's first source; empty when it has none."""
    return session.scalar(select(ActionSource.kind).where(ActionSource.action_id == action.id, ActionSource.active)
                          .order_by(ActionSource.id).limit(1)) or ""


def check_ids(session: Session, site_id: int, fields: dict[str, Any]) -> None:
    """Raise Invalid for a unit, item, lot or defect that is not there at the site."""
    for name, model in _MODELS.items():
        record_id = fields.get(name)
        record: Any = session.get(model, record_id) if record_id is not None else None
        if record_id is not None and (record is None or record.site_id != site_id):
            raise Invalid("There is no such record at this site.", "本工厂没有这条记录。", field=name)


def find_by(session: Session, action: Action) -> None:
    """Write down the words by which the register finds a case."""
    named: list[str | None] = []
    for model, record_id in ((Item, action.item_id), (Defect, action.defect_id), (Unit, action.origin_unit_id),
                             (Unit, action.detecting_unit_id), (Unit, action.customer_id)):
        record: Any = session.get(model, record_id) if record_id is not None else None
        named += [] if record is None else [record.code, record.name_zh, record.name_en]
    lot = session.get(Lot, action.lot_id) if action.lot_id is not None else None
    numbers = session.scalars(select(ActionSource.number).where(ActionSource.action_id == action.id,
                                                                ActionSource.active).order_by(ActionSource.id))
    text = searchable(action.number, action.title, action.symptom, action.customer_ref, lot.number if lot else None,
                      *named, *numbers)
    if action.search_text != text:
        action.search_text = text
