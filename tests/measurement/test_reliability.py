"""Alpha, omega and item statistics, with MEASUREMENT 3.7 and second implementations."""

import csv
import gzip
import math
import warnings

import numpy as np
import pandas
import pingouin
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.multivariate.factor import Factor

from assessments.measurement.reliability import (
    Moments,
    alpha,
    alpha_interval,
    item_statistics,
    omega,
    one_factor,
)
from assessments.measurement.reliability.distributions import f_quantile, incomplete_beta
from tests.shared_data import shared


@pytest.fixture(scope="module")
def attitude() -> list[list[float]]:
    with shared("attitude.csv").open() as file:
        return [[float(value) for value in row] for row in list(csv.reader(file))[1:]]


def simulated(seed: int, n: int, k: int, loading: float = 0.6) -> np.ndarray:
    """n people on k items of different loadings and units, with one factor."""
    random = np.random.default_rng(seed)
    loadings = np.clip(random.uniform(loading - 0.2, loading + 0.2, k), 0.1, 0.95)
    factor = random.normal(size=(n, 1))
    own = random.normal(size=(n, k)) * np.sqrt(1 - loadings**2)
    return 50 + (factor * loadings + own) * random.uniform(0.5, 4, k)


# --- alpha --------------------------------------------------------------------------------------


def test_alpha_and_its_interval_of_attitude(attitude):
    found = alpha(attitude)
    assert found == pytest.approx(0.8431427695647598, abs=1e-12)
    assert alpha_interval(found, 30, 7) == pytest.approx((0.7393756856, 0.9157730722), abs=1e-9)


