"""Windows of an assignment across clock changes, leap days and year ends."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.schedule import (
    Cadence,
    Window,
    reminder_at,
    session_window,
    windows,
)

LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
APIA = ZoneInfo("Pacific/Apia")
# What follows no session.
BY_DAY = [cadence for cadence in Cadence if not cadence.by_appointment]
ZONES = [LONDON, BERLIN, NEW_YORK, SYDNEY, LORD_HOWE, KATHMANDU, APIA, ZoneInfo("UTC")]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_weekly_windows_follow_each_other_without_gap():
    assert windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, None, count=3) == [
        Window(0, utc(2026, 1, 5, 6), utc(2026, 1, 12, 6)),
        Window(1, utc(2026, 1, 12, 6), utc(2026, 1, 19, 6)),
        Window(2, utc(2026, 1, 19, 6), utc(2026, 1, 26, 6)),
    ]


@pytest.mark.parametrize(
    "cadence, days",
    [("four_weeks", 28), ("six_weeks", 42), ("eight_weeks", 56), ("twelve_weeks", 84)],
)
def test_long_cadences_close_after_14_days(cadence, days):
    first, second = windows(Cadence(cadence), date(2026, 1, 5), LONDON, None, count=2)
    assert first.closes - first.opens == timedelta(days=14)
    assert second.opens.astimezone(LONDON).date() - date(2026, 1, 5) == timedelta(days=days)


def test_two_weeks_close_when_the_next_one_opens():
    first, second = windows(Cadence.TWO_WEEKS, date(2026, 3, 23), LONDON, None, count=2)
    assert first.closes == second.opens == utc(2026, 4, 6, 5)


def test_once_has_a_single_window_of_14_days():
    found = windows(Cadence.ONCE, date(2026, 1, 5), BERLIN, None, count=5)
    assert found == [Window(0, utc(2026, 1, 5, 5), utc(2026, 1, 19, 5))]
    assert windows(Cadence.ONCE, date(2026, 1, 5), BERLIN, None, start=1, count=5) == []


def test_cadence_may_be_given_by_its_stored_code():
    assert windows("weekly", date(2026, 1, 5), LONDON, None) == windows(
        Cadence.WEEKLY, date(2026, 1, 5), LONDON, None, count=1
    )


@pytest.mark.parametrize(
    "zone, first_on, before, after",
    [
        (LONDON, date(2026, 3, 23), utc(2026, 3, 23, 6), utc(2026, 3, 30, 5)),
        (LONDON, date(2026, 10, 19), utc(2026, 10, 19, 5), utc(2026, 10, 26, 6)),
        (NEW_YORK, date(2026, 3, 2), utc(2026, 3, 2, 11), utc(2026, 3, 9, 10)),
        (NEW_YORK, date(2026, 10, 26), utc(2026, 10, 26, 10), utc(2026, 11, 2, 11)),
        (SYDNEY, date(2026, 3, 30), utc(2026, 3, 29, 19), utc(2026, 4, 5, 20)),
        (SYDNEY, date(2026, 9, 28), utc(2026, 9, 27, 20), utc(2026, 10, 4, 19)),
        (LORD_HOWE, date(2026, 3, 30), utc(2026, 3, 29, 19), utc(2026, 4, 5, 19, 30)),
        (KATHMANDU, date(2026, 3, 30), utc(2026, 3, 30, 0, 15), utc(2026, 4, 6, 0, 15)),
    ],
)
def test_window_opens_at_six_on_the_wall_on_both_sides_of_a_clock_change(
    zone, first_on, before, after
):
    first, second = windows(Cadence.WEEKLY, first_on, zone, None, count=2)
    assert (first.opens, second.opens) == (before, after)


def test_window_on_the_very_day_of_a_clock_change_opens_at_the_new_six():
    assert windows(Cadence.ONCE, date(2026, 3, 29), LONDON, None)[0].opens == utc(2026, 3, 29, 5)
    assert windows(Cadence.ONCE, date(2026, 10, 25), LONDON, None)[0].opens == utc(2026, 10, 25, 6)


def test_window_due_on_a_day_that_the_zone_skipped_opens_when_it_would_have_been():
    # Samoa had no 30 December 2011: that morning and the next one's are the same instant.
    opens = utc(2011, 12, 30, 16)
    assert windows(Cadence.ONCE, date(2011, 12, 30), APIA, None)[0].opens == opens
    assert windows(Cadence.ONCE, date(2011, 12, 31), APIA, None)[0].opens == opens


def test_window_opens_at_the_first_of_two_sixes():
    # Clock changes of today spare the morning; Kwajalein lived most of 30 September 1969 twice.
    kwajalein = ZoneInfo("Pacific/Kwajalein")
    six, again = utc(1969, 9, 29, 19), utc(1969, 9, 30, 18)
    assert six.astimezone(kwajalein).replace(fold=0) == again.astimezone(kwajalein).replace(fold=0)
    assert windows(Cadence.ONCE, date(1969, 9, 30), kwajalein, None)[0].opens == six


def test_windows_cross_a_leap_day_and_the_turn_of_the_year():
    leap = windows(Cadence.WEEKLY, date(2028, 2, 22), LONDON, None, count=3)
    assert [window.opens.date() for window in leap] == [
        date(2028, 2, 22),
        date(2028, 2, 29),
        date(2028, 3, 7),
    ]
    year = windows(Cadence.WEEKLY, date(2026, 12, 28), LONDON, None, count=2)
    assert [window.opens.date() for window in year] == [date(2026, 12, 28), date(2027, 1, 4)]
    born_on_leap_day = windows(Cadence.TWELVE_WEEKS, date(2028, 2, 29), LONDON, None, count=2)
    assert born_on_leap_day[1].opens.date() == date(2028, 5, 23)


def test_no_window_opens_after_the_end():
    end = date(2026, 1, 19)
    found = windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, end, count=10)
    assert [window.number for window in found] == [0, 1, 2]
    # The last one opens on the end itself and stays open for its whole time.
    assert found[-1].closes == utc(2026, 1, 26, 6)
    assert windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, date(2026, 1, 4), count=10) == []


def test_windows_may_be_asked_for_in_parts():
    whole = windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, None, count=60)
    parts = [
        window
        for start in range(0, 60, 20)
        for window in windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, None, start, 20)
    ]
    assert parts == whole


def test_no_windows_are_none():
    assert windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, None, count=0) == []


@pytest.mark.parametrize(
    "cadence, days, open_days",
    [("weekly", 3, 3), ("weekly", 10, 7), ("twelve_weeks", 30, 30), ("once", 30, 30)],
)
def test_window_is_as_long_as_asked_yet_ends_when_the_next_one_opens(cadence, days, open_days):
    [window] = windows(
        Cadence(cadence), date(2026, 1, 5), LONDON, None, window_days=days, opens_at=time(18, 30)
    )
    assert window.opens == utc(2026, 1, 5, 18, 30)
    assert window.closes - window.opens == timedelta(days=open_days)


@pytest.mark.parametrize("start, count", [(-1, 1), (0, -1)])
def test_windows_refuse_negative_numbers(start, count):
    with pytest.raises(ValueError):
        windows(Cadence.WEEKLY, date(2026, 1, 5), LONDON, None, start, count)


def test_windows_refuse_times_in_the_place_of_days_and_days_outside_the_calendar():
    with pytest.raises(ValueError):
        windows(Cadence.WEEKLY, datetime(2026, 1, 5), LONDON, None)
    with pytest.raises(ValueError):
        windows(Cadence.WEEKLY, date(9999, 12, 30), LONDON, None)
    with pytest.raises(ValueError):
        windows("daily", date(2026, 1, 5), LONDON, None)


days = st.dates(date(1990, 1, 1), date(2060, 1, 1))


@given(st.sampled_from(BY_DAY), days, st.sampled_from(ZONES), st.integers(0, 300))
def test_windows_are_ordered_half_open_and_open_at_six(cadence, first_on, zone, start):
    found = windows(cadence, first_on, zone, None, start, 3)
    for window in found:
        assert window.opens.tzinfo is UTC
        assert window.opens < window.closes
        wall = window.opens.astimezone(zone)
        due = first_on + timedelta(days=window.number * (cadence.days or 0))
        if due != date(2011, 12, 30) or zone is not APIA:
            assert (wall.date(), wall.hour, wall.minute) == (due, 6, 0)
    for earlier, later in pairwise(found):
        assert earlier.closes <= later.opens
        assert later.number == earlier.number + 1


def test_first_date_stands_and_those_after_it_fall_on_the_day_of_the_week():
    found = windows(Cadence.TWELVE_WEEKS, date(2026, 11, 4), LONDON, None, count=3, weekday=0)
    days = [window.opens.astimezone(LONDON).date() for window in found]
    assert days == [date(2026, 11, 4), date(2027, 2, 1), date(2027, 4, 26)]


# --- Sessions -----------------------------------------------------------------------------------

BEGINS, ENDS = utc(2026, 1, 8, 14), utc(2026, 1, 8, 14, 50)


@pytest.mark.parametrize(
    "cadence, days, opens, closes",
    [
        ("before_session", None, utc(2026, 1, 6, 14), BEGINS),
        ("before_session", 1, utc(2026, 1, 7, 14), BEGINS),
        ("after_session", None, ENDS, utc(2026, 1, 11, 14, 50)),
        ("after_session", 7, ENDS, utc(2026, 1, 15, 14, 50)),
    ],
)
def test_form_of_a_session_lies_before_or_behind_it(cadence, days, opens, closes):
    found = session_window(Cadence(cadence), BEGINS, ENDS, window_days=days)
    assert found == Window(0, opens, closes)
    assert session_window(Cadence(cadence), BEGINS, ENDS, 4, days) == Window(4, opens, closes)


def test_what_follows_sessions_has_no_interval_and_the_other_way_round():
    for cadence in Cadence:
        if cadence.by_appointment:
            assert cadence.days is None
            with pytest.raises(ValueError):
                windows(cadence, date(2026, 1, 5), LONDON, None)
        else:
            assert len(windows(cadence, date(2026, 1, 5), LONDON, None)) == 1
            with pytest.raises(ValueError):
                session_window(cadence, BEGINS, ENDS)


# --- Reminders ----------------------------------------------------------------------------------


def test_reminders_come_at_the_wall_time_of_the_opening_across_a_clock_change():
    opened, closes = utc(2026, 3, 27, 6), utc(2026, 4, 10, 5)  # 06:00 in London, then an hour on
    due = [reminder_at(opened, closes, LONDON, (4, 2, 4), sent) for sent in range(3)]
    assert due == [utc(2026, 3, 29, 5), utc(2026, 3, 31, 5), None]


def test_no_reminder_is_due_once_the_form_has_closed():
    opened = utc(2026, 1, 5, 6)
    assert reminder_at(opened, utc(2026, 1, 7, 6), LONDON, (2,), 0) is None
    assert reminder_at(opened, utc(2026, 1, 7, 6, 1), LONDON, (2,), 0) == utc(2026, 1, 7, 6)
    assert reminder_at(opened, utc(2026, 1, 12, 6), LONDON, (), 0) is None
