"""The figures of a questionnaire from many people: who counts, once, and from how many on."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from assessments.measurement.definition import parse
from assessments.measurement.reliability import (
    Estimates,
    alpha,
    alpha_interval,
    correlation_interval,
    item_statistics,
    omega,
)

SHIPPED = Path(__file__).parents[2] / "assessments" / "instruments"


@pytest.fixture(scope="module")
def weekly():
    return parse((SHIPPED / "causeway-weekly-1.toml").read_text())


def sheets(instrument, people, seed=3):
    """Answers of people who differ, by item."""
    chance = np.random.default_rng(seed)
    made = []
    for _person in range(people):
        sheet = {}
        for scale in instrument.scales:
            level = chance.normal(2.5, 1)
            for keyed in scale.keyed_items:
                value = int(np.clip(round(chance.normal(level, 1.2)), 0, 5))
                sheet[keyed.code] = 5 - value if keyed.reverse else value
        made.append(sheet)
    return made


def keyed(instrument, scale, rows):
    """The table of a scale, reversed items turned: what the plain functions take."""
    items = instrument.scale(scale).keyed_items
    return [[5 - row[i.code] if i.reverse else row[i.code] for i in items] for row in rows]


def estimated(instrument, people):
    estimates = Estimates(instrument)
    for person in people:
        estimates.add(person)
    return estimates.figures()


def test_figures_are_those_of_the_whole_table(weekly):
    """Also over the border of two batches."""
    rows = sheets(weekly, 4_100)
    found = estimated(weekly, ([row] for row in rows))
    for scale in weekly.scales:
        table, figures = keyed(weekly, scale.code, rows), found["scales"][scale.code]
        a = alpha(table)
        assert figures["n"] == 4_100
        assert figures["alpha"]["value"] == pytest.approx(a, abs=1e-12)
        interval = alpha_interval(a, 4_100, len(table[0]))
        assert (figures["alpha"]["low"], figures["alpha"]["high"]) == pytest.approx(interval)
        assert figures["omega"]["value"] == pytest.approx(omega(table), abs=1e-9)
        sums = np.sum(table, axis=1)
        width = scale.maximum - scale.minimum
        assert figures["sd"] == pytest.approx(100 * np.std(sums, ddof=1) / width)
        assert figures["mean"] == pytest.approx(100 * np.mean(sums) / width)
        for one, other in zip(
            figures["item_statistics"], item_statistics(table, 0, 5), strict=True
        ):
            for name in ("mean", "sd", "floor", "ceiling", "item_rest", "alpha_if_deleted"):
                assert one[name] == pytest.approx(getattr(other, name), abs=1e-12)
            assert one["missing"] == 0


def test_claimed_independence_against_counter_dependence(weekly):
    rows = sheets(weekly, 150)
    found = estimated(weekly, ([row] for row in rows))["sign_test"]
    sums = [np.sum(keyed(weekly, code, rows), axis=1) for code in ("IND", "CDP")]
    known = scipy.stats.pearsonr(*sums)
    assert found["n"] == 150
    assert found["r"] == pytest.approx(known.statistic, abs=1e-12)
    interval = known.confidence_interval(0.95)
    assert (found["low"], found["high"]) == pytest.approx((interval.low, interval.high), abs=1e-6)


def test_only_instruments_with_both_scales_have_the_sign_test(instrument):
    assert estimated(instrument, [])["sign_test"] is None


@pytest.mark.parametrize(
    "people, alpha_there, item_rest_there, omega_there",
    [
        (49, False, False, False),
        (50, True, False, False),
        (99, True, False, False),
        (100, True, True, False),
        (199, True, True, False),
        (200, True, True, True),
    ],
)
def test_nothing_stands_on_too_few_people(
    weekly, people, alpha_there, item_rest_there, omega_there
):
    found = estimated(weekly, ([row] for row in sheets(weekly, people)))
    scale = found["scales"]["CDP"]
    assert scale["n"] == people
    assert ("alpha" in scale) == alpha_there
    assert ("item_statistics" in scale) == ("sd" in scale) == alpha_there
    items = scale.get("item_statistics", [])
    assert any("item_rest" in row for row in items) == item_rest_there
    assert any("alpha_if_deleted" in row for row in items) == item_rest_there
    assert ("omega" in scale) == omega_there
    assert ("r" in found["sign_test"]) == item_rest_there


def test_person_is_one_row_whatever_they_sent_later(weekly):
    first, later = sheets(weekly, 60), sheets(weekly, 60, seed=4)
    once = estimated(weekly, ([row] for row in first))
    often = estimated(weekly, ([a, b, b] for a, b in zip(first, later, strict=True)))
    assert often == once


def test_first_complete_form_of_each_scale_counts(weekly):
    """Who left one question open at first is a row by the next form, for that scale alone."""
    first, later = sheets(weekly, 60), sheets(weekly, 60, seed=4)
    opened = [{**row, "CDP04": None} for row in first]
    found = estimated(weekly, ([a, b] for a, b in zip(opened, later, strict=True)))
    by_first = estimated(weekly, ([row] for row in first))["scales"]
    by_later = estimated(weekly, ([row] for row in later))["scales"]
    assert found["scales"]["IND"] == by_first["IND"]
    assert found["scales"]["CDP"]["alpha"] == by_later["CDP"]["alpha"]
    assert found["scales"]["CDP"]["incomplete"] == 0
    shares = {row["item"]: row["missing"] for row in found["scales"]["CDP"]["item_statistics"]}
    assert shares == {code: float(code == "CDP04") for code in shares}


def test_who_never_answered_all_of_a_scale_is_no_row_of_its_alpha(weekly):
    rows = sheets(weekly, 61)
    never = {code: value for code, value in rows[60].items() if code != "CDP04"}
    found = estimated(weekly, [*([row] for row in rows[:60]), [never, never]])
    scale = found["scales"]["CDP"]
    assert (scale["n"], scale["incomplete"]) == (60, 1)
    assert scale["alpha"]["value"] == pytest.approx(alpha(keyed(weekly, "CDP", rows[:60])))
    assert found["scales"]["IND"]["n"] == 61
    assert found["sign_test"]["n"] == 60


def test_nobody_is_read_further_than_needed(weekly):
    (row,) = sheets(weekly, 1)

    def answers():
        yield row
        raise AssertionError("a second form was read")

    assert Estimates(weekly).add(answers())
    assert not Estimates(weekly).add([])


def test_figures_that_cannot_be_worked_out_say_why(weekly):
    same = [{item.code: 2 for item in weekly.items}] * 200
    found = estimated(weekly, ([row] for row in same))
    scale = found["scales"]["IND"]
    assert scale["alpha"] == {"why": "no_variance"}
    assert scale["omega"] == {"why": "no_factor"}
    assert found["sign_test"] == {"n": 200, "why": "no_variance"}
    assert all(row["item_rest"] is None for row in scale["item_statistics"])


def test_interval_of_a_correlation():
    low, high = correlation_interval(0.5, 28)
    assert (math.atanh(low), math.atanh(high)) == pytest.approx(
        (math.atanh(0.5) - 1.959964 / 5, math.atanh(0.5) + 1.959964 / 5)
    )
    assert correlation_interval(-1, 10) == (-1, -1)
    for r, n in ((0.1, 3), (1.1, 10)):
        with pytest.raises(ValueError):
            correlation_interval(r, n)
