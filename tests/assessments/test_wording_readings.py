"""What the movement allows to say, from the real computation of made-up histories."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from assessments import queries, wording
from assessments.measurement import definition
from assessments.measurement.evidence import Footing, footing
from assessments.queries import Sitting
from assessments.wording.questions import QUESTIONS
from tests.factories import NOW
from tests.factories_assessments import SHIPPED
from tests.factories_movement import CLAIMS, CLINGING, FREE, GUARDED, MIDDLE, STEADY, SWING, TOWARD

ASSUMED = Footing(1, (0.73, 0.80))
FOOTING = "reliability .73 to .80 assumed"
ERRORS = {"CDP": 8.9, "IND": 8.9, "DEP": 10.4, "INT": 10.4}
FORBIDDEN = re.compile(
    r"normal|healthy|recover|clinical range|percentile|no change|unchanged|cured|improv", re.I
)


def sittings(story):
    return [
        Sitting(
            response_id=number,
            instrument="causeway-weekly",
            at=NOW + timedelta(weeks=number),
            scores={scale: 20.0 * level for scale, level in levels.items()},
            errors=dict(ERRORS),
        )
        for number, levels in enumerate(story)
    ]


def movement_of(story):
    return queries.follow(sittings(story))


def start_of(story):
    return {scale: 20.0 * level for scale, level in story[0].items()}


def verdict_of(story):
    return wording.verdict_reading(movement_of(story), start_of(story), ASSUMED)


def test_verdict_toward_independence_says_why_it_is_credited():
    reading = verdict_of(TOWARD)
    assert reading.word == "Movement toward independence"
    assert reading.sentences == (
        "Balance 20 → 80, error of change 14.",
        "Counter-dependence is clearly lower too, so the gain is credited.",
    )


def test_verdict_on_claims_credits_nothing_and_asks():
    reading = verdict_of(CLAIMS)
    assert reading.word == "Claims more independence"
    assert "not credited as movement yet" in reading.sentences[1]
    assert "probably both high (99 %): possible mistaken autonomy" in reading.sentences[2]
    assert reading.sentences[3].endswith("?")


@pytest.mark.parametrize(
    "levels, where", [({"IND": 3.6, "CDP": 2.7}, "high"), ({"IND": 1.4, "CDP": 1.8}, "low")]
)
def test_elevation_is_said_of_both_together_and_with_its_error(levels, where):
    """One of the two may lie in the middle, so neither is called high or low by itself."""
    (sentence,) = [s for s in verdict_of([{**MIDDLE, **levels}] * 4).sentences if "elevation" in s]
    assert f"Together independence and counter-dependence lie {where} (elevation " in sentence
    assert re.search(r"give or take \d+\)", sentence)


def test_verdict_on_a_swing_is_no_progress():
    reading = verdict_of(SWING)
    assert reading.word == "Swing into counter-dependence"
    assert reading.sentences[1] == (
        "Dependence is clearly lower and counter-dependence clearly higher: the pendulum to the "
        "other side, which is not counted as movement toward independence."
    )


def test_verdict_not_yet_reliable_is_not_called_no_change():
    reading = verdict_of(STEADY)
    assert reading.word == "Not yet reliable"
    assert reading.sentences[0] == "Balance 50 → 50, within error of 14."
    assert reading.sentences[1].startswith("This does not mean that nothing has changed;")


@pytest.mark.parametrize("story", [[], [GUARDED]])
def test_verdict_is_too_early_before_there_is_anything_to_compare(story):
    reading = wording.verdict_reading(movement_of(story), None, ASSUMED)
    assert reading.word == "Too early to say"


def test_session_sentence_leads_with_what_moved():
    assert wording.session_sentence(movement_of(TOWARD), ASSUMED) == (
        "Counter-dependence is <strong>lower by 60</strong> (error 20) and independence "
        "<strong>higher by 60</strong> (error 20) than at the start: together more than error "
        "explains (reliability .73 to .80 assumed), on the last six forms."
    )


def test_session_sentence_says_what_is_nearest_when_nothing_moved():
    story = [MIDDLE, MIDDLE, {**MIDDLE, "CDP": 3}]
    assert wording.session_sentence(movement_of(story), ASSUMED) == (
        "Nothing has moved beyond error yet (reliability .73 to .80 assumed). Nearest is "
        "counter-dependence, higher by 10, error 21."
    )


def test_session_sentence_at_the_beginning():
    assert "No form has come in yet" in wording.session_sentence(movement_of([]), ASSUMED)
    assert "Only other forms" in wording.session_sentence(
        movement_of([]), ASSUMED, other_forms=True
    )
    assert "Movement needs two more forms" in wording.session_sentence(
        movement_of([GUARDED]), ASSUMED
    )


def test_session_sentence_does_not_trust_one_form():
    sentence = wording.session_sentence(movement_of([MIDDLE, {**MIDDLE, "DEP": 5}]), ASSUMED)
    assert sentence == (
        "Dependence is <strong>higher by 60</strong> (error 29) than at the start, on one form so "
        "far: not yet reliable (reliability .73 to .80 assumed)."
    )


def test_stage_is_named_with_its_probability():
    movement = movement_of([GUARDED] * 4)
    reading = wording.stage_reading(movement, queries.between(movement), ASSUMED)
    assert (reading.word, reading.extra) == ("Counter-dependent", "99 %")


def test_stage_says_when_none_is_clear():
    movement = movement_of([{"CDP": 2.5, "IND": 2.5, "DEP": 2.5, "INT": 2.5}] * 2)
    assert queries.between(movement) is None
    reading = wording.stage_reading(movement, None, ASSUMED)
    assert reading.word == "No clear stage"
    assert "a stage is named from 70 % on" in reading.text


def test_interdependence_is_spoken_of_only_on_the_platform_of_independence():
    with_platform = movement_of([FREE] * 6)
    without = movement_of([CLINGING] * 6)
    assert "Interdependence" in wording.stage_reading(with_platform, None, ASSUMED).text
    assert "Interdependence" not in wording.stage_reading(without, None, ASSUMED).text


def test_interdependence_is_credited_with_its_error():
    movement = movement_of([{**FREE, "INT": 0}, *[{**FREE, "INT": 1.5}] * 7])
    reading = wording.stage_reading(movement, None, ASSUMED)
    assert reading.word == "Independent"
    assert reading.text == (
        "Interdependence is credited from here on, and is up 30, beyond error of 23."
    )


@pytest.mark.parametrize(
    "story, scale, expected",
    [
        (
            TOWARD,
            "CDP",
            f"Down 60 from the start, beyond error of 20 ({FOOTING}), on the last six forms.",
        ),
        (
            STEADY,
            "IND",
            "Not yet reliable: up or down by less than a point from the start, within error of 20 "
            f"({FOOTING}).",
        ),
        (
            [MIDDLE, {**MIDDLE, "DEP": 5}],
            "DEP",
            f"Not yet reliable: up 60 from the start, beyond error of 29 ({FOOTING}), once so far.",
        ),
    ],
)
def test_scale_reading_gives_the_change_with_its_error(story, scale, expected):
    assert wording.scale_reading(movement_of(story).changes[scale], None, None, ASSUMED) == expected


def test_scale_reading_of_a_first_form_gives_the_figure_with_its_error():
    assert wording.scale_reading(None, 62.0, 6.66, ASSUMED) == f"62, give or take 13 ({FOOTING})."
    assert wording.scale_reading(None, 62.0, None, ASSUMED) == "62, error not known."
    assert wording.scale_reading(None, None, None, ASSUMED) == "Not scored yet."


def test_evidence_says_that_reliability_is_assumed():
    weekly = definition.parse((SHIPPED / "causeway-weekly-1.toml").read_text(encoding="utf-8"))
    safety = definition.parse((SHIPPED / "safety-check-1.toml").read_text(encoding="utf-8"))
    assert wording.evidence_line(footing(weekly.scales)) == (
        "New, unvalidated forms. Reliability assumed (.73 to .80), not yet estimated. "
        "No norms: compared with this person only."
    )
    assert "points are all that can be said" in wording.evidence_line(footing(safety.scales))


def test_questions_are_open_and_chosen_by_the_reason():
    asked = wording.question([{"code": "unreviewed"}, {"code": "missed"}], 8)
    assert asked == "What would make these forms more use to you, or easier to leave aside?"
    every = list(QUESTIONS.values())
    assert all(text.endswith("?") for text in map(str, every))
    assert len({str(text) for text in every}) == len(every)


def test_no_word_goes_beyond_the_evidence():
    stories = [[], [GUARDED], TOWARD, CLAIMS, SWING, STEADY, SWING[::-1], [GUARDED, FREE]]
    said = [str(text) for text in QUESTIONS.values()]
    for story in stories:
        movement = movement_of(story)
        start = start_of(story) if story else None
        said += wording.verdict_reading(movement, start, ASSUMED).sentences
        said.append(wording.stage_reading(movement, queries.between(movement), ASSUMED).text)
        said.append(wording.session_sentence(movement, ASSUMED))
        said.append(wording.map_reading(movement))
        said += [wording.scale_reading(c, None, None, ASSUMED) for c in movement.changes.values()]
    for signal, words in wording.SIGNALS.items():
        said += [str(signal.label), str(words.rule)]
    assert [text for text in said if FORBIDDEN.search(text)] == []
