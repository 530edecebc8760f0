"""Where a customer's requirements bite: approval of rework, the clock of a notice, and the forms that show them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.models.dispositions_concessions import CustomerNotice
from qms.rules.clock import utc_now
from qms.rules.errors import Refused
from qms.workflows import dispositions, rejections
from tests.customers.scene import Scene
from tests.signing import signing


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now()
    scene.customer()
    return scene


def held(scene: Scene, found: int) -> object:
    return scene.do(rejections.report, None, kind="not_accepted", found_unit_id=found, lot_id=scene.plant.lot,
                    quantity=2, defect_id=scene.plant.burr)


def decide(scene: Scene, rejection: object, **given: object) -> object:
    hold = scene.read(lambda session, _person: session.get_one(type(rejection), rejection.id).holds[0].id)
    draft = dispositions.Draft(hold_id=hold, code="rework", quantity=2, risk_ref="PF-1", risk_rev="A",
                               risk_on=scene.at.date(), justification="ok", **given)
    rev = scene.read(lambda session, _person: session.get_one(type(rejection), rejection.id).rev)
    return scene.do(dispositions.decide, None, rejection.id, rev, [draft],
                    signing=signing(scene.plant.quality_engineer, "disposition"))


def test_r10_rework_waits_where_a_requirement_asks_for_approval(scene: Scene):
    scene.requirement(kind="rework_approval", item_id=scene.plant.item)
    rejection = held(scene, scene.plant.weld)
    with pytest.raises(Refused) as refused:
        decide(scene, rejection)
    assert refused.value.rule == "R-10"
    [line] = decide(scene, rejection, customer_ref="C-17")
    assert line.code == "rework"


def test_r10_rework_needs_no_approval_without_such_a_requirement(scene: Scene):
    [line] = decide(scene, held(scene, scene.plant.weld))
    assert line.code == "rework"


@pytest.mark.parametrize(("hours", "within"), [(4, 4), (72, 24), (None, 24)])
def test_r16_a_shorter_time_of_the_customer_sets_the_clock_of_the_notice(scene: Scene, hours, within):
    if hours is not None:
        scene.requirement(kind="notice_hours", hours=hours)
    held(scene, scene.plant.customer)
    notice = scene.read(lambda session, _person: session.scalar(select(CustomerNotice)))
    assert notice.due_at - notice.known_at == timedelta(hours=within)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_requirement_is_shown_on_the_forms_that_it_concerns(scene: Scene, sign_in, page, language: str):
    scene.requirement()
    rejection = held(scene, scene.plant.customer)
    notice = scene.read(lambda session, _person: session.scalar(select(CustomerNotice.id)))
    browser, said = sign_in("quality_engineer", language), {"zh": "黄色标签", "en": "Yellow label"}[language]
    for address in (f"/rejections/{rejection.id}", f"/dispositions/rejections/{rejection.id}/decide",
                    f"/dispositions/notices/{notice}", f"/actions/open/?kind=rejections&id={rejection.id}"):
        assert said in page(browser, address).text, address
    for asked in (f"found_unit_id={scene.plant.weld}&item=BR-100", f"customer_id={scene.plant.customer}",
                  f"found_unit_id={scene.plant.weld}&lot=L-0001"):
        assert said in browser.get(f"/customers/requirements?{asked}").text, asked
    assert said not in browser.get("/customers/requirements?found_unit_id=&item=nothing").text
