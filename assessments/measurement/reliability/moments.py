"""Means, covariances and counts of item answers, gathered in batches.

Sums are taken about the first complete row and batches are joined about their own means (Chan,
Golub and LeVeque 1983), so that nothing cancels and equal answers give a variance of exactly 0.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .consistency import NOTHING, alpha_of
from .factor import OneFactor, one_factor

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Rows = Iterable[Sequence[float | None]] | npt.NDArray[Any]


@dataclass(frozen=True)
class ItemStatistics:
    """One item among those of its scale.

    Of the complete rows: `item_rest`, the correlation with the sum of the other items, and
    `alpha_if_deleted`, alpha of the others; None where something does not vary or, for alpha,
    where fewer than two others are left. Of all answers that were given: `n` of them, `mean`,
    `sd` (n - 1; None under two), and `floor` and `ceiling`, the shares at the lowest and at the
    highest option. `missing` is the share of all rows without an answer.
    """

    n: int
    mean: float | None
    sd: float | None
    item_rest: float | None
    alpha_if_deleted: float | None
    floor: float | None
    ceiling: float | None
    missing: float


class Moments:
    """What alpha, omega and the item statistics need of a table of people x items.

    `minimum` and `maximum` are the ends of the options, one for all items or one for each;
    without them the lowest and the highest answer among all are taken. Reversed items are turned
    before. Memory: a few numbers per pair of items, whatever the number of rows.
    """

    def __init__(
        self,
        items: int,
        minimum: float | Sequence[float] | None = None,
        maximum: float | Sequence[float] | None = None,
    ) -> None:
        if items < 1:
            raise ValueError("a table of answers needs at least one item")
        self.items = items
        self.rows = 0
        self.complete = 0
        self._minimum = _ends("minimum", minimum, items)
        self._maximum = _ends("maximum", maximum, items)
        # Of complete rows.
        self._mean: Vector = np.zeros(items)
        self._scatter: Matrix = np.zeros((items, items))
        # Of every answer given, per item.
        self._given = np.zeros(items, dtype=np.int64)
        self._item_mean: Vector = np.zeros(items)
        self._item_scatter: Vector = np.zeros(items)
        self._lowest: Vector = np.full(items, math.inf)
        self._highest: Vector = np.full(items, -math.inf)
        self._at_lowest = np.zeros(items, dtype=np.int64)
        self._at_highest = np.zeros(items, dtype=np.int64)

    @classmethod
    def of(
        cls,
        rows: Rows,
        minimum: float | Sequence[float] | None = None,
        maximum: float | Sequence[float] | None = None,
    ) -> Self:
        """The moments of a whole table; ValueError with a sentence for what is no table."""
        table = table_of(rows)
        found = cls(table.shape[1], minimum, maximum)
        found.add(table)
        return found

    def add(self, rows: Rows) -> None:
        """Take in a batch of rows; None and NaN are missing answers."""
        table = table_of(rows)
        if table.shape[1] != self.items and table.size:
            raise ValueError(f"a row needs {self.items} answers, not {table.shape[1]}")
        if len(table):
            self._join(self._batch(table))

    def alpha(self) -> float:
        """Cronbach's alpha of the complete rows; ValueError with a sentence where there is none."""
        self._require_items(2)
        found = alpha_of(self.covariance())
        if found is None:
            raise ValueError("alpha needs sums that differ; every complete row has the same sum")
        return found

    def factor(self) -> OneFactor:
        """One factor of the complete rows; ValueError with a sentence where there is none."""
        self._require_items(3)
        return one_factor(self.covariance())

    def omega(self) -> float:
        """Omega of one factor (maximum likelihood, the model's total variance)."""
        return self.factor().omega

    def covariance(self) -> Matrix:
        """Covariances (n - 1) of the items over the complete rows."""
        if self.complete < 2:
            raise ValueError(f"at least two complete rows are needed; there are {self.complete}")
        return self._scatter / (self.complete - 1)

    def means(self) -> Vector:
        """Means of the items over the complete rows."""
        if not self.complete:
            raise ValueError("at least one complete row is needed; there is none")
        return self._mean.copy()

    def correlation(self, first: Sequence[int], second: Sequence[int]) -> float | None:
        """Pearson correlation, over complete rows, of the sums of two groups of columns.

        For two scale scores gather them as a table of two columns: correlation([0], [1]). None
        where one of the sums does not vary.
        """
        covariance = self.covariance()
        one, other = np.zeros(self.items), np.zeros(self.items)
        one[list(first)] = 1
        other[list(second)] = 1
        return _correlation(
            float(one @ covariance @ other),
            float(one @ covariance @ one),
            float(other @ covariance @ other),
            float(np.trace(covariance)),
        )

    def item_statistics(self) -> list[ItemStatistics]:
        """The statistics of each item, in the order of the columns."""
        self._require_items(2)
        covariance = self.covariance()
        bottom = self._end(self._minimum, self._lowest, float(self._lowest.min()))
        top = self._end(self._maximum, self._highest, float(self._highest.max()))
        return [
            self._item(place, covariance, bool(bottom[place]), bool(top[place]))
            for place in range(self.items)
        ]

    def _item(
        self, place: int, covariance: Matrix, reached_bottom: bool, reached_top: bool
    ) -> ItemStatistics:
        given = int(self._given[place])
        own = float(covariance[place, place])
        shared = float(covariance[place].sum()) - own
        others = np.delete(np.delete(covariance, place, 0), place, 1)
        floor = int(self._at_lowest[place]) if reached_bottom else 0
        ceiling = int(self._at_highest[place]) if reached_top else 0
        return ItemStatistics(
            n=given,
            mean=float(self._item_mean[place]) if given else None,
            sd=math.sqrt(float(self._item_scatter[place]) / (given - 1)) if given > 1 else None,
            item_rest=_correlation(shared, own, float(others.sum()), float(np.trace(covariance))),
            alpha_if_deleted=alpha_of(others) if self.items > 2 else None,
            floor=floor / given if given else None,
            ceiling=ceiling / given if given else None,
            missing=1 - given / self.rows,
        )

    def _end(self, declared: Vector, reached: Vector, observed: float) -> npt.NDArray[np.bool_]:
        """Which items have answers at the end of their options."""
        found: npt.NDArray[np.bool_] = reached == np.where(np.isnan(declared), observed, declared)
        return found

    def _require_items(self, least: int) -> None:
        if self.items < least:
            raise ValueError(f"at least {least} items are needed; there are {self.items}")

    def _batch(self, table: Matrix) -> "Moments":
        """The moments of one batch."""
        batch = Moments(self.items)
        batch.rows = len(table)
        there = ~np.isnan(table)
        whole = table[there.all(axis=1)]
        batch.complete = len(whole)
        if len(whole):
            shifted = whole - whole[0]
            mean = shifted.mean(axis=0)
            centred = shifted - mean
            batch._mean, batch._scatter = whole[0] + mean, centred.T @ centred
        batch._given = there.sum(axis=0)
        batch._lowest = np.min(table, axis=0, initial=math.inf, where=there)
        batch._highest = np.max(table, axis=0, initial=-math.inf, where=there)
        batch._at_lowest = (table == batch._lowest).sum(axis=0)
        batch._at_highest = (table == batch._highest).sum(axis=0)
        self._refuse_outside(batch)
        some = np.maximum(batch._given, 1)
        # About an answer of the item itself, so that equal answers leave exactly nothing.
        origin = np.where(batch._given > 0, batch._lowest, 0.0)
        shifted = np.where(there, table - origin, 0.0)
        mean = shifted.sum(axis=0) / some
        batch._item_mean = origin + mean
        batch._item_scatter = np.where(there, (shifted - mean) ** 2, 0.0).sum(axis=0)
        return batch

    def _refuse_outside(self, batch: "Moments") -> None:
        outside = (batch._lowest < self._minimum) | (batch._highest > self._maximum)
        if outside.any():
            place = int(np.argmax(outside)) + 1
            raise ValueError(f"item {place} has an answer outside its options")

    def _join(self, other: "Moments") -> None:
        self.rows += other.rows
        if other.complete:
            total = self.complete + other.complete
            apart = other._mean - self._mean if self.complete else np.zeros(self.items)
            if not self.complete:
                self._mean = other._mean.copy()
            self._scatter = (
                self._scatter
                + other._scatter
                + np.outer(apart, apart) * (self.complete * other.complete / total)
            )
            self._mean = self._mean + apart * (other.complete / total)
            self.complete = total
        total_given = self._given + other._given
        some = np.maximum(total_given, 1)
        item_apart = np.where(self._given > 0, other._item_mean - self._item_mean, 0.0)
        item_apart = np.where(other._given > 0, item_apart, 0.0)
        self._item_mean = np.where(self._given > 0, self._item_mean, other._item_mean)
        self._item_mean = self._item_mean + item_apart * (other._given / some)
        self._item_scatter = (
            self._item_scatter
            + other._item_scatter
            + item_apart**2 * (self._given * other._given / some)
        )
        self._at_lowest = _at_end(
            np.minimum, self._lowest, self._at_lowest, other._lowest, other._at_lowest
        )
        self._at_highest = _at_end(
            np.maximum, self._highest, self._at_highest, other._highest, other._at_highest
        )
        self._lowest = np.minimum(self._lowest, other._lowest)
        self._highest = np.maximum(self._highest, other._highest)
        self._given = total_given


