"""Which claim needs which rung, and what a sentence about several scales stands on."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from assessments.measurement import definition
from assessments.measurement.evidence import NOTHING_KNOWN, Claim, Footing, allows, footing

FORM = definition.parse((Path(__file__).parent / "small-form.toml").read_text())
GUARDED = FORM.scales_by_code["CDP"]


def scale(rung, reliability=0.8, **more):
    evidence = definition.Evidence(rung, reliability, 20.0, "somewhere", **more)
    return replace(GUARDED, evidence=evidence)


@pytest.mark.parametrize(
    "claim, rung",
    [
        (Claim.POINTS, 0),
        (Claim.ERROR, 1),
        (Claim.BEYOND_ERROR, 1),
        (Claim.TREND, 1),
        (Claim.MOVEMENT, 1),
        (Claim.PUBLISHED_CHANGE, 1),
        (Claim.RELIABLE, 2),
        (Claim.OUTCOME, 3),
        (Claim.CLINICAL_RANGE, 3),
    ],
)
def test_claim_is_allowed_from_its_rung_on(claim, rung):
    assert [allows(r, claim) for r in range(4)] == [r >= rung for r in range(4)]


def test_every_claim_has_a_rung():
    assert all(allows(3, claim) for claim in Claim)


@pytest.mark.parametrize("rung", [-1, 4])
def test_rung_that_is_none_is_an_error(rung):
    with pytest.raises(ValueError, match="one of 0 to 3"):
        allows(rung, Claim.POINTS)


def test_sentence_about_nothing_stands_on_nothing():
    assert footing([]) == NOTHING_KNOWN == Footing(0)


def test_lowest_rung_counts_and_takes_estimates_with_it():
    estimated = scale(2, 0.9, n=132, date=datetime.date(2026, 11, 3))
    both = footing([estimated, scale(1, 0.7)])
    assert (both.rung, both.reliability, both.n, both.date) == (1, (0.7, 0.9), None, None)
    assert footing([estimated]).n == 132


def test_estimates_of_two_versions_count_by_the_smaller_and_the_earlier():
    first = scale(2, 0.9, n=132, date=datetime.date(2026, 11, 3))
    second = scale(2, 0.8, n=400, date=datetime.date(2027, 1, 5))
    found = footing([second, first])
    assert (found.n, found.date) == (132, datetime.date(2026, 11, 3))


def test_reliability_is_not_given_for_scales_of_which_one_has_none():
    nothing = replace(GUARDED, evidence=definition.Evidence(0))
    assert footing([scale(1), nothing]).reliability is None


def test_norms_count_from_rung_three_on_only():
    norms = definition.Norms(20, 8, 900, 5, 5, 700, "two groups")
    with_norms = [replace(scale(rung, n=200), norms=norms) for rung in (1, 3)]
    assert footing([with_norms[0]]).norms is None
    assert footing([with_norms[1]]).norms == norms
    assert footing(with_norms).norms is None