def test_alpha_of_a_real_sample():
    with gzip.open(shared("rosenberg-answers.csv.gz"), "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    names = [f"Q{number}" for number in range(1, 11)]
    table = np.array([[float(row[name]) for name in names] for row in rows])
    table[table == 0] = math.nan
    for backward in (3, 5, 8, 9, 10):
        table[:, backward - 1] = 5 - table[:, backward - 1]
    moments = Moments.of(table, minimum=1, maximum=4)
    assert (moments.rows, moments.complete) == (47_974, 46_546)
    assert moments.alpha() == pytest.approx(0.9140152, abs=1e-7)


def test_alpha_leaves_incomplete_rows_out():
    complete = [[1, 2, 2], [2, 2, 3], [4, 3, 5], [3, 5, 4]]
    gaps = [[None, 5, 1], [1, math.nan, 1], [None, None, None]]
    assert alpha([*gaps, *complete]) == alpha(complete)
    assert alpha(complete) == pytest.approx(float(pingouin_alpha(complete)[0]), abs=1e-12)


def test_alpha_of_items_that_repeat_each_other_is_one():
    assert alpha([[1, 1, 1], [2, 2, 2], [5, 5, 5]]) == pytest.approx(1)


def test_alpha_of_items_that_contradict_each_other_is_negative():
    assert alpha([[1, 4.5], [2, 3], [3, 2], [4, 1]]) < 0


def pingouin_alpha(rows) -> tuple[float, np.ndarray]:
    # Complete rows only are given to it; listwise is what it does with gaps as well.
    return pingouin.cronbach_alpha(pandas.DataFrame(rows), nan_policy="listwise")


@pytest.mark.parametrize("n, k", [(5, 2), (30, 6), (200, 20), (500, 56)])
def test_alpha_and_interval_agree_with_pingouin(n, k):
    rows = simulated(n + k, n, k)
    found = alpha(rows.tolist())
    second, interval = pingouin_alpha(rows)
    assert found == pytest.approx(second, abs=1e-9)
    # It rounds its interval to three digits.
    assert alpha_interval(found, n, k) == pytest.approx(tuple(interval), abs=0.00051)


@pytest.mark.parametrize(
    "rows, sentence",
    [
        ([], "a table of answers needs at least one item"),
        ([[1, 2]], "at least two complete rows are needed; there are 1"),
        ([[1, 2], [None, 2], [2, math.nan]], "at least two complete rows are needed; there are 1"),
        ([[1], [2], [3]], "at least 2 items are needed; there are 1"),
        ([[1, 2], [1, 2, 3]], "row 2 has 3 answers, row 1 has 2"),
        ([[1, 2], ["3", 2]], "row 2 has an answer that is not a number"),
        ([[1, 2], [{}, 2]], "a table of answers has numbers only"),
        ([[1, 2], [math.inf, 2]], "an answer is infinite"),
        ([[1, 2], [1, 2], [1, 2]], "alpha needs sums that differ"),
        # Every sum is 2, but for what rounding leaves of the covariances.
        ([[0.6, 0.3, 1.1], [0.0, 0.0, 2.0], [0.8, 0.9, 0.3], [0.6, 0.7, 0.7]], "sums that differ"),
        (np.array([1.0, 2.0]), "a table of answers has rows and columns"),
    ],
)
def test_alpha_says_what_is_wrong_with_a_table(rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        alpha(rows)


def test_a_table_that_is_refused_keeps_its_answers_to_itself():
    with pytest.raises(ValueError) as caught:
        alpha([[1, 2], ["a secret", 2]])
    assert "secret" not in str(caught.value)


# --- Feldt's interval -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found, k, n, low, high",
    [
        (0.80, 6, 30, 0.66, 0.89),
        (0.80, 6, 100, 0.73, 0.86),
        (0.80, 6, 500, 0.77, 0.83),
        (0.89, 12, 20, 0.80, 0.95),
        (0.89, 12, 50, 0.84, 0.93),
        (0.89, 12, 300, 0.87, 0.91),
    ],
)
def test_interval_of_the_reference_table(found, k, n, low, high):
    assert alpha_interval(found, n, k) == pytest.approx((low, high), abs=0.0051)


@given(st.integers(2, 100_000), st.integers(2, 60), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_interval_agrees_with_the_f_distribution_of_scipy(n, k, level):
    first, second = n - 1, (n - 1) * (k - 1)
    ends = scipy.stats.f.ppf([(1 + level) / 2, (1 - level) / 2], first, second)
    expected = 1 - (1 - 0.8) * ends
    assert alpha_interval(0.8, n, k, level) == pytest.approx(tuple(expected), rel=1e-9, abs=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.5, 10**6), st.floats(0.5, 10**6))
def test_f_quantile_agrees_with_scipy(share, first, second):
    expected = scipy.stats.f.ppf(share, first, second)
    assert f_quantile(share, first, second) == pytest.approx(expected, rel=1e-9)


def test_incomplete_beta_at_its_ends():
    assert (incomplete_beta(0, 2, 3), incomplete_beta(1, 2, 3)) == (0, 1)
    assert incomplete_beta(0.5, 4, 4) == pytest.approx(0.5)


def test_interval_of_a_perfect_alpha_has_no_width():
    assert alpha_interval(1, 30, 7) == (1, 1)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((1.1, 30, 7), "alpha must be a number of at most 1"),
        ((math.nan, 30, 7), "alpha must be a number of at most 1"),
        ((0.8, 1, 7), "an interval needs two rows and two items, not 1 and 7"),
        ((0.8, 30, 1), "an interval needs two rows and two items, not 30 and 1"),
        ((0.8, 30, 7, 1), "level must lie strictly between 0 and 1"),
        ((0.8, 30, 7, math.nan), "level must lie strictly between 0 and 1"),
    ],
)
def test_interval_refuses_impossible_arguments(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        alpha_interval(*arguments)


def test_f_quantile_refuses_impossible_arguments():
    with pytest.raises(ValueError, match="share"):
        f_quantile(1, 3, 4)
    with pytest.raises(ValueError, match="degrees of freedom"):
        f_quantile(0.5, 0, 4)


# --- omega ----------------------------------------------------------------------------------------


def test_omega_of_attitude(attitude):
    assert omega(attitude) == pytest.approx(0.85632677, abs=1e-6)


def statsmodels_omega(rows: np.ndarray) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = Factor(rows, 1, method="ml").fit(maxiter=5000, tol=1e-12)
    deviations = rows.std(axis=0, ddof=1)
    common = (fit.loadings[:, 0] * deviations).sum() ** 2
    return common / (common + (fit.uniqueness * deviations**2).sum())


@pytest.mark.parametrize("n, k", [(100, 4), (100, 6), (200, 12), (300, 20), (500, 56)])
def test_omega_agrees_with_statsmodels(n, k):
    rows = simulated(n + k, n, k)
    moments = Moments.of(rows)
    assert moments.factor().bounded == ()
    assert moments.omega() == pytest.approx(statsmodels_omega(rows), abs=1e-6)


def test_a_factor_is_found_again_in_the_covariances_it_makes():
    loadings, uniquenesses = np.array([3.0, 2.0, 1.0, 0.5]), np.array([4.0, 1.0, 0.25, 2.0])
    found = one_factor(np.outer(loadings, loadings) + np.diag(uniquenesses))
    assert found.loadings == pytest.approx(tuple(loadings), abs=1e-6)
    assert found.uniquenesses == pytest.approx(tuple(uniquenesses), abs=1e-6)
    assert found.bounded == ()
    assert found.omega == pytest.approx(6.5**2 / (6.5**2 + 7.25), abs=1e-8)


def test_three_items_are_fitted_exactly():
    # Each loading follows from the three correlations: sqrt(r12 r13 / r23).
    covariance = np.array([[1.0, 0.42, 0.48], [0.42, 1.0, 0.56], [0.48, 0.56, 1.0]])
    assert one_factor(covariance).loadings == pytest.approx((0.6, 0.7, 0.8), abs=1e-7)


def test_omega_does_not_depend_on_the_units_of_all_items_together():
    rows = simulated(4, 120, 8)
    assert omega(1000 * rows - 7) == pytest.approx(omega(rows), abs=1e-9)


def test_items_keyed_against_the_rest_lower_omega():
    rows = simulated(5, 200, 8)
    turned = rows.copy()
    turned[:, :3] *= -1
    assert omega(turned) < omega(rows) - 0.2


def test_a_uniqueness_that_would_vanish_is_kept_at_its_bound_and_said():
    # r12 r13 / r23 is above 1: the first item would have less than no variance of its own.
    covariance = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]])
    found = one_factor(covariance)
    assert found.bounded == (0,)
    assert found.uniquenesses[0] == pytest.approx(0.005)
    assert all(unique >= 0.005 for unique in found.uniquenesses)
    assert 0 < found.omega < 1


