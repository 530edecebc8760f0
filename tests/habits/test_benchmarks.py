"""What measures the product still runs it as it is now: a part of each benchmark that has broken before."""

from benchmarks import nonconformity_registers, service


def test_a_survey_is_measured_from_its_tokens_to_its_figures():
    measured = list(service.main(["sqlite"], quick=True))
    assert [line[0] for line in measured] == ["make survey tokens", "close and seal a survey", "publish a survey"]


def test_every_decision_that_is_measured_is_taken(monkeypatch):
    monkeypatch.setattr(nonconformity_registers, "SECONDS", 0.5)
    monkeypatch.setattr(nonconformity_registers, "TO_DECIDE", 300)
    what, _, clients, rate, *_, failed = nonconformity_registers.deciding("sqlite", clients=2)
    assert (what, clients, failed) == ("decide a line", 2, 0)
    assert rate > 0
