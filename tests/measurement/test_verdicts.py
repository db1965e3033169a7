"""The verdict and its order, with the worked case and the rates of MEASUREMENT 4.3."""

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.movement import Verdict, verdict
from assessments.measurement.movement.verdicts import Contrast, contrast, judge

LONG = {"DEP": 6.66, "CDP": 6.66, "IND": 6.66, "INT": 5.29}
WEEKLY = {
    "DEP": 20 * math.sqrt(0.27),
    "CDP": 20 * math.sqrt(0.20),
    "IND": 20 * math.sqrt(0.20),
    "INT": 20 * math.sqrt(0.27),
}
BASELINE = {"DEP": 30, "CDP": 70, "IND": 45, "INT": 30}
NOW = {"DEP": 35, "CDP": 45, "IND": 62, "INT": 35}


def test_verdict_codes_are_those_stored():
    assert [member.value for member in Verdict] == [
        "swing_to_dependence",
        "swing_to_counter_dependence",
        "toward_independence",
        "claims_only",
        "away",
        "not_yet_reliable",
    ]


def test_contrast_of_the_worked_case():
    printed = {"DEP": 10.45, "CDP": 8.94, "IND": 8.94}
    z = contrast(BASELINE, LONG, [NOW], [printed])
    assert z.balance == pytest.approx(2.664, abs=1e-4)
    assert z.cdp == pytest.approx(-2.243, abs=5e-4)
    assert z.dep == pytest.approx(0.403, abs=5e-4)
    # Independence alone is not reliable; the balance says more than either of its halves.
    assert 17 / math.hypot(LONG["IND"], printed["IND"]) == pytest.approx(1.525, abs=5e-4)


def test_worked_case_moves_toward_independence_once_held():
    assert verdict(BASELINE, LONG, [NOW], WEEKLY, 1, 1) is Verdict.TOWARD_INDEPENDENCE
    assert verdict(BASELINE, LONG, [NOW], WEEKLY, 1) is Verdict.NOT_YET_RELIABLE
    assert verdict(BASELINE, LONG, [NOW, NOW], WEEKLY, 1) is Verdict.TOWARD_INDEPENDENCE


def test_contrast_shrinks_the_error_of_a_mean():
    z = contrast(BASELINE, LONG, [NOW] * 4, [WEEKLY] * 4)
    assert z.cdp == pytest.approx(-25 / math.sqrt(6.66**2 + 400 * 0.2 / 4))


@pytest.mark.parametrize(
    "z, expected",
    [
        (Contrast(balance=0, swing=-1.96, cdp=-1.28, dep=1.28), Verdict.SWING_TO_DEPENDENCE),
        (Contrast(0, 1.96, 1.28, -1.28), Verdict.SWING_TO_COUNTER_DEPENDENCE),
        (Contrast(1.96, 0, -1.28, 0), Verdict.TOWARD_INDEPENDENCE),
        (Contrast(1.96, 0, -1.27, 0), Verdict.CLAIMS_ONLY),
        (Contrast(-1.96, 0, 0, 0), Verdict.AWAY),
        (Contrast(1.95, 1.95, 0, 0), Verdict.NOT_YET_RELIABLE),
        # A swing wins over the movement that its half would have been.
        (Contrast(3, -3, -3, 3), Verdict.SWING_TO_DEPENDENCE),
        (Contrast(-3, 3, 3, -3), Verdict.SWING_TO_COUNTER_DEPENDENCE),
        # A swing needs both of its scales.
        (Contrast(3, -3, -3, 1.27), Verdict.TOWARD_INDEPENDENCE),
        (Contrast(-3, 3, 3, -1.27), Verdict.AWAY),
        (Contrast(3, 3, 1.27, -3), Verdict.CLAIMS_ONLY),
    ],
)
def test_judge_tests_the_conditions_in_their_order(z, expected):
    assert judge(z) is expected


