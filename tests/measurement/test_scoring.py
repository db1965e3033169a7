"""From answers to scores, with the worked numbers of MEASUREMENT 3.1."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.definition import (
    Direction,
    Evidence,
    Instrument,
    Item,
    KeyedItem,
    Licence,
    Option,
    OptionSet,
    Scale,
)
from assessments.measurement.scoring import (
    AnswerError,
    ElementReading,
    ScaleScore,
    element_profile,
    reliability_of,
    risks,
    score,
)

EVIDENCE = Evidence(rung=1, reliability=0.8, sd=20.0, source="assumed")


def one_scale(
    count: int,
    low: int,
    high: int,
    *,
    reverse: frozenset[int] = frozenset(),
    minimum_answered: int | None = None,
    evidence: Evidence = EVIDENCE,
) -> Instrument:
    options = OptionSet("o", tuple(Option(value, str(value)) for value in range(low, high + 1)))
    items = tuple(Item(f"Q{number}", "text", options) for number in range(count))
    scale = Scale(
        code="S",
        name="Scale",
        reading="",
        direction=Direction.NONE,
        keyed_items=tuple(KeyedItem(f"Q{i}", i in reverse) for i in range(count)),
        minimum_answered=minimum_answered or math.ceil(0.8 * count),
        minimum=count * low,
        maximum=count * high,
        evidence=evidence,
    )
    return Instrument(
        code="one-scale",
        version=1,
        language="en",
        name="One scale",
        purpose="",
        window="",
        introduction="",
        minutes=1,
        evidence_note="",
        default_cadence="once",
        licence=Licence("", "", ""),
        option_sets=(options,),
        items=items,
        scales=(scale,),
        risk_rules=(),
        elements=(),
        not_applicable=None,
        checksum="",
    )


def answers_of(*values: int | None) -> dict[str, int | None]:
    return {f"Q{number}": value for number, value in enumerate(values)}


def test_score_prorates_over_one_missing_answer():
    found = score(one_scale(6, 0, 5), answers_of(3, None, 2, 4, 3, 1))["S"]
    assert (found.value, found.pomp, found.answered, found.items) == (15.6, 52.0, 5, 6)
    assert found.why_missing is None


def test_score_of_too_few_answers_is_a_reason_and_no_value():
    found = score(one_scale(6, 0, 5), answers_of(3, None, 2, None, 3, 1))["S"]
    assert found == ScaleScore(None, None, 4, 6, None, "4 of 6 answered, 5 needed")


@pytest.mark.parametrize(
    "count, low, high, raw, pomp",
    [(9, 0, 3, 14, 51.8519), (10, 1, 4, 26, 53.3333), (10, 1, 5, 22, 30.0)],
)
def test_pomp_is_the_percentage_of_the_range(count, low, high, raw, pomp):
    instrument = one_scale(count, low, high)
    values = [low] * count
    for step in range(raw - count * low):
        values[step % count] += 1
    found = score(instrument, answers_of(*values))["S"]
    assert found.value == raw
    assert found.pomp == pytest.approx(pomp, abs=1e-4)


def test_score_counts_reversed_items_from_the_other_end(instrument):
    answers = {"A1": 5, "A2": 0, "A3": 5, "A4": 0, "A5": 5, "A6": 5}
    assert score(instrument, answers)["CDP"].pomp == 100.0
    assert score(instrument, answers | {"A2": 1})["CDP"].value == 29.0


def test_error_follows_from_reliability_and_answers():
    instrument = one_scale(6, 0, 5)
    complete = score(instrument, answers_of(1, 1, 1, 1, 1, 1))["S"]
    prorated = score(instrument, answers_of(1, 1, 1, 1, 1, None))["S"]
    assert complete.sem == pytest.approx(8.944272, abs=1e-6)
    assert prorated.sem == pytest.approx(20 * math.sqrt(1 - 0.769231), abs=1e-4)
    assert reliability_of(instrument.scales[0], 5) == pytest.approx(0.769231, abs=1e-6)


def test_error_is_unknown_without_a_declared_reliability(instrument):
    found = score(instrument, {"B1": 2, "B2": 3})["INT"]
    assert found.sem is None
    assert found.pomp is not None


def test_prorating_stays_in_range_where_items_have_different_ranges(instrument):
    highest = score(instrument, {"B1": 5})["INT"]
    lowest = score(instrument, {"B1": 0})["INT"]
    assert (highest.value, highest.pomp) == (9.0, 100.0)
    assert (lowest.value, lowest.pomp) == (1.0, 0.0)


@pytest.mark.parametrize("value", [True, False, 1.0, math.nan, "1", 6, -1, [1], 10**400])
def test_score_refuses_a_value_that_is_no_option_and_does_not_repeat_it(instrument, value):
    with pytest.raises(AnswerError) as caught:
        score(instrument, {"A1": value})
    assert caught.value.item == "A1"
    assert str(caught.value) == "item A1: the answer is not one of its options."


def test_score_refuses_a_gap_between_option_values(instrument):
    with pytest.raises(AnswerError):
        score(instrument, {"B2": 2})


@pytest.mark.parametrize("code", ["A9", "a1", "", 1, None, "x" * 5000, "A\n1"])
def test_score_refuses_an_unknown_item_even_without_an_answer(instrument, code):
    with pytest.raises(AnswerError, match=r"^item .{1,42}: the instrument has no such item\.$"):
        score(instrument, {code: None})


def test_score_of_no_answers_gives_reasons_for_every_scale(instrument):
    reasons = {code: found.why_missing for code, found in score(instrument, {}).items()}
    assert reasons == {
        "CDP": "0 of 6 answered, 5 needed",
        "INT": "0 of 2 answered, 1 needed",
    }


def test_risks_are_seen_on_an_otherwise_empty_form(instrument):
    assert [rule.code for rule in risks(instrument, {"SAFE": 3})] == ["unsafe"]
    assert [rule.code for rule in risks(instrument, {"SAFE": 4, "A1": None})] == ["unsafe"]


@pytest.mark.parametrize("answers", [{}, {"SAFE": None}, {"SAFE": 1}])
def test_risks_are_not_raised_below_the_rule_or_without_an_answer(instrument, answers):
    assert risks(instrument, answers) == []


def test_risks_refuse_what_is_no_answer(instrument):
    with pytest.raises(AnswerError):
        risks(instrument, {"SAFE": "3"})


def test_element_profile_turns_every_item_toward_the_strength(instrument):
    # B2 is reverse-keyed in a scale meant to rise; A5 stands in a scale meant to fall.
    found = element_profile(instrument, {"B1": 4, "B2": 1, "A5": 1})
    assert found == {
        1: ElementReading(1, "Own values kept", 90.0, 2, 2),
        2: ElementReading(2, "The bond seen", 80.0, 1, 1),
    }


def test_element_profile_of_no_answer_has_no_number(instrument):
    assert element_profile(instrument, {})[2] == ElementReading(2, "The bond seen", None, 0, 1)


sixes = st.lists(st.none() | st.integers(0, 5), min_size=6, max_size=6)
keys = st.frozensets(st.integers(0, 5))


@given(sixes, keys)
def test_pomp_stays_between_0_and_100(values, reverse):
    found = score(one_scale(6, 0, 5, reverse=reverse, minimum_answered=1), answers_of(*values))["S"]
    if found.pomp is None:
        assert found.answered == 0
    else:
        assert 0 <= found.pomp <= 100


@given(st.lists(st.none() | st.sampled_from([0, 5]), min_size=3, max_size=3))
def test_pomp_stays_between_0_and_100_over_different_ranges(values):
    instrument = mixed_ranges()
    given_answers = {
        f"Q{number}": value if value in (None, 0) else instrument.items[number].option_set.maximum
        for number, value in enumerate(values)
    }
    found = score(instrument, given_answers)["S"]
    assert found.pomp is None or 0 <= found.pomp <= 100


def mixed_ranges() -> Instrument:
    plain = one_scale(3, 0, 5, minimum_answered=1)
    sizes = (1, 3, 7)
    items = tuple(
        replace(
            item,
            option_set=OptionSet("o", tuple(Option(v, str(v)) for v in range(size + 1))),
        )
        for item, size in zip(plain.items, sizes, strict=True)
    )
    return replace(plain, items=items, scales=(replace(plain.scales[0], maximum=sum(sizes)),))


@given(sixes, keys, st.randoms(use_true_random=False))
def test_score_does_not_depend_on_the_order_of_anything(values, reverse, chance: random.Random):
    instrument = one_scale(6, 0, 5, reverse=reverse)
    answers = list(answers_of(*values).items())
    keyed_items, items = list(instrument.scales[0].keyed_items), list(instrument.items)
    for entries in (answers, keyed_items, items):
        chance.shuffle(entries)
    scale = replace(instrument.scales[0], keyed_items=tuple(keyed_items))
    shuffled = replace(instrument, items=tuple(items), scales=(scale,))
    assert score(shuffled, dict(answers)) == score(instrument, answers_of(*values))


@given(sixes, keys)
def test_reversing_every_answer_and_every_key_gives_the_same_score(values, reverse):
    turned = [None if value is None else 5 - value for value in values]
    other = frozenset(range(6)) - reverse
    assert score(one_scale(6, 0, 5, reverse=other), answers_of(*turned)) == score(
        one_scale(6, 0, 5, reverse=reverse), answers_of(*values)
    )


@given(st.lists(st.integers(0, 5), min_size=5, max_size=5), keys, st.integers(0, 5))
def test_missing_answer_takes_the_mean_of_the_others_and_never_counts_as_zero(
    values, reverse, place
):
    instrument = one_scale(6, 0, 5, reverse=reverse)
    values = [*values[:place], None, *values[place:]]
    found = score(instrument, answers_of(*values))["S"]
    keyed = [
        5 - value if number in reverse else value
        for number, value in enumerate(values)
        if value is not None
    ]
    assert found.pomp == pytest.approx(100 * sum(keyed) / len(keyed) / 5)
    absent = {code: value for code, value in answers_of(*values).items() if value is not None}
    assert score(instrument, absent)["S"] == found


@given(st.integers(2, 30), st.floats(0.01, 0.99), st.floats(0.1, 50))
def test_more_answered_items_never_widen_the_error(count, reliability, sd):
    evidence = Evidence(rung=1, reliability=reliability, sd=sd, source="assumed")
    instrument = one_scale(count, 0, 5, minimum_answered=1, evidence=evidence)
    errors = []
    for answered in range(1, count + 1):
        found = score(instrument, answers_of(*[3] * answered))["S"]
        errors.append(found.sem)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == pytest.approx(sd * math.sqrt(1 - reliability))
