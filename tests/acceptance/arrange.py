"""Standards and hand-overs for tests, made through the workflows."""

from datetime import date, datetime
from decimal import Decimal

from qms.db import Database
from qms.models.acceptance import Handover, Standard
from qms.rules.acceptance import CharacteristicPlan, Result
from qms.workflows import acceptance
from tests.plant import Plant
from tests.signing import signing

DAY = date(2026, 3, 2)


def burr(plant: Plant, **changed: object) -> CharacteristicPlan:
    """Return a look for burrs on so many pieces that 20 % nonconforming would show with 95 %."""
    planned: dict = {"name_zh": "毛刺", "name_en": "Burr", "sampling": "zero_acceptance", "sampling_value": 200,
                     "defect_id": plant.burr, "method": "Look"}
    return CharacteristicPlan(**(planned | changed))


def gap(plant: Plant, **changed: object) -> CharacteristicPlan:
    """Return a gap measured on every 100th piece."""
    planned: dict = {"name_zh": "间隙", "name_en": "Gap", "kind": "measured", "unit": "mm", "lower": Decimal("0.45"),
                     "upper": Decimal("0.55"), "sampling": "every_kth", "sampling_value": 100,
                     "defect_id": plant.scratch, "gauge": "G-17"}
    return CharacteristicPlan(**(planned | changed))


def approved(database: Database, plant: Plant, *plans: CharacteristicPlan, link_id: int | None = None,
             item_id: int | None = None, form_number: str = "FM-01", clock: object = None,
             valid_from: date | None = None) -> int:
    """Draft and approve a standard of press -> weld (burr and gap unless told otherwise); return its id."""
    when = {"clock": clock} if clock else {}
    with database.transaction(plant.quality_engineer, "acceptance.draft", **when) as session:
        draft = acceptance.draft_standard(
            session, plant.quality_engineer, link_id=link_id or plant.press_weld, item_id=item_id,
            form_number=form_number, title_zh="支架交接", title_en="Bracket hand-over",
            characteristics=plans or (burr(plant), gap(plant)))
    with database.transaction(plant.quality_manager, "acceptance.approve", **when) as session:
        acceptance.approve_standard(session, plant.quality_manager, draft.id, draft.rev, valid_from=valid_from,
                                    signing=signing(plant.quality_manager, "standard"))
    return draft.id


def presented(database: Database, plant: Plant, *, quantity: int = 200, **given: object) -> Handover:
    """Present pieces of the lot from press to weld."""
    with database.transaction(plant.operator, "acceptance.present") as session:
        fields: dict = {"link_id": plant.press_weld, "lot_id": plant.lot, "quantity": quantity}
        return acceptance.present(session, plant.operator, **(fields | given))


def good_results(database: Database, handover: Handover, *, bad: int = 0, gap_value: str = "0.50") -> list[Result]:
    """Return a result for each characteristic: `bad` pieces fail the attributes, every gap has one value."""
    with database.reading() as session:
        standard_id = handover.standard_id
        assert standard_id is not None
        asked = acceptance.asked(session, standard_id)
        results = []
        for characteristic in asked:
            size = acceptance.sample_size(characteristic, handover.quantity)
            if characteristic.kind == "attribute":
                results.append(Result(characteristic.id, pieces=size, nonconforming=bad))
            else:
                results += [Result(characteristic.id, value=Decimal(gap_value), piece=p) for p in range(1, size + 1)]
    return results


def read(database: Database, cls: type, record_id: int) -> Handover | Standard:
    """Read a record afresh."""
    with database.reading() as session:
        return session.get_one(cls, record_id)


def at(text: str) -> object:
    """Return a clock that stands at an instant."""
    instant = datetime.fromisoformat(text)
    return lambda: instant
