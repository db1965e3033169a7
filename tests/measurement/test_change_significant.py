"""Cut-offs and classes of change, with the worked numbers of MEASUREMENT 3.4."""

import copy
import math
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.change import (
    ChosenCutoff,
    CutoffKind,
    Outcome,
    WhyNot,
    choose_cutoff,
    classify,
    cutoff_of,
    cutoffs,
    outcome_of,
)
from assessments.measurement.definition import Direction, Evidence, Norms
from assessments.measurement.scoring import ScaleScore

OUTCOMES = [
    Outcome.RECOVERED,
    Outcome.IMPROVED,
    Outcome.UNCHANGED,
    Outcome.DETERIORATED,
    Outcome.NOT_APPLICABLE,
]


def test_cutoffs_of_the_jacobson_truax_example():
    found = cutoffs(40, 7.5, 60, 7.5, higher_is_better=True)
    assert (found.a, found.b, found.c) == (55, 45, 50)


def test_cutoffs_where_lower_is_better_take_the_functional_spread_for_b():
    found = cutoffs(60, 15, 35, 12, higher_is_better=False)
    assert (found.a, found.b) == (30, 59)
    assert found.c == pytest.approx(46.1111, abs=1e-4)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((None, 7.5, 60, 7.5), "clinical_mean must be a finite number, not None"),
        ((40, 0, 60, 7.5), "clinical_sd must be a finite number above 0, not 0"),
        ((40, 7.5, math.nan, 7.5), "functional_mean must be a finite number, not nan"),
        ((40, 7.5, 60, -1), "functional_sd must be a finite number above 0, not -1"),
    ],
)
def test_cutoffs_refuse_what_are_no_norms(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        cutoffs(*arguments, higher_is_better=True)


CLINICAL = {"clinical_mean": 40, "clinical_sd": 7.5}
FUNCTIONAL = {"functional_mean": 60, "functional_sd": 7.5}


@pytest.mark.parametrize(
    "norms, chosen",
    [
        (CLINICAL | FUNCTIONAL, ChosenCutoff(CutoffKind.C, 50)),
        (FUNCTIONAL, ChosenCutoff(CutoffKind.B, 45)),
        (CLINICAL, ChosenCutoff(CutoffKind.A, 55)),
        # Far apart: 15 of 40 and 15 of 80 do not meet.
        (CLINICAL | {"functional_mean": 80, "functional_sd": 7.5}, ChosenCutoff(CutoffKind.B, 65)),
        # Side by side: 55 is the end of both.
        (CLINICAL | {"functional_mean": 70, "functional_sd": 7.5}, ChosenCutoff(CutoffKind.B, 55)),
        (CLINICAL | {"functional_mean": 60}, ChosenCutoff(CutoffKind.A, 55)),
        ({"clinical_mean": 40}, WhyNot.NO_NORMS),
        ({}, WhyNot.NO_NORMS),
        (CLINICAL | {"functional_mean": 40, "functional_sd": 9}, WhyNot.NORMS_AGAINST_DIRECTION),
    ],
)
def test_the_norms_decide_which_cutoff_is_used(norms, chosen):
    assert choose_cutoff(**norms, higher_is_better=True) == chosen


def test_the_choice_of_a_cutoff_where_lower_is_better():
    norms = {"clinical_mean": 60, "clinical_sd": 15, "functional_mean": 35, "functional_sd": 12}
    found = choose_cutoff(**norms, higher_is_better=False)
    assert found.kind is CutoffKind.C
    assert found.value == pytest.approx(46.1111, abs=1e-4)
    assert choose_cutoff(**norms, higher_is_better=True) is WhyNot.NORMS_AGAINST_DIRECTION
    apart = norms | {"functional_mean": 5}
    assert choose_cutoff(**apart, higher_is_better=False) == ChosenCutoff(CutoffKind.B, 29)


# --- the classes ------------------------------------------------------------------------------

# With an error of 2.5 each time a change must exceed 6.93.


@pytest.mark.parametrize(
    "before, after, outcome, crossed",
    [
        (40, 60, Outcome.RECOVERED, False),
        (30, 45, Outcome.IMPROVED, False),
        (55, 70, Outcome.IMPROVED, False),  # began on the functional side
        (48, 52, Outcome.UNCHANGED, True),
        (40, 44, Outcome.UNCHANGED, False),
        (52, 56, Outcome.UNCHANGED, False),
        (52, 48, Outcome.UNCHANGED, False),  # crossed to the other side
        (60, 40, Outcome.DETERIORATED, False),
        (45, 30, Outcome.DETERIORATED, False),
        (70, 55, Outcome.DETERIORATED, False),
        # Exactly on the cut-off is not beyond it.
        (40, 50, Outcome.IMPROVED, False),
        (50, 60, Outcome.RECOVERED, False),
        (48, 50, Outcome.UNCHANGED, False),
        (50, 52, Outcome.UNCHANGED, True),
    ],
)
@pytest.mark.parametrize("higher_is_better", [True, False])
def test_classes_of_change(before, after, outcome, crossed, higher_is_better):
    if not higher_is_better:
        before, after = 100 - before, 100 - after
    found = classify(before, after, 2.5, 2.5, 50, higher_is_better)
    assert found == outcome
    assert found.crossed_without_reliable_change is crossed


def test_a_change_of_exactly_the_criterion_is_unchanged():
    found = classify(45, 49.9, 1.5, 2.0, 47, True)
    assert found == Outcome.UNCHANGED
    assert found.crossed_without_reliable_change is True


def test_a_score_on_the_cutoff_is_not_moved_past_it_by_its_storage():
    assert classify(0.0, 0.1 + 0.2, 0.01, 0.01, 0.3, True) == Outcome.IMPROVED
    assert classify(0.1 + 0.2, 0.4, 0.01, 0.01, 0.3, True) == Outcome.RECOVERED


@pytest.mark.parametrize(
    "before, after, first, second",
    [(None, 60, 2, 2), (40, None, 2, 2), (40, 60, None, 2), (40, 60, 2, None)],
)
def test_no_class_without_both_scores_and_both_errors(before, after, first, second):
    assert classify(before, after, first, second, 50, True) == Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    "after, outcome",
    [(90, Outcome.IMPROVED), (41, Outcome.UNCHANGED), (10, Outcome.DETERIORATED)],
)
def test_nobody_is_recovered_without_a_cutoff(after, outcome):
    found = classify(40, after, 2.5, 2.5, None, True)
    assert found == outcome
    assert found.crossed_without_reliable_change is False


