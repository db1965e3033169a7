"""A change beside the figures that a publication calls reliable or important."""

from dataclasses import dataclass

from ..definition import PublishedChange
from .checks import beyond, require_number
from .reasons import WhyNot


@dataclass(frozen=True)
class PublishedComparison:
    """Whether a difference reaches the published figures; None where a figure is not declared.

    `difference` and the figures are in reported units. Published figures are least changes that
    count ("6 points or more"), so a difference of exactly that much reaches them, in either
    direction.
    """

    difference: float
    reaches_important: bool | None
    reaches_reliable: bool | None
    published: PublishedChange


def compare_with_published(
    before: float | None, after: float | None, published: PublishedChange | None
) -> PublishedComparison | WhyNot:
    """Compare after - before, in reported units, with what the definition declares.

    Raises ValueError for a score that is given and is not a finite number.
    """
    if published is None or (published.important is None and published.reliable is None):
        return WhyNot.NOTHING_PUBLISHED
    if before is None:
        return WhyNot.NO_EARLIER_SCORE
    if after is None:
        return WhyNot.NO_LATER_SCORE
    difference = require_number("after", after) - require_number("before", before)
    return PublishedComparison(
        difference,
        _reaches(difference, published.important),
        _reaches(difference, published.reliable),
        published,
    )


def _reaches(difference: float, least: float | None) -> bool | None:
    return None if least is None else not beyond(least, abs(difference))
