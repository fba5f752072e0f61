"""What judged samples prove, and that without them nothing may be accepted in bulk."""

import pytest

from registry.errors import InvalidInputError
from registry.matching import Candidate, Evidence, Label, Similarity
from registry.matching.calibration import PRIOR, Judgement, calibrated, estimates, least_share, sample

EVIDENCE = Evidence(Label("x"), Label("x"), "exact", Similarity(1, 1, 1))


def candidate(number: int, confidence: float) -> Candidate:
    return Candidate(f"s{number}", "", f"o{number}", "", "skos:exactMatch", confidence, EVIDENCE)


def test_fifty_clean_samples_prove_six_percent_and_a_hundred_three() -> None:
    assert least_share(50, 50) == pytest.approx(0.05 ** (1 / 50), abs=1e-6)
    assert 0.94 < least_share(50, 50) < 0.942
    assert 0.97 < least_share(100, 100) < 0.971


def test_the_bound_lies_below_the_share_and_nears_it() -> None:
    assert least_share(0, 20) == 0.0
    assert least_share(18, 20) < least_share(180, 200) < 0.9
    assert least_share(18, 20) == pytest.approx(0.7174, abs=1e-3)


def test_without_judgements_there_is_the_prior_and_no_assurance() -> None:
    bands = estimates()
    assert {band.at_least: band.expected for band in bands} == pytest.approx(dict(PRIOR))
    assert not any(band.may_be_accepted_in_bulk(0.01) for band in bands)


def test_judgements_outweigh_the_prior() -> None:
    bands = estimates([Judgement(0.97, False)] * 40)
    assert calibrated(0.97, bands) < 0.1
    assert calibrated(0.92, bands) == pytest.approx(PRIOR[0.9])
    clean = estimates([Judgement(0.97, True)] * 100)
    band = next(band for band in clean if band.at_least == 0.95)
    assert band.may_be_accepted_in_bulk(0.97)
    assert not band.may_be_accepted_in_bulk(0.98)


def test_samples_are_drawn_per_band_and_can_be_repeated() -> None:
    candidates = [candidate(number, 0.55 if number % 2 else 0.97) for number in range(100)]
    drawn = sample(candidates, 10, seed="2026")
    assert drawn == sample(list(reversed(candidates)), 10, seed="2026")
    assert drawn != sample(candidates, 10, seed="2027")
    assert sorted(c.confidence for c in drawn) == [0.55] * 10 + [0.97] * 10
    assert [c.confidence for c in drawn] not in ([0.55] * 10 + [0.97] * 10, [0.97] * 10 + [0.55] * 10)


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        sample([], 0)
