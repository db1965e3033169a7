"""What holds of scores, errors and stages for every form and every way to answer it."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.measurement.definition import (
    Direction,
    Evidence,
    Instrument,
    Item,
    KeyedItem,
    Option,
    OptionSet,
    Scale,
)
from assessments.measurement.movement import stage_probabilities
from assessments.measurement.scoring import error_of, reliability_of, score

Answers = dict[str, int | None]


@st.composite
def scales(draw: st.DrawFn) -> tuple[Scale, tuple[Item, ...]]:
    """A scale over 1 to 12 items, of one or of two option sets, keyed either way."""
    count = draw(st.integers(1, 12))
    sets = []
    for name in draw(st.sampled_from([["one"], ["one", "two"]])):
        values = sorted(draw(st.sets(st.integers(-3, 9), min_size=2, max_size=6)))
        sets.append(OptionSet(name, tuple(Option(value, str(value)) for value in values)))
    items = tuple(
        Item(f"Q{number}", f"Text {number}.", draw(st.sampled_from(sets)))
        for number in range(count)
    )
    scale = Scale(
        code="S",
        name="Scale",
        reading="",
        direction=draw(st.sampled_from(Direction)),
        keyed_items=tuple(KeyedItem(item.code, draw(st.booleans())) for item in items),
        minimum_answered=draw(st.integers(1, count)),
        minimum=sum(item.option_set.minimum for item in items),
        maximum=sum(item.option_set.maximum for item in items),
        evidence=Evidence(1, draw(st.floats(0, 0.999)), draw(st.floats(0.1, 40)), "assumed"),
    )
    return scale, items


@st.composite
def answered_forms(
    draw: st.DrawFn, gaps: bool = True
) -> tuple[tuple[Scale, tuple[Item, ...]], Answers]:
    scale, items = draw(scales())
    answers: Answers = {}
    for item in items:
        value = st.sampled_from(sorted(item.option_set.values))
        answers[item.code] = draw(st.none() | value if gaps else value)
    return (scale, items), answers


@pytest.fixture(scope="session")
def build(instrument):
    """Make an instrument of a scale and its items."""

    def make(form: tuple[Scale, tuple[Item, ...]]) -> Instrument:
        scale, items = form
        sets = tuple({item.option_set.code: item.option_set for item in items}.values())
        return replace(
            instrument, items=items, scales=(scale,), option_sets=sets, risk_rules=(), elements=()
        )

    return make


def same(one, other) -> bool:
    """Equal but for the last digits of a sum taken in another order."""
    return (
        (one.answered, one.items, one.sem, one.why_missing)
        == (other.answered, other.items, other.sem, other.why_missing)
        and one.value == (None if other.value is None else pytest.approx(other.value, abs=1e-9))
        and one.pomp == (None if other.pomp is None else pytest.approx(other.pomp, abs=1e-9))
    )


@given(answered_forms(), st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order_of_items_or_answers(build, form, random):
    (scale, items), answers = form
    shuffled_items, keyed, given_answers = (
        list(items),
        list(scale.keyed_items),
        list(answers.items()),
    )
    for each in (shuffled_items, keyed, given_answers):
        random.shuffle(each)
    turned = replace(scale, keyed_items=tuple(keyed)), tuple(shuffled_items)
    one = score(build((scale, items)), answers)["S"]
    assert same(one, score(build(turned), dict(given_answers))["S"])


@given(answered_forms())
def test_pomp_stays_within_0_and_100(build, form):
    found = score(build(form[0]), form[1])["S"]
    if found.pomp is not None:
        assert 0 <= found.pomp <= 100
        assert form[0][0].minimum <= found.value <= form[0][0].maximum


@given(answered_forms())
def test_reversing_every_answer_and_the_key_gives_the_same_score(build, form):
    (scale, items), answers = form
    ends = {item.code: item.option_set.minimum + item.option_set.maximum for item in items}
    sets = {item.option_set.code: item.option_set for item in items}
    backward = {
        code: OptionSet(
            code,
            tuple(
                Option(options.minimum + options.maximum - option.value, option.label)
                for option in reversed(options.options)
            ),
        )
        for code, options in sets.items()
    }
    turned_items = tuple(replace(item, option_set=backward[item.option_set.code]) for item in items)
    turned_scale = replace(
        scale,
        keyed_items=tuple(KeyedItem(each.code, not each.reverse) for each in scale.keyed_items),
    )
    turned_answers = {
        code: None if value is None else ends[code] - value for code, value in answers.items()
    }
    one = score(build((scale, items)), answers)["S"]
    assert same(one, score(build((turned_scale, turned_items)), turned_answers)["S"])


@given(answered_forms())
def test_reversing_the_key_alone_turns_the_score_around_the_middle(build, form):
    (scale, items), answers = form
    turned = replace(
        scale,
        keyed_items=tuple(KeyedItem(each.code, not each.reverse) for each in scale.keyed_items),
    )
    one = score(build((scale, items)), answers)["S"]
    other = score(build((turned, items)), answers)["S"]
    assert (one.pomp is None) is (other.pomp is None)
    if one.pomp is not None:
        assert one.pomp + other.pomp == pytest.approx(100)


@given(answered_forms())
def test_a_missing_answer_is_never_a_zero(build, form):
    """Not answered is not answered: absent or None, and never a value among those that count."""
    (scale, items), answers = form
    there = {code: value for code, value in answers.items() if value is not None}
    found = score(build((scale, items)), answers)["S"]
    assert found == score(build((scale, items)), there)["S"]
    assert found.answered == len(there)
    assert (found.value is None) is (len(there) < scale.minimum_answered)
    if found.value is None:
        assert (found.pomp, found.sem) == (None, None)
        assert found.why_missing


@given(answered_forms(gaps=False), st.data())
def test_a_person_at_one_place_of_every_item_stays_there_however_many_answers_are_missing(
    build, form, data
):
    """A zero in the place of a gap would pull the score down."""
    (scale, items), _ = form
    reverse = {keyed.code: keyed.reverse for keyed in scale.keyed_items}
    highest = {
        item.code: item.option_set.minimum if reverse[item.code] else item.option_set.maximum
        for item in items
    }
    lowest = {
        item.code: item.option_set.maximum if reverse[item.code] else item.option_set.minimum
        for item in items
    }
    left_out = data.draw(st.sets(st.sampled_from([item.code for item in items])))
    assume(len(items) - len(left_out) >= scale.minimum_answered)
    for answers, pomp in ((highest, 100), (lowest, 0)):
        found = score(build((scale, items)), answers | dict.fromkeys(left_out))["S"]
        assert found.pomp == pytest.approx(pomp, abs=1e-9)


@given(scales())
def test_more_answered_items_never_widen_the_error(form):
    scale, items = form
    errors = [error_of(scale, answered) for answered in range(1, len(items) + 1)]
    assert all(fewer >= more - 1e-12 for fewer, more in pairwise(errors))
    assert errors[-1] == pytest.approx(
        scale.evidence.sd * math.sqrt(1 - scale.evidence.reliability)
    )
    reliabilities = [reliability_of(scale, answered) for answered in range(1, len(items) + 1)]
    assert reliabilities == sorted(reliabilities) or reliabilities == pytest.approx(
        sorted(reliabilities)
    )


@given(answered_forms(gaps=False), st.data())
def test_one_more_answer_never_widens_the_error_of_a_score(build, form, data):
    (scale, items), answers = form
    code = data.draw(st.sampled_from([item.code for item in items]))
    fewer = score(build((scale, items)), answers | {code: None})["S"]
    more = score(build((scale, items)), answers)["S"]
    if fewer.sem is not None:
        assert more.sem <= fewer.sem + 1e-12


SCALES = ("DEP", "CDP", "IND", "INT")


@given(
    st.fixed_dictionaries(dict.fromkeys(SCALES, st.floats(0, 100))),
    st.fixed_dictionaries(dict.fromkeys(SCALES, st.floats(0, 40))),
)
def test_stage_probabilities_sum_to_one(scores, errors):
    found = stage_probabilities(scores, errors)
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert all(0 <= share <= 1 for share in found.values())