# Errors of 3 and 4 make one of 5, so on paper each balance here changes by exactly 1.96 errors.
@pytest.mark.parametrize(
    "baseline, now, expected",
    [
        ({"CDP": 60, "IND": 40}, {"CDP": 50.2, "IND": 40}, Verdict.TOWARD_INDEPENDENCE),
        ({"CDP": 50, "IND": 45}, {"CDP": 45.1, "IND": 49.9}, Verdict.CLAIMS_ONLY),
        ({"CDP": 70, "IND": 30}, {"CDP": 65.1, "IND": 34.9}, Verdict.CLAIMS_ONLY),
        ({"CDP": 45.1, "IND": 49.9}, {"CDP": 50, "IND": 45}, Verdict.AWAY),
    ],
)
def test_change_of_exactly_the_bound_counts_however_it_is_stored(baseline, now, expected):
    errors, none = {"DEP": 1, "CDP": 4, "IND": 3}, dict.fromkeys(("DEP", "CDP", "IND"), 0)
    history = [{"DEP": 30, **now}] * 2
    assert verdict({"DEP": 30, **baseline}, errors, history, none, 1) is expected


def test_endless_error_makes_every_change_unreliable():
    vague = dict.fromkeys(LONG, 1e200)
    assert verdict(BASELINE, vague, [NOW] * 2, vague) is Verdict.NOT_YET_RELIABLE


def test_claimed_independence_alone_is_called_a_claim():
    claims = [BASELINE | {"IND": 95}] * 5
    assert verdict(BASELINE, LONG, claims, WEEKLY) is Verdict.CLAIMS_ONLY


def test_escape_from_dependence_into_counter_dependence_is_a_swing():
    baseline = {"DEP": 75, "CDP": 30, "IND": 40, "INT": 40}
    escaped = [{"DEP": 35, "CDP": 70, "IND": 60, "INT": 40}] * 5
    assert verdict(baseline, LONG, escaped, WEEKLY) is Verdict.SWING_TO_COUNTER_DEPENDENCE


def test_fall_of_balance_is_movement_away():
    fallen = [BASELINE | {"IND": 10, "CDP": 90}] * 5
    assert verdict(BASELINE, LONG, fallen, WEEKLY) is Verdict.AWAY


def test_verdict_needs_the_same_result_at_the_last_steps():
    history = [NOW, NOW, BASELINE]
    assert verdict(BASELINE, LONG, history, WEEKLY, window=1) is Verdict.NOT_YET_RELIABLE
    assert verdict(BASELINE, LONG, history[:2], WEEKLY, window=1) is Verdict.TOWARD_INDEPENDENCE
    assert verdict(BASELINE, LONG, history[:2], WEEKLY, 1, 3) is Verdict.NOT_YET_RELIABLE


def test_step_with_fewer_administrations_than_the_window_takes_those_there_are():
    # At the first step n is 1, at the second 2: both must say the same.
    assert verdict(BASELINE, LONG, [NOW, NOW], WEEKLY, window=4) is Verdict.TOWARD_INDEPENDENCE
    weak = {"DEP": 30, "CDP": 55, "IND": 55, "INT": 30}
    assert verdict(BASELINE, LONG, [weak, weak], WEEKLY, window=4) is Verdict.NOT_YET_RELIABLE
    assert verdict(BASELINE, LONG, [weak] * 5, WEEKLY, window=4) is Verdict.TOWARD_INDEPENDENCE


def test_no_administration_since_the_baseline_is_not_yet_reliable():
    assert verdict(BASELINE, LONG, [], WEEKLY) is Verdict.NOT_YET_RELIABLE
    assert verdict(BASELINE, LONG, [], []) is Verdict.NOT_YET_RELIABLE


def test_errors_may_be_given_for_each_administration():
    history = [NOW] * 4
    assert verdict(BASELINE, LONG, history, [WEEKLY] * 4) is verdict(
        BASELINE, LONG, history, WEEKLY
    )
    vague = dict.fromkeys(WEEKLY, 60.0)
    assert verdict(BASELINE, LONG, history, [vague] * 4) is Verdict.NOT_YET_RELIABLE


