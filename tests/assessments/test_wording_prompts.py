"""Review prompts: questions, each with why it is raised, from the real computation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments import wording
from assessments.measurement.movement import Prompt, PromptCode
from assessments.wording.ladder import faults
from assessments.wording.prompts import turning_days
from tests.assessments.test_wording_readings import movement_of, sittings
from tests.factories import NOW
from tests.factories_movement import CLAIMS, CLINGING, FREE, GUARDED, MIDDLE, PROUD, STEADY, SWING

WEEK = timedelta(weeks=1)
BACK_AND_FORTH = [*[CLINGING] * 6, *[GUARDED] * 6, *[CLINGING] * 6, *[GUARDED] * 6]


def words_of(story):
    movement = movement_of(story)
    return {p.code: p for p in wording.prompt_words(movement, [s.at for s in sittings(story)])}


def test_both_high_is_a_question_with_its_probability_and_since_when():
    prompt = words_of([GUARDED, *[PROUD] * 6])["mistaken_autonomy"]
    assert prompt.question == "Is this independence chosen, or is it distance that looks like it?"
    assert prompt.why == (
        "Counter-dependence and independence are probably both high (99 %), since 9 Nov."
    )


def test_swing_says_which_way_and_by_how_much():
    prompt = words_of(SWING)["pendulum"]
    assert prompt.question.endswith("?")
    assert prompt.why.startswith(
        "Dependence is clearly lower and counter-dependence clearly higher than at the"
    )


def test_pendulum_names_the_days_on_which_it_turned():
    movement = movement_of(BACK_AND_FORTH)
    times = [s.at for s in sittings(BACK_AND_FORTH)]
    assert movement.pendulum.reversals == 2
    # The fourth form of each stay, the first whose mean of four is the farthest.
    assert turning_days(movement, times) == ["4 Jan", "15 Feb"]
    why = words_of(BACK_AND_FORTH)["pendulum"].why
    assert why.endswith("The swing has turned two times within a year (4 Jan and 15 Feb).")
    turned = "The swing between dependence and counter-dependence turned on 4 Jan and 15 Feb."
    assert wording.turned(movement, times) == turned
    assert turned in wording.map_reading(movement, turned)


def test_no_turn_is_named_where_there_was_none():
    assert wording.turned(movement_of(STEADY), [s.at for s in sittings(STEADY)]) == ""


def test_deterioration_names_the_scale_with_its_error():
    prompt = words_of([MIDDLE, *[{**MIDDLE, "DEP": 5}] * 4])["deterioration"]
    assert prompt.why == (
        "Dependence is up 60, beyond error of 23, on the last four forms; so since 16 Nov."
    )


def test_stuck_says_from_which_figures():
    why = words_of(STEADY)["stuck"].why
    assert why.startswith(
        "Balance, smoothed, is up or down by less than a point after 11 weeks and 12 forms: less "
        "than 6, half of what error alone makes between two forms in one case of five. "
    )
    assert why.endswith("The chance that it rose is 50 %.")


def test_long_gap_names_both_days():
    story = [MIDDLE] * 4
    times = [NOW, NOW + 8 * WEEK, NOW + 9 * WEEK, NOW + 10 * WEEK]
    movement = movement_of(story)
    prompt = Prompt(PromptCode.LONG_GAP, 1, {"from": 0, "to": 1, "weeks": 8.0})
    object.__setattr__(movement, "prompts", (prompt,))
    (said,) = wording.prompt_words(movement, times)
    assert said.why == (
        "No form for eight weeks, from 2 Nov to 28 Dec; what is compared now reaches back across "
        "them."
    )
    assert said.since == times[1]


@pytest.mark.parametrize(
    "figures, more",
    [
        ({"help_asking": 20.0}, "Asking for help is answered low (20 of 100)."),
        (
            {"partner_gap": 31.0, "partner_gap_z": 2.451},
            "The partner sees 31 points less of independence, beyond error of 25.",
        ),
    ],
)
def test_what_strengthens_a_prompt_is_said(figures, more):
    movement = movement_of(CLAIMS)
    prompt = Prompt(PromptCode.MISTAKEN_AUTONOMY, 2, {"probability": 0.9, **figures})
    object.__setattr__(movement, "prompts", (prompt,))
    (said,) = wording.prompt_words(movement, [s.at for s in sittings(CLAIMS)])
    assert said.why.endswith(more)


@pytest.mark.parametrize("story", [SWING, CLAIMS, STEADY, BACK_AND_FORTH, [FREE, *[GUARDED] * 5]])
def test_prompt_is_a_question_and_holds_no_word_above_its_rung(story):
    found = words_of(story).values()
    assert found
    for prompt in found:
        assert prompt.question.endswith("?")
        assert faults(f"{prompt.question} {prompt.why}", 1) == []