def test_omega_of_items_that_share_nothing_is_at_most_that_of_one_of_them():
    # Any one item may then carry the factor: the fit is the same.
    assert 0 <= one_factor(np.eye(5)).omega <= 1 / 5


@given(st.integers(0, 10_000), st.integers(3, 12), st.integers(0, 60))
def test_a_fit_has_no_better_one_nearby(seed, k, more):
    rows = simulated(seed, k + 5 + more, k, loading=0.4)
    covariance = np.cov(rows, rowvar=False)
    found = one_factor(covariance)
    loadings, uniquenesses = np.array(found.loadings), np.array(found.uniquenesses)

    def misfit(these: np.ndarray, those: np.ndarray) -> float:
        model = np.outer(these, these) + np.diag(those)
        return np.linalg.slogdet(model)[1] + np.trace(np.linalg.solve(model, covariance))

    least = np.array(found.uniquenesses)
    best = misfit(loadings, uniquenesses)
    random = np.random.default_rng(seed)
    for size in (1e-1, 1e-2, 1e-3, 1e-4):
        other = loadings * (1 + size * random.normal(size=k))
        those = uniquenesses * np.exp(size * random.normal(size=k))
        bounded = list(found.bounded)
        those[bounded] = np.maximum(those[bounded], least[bounded])
        assert misfit(other, those) >= best - 1e-9


@pytest.mark.parametrize(
    "rows, sentence",
    [
        ([[1, 2], [2, 1], [3, 3]], "at least 3 items are needed; there are 2"),
        ([[1, 2, 3], [2, None, 1]], "at least two complete rows are needed; there are 1"),
        ([[1, 2, 3], [2, 2, 1], [4, 2, 2], [5, 2, 0]], "item 2 has one answer throughout"),
        ([[1, 1, 3], [2, 2, 1], [4, 4, 2], [5, 5, 0]], "none is determined by the others"),
        ([[1, 2, 3], [2, 1, 1]], "none is determined by the others"),
    ],
)
def test_omega_says_what_is_wrong_with_a_table(rows, sentence):
    with pytest.raises(ValueError, match=sentence):
        omega(rows)


