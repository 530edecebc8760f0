"""What Today tells of outside customers: late complaints, certification bodies not told."""

from datetime import timedelta

import pytest

from qms.rules.clock import utc_now
from qms.workflows import customers_scores as scores
from qms.workflows.today_customers import owed
from tests.customers.scene import Scene
from tests.customers.test_complaints import go, received
from tests.customers.test_scores import STATUS


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, with its registered customer."""
    scene.at = utc_now()
    scene.customer()
    return scene


def test_a_complaint_waits_on_today_once_a_report_is_late_and_no_longer_when_it_is_sent(scene: Scene):
    received(scene)
    assert scene.read(owed).late.total == 0
    late = received(scene, received_at=scene.at - timedelta(days=2))
    assert [c.id for c in scene.read(owed).late.records] == [late.id]
    assert scene.read(owed, person=scene.plant.auditor).total == 0
    go(scene, late, "contain")
    assert scene.read(owed).late.total == 0


def test_r42_a_certification_body_not_told_waits_on_today_until_it_is(scene: Scene):
    put = scene.do(scores.put_under, None, scene.plant.customer, **STATUS)
    assert [s.id for s in scene.read(owed).untold.records] == [put.id]
    assert scene.read(owed, person=scene.plant.auditor).total == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r42_today_shows_both(scene: Scene, sign_in, page, language: str):
    late = received(scene, received_at=scene.at - timedelta(days=2))
    scene.do(scores.put_under, None, scene.plant.customer, **STATUS)
    shown = page(sign_in("quality_engineer", language), "/").text
    for said in (late.number, "R-42", {"zh": "尚未通知认证机构", "en": "Certification body not told yet"}[language]):
        assert said in shown, said
    assert late.number not in page(sign_in("auditor", language), "/").text
