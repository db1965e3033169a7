"""What a person ticks, given where they truly stand.

Each answer is the level in option units, shifted by the item's own difficulty, by the person's
lasting leaning on this item, by how readily they agree, and by chance; then it is turned where
the item is reversed, rounded and kept within the options. The sizes are chosen so that six items
have an alpha of about .80 and correlate about .40 with each other among people who differ by 18
points (the definitions assume the same); ``tests/assessments/test_demo_answers.py`` checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from assessments.measurement.definition import Instrument, Item

DIFFICULTY = 0.6  # spread of item difficulties, in options, either way
CHANCE = 0.9  # standard deviations, in options
LEANING = 0.45
AGREEING = 0.2
NOT_APPLYING = 0.03
SKIPPED = 0.01


@dataclass(frozen=True)
class Style:
    """A person's manner of answering: how readily they agree, and their leaning by item."""

    agreeing: float
    leanings: Mapping[str, float]


@dataclass(frozen=True)
class _Keyed:
    """An item as the simulation needs it."""

    item: Item
    scale: str
    reverse: bool
    difficulty: float


def style(instruments: list[Instrument], random: Random) -> Style:
    """A new person's manner of answering; one leaning for an item that two forms share."""
    codes = sorted({item.code for instrument in instruments for item in instrument.items})
    return Style(random.gauss(0, AGREEING), {code: random.gauss(0, LEANING) for code in codes})


def fill_in(
    instrument: Instrument, levels: Mapping[str, float], style: Style, random: Random
) -> dict[str, int | None]:
    """Answers to every item of a scale, now and then "does not apply" or left open."""
    answers: dict[str, int | None] = {}
    for keyed in _keyed_items(instrument):
        item = keyed.item
        chance = random.random()
        if item.may_not_apply and chance < NOT_APPLYING:
            answers[item.code] = None
            continue
        if chance > 1 - SKIPPED:
            continue
        low, high = item.option_set.minimum, item.option_set.maximum
        inner = levels[keyed.scale] / 100 * (high - low) + keyed.difficulty
        inner += style.leanings.get(item.code, 0.0) + random.gauss(0, CHANCE)
        ticked = (high - inner if keyed.reverse else low + inner) + style.agreeing
        answers[item.code] = min(high, max(low, round(ticked)))
    return answers


def _keyed_items(instrument: Instrument) -> tuple[_Keyed, ...]:
    """The items in the order of the form. Difficulties of a scale sum to zero in each form."""
    found = _cache.get(instrument.checksum)
    if found is None:
        found = _cache[instrument.checksum] = _work_out(instrument)
    return found


# By checksum, since hashing a whole definition at every form would take longer than filling it in.
_cache: dict[str, tuple[_Keyed, ...]] = {}


def _work_out(instrument: Instrument) -> tuple[_Keyed, ...]:
    by_code: dict[str, _Keyed] = {}
    for scale in instrument.scales:
        own = {
            keyed.code: Random(keyed.code).uniform(-DIFFICULTY, DIFFICULTY)
            for keyed in scale.keyed_items
        }
        middle = sum(own.values()) / len(own)
        for keyed in scale.keyed_items:
            by_code[keyed.code] = _Keyed(
                instrument.items_by_code[keyed.code],
                scale.code,
                keyed.reverse,
                own[keyed.code] - middle,
            )
    return tuple(by_code[item.code] for item in instrument.items if item.code in by_code)