# --- item statistics ------------------------------------------------------------------------------


def test_item_statistics_of_attitude(attitude):
    found = item_statistics(attitude)
    assert [item.item_rest for item in found] == pytest.approx(
        [0.671262057, 0.742109710, 0.560711111, 0.714445498, 0.786275594, 0.265034339, 0.460810549],
        abs=1e-8,
    )
    assert [item.alpha_if_deleted for item in found] == pytest.approx(
        [0.809760206, 0.796917457, 0.827847866, 0.803030975, 0.795386574, 0.863872311, 0.840464868],
        abs=1e-6,
    )
    columns = np.array(attitude)
    assert [item.mean for item in found] == pytest.approx(list(columns.mean(axis=0)))
    assert [item.sd for item in found] == pytest.approx(list(columns.std(axis=0, ddof=1)))
    assert [(item.n, item.missing) for item in found] == [(30, 0.0)] * 7


ROWS = [
    [0, 1, 5],
    [0, 2, None],
    [5, 3, 4],
    [3, None, 3],
    [1, 4, 5],
]


def test_item_statistics_count_all_answers_and_relate_complete_rows():
    first, second, third = item_statistics(ROWS, minimum=0, maximum=5)
    assert (first.n, second.n, third.n) == (5, 4, 4)
    assert (first.missing, second.missing, third.missing) == pytest.approx((0, 0.2, 0.2))
    assert (first.mean, second.mean, third.mean) == (1.8, 2.5, 4.25)
    assert second.sd == pytest.approx(np.std([1, 2, 3, 4], ddof=1))
    assert (first.floor, second.floor, third.floor) == (0.4, 0.0, 0.0)
    assert (first.ceiling, second.ceiling, third.ceiling) == (0.2, 0.0, 0.5)
    whole = np.array([[0, 1, 5], [5, 3, 4], [1, 4, 5]])
    rest = np.corrcoef(whole[:, 0], whole[:, 1] + whole[:, 2])[0, 1]
    assert first.item_rest == pytest.approx(rest)
    assert first.alpha_if_deleted == pytest.approx(alpha(whole[:, 1:].tolist()))


def test_floor_and_ceiling_without_options_are_those_of_the_table():
    first, second, third = item_statistics([[2, 4, 3], [2, 3, 4], [3, 4, 3], [2, 3, 3]])
    assert (first.floor, second.floor, third.floor) == (0.75, 0, 0)
    assert (first.ceiling, second.ceiling, third.ceiling) == (0, 0.5, 0.25)


def test_floor_and_ceiling_take_the_options_of_each_item():
    found = item_statistics([[0, 1], [3, 4], [1, 2]], minimum=[0, 1], maximum=[5, 4])
    assert [item.floor for item in found] == pytest.approx([1 / 3, 1 / 3])
    assert [item.ceiling for item in found] == pytest.approx([0, 1 / 3])


def test_item_statistics_have_gaps_where_nothing_varies():
    flat, first, _ = item_statistics([[2, 1, 1], [2, 2, 3], [2, 3, 2]])
    assert (flat.sd, flat.item_rest) == (0.0, None)
    assert first.item_rest is not None
    one, other = item_statistics([[1, 1], [2, 3], [3, 2]])
    assert (one.alpha_if_deleted, other.alpha_if_deleted) == (None, None)
    assert one.item_rest == pytest.approx(0.5)


