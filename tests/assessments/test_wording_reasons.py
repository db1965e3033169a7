"""The sentences of the caseload: figures with their error, and no word beyond the evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assessments import wording
from assessments.models import Signal
from tests.factories import NOW

CHANGES = {
    "CDP": {"difference": -31.2, "margin": 14.0},
    "IND": {"difference": 24.4, "margin": 14.0},
    "DEP": {"difference": 2.0, "margin": 16.0},
    "INT": {"difference": 4.0, "margin": 13.0},
}


def headline(code, **numbers):
    return wording.reason_words([{"code": code, **numbers}]).headline


@pytest.fixture(autouse=True)
def _page_zone(settings):
    with timezone.override("Europe/London"):
        yield


def test_scale_worse_names_change_error_and_forms():
    words = headline("scale_worse", scale="CDP", difference=14.3, margin=11.2, held=2)
    assert words == "Counter-dependence up 14, beyond error of 11, on the last two forms"


def test_scale_worse_says_down_for_a_scale_that_fell():
    words = headline("scale_worse", scale="IND", difference=-20.0, margin=16.0, held=12)
    assert words == "Independence down 20, beyond error of 16, on the last 12 forms"


def test_figures_that_round_alike_are_given_a_decimal():
    words = headline("scale_worse", scale="DEP", difference=14.4, margin=13.9, held=3)
    assert words == "Dependence up 14.4, beyond error of 13.9, on the last three forms"


def test_improvement_says_both_scales_and_the_balance():
    words = wording.reason_words([{"code": "toward_independence", **CHANGES}])
    assert words.headline == (
        "Moved toward independence: counter-dependence down 31 (error 14), "
        "independence up 24 (error 14)"
    )
    assert words.detail == "Balance up 28, beyond error of 10, on the last two forms."


def test_a_swing_is_no_step_forward():
    swung = {
        "DEP": {"difference": -20.0, "margin": 16.0},
        "CDP": {"difference": 31.2, "margin": 14.0},
    }
    words = wording.reason_words([{"code": "swing_to_counter_dependence", **swung}])
    assert words.headline == (
        "Swing into counter-dependence: dependence down 20 (error 16), "
        "counter-dependence up 31 (error 14)"
    )
    assert words.detail == (
        "The two have moved 51 points apart, beyond error of 21, on the last two forms: the "
        "pendulum to the other side, not a step toward independence."
    )


def test_claims_are_a_question():
    words = wording.reason_words([{"code": "claims_only", "mistaken": True, **CHANGES}])
    assert words.headline == (
        "Claims more independence: up 24 (error 14); counter-dependence not clearly lower"
    )
    assert words.detail == "Is this independence chosen, or is it distance that looks like it?"


def test_mistaken_autonomy_is_probable_and_a_question():
    words = wording.reason_words([{"code": "mistaken_autonomy", "probability": 0.83}])
    assert words.headline == ("Independence and counter-dependence are probably both high (83 %)")
    assert words.detail.endswith("?")


def test_an_alert_says_the_rule_and_that_nobody_has_seen_it(clock):
    reason = {"code": "alert", "at": "2026-11-23T10:00:00+00:00", "count": 1, "acknowledged": False}
    words = wording.reason_words([reason], message="Says so.")
    assert words.headline == "Answered a safety question on 23 Nov"
    assert words.detail == "Says so. Nobody has acknowledged it yet."


def test_stuck_is_not_yet_reliable_and_never_no_change():
    words = wording.reason_words([{"code": "stuck", "weeks": 11, "forms": 12}])
    assert words == wording.ReasonWords(
        "No reliable movement yet in 11 weeks", "12 forms since the start."
    )


@pytest.mark.parametrize(
    "forms, responses, expected",
    [
        (0, 0, "No form answered yet"),
        (0, 3, "Other forms only so far"),
        (1, 1, "First form answered"),
        (2, 2, "Two forms answered"),
    ],
)
def test_the_beginning_is_said_as_it_is(forms, responses, expected):
    assert headline("new", forms=forms, responses=responses) == expected


def test_missed_forms_are_counted_in_words():
    words = wording.reason_words([{"code": "missed", "count": 3, "last": None}])
    assert words == wording.ReasonWords("Missed three forms in a row", "No form answered yet.")


def test_a_second_reason_is_named_in_short():
    reasons = [
        {"code": "stuck", "weeks": 11, "forms": 12},
        {"code": "missed", "count": 2, "last": None},
    ]
    assert wording.reason_words(reasons).detail.endswith("Also: two forms missed in a row.")


def test_an_event_shortly_before_is_named_without_calling_it_the_cause(clock):
    event = SimpleNamespace(text="separated", on=date(2026, 11, 1))
    reason = {"code": "scale_worse", "scale": "CDP", "difference": 20, "margin": 9, "held": 2}
    with_event = wording.reason_words([reason], since=NOW, event=event)
    assert with_event.detail == "Since 2 Nov; “separated” was on 1 Nov."


def test_every_signal_has_a_mark_a_name_and_a_rule():
    assert set(wording.SIGNALS) == set(Signal)
    assert all(words.code and words.rule for words in wording.SIGNALS.values())


@pytest.mark.parametrize(
    "ago, expected",
    [
        (timedelta(minutes=5), "today"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(days=60), "60 days ago"),
        (None, "never"),
    ],
)
def test_days_ago_counts_days_of_the_calendar(ago, expected):
    assert wording.days_ago(None if ago is None else NOW - ago, NOW) == expected


@pytest.mark.parametrize(
    "ago, expected",
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_time_ago_says_how_long_an_alert_has_waited(ago, expected):
    assert wording.time_ago(NOW - ago, NOW) == expected


@pytest.mark.parametrize(
    "opens, missed, expected",
    [
        (None, 0, "none planned"),
        (NOW.replace(hour=6), 0, "today"),
        (NOW + timedelta(days=2), 0, "Wed"),
        (NOW + timedelta(days=20), 0, "22 Nov"),
        (NOW - timedelta(days=3), 0, "open now"),
        (NOW - timedelta(days=3), 2, "overdue"),
        (NOW - timedelta(days=8), 0, "overdue"),
    ],
)
def test_next_form_says_when_or_that_it_waits(opens, missed, expected):
    closes = None if opens is None else opens + timedelta(days=7)
    standing = SimpleNamespace(next_due_at=opens, next_closes_at=closes, missed_in_a_row=missed)
    assert wording.next_form(standing, NOW).removesuffix(" 2026") == expected


def test_a_day_of_another_year_says_its_year():
    assert wording.day(date(2024, 3, 5), date(2026, 11, 2)) == "5 Mar 2024"
    assert wording.day(datetime(2026, 3, 5, tzinfo=UTC), date(2026, 11, 2)) == "5 Mar"


def test_no_probability_is_certain():
    assert [wording.percent(p) for p in (0.0, 0.004, 0.876, 1.0)] == ["1 %", "1 %", "88 %", "99 %"]


@pytest.mark.parametrize(
    "stage, between, expected",
    [
        ("independent", [], "Independent"),
        ("", ["dependent", "mixed"], "Between dependent and mixed"),
        ("", [], "No clear stage"),
    ],
)
def test_stage_words(stage, between, expected):
    assert wording.stage_words(stage, between) == expected
