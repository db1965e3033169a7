"""The plane and the stages, with the worked numbers of MEASUREMENT 4.3 and 4.4."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.movement import (
    SCALES,
    Stage,
    StageReading,
    balance,
    elevation,
    stage_probabilities,
)
from assessments.measurement.movement.plane import balance_error, probability_above
from assessments.measurement.movement.stages import read

LONG = {"DEP": 6.66, "CDP": 6.66, "IND": 6.66, "INT": 5.29}


def scores(dep: float, cdp: float, ind: float, int_: float) -> dict[str, float]:
    return dict(zip(SCALES, (dep, cdp, ind, int_), strict=True))


def test_balance_and_elevation_of_the_worked_case():
    assert (balance(ind=45, cdp=70), balance(ind=62, cdp=45)) == (37.5, 58.5)
    assert (elevation(ind=45, cdp=70), elevation(ind=62, cdp=45)) == (57.5, 53.5)


def test_balance_error_of_both_forms():
    assert balance_error(6.66, 6.66) == pytest.approx(4.709, abs=5e-4)
    weekly = balance_error(20 * math.sqrt(0.2), 20 * math.sqrt(0.2))
    assert weekly == pytest.approx(6.32, abs=0.005)
    assert 1.959964 * math.sqrt(2) * weekly == pytest.approx(17.5, abs=0.05)


@given(st.floats(0, 100), st.floats(0, 100))
def test_balance_and_elevation_lose_nothing(ind, cdp):
    m, e = balance(ind, cdp), elevation(ind, cdp)
    assert 0 <= m <= 100
    assert 0 <= e <= 100
    assert e + m - 50 == pytest.approx(ind)
    assert e - m + 50 == pytest.approx(cdp)


def test_stage_codes_are_those_stored():
    assert [stage.value for stage in Stage] == [
        "mixed",
        "dependent",
        "counter_dependent",
        "transitional",
        "relational_ahead",
        "independent",
        "interdependent",
    ]


def test_high_independence_with_high_counter_dependence_is_counter_dependent():
    found = stage_probabilities(scores(30, 68, 72, 40), LONG)
    assert found[Stage.COUNTER_DEPENDENT] == pytest.approx(0.9952, abs=5e-5)
    mistaken = probability_above(68, 6.66, 50) * probability_above(72, 6.66, 50)
    assert mistaken == pytest.approx(0.9961, abs=1e-4)


def test_interdependence_is_credited_on_the_platform_of_independence():
    found = stage_probabilities(scores(30, 35, 70, 62), LONG)
    assert found[Stage.INTERDEPENDENT] == pytest.approx(0.9737, abs=5e-5)


def test_relational_skill_without_independence_is_not_called_interdependence():
    found = stage_probabilities(scores(20, 20, 20, 80), LONG)
    assert max(found, key=found.get) is Stage.RELATIONAL_AHEAD
    assert found[Stage.INTERDEPENDENT] < 1e-4


@pytest.mark.parametrize(
    "case, stage",
    [
        ((80, 80, 50, 50), Stage.MIXED),
        ((80, 20, 90, 90), Stage.DEPENDENT),
        ((20, 80, 90, 90), Stage.COUNTER_DEPENDENT),
        ((20, 20, 20, 20), Stage.TRANSITIONAL),
        ((20, 20, 20, 80), Stage.RELATIONAL_AHEAD),
        ((20, 20, 80, 20), Stage.INDEPENDENT),
        ((20, 20, 80, 80), Stage.INTERDEPENDENT),
    ],
)
def test_stage_without_error_is_a_step(case, stage):
    found = stage_probabilities(scores(*case), dict.fromkeys(SCALES, 0.0))
    if stage is Stage.MIXED:  # independence and interdependence on the cut do not matter here
        assert found[stage] == 1
    assert {key for key, value in found.items() if value == 1} == {stage}


def test_score_on_the_cut_is_even_odds_with_and_without_error():
    for error in (0.0, 5.0):
        found = stage_probabilities(scores(0, 50, 100, 0), dict.fromkeys(SCALES, error))
        assert found[Stage.COUNTER_DEPENDENT] == pytest.approx(0.5)
        assert found[Stage.INDEPENDENT] == pytest.approx(0.5)


def test_cut_may_differ_by_scale():
    case = scores(30, 45, 70, 30)
    same = stage_probabilities(case, LONG, cut=dict.fromkeys(SCALES, 50.0))
    assert same == stage_probabilities(case, LONG)
    lower = stage_probabilities(case, LONG, cut={"DEP": 50, "CDP": 30, "IND": 50, "INT": 50})
    assert max(lower, key=lower.get) is Stage.COUNTER_DEPENDENT


points, errors = st.floats(0, 100), st.floats(0, 40)


@given(
    st.fixed_dictionaries(dict.fromkeys(SCALES, points)),
    st.fixed_dictionaries(dict.fromkeys(SCALES, errors)),
    points,
)
def test_stage_probabilities_sum_to_1(case, error, cut):
    found = stage_probabilities(case, error, cut)
    assert list(found) == list(Stage)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert all(0 <= value <= 1 for value in found.values())


@pytest.mark.parametrize(
    "case, error, cut",
    [
        (scores(30, 68, 72, 101), LONG, 50),
        (scores(30, 68, 72, -1), LONG, 50),
        (scores(30, 68, 72, math.nan), LONG, 50),
        ({"DEP": 30, "CDP": 68, "IND": 72}, LONG, 50),
        (scores(30, 68, 72, 40), {"DEP": 6.66, "CDP": 6.66, "IND": 6.66}, 50),
        (scores(30, 68, 72, 40), LONG | {"INT": -1}, 50),
        (scores(30, 68, 72, 40), LONG | {"INT": math.nan}, 50),
        (scores(30, 68, 72, 40), LONG | {"INT": math.inf}, 50),
        (scores(30, 68, 72, 40), LONG, 101),
        (scores(30, 68, 72, 40), LONG, math.nan),
        (scores(30, 68, 72, 40), LONG, {"DEP": 50}),
        (scores(30, None, 72, 40), LONG, 50),
    ],
)
def test_stage_probabilities_refuse_impossible_input(case, error, cut):
    with pytest.raises(ValueError):
        stage_probabilities(case, error, cut)


def spread(stage: Stage, probability: float, second: Stage) -> dict[Stage, float]:
    rest = dict.fromkeys(Stage, 0.0)
    return rest | {second: 1 - probability, stage: probability}


IND70 = spread(Stage.INDEPENDENT, 0.70, Stage.TRANSITIONAL)
IND69 = spread(Stage.INDEPENDENT, 0.69, Stage.TRANSITIONAL)
CDP90 = spread(Stage.COUNTER_DEPENDENT, 0.90, Stage.INDEPENDENT)
BETWEEN = (Stage.INDEPENDENT, Stage.TRANSITIONAL)


def test_stage_is_named_when_two_administrations_agree():
    named = StageReading(Stage.INDEPENDENT, None, 0.70, provisional=False)
    assert read(IND70, IND70, intake=False) == named


@pytest.mark.parametrize("previous", [None, IND69, CDP90])
def test_stage_is_not_named_from_one_administration(previous):
    expected = StageReading(None, BETWEEN, 0.70, provisional=False)
    assert read(IND70, previous, intake=False) == expected


def test_stage_is_not_named_when_it_has_become_less_likely():
    expected = StageReading(None, BETWEEN, 0.69, provisional=False)
    assert read(IND69, IND70, intake=False) == expected


def test_stage_after_a_first_long_form_is_provisional_only_where_it_is_likely():
    named = StageReading(Stage.INDEPENDENT, None, 0.70, provisional=True)
    assert read(IND70, None, intake=True) == named
    expected = StageReading(None, BETWEEN, 0.69, provisional=False)
    assert read(IND69, None, intake=True) == expected
