"""Marks on how a form was answered (MEASUREMENT 4.2, end). They annotate and change nothing.

A mark is a reason to ask, never a verdict: an honest person may well give ten equal answers.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from numbers import Real
from statistics import median

from .definition import Instrument, Item
from .scoring import Answers, score

LONG_STRING = 10
# Of the many shorter forms with every item keyed one way, five equal answers are common and honest.
ALL_SAME_ITEMS = 6
# Ten times "no" on a list of yes-or-no questions says little about how it was answered.
TELLING_OPTIONS = 3
SECONDS_PER_ITEM = 1.5
# The median of a few times, say of answers that were changed later, is not that of the form.
TIMED_SHARE = 0.5
ACQUIESCENCE = 1.0
# The threshold belongs to answers from 0 to 5; other ranges are brought to that width.
ACQUIESCENCE_RANGE = 5
MISSING_SHARE = 0.2

Seconds = Mapping[str, float | None] | float | None
Figures = dict[str, float | str | list[str]]


class MarkCode(StrEnum):
    LONG_STRING = "long_string"
    ALL_SAME = "all_same"
    TOO_FAST = "too_fast"
    ACQUIESCENCE = "acquiescence"
    MISSING = "missing"


@dataclass(frozen=True)
class Mark:
    """One thing to know about a response, with the figures that it was raised from.

    `figures` holds plain values only (JSON):

    long_string: length, value (the raw answer), first, last (item codes), threshold
    all_same: items (how many answers), value, reversed (how many of the items are reverse-keyed:
        with none the answers may well agree with each other)
    too_fast: seconds (per item), basis ("items": median of the times of the answered items;
        "total": whole time over answered items), items, threshold
    acquiescence: acquiescence (positive: agreed with both of two opposites; on the width of 0 to
        5), pairs (how many had both answers), threshold
    missing: missing, not_applicable, items (counts), share (of the items that apply), threshold,
        scales (codes of those that could not be scored)
    """

    code: MarkCode
    figures: Figures


def marks(instrument: Instrument, answers: Answers, seconds: Seconds = None) -> list[Mark]:
    """Every mark that the answers and times give reason for, in the order of `MarkCode`.

    `answers` is what `scoring.score` takes: raw option values, None or absent where there is no
    answer; None for an item that may not apply means "does not apply". `seconds` is the time
    spent on each item (code -> seconds), the time for the whole form, or None. Raises AnswerError
    as `score` does, and ValueError for a time that is negative or no finite number.
    """
    unscored = [code for code, found in score(instrument, answers).items() if found.value is None]
    given = [
        (item, value) for item in instrument.items if (value := answers.get(item.code)) is not None
    ]
    telling = [(item, value) for item, value in given if len(item.options) >= TELLING_OPTIONS]
    found = [
        _long_string(telling),
        _all_same(instrument, telling),
        _too_fast(given, seconds),
        _acquiescence(instrument, answers),
        _missing(instrument, answers, unscored),
    ]
    return [mark for mark in found if mark is not None]


def _long_string(telling: list[tuple[Item, int]]) -> Mark | None:
    """The longest run of equal raw answers in the order of the items, the first of equally long.

    What was not answered neither ends a run nor lengthens it: one skipped question among equal
    answers must not hide them.
    """
    runs = [list(run) for _, run in groupby(telling, key=lambda answer: answer[1])]
    longest = max(runs, key=len, default=[])
    if len(longest) < LONG_STRING:
        return None
    (first, value), (last, _) = longest[0], longest[-1]
    return Mark(
        MarkCode.LONG_STRING,
        {
            "length": len(longest),
            "value": value,
            "first": first.code,
            "last": last.code,
            "threshold": LONG_STRING,
        },
    )


def _all_same(instrument: Instrument, telling: list[tuple[Item, int]]) -> Mark | None:
    values = {value for _, value in telling}
    if len(telling) < ALL_SAME_ITEMS or len(values) > 1:
        return None
    backward = {
        keyed.code for scale in instrument.scales for keyed in scale.keyed_items if keyed.reverse
    }
    return Mark(
        MarkCode.ALL_SAME,
        {
            "items": len(telling),
            "value": values.pop(),
            "reversed": sum(item.code in backward for item, _ in telling),
        },
    )


def _too_fast(given: list[tuple[Item, int]], seconds: Seconds) -> Mark | None:
    if isinstance(seconds, Mapping):
        known = {code: _time(code, time) for code, time in seconds.items() if time is not None}
        times = [known[item.code] for item, _ in given if item.code in known]
        if not times or len(times) < TIMED_SHARE * len(given):
            return None
        each, basis, items = median(times), "items", len(times)
    elif seconds is not None:
        total = _time("the whole form", seconds)
        if not given:
            return None
        each, basis, items = total / len(given), "total", len(given)
    else:
        return None
    if each >= SECONDS_PER_ITEM:
        return None
    return Mark(
        MarkCode.TOO_FAST,
        {"seconds": each, "basis": basis, "items": items, "threshold": SECONDS_PER_ITEM},
    )


def _time(place: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"the time for {ascii(place)[:42]} is not a number of seconds.")
    seconds = float(value)
    if not 0 <= seconds < math.inf:
        raise ValueError(f"the time for {ascii(place)[:42]} must be 0 seconds or more.")
    return seconds


def _acquiescence(instrument: Instrument, answers: Answers) -> Mark | None:
    """How far the raw answers to matched opposites lie above the middle, on average.

    Whoever answers two opposites by their content lands in the middle; only pairs with both
    answers are balanced.
    """
    pairs: dict[str, list[float]] = {}
    for item in instrument.items:
        value = answers.get(item.code)
        if item.pair is not None and value is not None:
            low, high = item.option_set.minimum, item.option_set.maximum
            middle = (low + high) / 2
            distance = ACQUIESCENCE_RANGE * (value - middle) / (high - low)
            pairs.setdefault(item.pair, []).append(distance)
    balanced = [distances for distances in pairs.values() if len(distances) == 2]
    if not balanced:
        return None
    index = sum(map(sum, balanced)) / (2 * len(balanced))
    # To nine decimals: exactly on the threshold is not beyond it, however it is stored.
    if round(abs(index), 9) <= ACQUIESCENCE:
        return None
    return Mark(
        MarkCode.ACQUIESCENCE,
        {"acquiescence": index, "pairs": len(balanced), "threshold": ACQUIESCENCE},
    )


def _missing(instrument: Instrument, answers: Answers, unscored: list[str]) -> Mark | None:
    """Raised by a share above the threshold or by a scale that could not be scored.

    "Does not apply" is an answer of a kind: it is counted apart and leaves the share.
    """
    inapplicable = sum(
        item.may_not_apply and item.code in answers and answers[item.code] is None
        for item in instrument.items
    )
    missing = sum(answers.get(item.code) is None for item in instrument.items) - inapplicable
    applying = len(instrument.items) - inapplicable
    share = missing / applying if applying else 0.0
    if share <= MISSING_SHARE and not unscored:
        return None
    return Mark(
        MarkCode.MISSING,
        {
            "missing": missing,
            "not_applicable": inapplicable,
            "items": len(instrument.items),
            "share": share,
            "threshold": MISSING_SHARE,
            "scales": unscored,
        },
    )
