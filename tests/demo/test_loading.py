"""A short demo plant, loaded through the workflows."""

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import Database, record_classes
from qms.db.ledger import ledger
from qms.demo.inspections import PATROLS
from qms.demo.playing import ACTIONS
from qms.demo.units import SITE
from qms.models.acceptance import Characteristic, Handover, Standard
from qms.models.acceptance_pieces import PatrolPlan, PieceCheck
from qms.models.accounts import Grant, Person, PinHash
from qms.models.chain import Defect, Item, Link, LotSource, Site, Unit
from qms.models.chain_pictures import Picture, PictureZone
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.models.trail_reviews import TrailReview
from qms.rules.accounts import SYSTEM
from qms.rules.chain import LINK_KINDS, UNIT_KINDS
from qms.rules.rejections import ESCAPE_CLASSES, KINDS, ORIGIN_STATES, STEPS
from qms.workflows import accounts, accounts_badges, chain
from qms.workflows.attachments_store import place
from qms.workflows.chain_pictures import item_picture
from qms.workflows.verify import verify
from tests.demo.conftest import KEYS, load_into


def test_the_trail_of_the_demo_verifies(demo_url: str):
    report = verify(demo_url, together=False)
    assert report.good, report.findings
    assert report.entries > 1000


def test_two_loads_give_the_same_records(demo_url: str, tmp_path: Path):
    assert _records(demo_url) == _records(load_into(tmp_path))


def test_every_site_is_marked_as_demo(demo: Session):
    assert [(site.code, site.demo) for site in demo.scalars(select(Site))] == [(SITE, True)]
    assert set(demo.scalars(select(Handover.source))) == {"demo", "desk"}, "the system hands good pieces on again"


def test_every_kind_and_state_can_be_seen(demo: Session):
    assert set(demo.scalars(select(Unit.kind))) == set(UNIT_KINDS)
    assert set(demo.scalars(select(Link.kind))) == set(LINK_KINDS)
    assert set(demo.scalars(select(Handover.state))) >= {"presented", "accepted", "partly_accepted", "rejected"}
    assert set(demo.scalars(select(Standard.state))) >= {"draft", "approved", "superseded"}
    assert set(demo.scalars(select(Rejection.kind))) == set(KINDS)
    assert set(demo.scalars(select(Rejection.state))) == set(STEPS.states)
    assert set(demo.scalars(select(Rejection.origin_state))) == set(ORIGIN_STATES)
    assert set(demo.scalars(select(Rejection.escape_class))) == set(ESCAPE_CLASSES)
    assert set(demo.scalars(select(ledger.c.action))) >= set(ACTIONS.values())


def test_only_the_auditor_sees_every_site(demo: Session):
    everywhere = [login for login in KEYS
                  if accounts.actor_for(demo, login, method="test").sites("rejections.view") is None]
    assert everywhere == ["auditor"]


def test_work_is_left_open(demo: Session):
    assert len(demo.scalars(select(Handover).where(Handover.state == "presented")).all()) >= 6
    assert len(demo.scalars(select(Hold).where(Hold.state == "held")).all()) >= 3
    assert demo.scalars(select(ContainmentLine).where(ContainmentLine.answered_at.is_(None))).all()
    assert demo.scalars(select(Rejection).where(Rejection.origin_state == "contested")).all()
    assert demo.scalars(select(Handover).where(Handover.state == "presented", Handover.standard_id.is_(None))).all()


def test_what_is_asked_and_what_was_found_agree(demo: Session):
    found = demo.scalars(select(Rejection).where(Rejection.kind == "not_accepted", Rejection.handover_id.is_not(None),
                                                 Rejection.escape_class.in_(("1", "2+", "F")))).all()
    handovers = {h.id: h for h in demo.scalars(select(Handover))}
    assert found
    assert all(handovers[r.handover_id or 0].state in {"partly_accepted", "rejected"} for r in found)


def test_assemblies_are_traced_to_their_components(demo: Session):
    lot = demo.scalars(select(Handover.lot_id).join(Handover.item).where(Item.code == "SB-210")).first()
    assert lot is not None
    assert len(chain.lot_family(demo, lot)) >= 3
    assert demo.scalars(select(LotSource).where(LotSource.quantity.is_(None))).all() == []


def test_the_chain_is_broken_where_it_is_meant_to_be(demo: Session):
    site = demo.scalars(select(Site.id)).one()
    broken = chain.broken_ends(demo, site)
    assert [unit.code for unit in broken.without_customer] == ["HR"]
    without = {(link.supplier.code, link.customer.code) for link in broken.without_standard if link.kind == "operation"}
    assert without == {("OP20", "OP80")}
    assert len(broken.proposed_links) == 1


