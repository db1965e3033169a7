"""What asks for a review: when, since when, and from which figures (MEASUREMENT 3.8 and 4.5)."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.movement import (
    SCALES,
    Administration,
    Movement,
    Prompt,
    PromptCode,
    Stage,
    Verdict,
    change_between,
    follow,
    self_partner_gap,
    smooth,
)
from assessments.measurement.movement.smoothing import changes_since_first

LONG = {"DEP": 6.66, "CDP": 6.66, "IND": 6.66, "INT": 5.29}
WEEKLY = {"DEP": 10.44, "CDP": 8.94, "IND": 8.94, "INT": 10.44}
CALM = (30, 40, 60, 50)


def form(weeks: float, *scores: float | None, about=None) -> Administration:
    named = dict(zip(SCALES, scores, strict=True))
    return Administration(weeks, named, WEEKLY if weeks else LONG, weeks == 0, about)


def steady(count: int, *scores: float, start: int = 0, about=None) -> list[Administration]:
    return [form(start + week, *scores, about=about) for week in range(count)]


def of(movement: Movement, code: PromptCode) -> list[Prompt]:
    return [prompt for prompt in movement.prompts if prompt.code is code]


def test_codes_are_those_stored():
    assert {code.value for code in PromptCode} == {
        "deterioration",
        "pendulum",
        "mistaken_autonomy",
        "stuck",
        "target_changed",
        "long_gap",
    }


def test_nothing_to_ask_without_reason():
    assert follow([]).prompts == ()
    assert follow(steady(5, *CALM)).prompts == ()


# Deterioration


def test_scale_reliably_worse_twice_is_asked_about():
    worse = [form(week, 30, 80, 60, 50) for week in (1, 2, 3)]
    once = follow([*steady(1, *CALM), *worse[:1]])
    assert of(once, PromptCode.DETERIORATION) == []
    movement = follow([*steady(1, *CALM), *worse])
    scale = of(movement, PromptCode.DETERIORATION)[0]
    change = movement.changes["CDP"]
    assert scale == Prompt(
        PromptCode.DETERIORATION,
        2,
        {
            "scale": "CDP",
            "difference": 40,
            "standard_error": change.standard_error,
            "z": change.z,
            "held": 3,
        },
    )


def test_each_scale_and_the_verdict_are_asked_about_on_their_own():
    forms = [*steady(1, *CALM), *(form(week, 90, 90, 60, 50) for week in (1, 2))]
    forms += [form(week, 90, 90, 10, 50) for week in (3, 4)]
    movement = follow(forms, window=1)
    assert movement.verdict is Verdict.AWAY
    found = of(movement, PromptCode.DETERIORATION)
    assert [(p.figures.get("scale"), p.figures.get("verdict"), p.since) for p in found] == [
        ("DEP", None, 2),
        ("CDP", None, 2),
        ("IND", None, 4),
        (None, "away", 2),
    ]
    assert found[-1].figures["z_balance"] == movement.z_balance


def test_deterioration_stands_only_since_its_last_break():
    bad = (30, 90, 60, 50)
    forms = [*steady(1, *CALM), form(1, *bad), form(2, *bad), form(3, *CALM)]
    forms += [form(week, *bad) for week in (4, 5, 6)]
    movement = follow(forms, window=1)
    assert {prompt.since for prompt in of(movement, PromptCode.DETERIORATION)} == {5}
    assert of(follow([*forms, form(7, *CALM)], window=1), PromptCode.DETERIORATION) == []


def test_getting_better_is_not_asked_about():
    assert follow([*steady(1, *CALM), *(form(week, 5, 5, 95, 95) for week in (1, 2))]).prompts == ()


# Stuck


def test_stuck_is_asked_about_since_it_began():
    movement = follow(steady(12, *CALM))
    (prompt,) = of(movement, PromptCode.STUCK)
    # Nine forms from week 0 to week 8 are the first that are six and span eight weeks.
    assert prompt.since == 8
    assert of(follow(steady(8, *CALM)), PromptCode.STUCK) == []
    assert prompt.figures["forms"] == 12
    assert prompt.figures["weeks"] == 11
    assert prompt.figures["difference"] == movement.balance_change.difference
    assert prompt.figures["probability_rose"] == movement.balance_change.probability_rose
    assert abs(prompt.figures["difference"]) < prompt.figures["detectable"] / 2


points = st.none() | st.floats(0, 100)
rows = st.lists(st.tuples(st.floats(0, 3), points, points, points, points), max_size=14)


def made(entries) -> list[Administration]:
    weeks, forms = 0.0, []
    for gap, *scores in entries:
        weeks += gap
        forms.append(replace(form(weeks, *scores), baseline=not forms))
    return forms


@given(rows)
def test_since_is_the_first_of_the_administrations_at_which_it_stood(entries):
    """Each prompt stood at every administration from `since` on, and not at the one before."""
    forms = made(entries)
    movement = follow(forms)
    standing = [
        {key(prompt) for prompt in follow(forms[: i + 1]).prompts} for i in range(len(forms))
    ]
    for prompt in movement.prompts:
        assert all(key(prompt) in found for found in standing[prompt.since :])
        assert not prompt.since or key(prompt) not in standing[prompt.since - 1]


def key(prompt: Prompt) -> tuple[object, ...]:
    named = ("scale", "verdict", "from")
    return (prompt.code, *(prompt.figures.get(name) for name in named))


@given(
    st.lists(st.tuples(st.floats(0, 9), points, st.floats(0.5, 30)), min_size=1, max_size=9),
    st.floats(0, 30),
)
def test_change_known_at_each_time_is_that_of_smoothing_until_then(entries, q):
    weeks, times = 0.0, []
    for gap, *_ in entries:
        weeks += gap
        times.append(weeks)
    values, sems = [entry[1] for entry in entries], [entry[2] for entry in entries]
    found = changes_since_first(smooth(times, values, sems, q, 50, 400), times, q)
    for end in range(1, len(times) + 1):
        until = smooth(times[:end], values[:end], sems[:end], q, 50, 400)
        expected = change_between(until[0], until[-1])
        assert found[end - 1].difference == pytest.approx(expected.difference, abs=1e-6)
        assert found[end - 1].standard_error == pytest.approx(expected.standard_error, abs=1e-4)


# Mistaken autonomy


BOTH = (30, 85, 85, 40)


def test_mistaken_autonomy_is_asked_about_with_its_probability():
    movement = follow(steady(6, *BOTH))
    (prompt,) = movement.prompts
    assert prompt == Prompt(
        PromptCode.MISTAKEN_AUTONOMY, 0, {"probability": movement.mistaken_probability}
    )
    begun = [*steady(3, 30, 20, 85, 40), *(form(week, *BOTH) for week in range(3, 9))]
    later = follow(begun)
    (since,) = [prompt.since for prompt in of(later, PromptCode.MISTAKEN_AUTONOMY)]
    assert [p >= 0.80 for p in later.mistaken_probabilities[since - 1 : since + 1]] == [False, True]


@pytest.mark.parametrize("answer, low", [(0.0, True), (40.0, True), (50.0, False), (100.0, False)])
def test_rarely_asking_for_help_strengthens_mistaken_autonomy(answer, low):
    (prompt,) = follow(steady(6, *BOTH), help_asking=answer).prompts
    assert prompt.figures.get("help_asking") == (answer if low else None)


def test_partner_who_sees_less_independence_strengthens_mistaken_autonomy():
    less = self_partner_gap(85, 8.94, 40, 8.94)
    (prompt,) = follow(steady(6, *BOTH), partner_gap=less).prompts
    assert (prompt.figures["partner_gap"], prompt.figures["partner_gap_z"]) == (45, less.z)
    for gap in (self_partner_gap(85, 8.94, 70, 8.94), self_partner_gap(30, 8.94, 85, 8.94)):
        (prompt,) = follow(steady(6, *BOTH), partner_gap=gap).prompts
        assert set(prompt.figures) == {"probability"}


def test_what_strengthens_mistaken_autonomy_does_not_raise_it():
    gap = self_partner_gap(85, 8.94, 20, 8.94)
    assert follow(steady(6, *CALM), help_asking=0.0, partner_gap=gap) == follow(steady(6, *CALM))


@pytest.mark.parametrize("answer", [-1.0, 101.0, float("nan")])
def test_answer_outside_the_scale_is_refused(answer):
    with pytest.raises(ValueError, match="help_asking"):
        follow(steady(2, *CALM), help_asking=answer)


# Gaps, and changes of the target


@pytest.mark.parametrize("weeks, asked", [(5.9, False), (6.0, False), (6.1, True), (30.0, True)])
def test_gap_of_more_than_six_weeks_is_asked_about(weeks, asked):
    movement = follow([*steady(3, *CALM), form(2 + weeks, *CALM)])
    found = of(movement, PromptCode.LONG_GAP)
    assert bool(found) is asked
    for prompt in found:
        assert prompt.since == 3
        assert prompt.figures == {"from": 2, "to": 3, "weeks": pytest.approx(weeks)}


def test_gap_is_asked_about_while_a_verdict_compares_forms_across_it():
    before = steady(3, *CALM)
    standing = [
        len(of(follow([*before, *steady(after, *CALM, start=12)]), PromptCode.LONG_GAP))
        for after in range(8)
    ]
    # A verdict reads the last four forms and, to have held, the four before the last.
    assert standing == [0, 1, 1, 1, 1, 0, 0, 0]


def test_form_without_any_score_does_not_fill_a_gap():
    empty = form(5, None, None, None, None)
    movement = follow([*steady(3, *CALM), empty, form(9, *CALM)])
    (prompt,) = of(movement, PromptCode.LONG_GAP)
    assert prompt.figures == {"from": 2, "to": 4, "weeks": 7}


def test_only_the_latest_gap_is_asked_about():
    forms = [form(week, *CALM) for week in (0, 12, 24, 36)]
    (prompt,) = of(follow(forms), PromptCode.LONG_GAP)
    assert (prompt.since, prompt.figures["from"]) == (3, 2)


def test_new_target_is_told_until_it_can_have_a_verdict_of_its_own():
    before = steady(4, *CALM, about="former")
    for after in range(1, 6):
        movement = follow([*before, *steady(after, *CALM, start=4, about="new")])
        found = of(movement, PromptCode.TARGET_CHANGED)
        expected = Prompt(PromptCode.TARGET_CHANGED, 4, {"forms": after, "needed": 3})
        assert found == ([expected] if after < 3 else [])
    assert of(follow(before), PromptCode.TARGET_CHANGED) == []


def test_gap_between_two_targets_is_none():
    after = steady(2, *CALM, start=30, about="new")
    movement = follow([*steady(4, *CALM, about="former"), *after])
    assert [prompt.code for prompt in movement.prompts] == [PromptCode.TARGET_CHANGED]


# What is not said


def test_prompts_come_in_the_order_of_their_weight():
    start = (30, 50, 95, 50)
    forms = [*steady(1, *start), *(form(week, 30, 95, 95, 50) for week in (1, 2, 9))]
    codes = [prompt.code for prompt in follow(forms).prompts]
    assert codes == sorted(codes, key=list(PromptCode).index)
    assert len(set(codes)) > 2


def test_figures_are_numbers_and_codes_and_no_sentences():
    forms = [*steady(1, *CALM), *(form(week, 90, 95, 90, 10) for week in (1, 2, 9))]
    figures = [f for prompt in follow(forms).prompts for f in prompt.figures.values()]
    assert figures
    for figure in figures:
        assert isinstance(figure, int | float) or " " not in figure


def test_elements_of_interdependence_have_no_change():
    """Two items each allow no statement about change (MEASUREMENT 4.2): none can be had."""
    elements = {f"E{number}": 80.0 for number in range(1, 11)}
    plain = steady(9, *CALM)
    told = [
        replace(
            entry,
            scores={**entry.scores, **(elements if i else dict.fromkeys(elements, 10.0))},
            errors={**entry.errors, **dict.fromkeys(elements, 5.0)},
        )
        for i, entry in enumerate(plain)
    ]
    movement = follow(told)
    assert movement == follow(plain)
    assert set(movement.changes) <= set(SCALES)
    assert set(movement.estimates) == set(SCALES)
    assert not [field.name for field in fields(Movement) if "element" in field.name]


# Onward movement to interdependence (4.3)


def risen(change: float, platform: float, count: int = 2) -> Movement:
    """Without any error in INT but 1 at the start, so that z is the change."""
    errors = {"DEP": 5.0, "CDP": 5.0, "IND": 10.0, "INT": 0.0}
    start = dict(zip(SCALES, (20, 20, platform, 30), strict=True))
    now = start | {"INT": 30 + change}
    forms = [Administration(0, start, errors | {"INT": 1.0}, baseline=True)]
    forms += [Administration(week, now, errors) for week in range(1, count + 1)]
    return follow(forms)


def test_onward_begins_at_exactly_one_point_nine_six_errors():
    assert risen(1.96, 90).onward is True
    assert risen(1.95, 90).onward is False
    assert risen(-1.96, 90).onward is False
    # As a reliable change of its own the same is within error.
    assert risen(1.96, 90).changes["INT"].beyond_error is False


def test_onward_needs_the_platform_and_two_administrations():
    assert risen(20, 90, count=1).onward is False
    below, above = risen(20, 51), risen(20, 58)
    assert 0.5 < below.platform_probability < 0.70 <= above.platform_probability
    assert (below.onward, above.onward) == (False, True)
    assert above.stage.stage is not Stage.INDEPENDENT
