"""Which signals a client's rows give, since when, and in which order."""

from __future__ import annotations

from datetime import timedelta

from assessments.actions import review, standing
from assessments.models import Signal, Standing
from tests import factories_assessments as asked
from tests.factories import NOW, actor
from tests.factories_movement import (
    CLAIMS,
    FREE,
    GUARDED,
    MIDDLE,
    PROUD,
    STEADY,
    SWING,
    TOWARD,
    WEEK,
    end_of,
    history,
)


def reviewed(client, carer, story):
    """The standing after this story, with everything reviewed at its end."""
    history(client, story)
    review.review(client=client, by=actor(carer), now=end_of(story))
    return Standing.objects.get(client=client)


def test_signal_of_a_swing_counts_from_when_it_first_held(ada, nora):
    found = reviewed(nora, ada, SWING)
    assert (found.signal, found.reasons[0]["code"]) == (Signal.WORSE, "swing_to_counter_dependence")
    # The start, one form that says it, and the second that confirms it.
    assert found.signal_since == NOW + 2 * WEEK + timedelta(hours=2)


def test_signal_of_claims_names_possible_mistaken_autonomy(ada, nora):
    found = reviewed(nora, ada, CLAIMS)
    assert (found.signal, found.reasons[0]["code"], found.reasons[0]["mistaken"]) == (
        Signal.CLAIMS,
        "claims_only",
        True,
    )


def test_signal_of_mistaken_autonomy_counts_from_its_first_form(ada, nora):
    found = reviewed(nora, ada, [PROUD] * 5)
    assert (found.signal, found.reasons[0]["code"]) == (Signal.CLAIMS, "mistaken_autonomy")
    first = found.signal_since
    history_end = NOW + 4 * WEEK
    assert NOW <= first < history_end


def test_signal_of_steady_answers_is_a_prompt_after_eight_weeks(ada, nora):
    found = reviewed(nora, ada, STEADY)
    assert (found.signal, found.reasons[0]["code"]) == (Signal.STUCK, "stuck")
    assert (found.reasons[0]["weeks"], found.reasons[0]["forms"]) == (11, 12)


def test_steady_answers_of_an_independent_person_prompt_nothing(ada, nora):
    # Up and down by less than error, from a first form that happened to be high.
    found = reviewed(nora, ada, [{**FREE, "IND": 5}, FREE] * 6)
    assert (found.stage, found.signal) == ("independent", Signal.EXPECTED)


def test_signal_of_improvement_gives_way_to_answers_that_nobody_reviewed(ada, nora):
    history(nora, TOWARD)
    assert Standing.objects.get(client=nora).signal == Signal.UNREVIEWED
    review.review(client=nora, by=actor(ada), now=end_of(TOWARD))
    assert Standing.objects.get(client=nora).signal == Signal.IMPROVED


def test_signal_of_missed_forms_counts_each_form_by_itself(ada, nora):
    """A safety check that was answered does not excuse three weekly forms that were not."""
    found = reviewed(nora, ada, [MIDDLE, MIDDLE, None, None, None])
    at = end_of([None] * 5) + WEEK
    asked.give(nora, asked.SAFETY, cadence="once", now=at)
    asked.send(nora.occasions.get(assignment__cadence="once"), value=0, now=at)
    found = standing.refresh(client=nora, now=at)
    assert (found.signal, found.reasons[0]["count"]) == (Signal.OVERDUE, 3)
    assert found.missed_in_a_row == 3


def test_signal_of_two_forms_left_out_in_one_week_is_none(nora):
    for code in (asked.WEEKLY, asked.SAFETY):
        asked.give(nora, code)
    found = standing.refresh(client=nora, now=NOW + WEEK)
    assert (found.signal, found.missed_in_a_row) == (Signal.NEW, 1)


def test_signal_after_two_forms_is_too_early(ada, nora):
    found = reviewed(nora, ada, [GUARDED, FREE])
    assert (found.signal, found.reasons[0]) == (
        Signal.NEW,
        {"code": "new", "forms": 2, "responses": 2},
    )


def test_signal_of_other_forms_only_says_so(ada, nora):
    asked.send(asked.open_occasion(nora, asked.SAFETY), value=0)
    found = Standing.objects.get(client=nora)
    assert found.reasons[0] == {"code": "new", "forms": 0, "responses": 1}


def test_signal_of_a_safety_answer_comes_before_everything(ada, nora):
    history(nora, SWING)
    at = end_of(SWING)
    asked.send(asked.open_occasion(nora, asked.SAFETY, now=at), value=1, now=at)
    found = Standing.objects.get(client=nora)
    assert found.signal == Signal.RISK
    assert [reason["code"] for reason in found.reasons[:2]] == [
        "alert",
        "swing_to_counter_dependence",
    ]


def test_no_stage_is_between_two_that_are_unlikely_together(nora):
    history(
        nora, [{"CDP": 2, "IND": 2, "DEP": 3, "INT": 3}, {"CDP": 3, "IND": 3, "DEP": 2, "INT": 2}]
    )
    found = Standing.objects.get(client=nora)
    assert (found.stage, found.between) == ("", [])
