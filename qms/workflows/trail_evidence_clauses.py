"""Knows which records are evidence of which clause, as queries for their ids; must not know who asks, or what for."""

from collections.abc import Callable
from dataclasses import dataclass

from qms.rules.review import VIEW as REVIEW
from qms.rules.trail_evidence import CLAUSES
from qms.workflows import trail_evidence_improvement as improvement
from qms.workflows import trail_evidence_people as people
from qms.workflows import trail_evidence_product as product
from qms.workflows.trail_evidence_scope import Ids, Scope


@dataclass(frozen=True, slots=True)
class Evidence:
    """What it takes to see the evidence of a clause, and how it is found: kinds of record, each with its ids."""

    permissions: tuple[str, ...]
    kinds: Callable[[Scope], list[Ids]]


EVIDENCE: dict[str, Evidence] = {
    "8.7": Evidence(("rejections.view", "dispositions.view"), product.nonconforming),
    "8.6": Evidence(("acceptance.view",), product.release),
    "8.5.2": Evidence(("chain.view", "acceptance.view"), product.traceability),
    "5.3.2": Evidence(("stops.view", "chain.view"), product.stopping),
    "8.5.6.1.1": Evidence(("controls.view",), product.bypassing),
    "10.2": Evidence(("actions.view",), improvement.corrective),
    "9.1.2": Evidence(("customers.view", "satisfaction.view"), improvement.customers),
    "9.3": Evidence((REVIEW,), improvement.reviews),
    "7.4": Evidence(("service.view",), people.between_units),
    "7.2": Evidence(("accounts.view",), people.qualified),
}
"""The evidence of each of rules.trail_evidence.CLAUSES."""

if EVIDENCE.keys() != CLAUSES.keys():
    raise RuntimeError("a clause without evidence, or evidence of no clause")
