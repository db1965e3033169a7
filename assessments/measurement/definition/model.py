"""What a checked instrument consists of. Built by `parse` only, and never changed afterwards.

Raw units are those of the sum of the answers; reported units are raw ones times the scale's
`factor`. Bands are in raw units, everything taken from a publication is in reported ones.
"""

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from .errors import DefinitionError

A_WEEK = re.compile(r"\b(?:past|last|this) (?:week|(?:7|seven) days)\b", re.IGNORECASE)


class Direction(StrEnum):
    """Where a person hopes a scale will go."""

    LOWER = "lower"
    HIGHER = "higher"
    NONE = "none"


class Use(StrEnum):
    """What the holder of an instrument lets a practice do with it."""

    FREE = "free"
    NON_COMMERCIAL = "non_commercial"
    NO_ALTERATION = "no_alteration"
    RESTRICTED = "restricted"  # never published: `parse` refuses it


class Wording(StrEnum):
    """Where the texts of items and options come from."""

    OWN = "own"  # they stand in the definition
    EXTERNAL = "external"  # a practice loads them from a file that it has


class ReliabilityKind(StrEnum):
    ALPHA = "alpha"
    OMEGA = "omega"
    RETEST = "retest"


@dataclass(frozen=True)
class Licence:
    name: str
    holder: str
    terms: str
    use: Use = Use.FREE
    url: str | None = None


@dataclass(frozen=True)
class Code:
    """A code of a terminology; `about` is "panel", or the code of an item or a scale.

    `display` is None where the published name of the code is the wording of the item itself.
    """

    system: str
    code: str
    about: str
    display: str | None = None


@dataclass(frozen=True)
class Option:
    value: int
    label: str


