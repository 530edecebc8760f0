"""What measures the product still runs it as it is now: a part of each benchmark that has broken before."""

from benchmarks import service


def test_a_survey_is_measured_from_its_tokens_to_its_figures():
    measured = list(service.main(["sqlite"], quick=True))
    assert [line[0] for line in measured] == ["make survey tokens", "close and seal a survey", "publish a survey"]