def test_without_any_error_every_change_counts():
    none = dict.fromkeys(LONG, 0.0)
    nudged = [BASELINE | {"CDP": 69.9}] * 2
    assert verdict(BASELINE, none, nudged, none) is Verdict.TOWARD_INDEPENDENCE
    assert verdict(BASELINE, none, [BASELINE] * 2, none) is Verdict.NOT_YET_RELIABLE


@pytest.mark.parametrize(
    "changed",
    [
        {"baseline": BASELINE | {"CDP": 101}},
        {"baseline": {"DEP": 30, "CDP": 70}},
        {"baseline_errors": LONG | {"CDP": -1}},
        {"history": [NOW | {"IND": math.nan}, NOW]},
        {"history": [NOW | {"IND": None}, NOW]},
        {"history_errors": {"DEP": 1}},
        {"history_errors": [WEEKLY]},
        {"history_errors": [WEEKLY, WEEKLY | {"DEP": math.inf}]},
        {"window": 0},
        {"persistence": 0},
    ],
    ids=str,
)
def test_verdict_refuses_impossible_input(changed):
    good = {
        "baseline": BASELINE,
        "baseline_errors": LONG,
        "history": [NOW, NOW],
        "history_errors": WEEKLY,
        "window": 4,
        "persistence": 2,
    }
    verdict(**good)
    with pytest.raises(ValueError):
        verdict(**(good | changed))


forms = st.fixed_dictionaries({scale: st.floats(0, 100) for scale in ("DEP", "CDP", "IND")})


@given(forms, st.lists(forms, max_size=8))
def test_verdict_does_not_look_beyond_the_steps_it_needs(baseline, history):
    # Window 4 and persistence 2 reach back five administrations.
    recent = verdict(baseline, LONG, history[-5:], WEEKLY)
    assert verdict(baseline, LONG, history, WEEKLY) is recent


def clipped(chance: random.Random, mean: float, sd: float) -> float:
    return min(100.0, max(0.0, chance.gauss(mean, sd)))


def rates(change: dict[str, float], clients: int = 1000) -> Counter[Verdict]:
    """Percentage of verdicts after 12 weeks of linear true change, with a fixed seed."""
    chance = random.Random(20261124)
    counted: Counter[Verdict] = Counter()
    for _ in range(clients):
        level = {scale: chance.gauss(50, 16) for scale in ("DEP", "CDP", "IND")}
        baseline = {scale: clipped(chance, mean, LONG[scale]) for scale, mean in level.items()}
        history = [
            {
                scale: clipped(chance, mean + change.get(scale, 0) * week / 12, WEEKLY[scale])
                for scale, mean in level.items()
            }
            for week in range(1, 13)
        ]
        counted[verdict(baseline, LONG, history, WEEKLY)] += 1
    return Counter({member: 100 * n / clients for member, n in counted.items()})


@pytest.mark.parametrize(
    "change, expected, rate",
    [
        ({}, Verdict.TOWARD_INDEPENDENCE, 0.9),
        ({}, Verdict.AWAY, 1.4),
        ({"CDP": -20, "IND": 20}, Verdict.TOWARD_INDEPENDENCE, 55.2),
        ({"IND": 40}, Verdict.CLAIMS_ONLY, 57.7),
        ({"IND": 40}, Verdict.TOWARD_INDEPENDENCE, 6.2),
        ({"DEP": -30, "CDP": 30}, Verdict.SWING_TO_COUNTER_DEPENDENCE, 81.6),
        ({"DEP": 20, "CDP": -20}, Verdict.SWING_TO_DEPENDENCE, 47.1),
    ],
)
def test_verdict_is_right_as_often_as_the_reference_table_says(change, expected, rate):
    # Loose bounds: four standard errors of 1,000 clients, and 3 points for how they are made.
    spread = 4 * math.sqrt(rate * (100 - rate) / 1000)
    assert rates(change)[expected] == pytest.approx(rate, abs=spread + 3)
