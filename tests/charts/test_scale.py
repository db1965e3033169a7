"""Scales and ticks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.charts import text
from assessments.charts.scale import (
    GAP,
    Linear,
    TimeAxis,
    day_number,
    english_date,
    nice_ticks,
)


def labels(first, last, length=600.0):
    axis = TimeAxis.between(first, last, 0, length)
    return [tick.label for tick in axis.ticks(english_date, 11, 20)]


def test_linear_scale_may_run_backwards():
    assert [Linear(100, 0, 0, 200)(v) for v in (100, 70, 0)] == [0, 60, 200]


def test_linear_scale_without_a_span_stands_in_the_middle():
    assert Linear(5, 5, 0, 10)(5) == 5


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 100, 5, [0, 25, 50, 75, 100]),
        (0, 100, 11, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
        (0, 1, 3, [0, 0.5, 1]),
        (3, 3, 5, [3]),
    ],
)
def test_ticks_are_round(low, high, most, ticks):
    assert nice_ticks(low, high, most) == ticks


def test_datetime_counts_by_its_own_clock():
    noon = datetime(2026, 5, 26, 12, tzinfo=UTC)
    assert day_number(noon) - day_number(date(2026, 5, 26)) == 0.5


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, ["26 May", "27 May"]),
        (5, ["26 May", "27 May", "28 May", "29 May", "30 May", "31 May"]),
        (60, ["1 Jun", "8 Jun", "15 Jun", "22 Jun", "29 Jun", "6 Jul", "13 Jul", "20 Jul"]),
        (182, ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]),
        (5 * 365, ["Jul", "2027", "Jul", "2028"]),
    ],
)
def test_ticks_follow_the_calendar(days, expected):
    found = labels(date(2026, 5, 26), date(2026, 5, 26) + timedelta(days))
    assert found[: len(expected)] == expected


def test_years_alone_are_ticked_where_the_axis_is_short():
    first, last = date(2021, 11, 1), date(2026, 10, 31)
    assert labels(first, last, 330) == ["2022", "2023", "2024", "2025", "2026"]
    assert labels(first, last, 210) == ["2022", "2024", "2026"]


def test_week_ticks_are_mondays():
    axis = TimeAxis.between(date(2026, 5, 26), date(2026, 7, 20), 0, 600)
    weekdays = {
        date.fromordinal(round(axis.first + tick.x * (axis.last - axis.first) / 600)).weekday()
        for tick in axis.ticks(english_date, 11)
    }
    assert weekdays == {0}


def test_one_moment_gets_an_axis_around_it():
    axis = TimeAxis.between(date(2026, 5, 26), date(2026, 5, 26), 0, 100)
    assert axis(date(2026, 5, 26)) == 50


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.integers(0, 6000),
    st.floats(40, 1200),
)
def test_tick_labels_never_touch(first, days, length):
    axis = TimeAxis.between(first, first + timedelta(days), 30, 30 + length)
    edge = 30 - 20.0 - GAP
    for tick in axis.ticks(english_date, 11, 20):
        half = text.width(tick.label, 11) / 2
        assert tick.x - half >= edge + GAP - 1e-9
        assert tick.x + half <= 30 + length + 20 + 1e-9
        edge = tick.x + half


def test_times_near_the_end_of_the_calendar_do_not_fail():
    assert labels(date(9999, 1, 1), date(9999, 12, 31))[0] == "9999"
