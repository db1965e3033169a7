"""Nothing is compared across a change of what the answers are about (MEASUREMENT 4.1)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.movement import (
    SCALES,
    Administration,
    Movement,
    PromptCode,
    Segment,
    Stage,
    Verdict,
    follow,
)

LONG = {"DEP": 6.66, "CDP": 6.66, "IND": 6.66, "INT": 5.29}
WEEKLY = {"DEP": 10.44, "CDP": 8.94, "IND": 8.94, "INT": 10.44}


def form(weeks: float, *scores: float | None, about=None, long: bool = False) -> Administration:
    named = dict(zip(SCALES, scores, strict=True))
    return Administration(weeks, named, LONG if long else WEEKLY, baseline=long, segment=about)


def course(start: int, count: int, *scores: float, about=None) -> list[Administration]:
    return [form(start + i, *scores, about=about, long=i == 0) for i in range(count)]


GUARDED, FREE = (30, 80, 40, 30), (20, 15, 85, 20)


def moving(start: int, about=None) -> list[Administration]:
    first = form(start, *GUARDED, about=about, long=True)
    return [first, *(form(start + i, *FREE, about=about) for i in range(1, 8))]


def test_administrations_about_the_same_are_one_segment():
    for about in (None, "partner", ("partner", 3)):
        movement = follow(course(0, 5, *GUARDED, about=about))
        assert movement.segments == (Segment(0, 5),)
        assert {point.segment for point in movement.path} == {0}
    assert follow([]).segments == ()


def test_segments_are_runs_of_the_same_so_that_one_may_come_back():
    forms = [
        *course(0, 3, *GUARDED, about="a"),
        *course(3, 1, *GUARDED, about=None),
        *course(4, 2, *GUARDED, about="a"),
    ]
    movement = follow(forms)
    assert movement.segments == (Segment(0, 3), Segment(3, 4), Segment(4, 6))
    assert [point.segment for point in movement.path] == [0, 0, 0, 1, 2, 2]
    assert [point.administration for point in movement.path] == list(range(6))


def test_single_segment_changes_nothing_whatever_it_is_called():
    assert follow(moving(0, about="partner")) == follow(moving(0))


def test_change_from_one_target_to_another_is_no_movement():
    forms = [*course(0, 4, *GUARDED, about="former"), *course(4, 8, *FREE, about="new")]
    movement = follow(forms)
    together = follow([replace(entry, segment=None) for entry in forms])
    assert together.verdict is Verdict.TOWARD_INDEPENDENCE
    assert movement.verdict is Verdict.NOT_YET_RELIABLE
    assert movement.baseline == 4
    assert movement.changes["CDP"].difference == 0
    assert movement.balance_change.difference == pytest.approx(0, abs=5)
    assert (movement.worse, movement.onward) == ((), False)


def test_verdicts_stand_where_they_were_reached():
    forms = [*moving(0, about="former"), *course(8, 3, *FREE, about="new")]
    movement = follow(forms)
    assert movement.verdicts[:8] == follow(moving(0)).verdicts
    assert movement.verdicts[7] is Verdict.TOWARD_INDEPENDENCE
    assert movement.verdicts[8:] == (Verdict.NOT_YET_RELIABLE,) * 3


def test_estimates_begin_from_the_prior_in_each_segment():
    forms = [*course(0, 6, *GUARDED, about="former"), *course(6, 1, *FREE, about="new")]
    estimate = follow(forms).estimates["CDP"][6]
    # The prior is 50 with variance 400: what was known of the former target plays no part.
    gain = 400 / (400 + LONG["CDP"] ** 2)
    assert estimate.filtered_mean == pytest.approx(50 + gain * (15 - 50))
    assert estimate.mean == estimate.filtered_mean


def test_stage_needs_two_administrations_about_the_same():
    first = [replace(entry, baseline=False) for entry in course(0, 4, *FREE, about="former")]
    second = [replace(entry, baseline=False) for entry in course(4, 2, *FREE, about="new")]
    stages = follow([*first, *second]).stages
    assert [reading.stage for reading in stages] == [
        None,
        *[Stage.INDEPENDENT] * 3,
        None,
        Stage.INDEPENDENT,
    ]


def test_form_without_any_score_repeats_nothing_from_the_segment_before():
    forms = [*course(0, 4, *FREE, about="former"), form(4, None, None, None, None, about="new")]
    movement = follow(forms)
    assert movement.stages[3] is not None
    assert movement.stage is None
    assert movement.probabilities[4] is movement.balances[4] is movement.mistaken_probability
    assert movement.mistaken_probability is None


def test_scale_is_not_estimated_before_its_first_score_in_a_segment():
    forms = [
        *course(0, 2, *FREE, about="former"),
        form(2, 20, None, 80, 20, about="new"),
        form(3, *FREE, about="new"),
    ]
    movement = follow(forms)
    assert [estimate is None for estimate in movement.estimates["CDP"]] == [
        False,
        False,
        True,
        False,
    ]
    assert [point.administration for point in movement.path] == [0, 1, 3]


def test_marked_form_of_an_earlier_segment_is_not_measured_from():
    forms = [*course(0, 4, *GUARDED, about="former")]
    forms += [form(week, *GUARDED, about="new") for week in range(4, 9)]
    assert follow(forms).baseline == 4


def test_onward_is_of_the_last_segment_alone():
    before = course(0, 6, 30, 20, 80, 20, about="former")
    after = course(6, 6, 30, 20, 80, 75, about="new")
    assert follow([replace(entry, segment=None) for entry in before + after]).onward is True
    assert follow(before + after).onward is False


def test_prompts_are_of_the_last_segment_alone():
    stuck = course(0, 10, *GUARDED, about="former")
    assert PromptCode.STUCK in {prompt.code for prompt in follow(stuck).prompts}
    new = [*stuck, *course(20, 4, *FREE, about="new")]
    # Nor is the time between two targets a gap in the answers about one of them.
    assert follow(new).prompts == ()


points = st.none() | st.floats(0, 100)
rows = st.lists(st.tuples(st.floats(0, 20), points, points, points, points), max_size=7)


def made(entries, about, start: float = 0.0) -> list[Administration]:
    weeks, forms = start, []
    for gap, *scores in entries:
        weeks += gap
        forms.append(form(weeks, *scores, about=about, long=not forms))
    return forms


def later(movement: Movement, border: int) -> list[object]:
    """All of a movement that concerns the administrations from the border on."""
    return [
        {scale: found[border:] for scale, found in movement.estimates.items()},
        movement.balances[border:],
        movement.probabilities[border:],
        movement.stages[border:],
        movement.verdicts[border:],
        movement.mistaken_probabilities[border:],
        movement.changes,
        (movement.z_balance, movement.z_swing, movement.platform_probability),
        (movement.balance_change, movement.stuck, movement.worse, movement.onward),
        None if movement.baseline is None else movement.baseline - border,
        [replace(prompt, since=prompt.since - border, figures={}) for prompt in movement.prompts],
        [(point.cdp, point.ind) for point in movement.path if point.administration >= border],
    ]


@given(rows, rows, rows.filter(bool))
def test_answers_before_a_border_change_nothing_after_it(one, other, after):
    """Whatever was answered about somebody else, also how much of it, and when."""
    found = []
    for before in (made(one, "former"), made(other, "former")):
        padded = before or [form(0, None, None, None, None, about="former")]
        movement = follow([*padded, *made(after, "new", 500.0)])
        found.append(later(movement, len(padded)))
    assert found[0] == found[1]


@given(rows, rows)
def test_answers_after_a_border_change_nothing_before_it(before, after):
    first = made(before, "former")
    whole = follow([*first, *made(after, "new", 500.0)])
    alone = follow(first)
    border = len(first)
    assert {scale: found[:border] for scale, found in whole.estimates.items()} == alone.estimates
    assert whole.stages[:border] == alone.stages
    assert whole.verdicts[:border] == alone.verdicts
    assert whole.probabilities[:border] == alone.probabilities
    assert [point for point in whole.path if point.segment == 0 and first] == list(alone.path)


@given(rows, st.sampled_from([0.0, 12.0, -30.0, 4096.0]))
def test_the_origin_of_time_does_not_matter(entries, shift):
    # Eighths of a week, so that adding the shift loses nothing.
    rounded = [(round(gap * 8) / 8, *scores) for gap, *scores in entries]
    forms = made(rounded, None)
    moved = [replace(entry, weeks=entry.weeks + shift) for entry in forms]
    one, other = follow(forms), follow(moved)
    assert other.weeks == tuple(week + shift for week in one.weeks)
    assert [replace(point, weeks=point.weeks - shift) for point in other.path] == list(one.path)
    for name in ("estimates", "stages", "verdicts", "changes", "prompts", "balance_change"):
        assert getattr(one, name) == getattr(other, name), name


@given(rows, st.permutations(SCALES))
def test_the_order_of_the_scales_does_not_matter(entries, order):
    forms = made(entries, None)
    reordered = [
        replace(
            entry,
            scores={scale: entry.scores[scale] for scale in order},
            errors={scale: entry.errors[scale] for scale in order},
        )
        for entry in forms
    ]
    assert follow(reordered) == follow(forms)
    assert list(follow(reordered).estimates) == list(SCALES)


@given(rows, st.lists(st.sampled_from("abc"), min_size=7, max_size=7))
def test_probabilities_sum_to_1_in_every_segment(entries, about):
    forms = [
        replace(entry, segment=key) for entry, key in zip(made(entries, None), about, strict=False)
    ]
    movement = follow(forms)
    covered = [i for part in movement.segments for i in range(part.start, part.end)]
    assert covered == list(range(len(forms)))
    for probabilities in movement.probabilities:
        assert probabilities is None or sum(probabilities.values()) == pytest.approx(1, abs=1e-12)
