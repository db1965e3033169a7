"""Answers to scores (MEASUREMENT 3.1): keying, the missing rule, prorating, POMP and its error.

A missing answer is never a zero, an incomplete scale has a reason instead of a value, and nothing
is rounded here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .definition import Direction, Instrument, Item, KeyedItem, RiskRule, Scale

Answers = Mapping[str, int | None]


class AnswerError(ValueError):
    """An answer that the instrument does not allow; `item` is the code it was given for.

    The answer itself is not repeated: such sentences end up in logs.
    """

    def __init__(self, item: str, sentence: str) -> None:
        self.item = item
        super().__init__(f"item {item}: {sentence}")


@dataclass(frozen=True)
class ScaleScore:
    """One scale of one response.

    `value` is the raw sum, prorated over unanswered items; `pomp` the same as percent of the
    maximum possible, 0 to 100; `sem` its standard error in POMP, None where no reliability is
    declared; `reported` the value times the scale's factor, as its publication reports it. An
    incomplete scale has none of the four and says in `why_missing` why.
    """

    value: float | None
    pomp: float | None
    answered: int
    items: int
    sem: float | None
    why_missing: str | None
    reported: float | None = None


@dataclass(frozen=True)
class ElementReading:
    """How much of an element the answers show: descriptive only, never with change statistics."""

    number: int
    name: str | None
    pomp: float | None
    answered: int
    items: int


def score(instrument: Instrument, answers: Answers) -> dict[str, ScaleScore]:
    """Score every scale, in the order of the definition.

    `answers` maps item codes to option values; None and absent codes are missing answers.
    Raises AnswerError for an unknown code or a value that is not one of the item's options.
    """
    given = _given(instrument, answers)
    return {scale.code: _scale_score(instrument, scale, given) for scale in instrument.scales}


def risks(instrument: Instrument, answers: Answers) -> list[RiskRule]:
    """The risk rules that the raw answers meet, however incomplete the form is."""
    given = _given(instrument, answers)
    return [
        rule
        for rule in instrument.risk_rules
        if rule.item in given and given[rule.item] >= rule.at_least
    ]


def element_profile(instrument: Instrument, answers: Answers) -> dict[int, ElementReading]:
    """Mean POMP of the answered items of each element, turned so that more is more of it.

    Items of a scale whose desired direction is lower count the other way round, since every
    element is a strength.
    """
    given = _given(instrument, answers)
    names = {element.number: element.name for element in instrument.elements}
    members: dict[int, list[KeyedItem]] = {number: [] for number in sorted(names)}
    for item in instrument.items:
        if item.element is not None:
            members.setdefault(item.element, []).append(_toward_strength(instrument, item))
    return {
        number: _element_reading(instrument, number, names.get(number), keyed_items, given)
        for number, keyed_items in members.items()
    }


def reliability_of(scale: Scale, answered: int) -> float | None:
    """The declared reliability stepped to `answered` items by the Spearman-Brown formula."""
    declared = scale.evidence.reliability
    if declared is None or answered < 1:
        return None
    share = answered / len(scale.keyed_items)
    return share * declared / (1 + (share - 1) * declared)


def error_of(scale: Scale, answered: int) -> float | None:
    """Standard error in POMP of a score from `answered` items; None without reliability."""
    reliability = reliability_of(scale, answered)
    if reliability is None or scale.evidence.sd is None:
        return None
    return scale.evidence.sd * math.sqrt(1 - reliability)


def _given(instrument: Instrument, answers: Answers) -> dict[str, int]:
    """The answers that are there, each checked against the options of its item."""
    given = {}
    for code, value in answers.items():
        item = instrument.items_by_code.get(code)
        if item is None:
            raise AnswerError(ascii(code)[:42], "the instrument has no such item.")
        if value is None:
            continue
        # True and 1.0 equal 1 and would pass for the option of that value.
        if type(value) is not int or value not in item.option_set.values:
            raise AnswerError(code, "the answer is not one of its options.")
        given[code] = value
    return given


def _scale_score(instrument: Instrument, scale: Scale, given: Mapping[str, int]) -> ScaleScore:
    counted = [keyed for keyed in scale.keyed_items if keyed.code in given]
    answered, items = len(counted), len(scale.keyed_items)
    if answered < scale.minimum_answered:
        reason = f"{answered} of {items} answered, {scale.minimum_answered} needed"
        return ScaleScore(None, None, answered, items, None, reason)
    value = _prorated_sum(instrument, scale, counted, given)
    pomp = 100 * (value - scale.minimum) / (scale.maximum - scale.minimum)
    error = error_of(scale, answered)
    return ScaleScore(value, pomp, answered, items, error, None, scale.reported(value))


def _prorated_sum(
    instrument: Instrument, scale: Scale, counted: list[KeyedItem], given: Mapping[str, int]
) -> float:
    """The sum over all items, unanswered ones at the person's own mean.

    Where the items of a scale have different ranges the mean is that of their positions within
    their ranges; with equal ranges this is k times the mean answer.
    """
    items = instrument.items_by_code
    values = [_keyed(items[keyed.code], keyed.reverse, given[keyed.code]) for keyed in counted]
    answered, total = len(values), sum(values)
    if answered == len(scale.keyed_items):
        return float(total)
    ranges = {
        (items[keyed.code].option_set.minimum, items[keyed.code].option_set.maximum)
        for keyed in scale.keyed_items
    }
    if len(ranges) == 1:
        return total * len(scale.keyed_items) / answered
    lows = [items[keyed.code].option_set.minimum for keyed in counted]
    highs = [items[keyed.code].option_set.maximum for keyed in counted]
    position = sum(
        (value - low) / (high - low) for value, low, high in zip(values, lows, highs, strict=True)
    )
    rest_low, rest_high = scale.minimum - sum(lows), scale.maximum - sum(highs)
    return total + rest_low + min(1.0, position / answered) * (rest_high - rest_low)


def _keyed(item: Item, reverse: bool, value: int) -> int:
    options = item.option_set
    return options.minimum + options.maximum - value if reverse else value


def _toward_strength(instrument: Instrument, item: Item) -> KeyedItem:
    for scale in instrument.scales:
        for keyed in scale.keyed_items:
            if keyed.code == item.code:
                turned = scale.direction is Direction.LOWER
                return KeyedItem(item.code, keyed.reverse != turned)
    return KeyedItem(item.code, reverse=False)


def _element_reading(
    instrument: Instrument,
    number: int,
    name: str | None,
    keyed_items: list[KeyedItem],
    given: Mapping[str, int],
) -> ElementReading:
    positions = []
    for keyed in keyed_items:
        if keyed.code in given:
            item = instrument.items_by_code[keyed.code]
            low, high = item.option_set.minimum, item.option_set.maximum
            value = _keyed(item, keyed.reverse, given[keyed.code])
            positions.append(100 * (value - low) / (high - low))
    pomp = sum(positions) / len(positions) if positions else None
    return ElementReading(number, name, pomp, len(positions), len(keyed_items))
