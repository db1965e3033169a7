"""What the answers of many people say about a questionnaire (MEASUREMENT 3.7).

One row per person and scale: the first administration in which every item of the scale was
answered. Later ones of the same person are never rows of their own, since answers of one person
are alike and alpha would take that for agreement between items.

What too few people stand behind is not worked out at all, so that it cannot be shown either.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..definition import Instrument, KeyedItem, Scale
from .consistency import alpha_interval
from .moments import Moments

# From how many people on. The first is also that of every figure about single items.
PEOPLE_FOR_ALPHA = 50
PEOPLE_FOR_CORRELATIONS = 100
PEOPLE_FOR_OMEGA = 200
# Claimed independence and counter-dependence: above this the claims are a reaction (1c, 4.3).
SIGN_TEST = ("IND", "CDP")
REACTIVE_ABOVE = 0.10

BATCH = 2_000
Sheet = Mapping[str, int | None]
Row = list[float | None]


def correlation_interval(r: float, n: int, deviate: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a correlation over n pairs, by Fisher's z. ValueError under 4 pairs."""
    if n < 4:
        raise ValueError(f"an interval of a correlation needs four pairs, not {n}")
    if not -1 <= r <= 1:
        raise ValueError(f"a correlation lies between -1 and 1, not at {r}")
    if abs(r) == 1:
        return r, r
    middle, margin = math.atanh(r), deviate / math.sqrt(n - 3)
    return math.tanh(middle - margin), math.tanh(middle + margin)


