"""What a checked instrument consists of. Built by `parse` only, and never changed afterwards."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Direction(StrEnum):
    """Where a person hopes a scale will go."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


@dataclass(frozen=True)
class Licence:
    name: str
    holder: str
    terms: str


@dataclass(frozen=True)
class Option:
    value: int
    label: str


@dataclass(frozen=True)
class OptionSet:
    code: str
    options: tuple[Option, ...]

    @cached_property
    def values(self) -> frozenset[int]:
        return frozenset(option.value for option in self.options)

    @cached_property
    def minimum(self) -> int:
        return self.options[0].value

    @cached_property
    def maximum(self) -> int:
        return self.options[-1].value


@dataclass(frozen=True)
class Item:
    code: str
    text: str
    option_set: OptionSet
    may_not_apply: bool = False
    facet: str | None = None
    element: int | None = None
    pair: str | None = None

    @property
    def options(self) -> tuple[Option, ...]:
        return self.option_set.options


@dataclass(frozen=True)
class KeyedItem:
    """An item as a scale counts it; a reversed one counts as minimum + maximum - answer."""

    code: str
    reverse: bool


@dataclass(frozen=True)
class Evidence:
    """What is known about a scale's precision, and on which rung of the ladder it stands.

    Rung 0: points only; 1: reliability assumed; 2: estimated; 3: norms. `sd` is in POMP units.
    """

    rung: int
    reliability: float | None = None
    sd: float | None = None
    source: str | None = None
    n: int | None = None
    date: datetime.date | None = None


@dataclass(frozen=True)
class Band:
    """A named range of a scale, in raw units, both ends included."""

    scale: str
    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Scale:
    """A named score over items; `minimum` and `maximum` are those of the complete raw sum."""

    code: str
    name: str
    reading: str
    direction: Direction
    keyed_items: tuple[KeyedItem, ...]
    minimum_answered: int
    minimum: int
    maximum: int
    evidence: Evidence
    cut: float | None = None
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class RiskRule:
    """Someone must look when the item's raw answer, before any keying, is `at_least` this."""

    code: str
    item: str
    at_least: int
    message: str


@dataclass(frozen=True)
class Element:
    number: int
    name: str


@dataclass(frozen=True)
class Instrument:
    """One frozen version of a questionnaire. `checksum` is the SHA-256 of its normalised text."""

    code: str
    version: int
    language: str
    name: str
    purpose: str
    window: str
    introduction: str
    minutes: int
    evidence_note: str
    default_cadence: str
    licence: Licence
    option_sets: tuple[OptionSet, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    risk_rules: tuple[RiskRule, ...]
    elements: tuple[Element, ...]
    not_applicable: str | None
    checksum: str

    @cached_property
    def items_by_code(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def scales_by_code(self) -> Mapping[str, Scale]:
        return {scale.code: scale for scale in self.scales}

    def item(self, code: str) -> Item | None:
        """The item of that code, or None where there is none."""
        return self.items_by_code.get(code)

    def scale(self, code: str) -> Scale | None:
        """The scale of that code, or None where there is none."""
        return self.scales_by_code.get(code)