@dataclass(frozen=True)
class OptionSet:
    """The answers to choose from, by rising value.

    `first_label` is what the label of the lowest value must read in the language of the
    instrument once it is loaded, where a wrong one is known to go round.
    """

    code: str
    options: tuple[Option, ...]
    first_label: str | None = None

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

    Rung 0: points only; 1: reliability assumed, published elsewhere or expected; 2: estimated
    in this practice; 3: norms of both groups. `sd` is in POMP units, `interval` the 95 %
    interval of the reliability.
    """

    rung: int
    reliability: float | None = None
    sd: float | None = None
    source: str | None = None
    n: int | None = None
    date: datetime.date | None = None
    interval: tuple[float, float] | None = None
    kind: ReliabilityKind | None = None


@dataclass(frozen=True)
class Band:
    """A named range of a scale, in raw units, both ends included."""

    scale: str
    low: float
    high: float
    label: str
    source: str | None = None


@dataclass(frozen=True)
class Cutoff:
    """A published threshold, in reported units; `name` says what lies on which side of it."""

    value: float
    name: str
    source: str


@dataclass(frozen=True)
class PublishedChange:
    """Changes called reliable or important in a publication, in reported units, without sign."""

    reliable: float | None
    important: float | None
    source: str


@dataclass(frozen=True)
class Norms:
    """Means and standard deviations of a clinical and a functional group, in reported units."""

    clinical_mean: float
    clinical_sd: float
    clinical_n: int
    functional_mean: float
    functional_sd: float
    functional_n: int
    source: str


@dataclass(frozen=True)
class Scale:
    """A named score over items; `minimum` and `maximum` are those of the complete raw sum.

    `cut` is in POMP units.
    """

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
    factor: float = 1.0
    cutoffs: tuple[Cutoff, ...] = ()
    published_change: PublishedChange | None = None
    norms: Norms | None = None

    def reported(self, raw: float) -> float:
        """The score as its publication reports it: the raw sum times `factor`."""
        return self.factor * raw

    def band(self, raw: float) -> Band | None:
        """The band of a raw sum, or None where no band holds it.

        A prorated sum between two whole ones belongs to the band of the lower one: 14.6 has not
        reached a band that begins at 15.
        """
        for value in (raw, math.floor(raw)):
            for band in self.bands:
                if band.low <= value <= band.high:
                    return band
        return None


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
class WordingTexts:
    """The texts of an instrument that a practice loads from its own file.

    `items` maps item codes to their text; `options` maps codes of option sets to their labels,
    in the order of the values. `language` and `source` are what the file says of itself;
    `left_out` names questions of the file that are no items of the instrument.
    """

    introduction: str | None
    items: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]
    language: str | None = None
    source: str | None = None
    left_out: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The texts as JSON can keep them; `from_data` makes the same texts of it."""
        return {
            "introduction": self.introduction,
            "items": dict(self.items),
            "options": {code: list(labels) for code, labels in self.options.items()},
            "language": self.language,
            "source": self.source,
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "WordingTexts":
        """The texts kept by `as_data`."""
        return cls(
            introduction=data.get("introduction"),
            items=dict(data["items"]),
            options={code: tuple(labels) for code, labels in data["options"].items()},
            language=data.get("language"),
            source=data.get("source"),
            left_out=tuple(data.get("left_out", ())),
        )


@dataclass(frozen=True)
class Instrument:
    """One frozen version of a questionnaire. `checksum` is the SHA-256 of its normalised text.

    Where `wording` is external the texts of items and the labels of options are empty until
    `with_wording` has put them in.
    """

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
    wording: Wording = Wording.OWN
    codes: tuple[Code, ...] = ()

    @cached_property
    def items_by_code(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def scales_by_code(self) -> Mapping[str, Scale]:
        return {scale.code: scale for scale in self.scales}

    @cached_property
    def asks_about_a_week(self) -> bool:
        """Whether its window says, in English, that it is one week; else it may be any time."""
        return A_WEEK.search(self.window) is not None

    def item(self, code: str) -> Item | None:
        """The item of that code, or None where there is none."""
        return self.items_by_code.get(code)

    def scale(self, code: str) -> Scale | None:
        """The scale of that code, or None where there is none."""
        return self.scales_by_code.get(code)

    @cached_property
    def has_wording(self) -> bool:
        """Whether every item and every option of an item has its text, so that it can be asked."""
        return all(
            item.text and all(option.label for option in item.options) for item in self.items
        )

    def with_wording(self, texts: WordingTexts) -> "Instrument":
        """The same version with these texts; its code, rules and checksum stay as they are.

        Raises DefinitionError where a text of an item or a label of an option is missing or left
        over, or where the definition has its own wording.
        """
        problems = self._misfits(texts)
        if problems:
            raise DefinitionError(problems)
        sets = {
            one.code: replace(one, options=_labelled(one.options, texts.options[one.code]))
            if one.code in texts.options
            else one
            for one in self.option_sets
        }
        items = tuple(
            replace(item, text=texts.items[item.code], option_set=sets[item.option_set.code])
            for item in self.items
        )
        return replace(
            self,
            introduction=texts.introduction or self.introduction,
            option_sets=tuple(sets.values()),
            items=items,
        )

    def _misfits(self, texts: WordingTexts) -> list[str]:
        if self.wording is Wording.OWN:
            return ["file: this questionnaire has its own wording, which cannot be replaced."]
        problems = [
            f"item {item.code}: its text is missing."
            for item in self.items
            if not texts.items.get(item.code)
        ]
        for code in dict.fromkeys(item.option_set.code for item in self.items):
            needed, labels = self.option_sets_by_code[code].options, texts.options.get(code, ())
            if len(labels) != len(needed) or not all(labels):
                sentence = f"it needs {len(needed)} labels, none of them empty."
                problems.append(f"option set {code}: {sentence}")
        unknown = [f"item {code}" for code in texts.items if code not in self.items_by_code]
        sets = self.option_sets_by_code
        unknown += [f"option set {code}" for code in texts.options if code not in sets]
        problems += [f"file: the questionnaire has no {name}." for name in unknown]
        return problems

    @cached_property
    def option_sets_by_code(self) -> Mapping[str, OptionSet]:
        return {option_set.code: option_set for option_set in self.option_sets}


def _labelled(options: tuple[Option, ...], labels: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(
        replace(option, label=label) for option, label in zip(options, labels, strict=True)
    )