@pytest.mark.parametrize(
    "arguments",
    [(math.nan, 60, 2, 2, 50), (40, math.inf, 2, 2, 50), (40, 60, -2, 2, 50), (40, 60, 2, 2, "50")],
)
def test_classify_refuses_what_is_no_number(arguments):
    with pytest.raises(ValueError, match="must be a finite number"):
        classify(*arguments, True)


@given(
    st.floats(0, 100),
    st.floats(0, 100),
    st.floats(0, 20),
    st.floats(0, 20),
    st.none() | st.floats(0, 100),
)
def test_classes_turn_with_the_scale(before, after, first, second, cutoff):
    turned = None if cutoff is None else -cutoff
    there = classify(before, after, first, second, cutoff, True)
    back = classify(-before, -after, first, second, turned, False)
    assert there == back
    assert there.crossed_without_reliable_change is back.crossed_without_reliable_change


# --- what an outcome is -------------------------------------------------------------------------


def test_an_outcome_with_a_sub_note_equals_its_class():
    noted = classify(48, 52, 2.5, 2.5, 50, True)
    assert noted == Outcome.UNCHANGED
    assert noted in {Outcome.UNCHANGED}
    assert {Outcome.UNCHANGED: "found"}[noted] == "found"
    assert noted not in {Outcome.IMPROVED, Outcome.RECOVERED}
    assert (noted.name, noted.value, str(noted)) == ("UNCHANGED", "unchanged", "unchanged")
    assert isinstance(noted, Outcome)


def test_outcomes_without_a_sub_note_are_the_constants():
    assert classify(40, 60, 2.5, 2.5, 50, True) is Outcome.RECOVERED
    assert classify(40, 41, 2.5, 2.5, 50, True) is Outcome.UNCHANGED
    assert classify(None, 41, 2.5, 2.5, 50, True) is Outcome.NOT_APPLICABLE


def test_outcomes_differ_from_one_another_and_survive_copying():
    assert len(set(OUTCOMES)) == 5
    noted = classify(48, 52, 2.5, 2.5, 50, True)
    for copied in (copy.deepcopy(noted), pickle.loads(pickle.dumps(noted))):
        assert (copied, copied.crossed_without_reliable_change) == (noted, True)


# --- from a scale with norms ----------------------------------------------------------------------

# In reported units: 4 x the raw sum of 0 to 20.
NORMS = Norms(32.0, 8.0, 200, 56.0, 8.0, 300, "a publication")


@pytest.fixture
def normed(instrument):
    return replace(
        instrument.scales[0],
        direction=Direction.HIGHER,
        minimum=0,
        maximum=20,
        factor=4.0,
        evidence=Evidence(rung=3, reliability=0.9, sd=10.0, source="s"),
        norms=NORMS,
    )


def scored(raw: float | None, sem: float | None = 2.0) -> ScaleScore:
    pomp = None if raw is None else 5.0 * raw
    return ScaleScore(raw, pomp, 6, 6, sem, None)


def test_the_outcome_on_a_scale_is_read_from_its_norms(normed):
    # c is 44 reported, 11 raw, 55 POMP.
    assert cutoff_of(normed) == ChosenCutoff(CutoffKind.C, 44.0)
    assert outcome_of(normed, scored(8), scored(12)) == Outcome.RECOVERED
    assert outcome_of(normed, scored(8), scored(11)) == Outcome.IMPROVED
    assert outcome_of(normed, scored(12), scored(8)) == Outcome.DETERIORATED


def test_no_outcome_on_a_scale_without_norms_rung_or_direction(normed):
    before, after = scored(8), scored(12)
    below = replace(normed, evidence=replace(normed.evidence, rung=2))
    assert outcome_of(replace(normed, norms=None), before, after) is WhyNot.NO_NORMS
    assert outcome_of(below, before, after) is WhyNot.NO_NORMS
    undirected = replace(normed, direction=Direction.NONE)
    assert outcome_of(undirected, before, after) is WhyNot.NO_DIRECTION
    turned = replace(normed, direction=Direction.LOWER)
    assert outcome_of(turned, before, after) is WhyNot.NORMS_AGAINST_DIRECTION
    assert outcome_of(normed, before, None) is WhyNot.NO_LATER_SCORE
    assert outcome_of(normed, scored(None), after) is WhyNot.NO_EARLIER_SCORE
    assert outcome_of(normed, scored(8, None), after) is WhyNot.NO_RELIABILITY