def test_every_item_and_defect_has_its_picture(demo_url: str, demo: Session):
    photos = Path(demo_url.removeprefix("sqlite:///")).parent / "photos"
    pictures = demo.scalars(select(Picture)).all()
    assert {p.item_id for p in pictures if p.role == "item"} == set(demo.scalars(select(Item.id)))
    assert {p.defect_id for p in pictures if p.role == "ng"} == set(demo.scalars(select(Defect.id)))
    assert {p.role for p in pictures} == {"item", "ok", "ng"}
    assert all(hashlib.sha256(place(photos, p.sha256).read_bytes()).hexdigest() == p.sha256 for p in pictures)


def test_first_pieces_and_patrols_are_recorded_in_the_last_days(demo: Session):
    checks = demo.scalars(select(PieceCheck).where(PieceCheck.stop_id.is_(None))).all()
    assert "passed" in {c.state for c in checks}
    assert {c.kind for c in checks} == {"first_piece", "patrol"}
    passed = [c for c in checks if c.state == "passed" and c.kind == "first_piece"]
    assert all(len({c.self_by_id, c.mutual_by_id, c.dedicated_by_id}) == 3 for c in passed)
    assert all(c.standard_id and c.lot_id and c.readings for c in passed)
    assert len(demo.scalars(select(PatrolPlan)).all()) == len(PATROLS)


def test_every_item_has_zones_that_can_be_pointed_at(demo: Session):
    for item_id in demo.scalars(select(Item.id)):
        shown = item_picture(demo, item_id)
        assert shown is not None
        assert shown.zones


def test_both_languages_are_filled(demo: Session):
    classes = (Unit, Item, Defect, Characteristic, PictureZone)
    named = [(row.name_zh, row.name_en) for cls in classes for row in demo.scalars(select(cls))]
    named += [(link.output_zh, link.output_en) for link in demo.scalars(select(Link))]
    named += [(standard.title_zh, standard.title_en) for standard in demo.scalars(select(Standard))]
    assert not [pair for pair in named if not (_is_chinese(pair[0]) and pair[1].strip() and not _is_chinese(pair[1]))]


def test_several_units_have_a_procedure_sheet_in_both_languages(demo: Session):
    sheets = [unit for unit in demo.scalars(select(Unit)) if unit.purpose]
    assert len(sheets) >= 8
    texts = [getattr(unit, part) for unit in sheets for part in chain.SHEET]
    assert not [each for each in texts if not _is_chinese(each) or not any("a" <= c <= "z" for c in each.lower())]


def test_the_people_who_show_the_demo_can_sign_in(tmp_path: Path, demo_url: str):
    shutil.copy(demo_url.removeprefix("sqlite:///"), tmp_path / "copy.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    for login, keys in KEYS.items():
        with database.transaction(SYSTEM, "tests.sign_in") as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            token = accounts.sign_in(session, login=login, password=keys.password, address=None, agent=None,
                                     lasts=timedelta(hours=1))
            owner, pin = accounts_badges.owner_of(session, keys.badge), session.get_one(PinHash, person.id)
        assert token, login
        assert person.active
        assert owner is not None
        assert owner.id == person.id
        assert accounts.fits(pin.hash, keys.pin)
    database.dispose()


def test_the_trail_was_reviewed_and_a_role_is_delegated(demo: Session):
    review = demo.scalars(select(TrailReview)).one()
    assert review.entries > 1000
    assert review.next_due_on > review.last_on
    lent = demo.scalars(select(Grant).where(Grant.delegated_by_id.is_not(None))).one()
    assert (lent.role, lent.ends_on - lent.starts_on) == ("quality_manager", timedelta(days=7))


def test_the_auditors_access_ends(demo: Session):
    held = demo.scalars(select(Grant).where(Grant.role == "auditor")).one()
    assert held.ends_on is not None


def _records(url: str) -> dict[str, list[bytes]]:
    """Return every row of every record table, as JSON; but no hash of what is drawn anew each time.

    Each installation begins its chain anew, and the seal of a survey covers the random keys of its answers.
    """
    database = Database(url)
    with database.reading() as session:
        columns = {name: [column for column in cls.__table__.c if column.name not in {"last_hash", "seal"}]
                   for name, cls in record_classes().items()}
        rows = {name: [orjson.dumps([str(value) for value in row]) for row in session.execute(select(*those))]
                for name, those in columns.items()}
    database.dispose()
    return rows


def _is_chinese(words: str) -> bool:
    return any("一" <= c <= "鿿" for c in words)
