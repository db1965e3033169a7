"""The evidence ladder: what may be claimed about a score, by what is known of its scale (3.9).

Only claims and rungs are here. The words that go with them are in one place elsewhere.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .definition import Norms, Scale


class Claim(StrEnum):
    """Something that a page, a chart, a report or an export may say about a score."""

    POINTS = "points"  # scores, differences in points, what a publication says of a score
    ERROR = "error"  # how far a score may lie from where the person stands
    BEYOND_ERROR = "beyond_error"  # a change against an error of which it is said: assumed
    TREND = "trend"  # a slope with its interval
    MOVEMENT = "movement"  # verdicts and stages, which rest on such errors
    PUBLISHED_CHANGE = "published_change"  # what a publication calls a reliable change
    RELIABLE = "reliable"  # a reliable change, without "assumed" beside it
    OUTCOME = "outcome"  # the classes of Jacobson and Truax: recovered, improved and so on
    CLINICAL_RANGE = "clinical_range"  # on which side of a cut-off from norms a score lies


NEEDED: dict[Claim, int] = {
    Claim.POINTS: 0,
    Claim.ERROR: 1,
    Claim.BEYOND_ERROR: 1,
    Claim.TREND: 1,
    Claim.MOVEMENT: 1,
    Claim.PUBLISHED_CHANGE: 1,
    Claim.RELIABLE: 2,
    Claim.OUTCOME: 3,
    Claim.CLINICAL_RANGE: 3,
}
RUNGS = (0, 1, 2, 3)


def allows(rung: int, claim: Claim) -> bool:
    """Whether a scale on this rung allows the claim. Raises ValueError for a rung that is none."""
    if rung not in RUNGS:
        raise ValueError(f"a rung is one of 0 to 3, not {rung}")
    return rung >= NEEDED[claim]


@dataclass(frozen=True)
class Footing:
    """What a sentence about one or more scales stands on.

    `rung` is the lowest of theirs, of every version whose scores are spoken of. `reliability` is
    from the least to the greatest of them, None unless each declares one. `n` and `date` are the
    smallest and the earliest of the estimates where all are such, else None. `sources` are named
    once each, in the order of the scales, and `norms` are those of a single scale on rung 3.
    """

    rung: int
    reliability: tuple[float, float] | None = None
    n: int | None = None
    date: datetime.date | None = None
    sources: tuple[str, ...] = ()
    norms: Norms | None = None

    def allows(self, claim: Claim) -> bool:
        return allows(self.rung, claim)


NOTHING_KNOWN = Footing(0)


def footing(scales: Iterable[Scale]) -> Footing:
    """What a sentence about all of these scales stands on; rung 0 where there is none."""
    found = list(dict.fromkeys(scales))
    if not found:
        return NOTHING_KNOWN
    evidence = [scale.evidence for scale in found]
    rung = min(one.rung for one in evidence)
    known = [one.reliability for one in evidence if one.reliability is not None]
    counts = [one.n for one in evidence if one.n is not None]
    dates = [one.date for one in evidence if one.date is not None]
    norms = {scale.norms for scale in found}
    return Footing(
        rung=rung,
        reliability=(min(known), max(known)) if len(known) == len(found) and rung else None,
        n=min(counts) if rung >= 2 and len(counts) == len(found) else None,
        date=min(dates) if rung >= 2 and len(dates) == len(found) else None,
        sources=tuple(dict.fromkeys(one.source for one in evidence if one.source)),
        norms=next(iter(norms)) if rung == max(RUNGS) and len(norms) == 1 else None,
    )
