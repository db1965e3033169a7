"""Checks of the numbers that the functions of this package are given."""

import math
from numbers import Real


def require_number(name: str, value: object) -> float:
    """The value as a float; ValueError unless it is a finite real number."""
    number = math.nan
    # True counts as a number to Python, but is no score.
    if type(value) is not bool and isinstance(value, Real):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, not {value!r:.40}")
    return number


def require_size(name: str, value: object) -> float:
    """The value as a float; ValueError unless it is a finite number of at least 0."""
    number = require_number(name, value)
    if number < 0:
        raise ValueError(f"{name} must be a finite number of at least 0, not {value!r:.40}")
    return number


def require_spread(name: str, value: object) -> float:
    """The value as a float; ValueError unless it is a finite number above 0."""
    number = require_number(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be a finite number above 0, not {value!r:.40}")
    return number


def beyond(value: float, limit: float) -> bool:
    """Whether value > limit, to nine decimals.

    A score exactly on a limit must not pass it because 49.9 - 45 is stored as a trifle more or
    less than 4.9.
    """
    return round(value - limit, 9) > 0