def test_an_item_that_nobody_answered_has_no_figures():
    moments = Moments(3)
    moments.add([[1, 2, None], [2, 3, None]])
    assert moments.complete == 0
    with pytest.raises(ValueError, match="at least two complete rows are needed; there are 0"):
        moments.item_statistics()


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"minimum": 1}, "item 1 has an answer outside its options"),
        ({"maximum": [5, 4, 4]}, "item 3 has an answer outside its options"),
        ({"minimum": [0, 1]}, "minimum needs one value, or one for each of 3 items"),
        ({"maximum": math.inf}, "maximum must be finite"),
    ],
)
def test_item_statistics_refuse_options_that_do_not_fit(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        item_statistics(ROWS, **options)


# --- in batches -----------------------------------------------------------------------------------


def with_gaps(seed: int, n: int, k: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    table = np.clip(np.round(simulated(seed, n, k) - 45), 0, 9)
    table[random.random(table.shape) < 0.05] = math.nan
    return table


def assert_same(one: Moments, other: Moments) -> None:
    assert (one.rows, one.complete) == (other.rows, other.complete)
    assert one.alpha() == pytest.approx(other.alpha(), abs=1e-12)
    assert one.omega() == pytest.approx(other.omega(), abs=1e-9)
    for mine, theirs in zip(one.item_statistics(), other.item_statistics(), strict=True):
        assert vars(mine) == pytest.approx(vars(theirs), abs=1e-12)


@pytest.mark.parametrize("options", [{}, {"minimum": 0, "maximum": 9}])
def test_batches_give_what_the_whole_table_gives(options):
    table = with_gaps(1, 400, 6)
    whole = Moments.of(table, **options)
    batches = Moments(6, **options)
    for start in range(0, 400, 37):
        batches.add(table[start : start + 37])
    assert_same(batches, whole)


def test_single_rows_and_empty_batches_add_up():
    rows = [[1, 2, None], [2, 2, 3], [4, 3, 5], [None, None, None], [3, 5, 4], [5, 4, 2]]
    moments = Moments(3)
    moments.add([])
    for row in rows:
        moments.add([row])
        moments.add(np.empty((0, 3)))
    assert_same(moments, Moments.of(rows))


def test_large_values_do_not_drown_the_variance():
    rows = simulated(3, 200, 5)
    moments = Moments(5)
    for start in range(0, 200, 20):
        moments.add(rows[start : start + 20] + 1e9)
    assert moments.alpha() == pytest.approx(alpha(rows), abs=1e-6)


def test_equal_answers_in_batches_have_no_variance_at_all():
    moments = Moments(2)
    for _ in range(10):
        moments.add([[0.1, 0.7]] * 7)
    with pytest.raises(ValueError, match="alpha needs sums that differ"):
        moments.alpha()
    assert [item.sd for item in moments.item_statistics()] == [0.0, 0.0]


def test_correlation_is_of_the_sums_of_columns():
    rows = simulated(8, 150, 6)
    expected = np.corrcoef(rows[:, [0, 2]].sum(axis=1), rows[:, [1, 4, 5]].sum(axis=1))[0, 1]
    assert Moments.of(rows).correlation([0, 2], [1, 4, 5]) == pytest.approx(expected)
    assert Moments.of(rows).correlation([3], [3]) == pytest.approx(1)
    assert Moments.of([[1, 2], [1, 3], [1, 4]]).correlation([0], [1]) is None


def test_moments_refuse_what_does_not_belong_together():
    moments = Moments(3)
    with pytest.raises(ValueError, match="a row needs 3 answers, not 2"):
        moments.add([[1, 2]])
    with pytest.raises(ValueError, match="at least one item"):
        Moments(0)
    assert moments.rows == 0


def test_many_rows_are_gathered_in_little_memory_and_time():
    """100,000 x 56 in batches; the nightly task has 60 seconds and 500 MB for it."""
    import time
    import tracemalloc

    random = np.random.default_rng(0)
    batch = random.integers(0, 6, (5_000, 56)).astype(float) + random.integers(0, 3, (5_000, 1))
    tracemalloc.start()
    started = time.perf_counter()
    moments = Moments(56, minimum=0, maximum=7)
    for _ in range(20):
        moments.add(batch)
    figures = moments.alpha(), moments.omega(), moments.item_statistics()
    taken = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert moments.complete == 100_000
    assert 0.5 < figures[0] < figures[1] + 0.01
    assert peak < 40_000_000
    assert taken < 15
