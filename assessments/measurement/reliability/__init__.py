"""Reliability of a scale from complete answers: alpha, omega and item statistics (3.7).

Rows are people and columns are items, already keyed: reversed items are turned before. The
functions take a table at once; `Moments` takes it in batches and needs the memory of one batch.
"""

from .consistency import alpha_interval
from .estimates import Estimates, correlation_interval
from .factor import OneFactor, one_factor
from .moments import ItemStatistics, Moments, Rows

__all__ = [
    "Estimates",
    "ItemStatistics",
    "Moments",
    "OneFactor",
    "Rows",
    "alpha",
    "alpha_interval",
    "correlation_interval",
    "item_statistics",
    "omega",
    "one_factor",
]


def alpha(rows: Rows) -> float:
    """Cronbach's alpha of the complete rows, with n - 1: k / (k - 1) (1 - sum var_i / var_total).

    `rows` is people x items; None and NaN are missing answers, and a row with one is left out.
    Raises ValueError, with a sentence, for fewer than two items or two complete rows, for rows of
    different lengths, for what is no number, and where the sums do not vary.
    """
    return Moments.of(rows).alpha()


def omega(rows: Rows) -> float:
    """Omega of one common factor, by maximum likelihood, with the model's own total variance.

    (sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses); see `one_factor` for the
    fit and its bounds. Rows as for `alpha`; needs three items, each with some variance, and none
    that the others determine. Raises ValueError with a sentence.
    """
    return Moments.of(rows).omega()


def item_statistics(
    rows: Rows, minimum: float | None = None, maximum: float | None = None
) -> list[ItemStatistics]:
    """The statistics of every item, in the order of the columns; rows as for `alpha`.

    `minimum` and `maximum` are the ends of the options, for floor and ceiling; without them the
    lowest and highest answer in the whole table are taken.
    """
    return Moments.of(rows, minimum, maximum).item_statistics()
