"""What tests sign with where signing is not what they are about: a proof as the edge makes it of a right password."""

from datetime import UTC, datetime

from qms.rules.accounts import Actor
from qms.rules.trail_signatures import Proof, Signing
from tests.plant import PASSWORD


def signing(person: Actor, meaning: str) -> Signing:
    """Return what a person signs with who has just shown their password."""
    return Signing(Proof(person.id, "password", datetime.now(UTC)), meaning)


def signed(meaning: str) -> dict[str, str]:
    """Return what a form or a JSON body carries of somebody who signs."""
    return {"password": PASSWORD, "meaning": meaning}
