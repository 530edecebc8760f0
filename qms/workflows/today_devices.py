"""Which tablets need a look by a person: the open incidents of those that they may enrol."""

from sqlalchemy.orm import Session, joinedload

from qms.models.accounts_devices import DeviceIncident
from qms.rules.accounts import Actor
from qms.workflows.accounts_devices_incidents import to_look_at
from qms.workflows.rejections_intake_conflicts import SETTLE
from qms.workflows.rejections_intake_kept import DISCARD
from qms.workflows.today_waiting import Waiting, first_of

BY_RECORD = {"conflict": SETTLE, "refused": DISCARD}
"""Kinds of incident that who holds a permission finds on Today record by record, so not once more by tablet."""


def devices(session: Session, person: Actor) -> Waiting:
    """Return the open incidents of tablets that the person looks after, oldest first."""
    told = [kind for kind, permission in BY_RECORD.items() if person.may(permission)]
    return first_of(session, to_look_at(person).where(DeviceIncident.kind.not_in(told)), DeviceIncident.id,
                    joinedload(DeviceIncident.device))
