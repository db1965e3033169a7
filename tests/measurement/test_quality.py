"""Marks on how a form was answered: each with the figures it was raised from, and nothing else."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.definition import (
    Instrument,
    Item,
    KeyedItem,
    Option,
    OptionSet,
    parse,
)
from assessments.measurement.quality import Mark, MarkCode, marks
from assessments.measurement.scoring import AnswerError

FOLDER = Path(__file__).parents[2] / "assessments" / "instruments"
WEEKLY = parse((FOLDER / "causeway-weekly-1.toml").read_text(encoding="utf-8"))
LONG = parse((FOLDER / "causeway-long-1.toml").read_text(encoding="utf-8"))

# Steps through the options, so that no rule of sameness speaks up.
MIXED = (1, 2, 3, 4)


def mixed(form: Instrument) -> dict[str, int | None]:
    """Every item answered, no run, and each pair answered as opposites are."""
    answers: dict[str, int | None] = {
        item.code: MIXED[place % 4] for place, item in enumerate(form.items)
    }
    first_of: dict[str, int] = {}
    for item in form.items:
        if item.pair is not None:
            value = answers[item.code]
            answers[item.code] = 5 - first_of.setdefault(item.pair, 5 - value)
    return answers


def form(instrument: Instrument, count: int, low: int = 0, high: int = 5) -> Instrument:
    """A form of `count` items Q1, Q2 ... with one scale that any answer scores."""
    options = OptionSet("o", tuple(Option(value, str(value)) for value in range(low, high + 1)))
    items = tuple(Item(f"Q{number}", "text", options) for number in range(1, count + 1))
    scale = replace(
        instrument.scales[0],
        keyed_items=tuple(KeyedItem(item.code, False) for item in items),
        minimum_answered=1,
        minimum=count * low,
        maximum=count * high,
    )
    return replace(
        instrument, items=items, scales=(scale,), option_sets=(options,), risk_rules=(), elements=()
    )


def answered(*values: int | None) -> dict[str, int | None]:
    return {f"Q{place}": value for place, value in enumerate(values, start=1)}


def found(code: MarkCode, given: list[Mark]) -> dict | None:
    figures = [mark.figures for mark in given if mark.code is code]
    assert len(figures) <= 1
    return figures[0] if figures else None


def codes(given: list[Mark]) -> list[str]:
    return [mark.code for mark in given]


@pytest.mark.parametrize("shipped", [WEEKLY, LONG], ids=["weekly", "long"])
def test_a_form_answered_with_thought_has_no_mark(shipped):
    assert marks(shipped, mixed(shipped), dict.fromkeys(mixed(shipped), 4.0)) == []
    assert marks(shipped, mixed(shipped), 4.0 * len(shipped.items)) == []
    assert marks(shipped, mixed(shipped), None) == []


def test_one_answer_pressed_all_the_way_down_is_marked_in_order():
    every = marks(WEEKLY, dict.fromkeys(mixed(WEEKLY), 5), 8.0)
    assert codes(every) == ["long_string", "all_same", "too_fast", "acquiescence"]
    assert every[0].figures == {
        "length": 20,
        "value": 5,
        "first": WEEKLY.items[0].code,
        "last": WEEKLY.items[-1].code,
        "threshold": 10,
    }
    assert every[1].figures == {"items": 20, "value": 5, "reversed": 6}
    assert every[2].figures == {"seconds": 0.4, "basis": "total", "items": 20, "threshold": 1.5}
    assert every[3].figures == {"acquiescence": 2.5, "pairs": 4, "threshold": 1.0}


def test_figures_are_plain_values():
    unpaired = [item.code for item in WEEKLY.items if item.pair is None]
    every = marks(WEEKLY, dict.fromkeys(mixed(WEEKLY), 5) | dict.fromkeys(unpaired[:5]), 8.0)
    assert len(every) == 5
    for mark in every:
        assert json.loads(json.dumps(mark.figures)) == mark.figures


# --- long string --------------------------------------------------------------------------------


@pytest.mark.parametrize("length, marked", [(9, False), (10, True), (11, True)])
def test_a_long_string_begins_at_ten_equal_answers(instrument, length, marked):
    values = [1, *[3] * length, 1]
    figures = found(MarkCode.LONG_STRING, marks(form(instrument, len(values)), answered(*values)))
    assert (figures is not None) is marked
    if marked:
        assert (figures["length"], figures["value"]) == (length, 3)
        assert (figures["first"], figures["last"]) == ("Q2", f"Q{length + 1}")


def test_a_question_left_out_neither_ends_nor_lengthens_a_string(instrument):
    nine = [*[3] * 5, None, *[3] * 4, 1]
    ten = [*[3] * 5, None, *[3] * 5, 1]
    assert marks(form(instrument, len(nine)), answered(*nine)) == []
    figures = found(MarkCode.LONG_STRING, marks(form(instrument, len(ten)), answered(*ten)))
    assert (figures["length"], figures["first"], figures["last"]) == (10, "Q1", "Q11")


def test_a_string_follows_the_items_and_not_the_order_of_answering(instrument):
    values = [*[3] * 10, 1, 2]
    straight = answered(*values)
    turned = dict(reversed(straight.items()))
    twelve = form(instrument, 12)
    assert marks(twelve, turned) == marks(twelve, straight)
    assert codes(marks(twelve, straight)) == ["long_string"]


def test_a_string_is_of_raw_answers_before_keying(instrument):
    twelve = form(instrument, 12)
    scale = twelve.scales[0]
    keyed = tuple(
        KeyedItem(each.code, place % 2 == 0) for place, each in enumerate(scale.keyed_items)
    )
    turned = replace(twelve, scales=(replace(scale, keyed_items=keyed),))
    assert codes(marks(turned, answered(*[2] * 11, 1))) == ["long_string"]
    assert codes(marks(turned, answered(*[1, 4] * 6))) == []


def test_equal_answers_to_yes_or_no_questions_are_no_mark(instrument):
    assert marks(form(instrument, 15, low=0, high=1), answered(*[0] * 15)) == []
    assert codes(marks(form(instrument, 15, low=0, high=2), answered(*[0] * 15))) == [
        "long_string",
        "all_same",
    ]


# --- all the same -------------------------------------------------------------------------------


@pytest.mark.parametrize("count, marked", [(3, False), (5, False), (6, True), (9, True)])
def test_all_the_same_needs_six_answers(instrument, count, marked):
    given = marks(form(instrument, count), answered(*[2] * count))
    assert codes(given) == (["all_same"] if marked else [])
    if marked:
        assert given[0].figures == {"items": count, "value": 2, "reversed": 0}


def test_all_the_same_counts_answers_and_not_gaps(instrument):
    eight = form(instrument, 8)
    assert found(MarkCode.ALL_SAME, marks(eight, answered(*[2] * 6, None, None)))["items"] == 6
    assert found(MarkCode.ALL_SAME, marks(eight, answered(*[2] * 5, None, None, None))) is None


def test_one_other_answer_is_not_all_the_same(instrument):
    assert marks(form(instrument, 9), answered(*[2] * 8, 3)) == []


# --- too fast -----------------------------------------------------------------------------------


def mixed_form(instrument: Instrument, count: int) -> tuple[Instrument, dict[str, int | None]]:
    return form(instrument, count), answered(*(MIXED[place % 4] for place in range(count)))


@pytest.mark.parametrize("each, marked", [(1.49, True), (1.5, False), (1.51, False), (0, True)])
def test_too_fast_is_a_median_under_one_and_a_half_seconds(instrument, each, marked):
    nine, answers = mixed_form(instrument, 9)
    times = dict(zip(answers, [0.1, 0.1, 0.1, 0.1, each, 60, 60, 60, 60], strict=True))
    if each == 0:
        times = dict.fromkeys(answers, 0)
    given = marks(nine, answers, times)
    assert codes(given) == (["too_fast"] if marked else [])
    if marked:
        assert given[0].figures == {"seconds": each, "basis": "items", "items": 9, "threshold": 1.5}


def test_too_fast_by_the_items_does_not_hear_a_long_pause(instrument):
    nine, answers = mixed_form(instrument, 9)
    times = dict.fromkeys(answers, 0.5) | {"Q9": 3600.0}
    assert codes(marks(nine, answers, times)) == ["too_fast"]
    assert marks(nine, answers, sum(times.values())) == []


def test_too_fast_counts_the_answered_items_only(instrument):
    nine, answers = mixed_form(instrument, 9)
    answers |= {"Q8": None, "Q9": None}
    times = dict.fromkeys(answers, 0.5) | {"Q8": 90.0, "Q9": 90.0}
    figures = found(MarkCode.TOO_FAST, marks(nine, answers, times))
    assert (figures["seconds"], figures["items"]) == (0.5, 7)
    # 7 answers: 10.5 seconds are 1.5 each, although they are 1.17 for each of 9 items.
    assert found(MarkCode.TOO_FAST, marks(nine, answers, 10.5)) is None
    assert found(MarkCode.TOO_FAST, marks(nine, answers, 10.4))["items"] == 7


def test_too_fast_needs_times_of_half_of_the_answers(instrument):
    eight, answers = mixed_form(instrument, 8)
    assert marks(eight, answers, {"Q1": 0.1, "Q2": 0.1, "Q3": 0.1, "Q4": None}) == []
    assert codes(marks(eight, answers, dict.fromkeys(["Q1", "Q2", "Q3", "Q4"], 0.1))) == [
        "too_fast"
    ]


@pytest.mark.parametrize("seconds", [None, {}, {"Q1": None}, {"elsewhere": 0.1}])
def test_no_time_is_no_mark(instrument, seconds):
    nine, answers = mixed_form(instrument, 9)
    assert marks(nine, answers, seconds) == []


@pytest.mark.parametrize(
    "seconds", [-1, math.nan, math.inf, True, "9", {"Q1": -1}, {"Q1": math.nan}, {"Q1": "fast"}]
)
def test_a_time_that_is_none_is_refused(instrument, seconds):
    nine, answers = mixed_form(instrument, 9)
    with pytest.raises(ValueError, match="the time for"):
        marks(nine, answers, seconds)


# --- acquiescence ---------------------------------------------------------------------------------


def with_pairs(instrument: Instrument, low: int = 0, high: int = 5, pairs: int = 2) -> Instrument:
    """Q1 and Q2 are opposites, Q3 and Q4, and so on."""
    plain = form(instrument, 2 * pairs, low, high)
    items = tuple(
        replace(item, pair=f"pair {place // 2}") for place, item in enumerate(plain.items)
    )
    return replace(plain, items=items)


@pytest.mark.parametrize(
    "values, index",
    [
        ((4, 3, 4, 3), None),  # 1.0 exactly
        ((4, 4, 4, 3), 1.25),
        ((2, 1, 1, 2), None),
        ((1, 1, 2, 1), -1.25),
        ((5, 0, 5, 0), None),
        ((5, 5, 5, 5), 2.5),
        ((4, 4, 5, None), 1.5),  # the second pair is not balanced
        ((5, None, 5, None), None),
        ((None, None, None, None), None),
    ],
)
def test_acquiescence_is_the_mean_of_the_balanced_pairs(instrument, values, index):
    figures = found(MarkCode.ACQUIESCENCE, marks(with_pairs(instrument), answered(*values)))
    complete = (values[0] is not None and values[1] is not None) + (
        values[2] is not None and values[3] is not None
    )
    expected = {"acquiescence": index, "pairs": complete, "threshold": 1.0}
    assert figures == (None if index is None else pytest.approx(expected))


def test_acquiescence_on_other_options_is_of_the_same_share_of_the_range(instrument):
    # 1 to 4: 0.6 from the middle is what 1.0 is on 0 to 5.
    narrow = with_pairs(instrument, 1, 4, pairs=5)
    on, over = [3, 3, 3, 3, 3, 3, 3, 3, 3, 4], [3, 3, 3, 3, 3, 3, 3, 3, 4, 4]
    assert found(MarkCode.ACQUIESCENCE, marks(narrow, answered(*on))) is None
    figures = found(MarkCode.ACQUIESCENCE, marks(narrow, answered(*over)))
    assert figures["acquiescence"] == pytest.approx(5 * 0.7 / 3)


def test_items_without_an_opposite_say_nothing_of_acquiescence(instrument):
    assert "acquiescence" not in codes(marks(form(instrument, 9), answered(*[5] * 9)))


# --- missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("gaps, marked", [(0, False), (2, False), (3, True), (10, True)])
def test_missing_is_marked_above_a_fifth(instrument, gaps, marked):
    ten = form(instrument, 10)
    values = [*(MIXED[place % 4] for place in range(10 - gaps)), *[None] * gaps]
    figures = found(MarkCode.MISSING, marks(ten, answered(*values)))
    assert (figures is not None) is marked
    if marked:
        assert figures == {
            "missing": gaps,
            "not_applicable": 0,
            "items": 10,
            "share": gaps / 10,
            "threshold": 0.2,
            "scales": ["CDP"] if gaps == 10 else [],
        }


def test_an_absent_answer_is_as_missing_as_none(instrument):
    ten = form(instrument, 10)
    answers = answered(1, 2, 3, 4, 1, 2, 3, None, None, None)
    there = {code: value for code, value in answers.items() if value is not None}
    assert marks(ten, there) == marks(ten, answers)
    assert codes(marks(ten, there)) == ["missing"]


def test_a_scale_without_a_score_is_marked_however_little_is_missing():
    answers = mixed(WEEKLY)
    dependence = [keyed.code for keyed in WEEKLY.scales_by_code["DEP"].keyed_items]
    answers |= dict.fromkeys(dependence[:2])
    applying = [code for code in dependence[:2] if not WEEKLY.items_by_code[code].may_not_apply]
    figures = found(MarkCode.MISSING, marks(WEEKLY, answers))
    assert figures["scales"] == ["DEP"]
    assert figures["missing"] == len(applying)
    assert figures["share"] <= 0.2


def test_what_does_not_apply_is_counted_apart(instrument):
    ten = form(instrument, 10)
    items = tuple(replace(item, may_not_apply=place >= 6) for place, item in enumerate(ten.items))
    relational = replace(ten, items=items)
    answers = answered(1, 2, 3, 4, 1, None, None, None, None, None)
    assert found(MarkCode.MISSING, marks(relational, answers)) is None
    # Not even opened, they are missing.
    del answers["Q10"], answers["Q9"]
    figures = found(MarkCode.MISSING, marks(relational, answers))
    assert (figures["missing"], figures["not_applicable"]) == (3, 2)
    assert figures["share"] == 3 / 8


def test_a_form_of_which_nothing_applies_has_no_share(instrument):
    three = form(instrument, 3)
    items = tuple(replace(item, may_not_apply=True) for item in three.items)
    figures = found(
        MarkCode.MISSING, marks(replace(three, items=items), answered(None, None, None))
    )
    assert (figures["missing"], figures["not_applicable"], figures["share"]) == (0, 3, 0.0)
    assert figures["scales"] == ["CDP"]


# --- input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [{"Q1": 9}, {"Q1": True}, {"Q1": "2"}, {"elsewhere": 1}])
def test_marks_refuse_answers_as_scoring_does(instrument, answers):
    with pytest.raises(AnswerError):
        marks(form(instrument, 3), answers)


@given(
    st.fixed_dictionaries({}, optional={item.code: st.integers(0, 5) for item in WEEKLY.items}),
    st.none() | st.floats(0, 3600),
)
def test_marks_change_neither_answers_nor_times(answers, seconds):
    before = dict(answers)
    given = marks(WEEKLY, answers, seconds)
    assert answers == before
    assert sorted(codes(given), key=list(MarkCode).index) == codes(given)
    assert len(set(codes(given))) == len(given)