@dataclass
class _Group:
    """Columns that count together, and one row of each person until the next batch."""

    columns: Sequence[int]
    moments: Moments
    # An answer counts as offset + sign x answer: turned round where the item is reversed.
    offsets: Sequence[float]
    signs: Sequence[float]
    rows: list[Row] = field(default_factory=list)
    # Columns of the sums to keep instead of the items, for a correlation of two scales.
    sums: tuple[slice, slice] | None = None

    def is_complete(self, row: Row) -> bool:
        return all(row[column] is not None for column in self.columns)

    def keep(self, row: Row) -> None:
        self.rows.append([row[column] for column in self.columns])
        if len(self.rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if not self.rows:
            return
        table = np.array(self.rows, dtype=np.float64)
        table = np.asarray(self.offsets) + np.asarray(self.signs) * table
        if self.sums is not None:
            table = np.column_stack([table[:, part].sum(axis=1) for part in self.sums])
        self.moments.add(table)
        self.rows.clear()


class Estimates:
    """Takes in one person after the other and knows the figures at the end.

    Memory: one batch of rows, and a few numbers for each pair of items.
    """

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.people = 0
        self._codes = [item.code for item in instrument.items]
        self._places = {code: place for place, code in enumerate(self._codes)}
        self._missing = np.zeros(len(self._codes), dtype=np.int64)
        self._groups = {scale.code: self._group(scale.keyed_items) for scale in instrument.scales}
        self._pair = self._pair_group()

    def add(self, sheets: Iterable[Sheet]) -> bool:
        """Take in one person's administrations, the earliest first; whether there was one.

        Each maps item codes to answers; one that is absent or None was not answered. No more of
        them are read than it takes to find every scale complete once.
        """
        wanted = [*self._groups.values(), *([self._pair] if self._pair else [])]
        first: Row | None = None
        for sheet in sheets:
            row: Row = [sheet.get(code) for code in self._codes]
            if first is None:
                first = row
            still = []
            for group in wanted:
                if group.is_complete(row):
                    group.keep(row)
                else:
                    still.append(group)
            wanted = still
            if not wanted:
                break
        if first is None:
            return False
        self.people += 1
        for place, answer in enumerate(first):
            if answer is None:
                self._missing[place] += 1
        for group in wanted:
            if group is not self._pair:
                group.keep(first)
        return True

    def figures(self) -> dict[str, Any]:
        """Everything that enough people stand behind, as plain values for JSON.

        ``scales``: by code ``n`` (people with every item answered), ``incomplete``, ``items``;
        from 50 on ``alpha``, ``mean`` and ``sd`` (POMP) and ``item_statistics``; from 100 on in
        those ``item_rest`` and ``alpha_if_deleted``; from 200 on ``omega``. What cannot be
        worked out is ``{"why": code}``. ``sign_test``: ``n``, from 100 on ``r``, ``low``, ``high``;
        None where the instrument lacks one of the two scales.
        """
        for group in [*self._groups.values(), *([self._pair] if self._pair else [])]:
            group.flush()
        return {
            "people": self.people,
            "scales": {
                scale.code: self._scale(scale, self._groups[scale.code].moments)
                for scale in self.instrument.scales
            },
            "sign_test": self._sign_test(),
        }

    # --- Groups ---------------------------------------------------------------------------------

    def _group(self, keyed: Sequence[KeyedItem]) -> _Group:
        sets = [self.instrument.items_by_code[item.code].option_set for item in keyed]
        low, high = [each.minimum for each in sets], [each.maximum for each in sets]
        both = zip(keyed, low, high, strict=True)
        return _Group(
            columns=[self._places[item.code] for item in keyed],
            moments=Moments(len(keyed), low, high),
            offsets=[float(least + most) if item.reverse else 0.0 for item, least, most in both],
            signs=[-1.0 if item.reverse else 1.0 for item in keyed],
        )

    def _pair_group(self) -> _Group | None:
        one, other = (self.instrument.scale(code) for code in SIGN_TEST)
        if one is None or other is None:
            return None
        group = self._group([*one.keyed_items, *other.keyed_items])
        border = len(one.keyed_items)
        group.sums = slice(0, border), slice(border, None)
        group.moments = Moments(2)
        return group

    # --- Figures --------------------------------------------------------------------------------

    def _scale(self, scale: Scale, moments: Moments) -> dict[str, Any]:
        n, items = moments.complete, len(scale.keyed_items)
        found: dict[str, Any] = {"n": n, "incomplete": self.people - n, "items": items}
        if n < PEOPLE_FOR_ALPHA:
            return found
        covariance = moments.covariance()
        pomp = 100 / (scale.maximum - scale.minimum)
        found["sd"] = math.sqrt(max(0.0, float(covariance.sum()))) * pomp
        found["mean"] = (float(moments.means().sum()) - scale.minimum) * pomp
        found["alpha"] = _alpha(moments)
        if n >= PEOPLE_FOR_OMEGA:
            found["omega"] = _omega(scale, moments)
        if items > 1:
            found["item_statistics"] = self._items(scale, moments)
        return found

    def _items(self, scale: Scale, moments: Moments) -> list[dict[str, Any]]:
        rows = []
        for keyed, one in zip(scale.keyed_items, moments.item_statistics(), strict=True):
            missing = int(self._missing[self._places[keyed.code]]) / self.people
            row: dict[str, Any] = {
                "item": keyed.code,
                "reverse": keyed.reverse,
                "n": one.n,
                "mean": one.mean,
                "sd": one.sd,
                "floor": one.floor,
                "ceiling": one.ceiling,
                "missing": missing,
            }
            if moments.complete >= PEOPLE_FOR_CORRELATIONS:
                row["item_rest"] = one.item_rest
                row["alpha_if_deleted"] = one.alpha_if_deleted
            rows.append(row)
        return rows

    def _sign_test(self) -> dict[str, Any] | None:
        if self._pair is None:
            return None
        moments = self._pair.moments
        found: dict[str, Any] = {"n": moments.complete}
        if moments.complete < PEOPLE_FOR_CORRELATIONS:
            return found
        r = moments.correlation([0], [1])
        if r is None:
            return {**found, "why": "no_variance"}
        low, high = correlation_interval(r, moments.complete)
        return {**found, "r": r, "low": low, "high": high}


def _alpha(moments: Moments) -> dict[str, Any]:
    if moments.items < 2:
        return {"why": "few_items"}
    try:
        value = moments.alpha()
    except ValueError:
        return {"why": "no_variance"}
    low, high = alpha_interval(value, moments.complete, moments.items)
    return {"value": value, "low": low, "high": high}


def _omega(scale: Scale, moments: Moments) -> dict[str, Any]:
    if moments.items < 3:
        return {"why": "few_items"}
    try:
        factor = moments.factor()
    except (ValueError, np.linalg.LinAlgError):
        return {"why": "no_factor"}
    return {
        "value": factor.omega,
        "bounded": [scale.keyed_items[place].code for place in factor.bounded],
    }
