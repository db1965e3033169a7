"""Plans in words: one place for what every page says about them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from assessments.actions.plans import Settings
from assessments.models import Assignment
from assessments.wording import plans as words
from assessments.wording.plans import Form
from tests import factories_assessments as asked
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 2)  # a Monday
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


def form(code: str = asked.WEEKLY, cadence: str = "weekly", **more) -> Form:
    return Form(asked.instrument(code), cadence, **more)


def said(*forms: Form, **settings) -> list[str]:
    found = words.plan_words(forms, Settings(**settings), TODAY)
    return [f"{name} {when}" for name, when in found.forms]


def delivered(*forms: Form, has_address: bool = True, **settings) -> str:
    return words.plan_words(
        forms or [form()], Settings(**settings), TODAY, has_address=has_address
    ).delivery


def test_battery_that_is_given_today_reads_as_one_sentence():
    forms = [
        form(asked.LONG, "twelve_weeks", first_on=TODAY),
        form(first_on=TODAY + WEEK),
        form(asked.LONG, "at_end", first_on=TODAY),
    ]
    settings = Settings(window_days=7, reminder_days=(2, 4))
    assert words.plan_words(forms, settings, TODAY).sentence == (
        "Long form today, then every twelve weeks, and at the end of care; "
        "Weekly form every Monday between. "
        "By mail at 06:00, open for 7 days, reminders after 2 and 4 days."
    )


def test_battery_that_nobody_has_been_given_counts_from_the_start():
    assert said(
        form(asked.LONG, "twelve_weeks", after_days=0),
        form(after_days=7),
        form(asked.SAFETY, "once", after_days=10),
    ) == [
        "Long form at the start, then every twelve weeks",
        "Weekly form every week between",
        "Safety check once, 10 days after the start",
    ]


@pytest.mark.parametrize(
    "first_on, expected",
    [
        (TODAY, "today, then every Monday"),
        (TODAY + DAY, "tomorrow, then every Tuesday"),
        (TODAY + WEEK, "on Monday 9 November, then every Monday"),
        (date(2027, 1, 4), "on Monday 4 January 2027, then every Monday"),
        (TODAY - WEEK, "every Monday"),
    ],
)
def test_beginning_is_named_until_it_has_been(first_on, expected):
    assert said(form(first_on=first_on)) == [f"Weekly form {expected}"]


@pytest.mark.parametrize(
    "cadence, weekday, expected",
    [
        ("weekly", 4, "every Friday"),
        ("two_weeks", 4, "every second Friday"),
        ("two_weeks", None, "every second Monday"),
        ("four_weeks", None, "every four weeks"),
        ("four_weeks", 4, "every four weeks, on a Friday"),
    ],
)
def test_day_of_the_week_is_named_where_it_helps(cadence, weekday, expected):
    given = form(cadence=cadence, first_on=TODAY - 8 * WEEK)
    assert said(given, weekday=weekday) == [f"Weekly form {expected}"]


@pytest.mark.parametrize(
    "more, expected",
    [
        ({"times": 6}, "every Monday, six times in all"),
        ({"times": 1, "first_on": TODAY}, "once, today"),
        ({"ends_on": date(2027, 3, 1)}, "every Monday, until 1 March 2027"),
    ],
)
def test_end_is_named(more, expected):
    assert said(form(**{"first_on": TODAY - WEEK, **more})) == [f"Weekly form {expected}"]


@pytest.mark.parametrize(
    "cadence, window, expected",
    [
        ("before_session", None, "in the two days before each session"),
        ("before_session", 1, "on the day before each session"),
        ("after_session", None, "in the three days after each session"),
    ],
)
def test_forms_that_follow_sessions(cadence, window, expected):
    given = form(cadence=cadence, first_on=TODAY)
    assert said(given, window_days=window) == [f"Weekly form {expected}"]
    # Neither an hour nor a window of their own.
    assert delivered(given, window_days=window) == "By mail, no reminder."


def test_form_given_once_keeps_its_day():
    assert said(form(cadence="once", first_on=TODAY - DAY)) == [
        "Weekly form once, on Sunday 1 November"
    ]


@pytest.mark.parametrize(
    "weekly, between",
    [
        (TODAY + WEEK, True),
        (TODAY + WEEK + DAY, False),  # never meets the long form
        (TODAY + 4 * WEEK, False),  # a long way after its start
    ],
)
def test_between_is_said_only_where_the_long_form_takes_the_place(weekly, between):
    found = said(form(asked.LONG, "twelve_weeks", first_on=TODAY), form(first_on=weekly))
    assert found[1].endswith("between") is between


def test_between_holds_of_a_plan_that_has_long_been_going_on():
    old = form(asked.LONG, "twelve_weeks", first_on=TODAY - 30 * WEEK)
    assert said(old, form(first_on=TODAY - 2 * WEEK))[1] == "Weekly form every Monday between"


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({}, "By mail at 06:00, open until the next one, no reminder."),
        ({"send_by": "sms"}, "By text message at 06:00, open until the next one, no reminder."),
        (
            {"send_by": "hand", "reminder_days": (2,)},
            "You hand the link over. Open until the next one.",
        ),
        ({"opens_at": time(17, 30)}, "By mail at 17:30, open until the next one, no reminder."),
        ({"window_days": 1}, "By mail at 06:00, open for 1 day, no reminder."),
        (
            {"window_days": 5, "reminder_days": (1,)},
            "By mail at 06:00, open for 5 days, a reminder after 1 day.",
        ),
        (
            {"reminder_days": (6, 2, 4)},
            "By mail at 06:00, open until the next one, reminders after 2, 4 and 6 days.",
        ),
    ],
)
def test_delivery(settings, expected):
    assert delivered(**settings) == expected


@pytest.mark.parametrize(
    "cadences, expected",
    [
        (["weekly", "two_weeks"], "open until the next one"),
        (["weekly", "twelve_weeks"], "open until the next one, for 14 days at the most"),
        (["twelve_weeks"], "open for 14 days"),
        (["once", "at_end"], "open for 14 days"),
    ],
)
def test_window_that_nobody_set(cadences, expected):
    forms = [form(cadence=cadence, first_on=TODAY) for cadence in cadences]
    assert delivered(*forms) == f"By mail at 06:00, {expected}, no reminder."


def test_client_who_cannot_be_reached_is_told_of():
    assert delivered(has_address=False, reminder_days=(2,)) == (
        "No mail address on record: you hand the link over. Open until the next one."
    )


def test_messages_that_would_go_out_in_quiet_hours_wait(harbour):
    assert words.quiet_words(Settings(), harbour) == (
        "Messages wait until 08:00, when the quiet hours of the practice end."
    )
    assert words.quiet_words(Settings(opens_at=time(8)), harbour) == ""
    assert words.quiet_words(Settings(send_by="hand"), harbour) == ""


def test_rule_that_is_switched_on_is_said():
    assert words.plan_words([form()], Settings(adapts=True), TODAY).adapts == (
        "Asks less often while nothing changes."
    )


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"cadence": "weekly"}, ""),
        (
            {"cadence": "two_weeks", "chosen_cadence": "weekly", "adapted_why": "stable"},
            "Every two weeks instead of every week since 2 Nov: six forms in a row were answered "
            "without a change beyond error.",
        ),
        (
            {"cadence": "weekly", "adapted_why": "alert"},
            "Back to every week since 2 Nov: an alert was raised.",
        ),
        (
            {"cadence": "weekly", "adapted_why": "missed"},
            "Back to every week since 2 Nov: a form was missed.",
        ),
    ],
)
def test_what_the_rule_has_done_is_said_with_its_reason(fields, expected, clock):
    assert words.adapted_words(Assignment(created_at=NOW, **fields)) == expected