def table_of(rows: Rows) -> Matrix:
    """The rows as a matrix of floats with NaN for missing answers.

    ValueError, with a sentence that names the row but repeats no answer, for rows of different
    lengths, an answer that is no number, and an answer that is infinite.
    """
    if isinstance(rows, np.ndarray) or hasattr(rows, "__array__"):
        table = _floats(rows)
        if table.ndim != 2:
            raise ValueError("a table of answers has rows and columns")
    else:
        listed = [list(row) for row in rows]
        for number, row in enumerate(listed, start=1):
            if len(row) != len(listed[0]):
                raise ValueError(f"row {number} has {len(row)} answers, row 1 has {len(listed[0])}")
            if any(isinstance(value, str | bytes) for value in row):
                raise ValueError(f"row {number} has an answer that is not a number")
        table = _floats(listed).reshape(len(listed), len(listed[0]) if listed else 0)
    if np.isinf(table).any():
        raise ValueError("an answer is infinite")
    return table


def _floats(rows: object) -> Matrix:
    try:
        return np.asarray(rows, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("a table of answers has numbers only") from None


def _ends(name: str, value: float | Sequence[float] | None, items: int) -> Vector:
    """One end of the options per item; NaN where none is declared."""
    if value is None:
        return np.full(items, math.nan)
    ends = np.asarray(value, dtype=np.float64)
    if ends.ndim and ends.shape != (items,):
        raise ValueError(f"{name} needs one value, or one for each of {items} items")
    if not np.isfinite(ends).all():
        raise ValueError(f"{name} must be finite")
    return np.broadcast_to(ends, (items,)).copy()


def _at_end(
    nearest: np.ufunc, end: Vector, count: Counts, other_end: Vector, other_count: Counts
) -> Counts:
    """How many answers lie at the joint end: those of both where their ends are the same."""
    joint = nearest(end, other_end)
    found: Counts = np.where(end == joint, count, 0) + np.where(other_end == joint, other_count, 0)
    return found


def _correlation(shared: float, one: float, other: float, whole: float) -> float | None:
    """From a covariance and two variances; None where a variance is what rounding leaves of 0."""
    if min(one, other) <= NOTHING * whole:
        return None
    return max(-1.0, min(1.0, shared / math.sqrt(one * other)))
