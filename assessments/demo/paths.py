"""How a person truly stands on the four scales over time: the levels behind the answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

Points = Sequence[tuple[float, float]]

# Ordinary weeks differ: a wandering about the path of about 3 points, forgotten in some weeks.
WANDER = 1.6
FORGET = 0.15


@dataclass(frozen=True)
class Path:
    """For each scale the levels (POMP) at some weeks; between them the level eases over."""

    points: Mapping[str, Points]

    def level(self, scale: str, week: float) -> float:
        """The level at ``week``; before the first point and after the last it stays."""
        points = self.points[scale]
        if week <= points[0][0]:
            return points[0][1]
        for (start, low), (end, high) in pairwise(points):
            if week <= end:
                share = (week - start) / (end - start)
                return low + (high - low) * (1 - math.cos(math.pi * share)) / 2
        return points[-1][1]

    def stretched(self, factor: float) -> Path:
        """The same course, ``factor`` times as slow."""
        return Path(
            {
                scale: [(week * factor, level) for week, level in points]
                for scale, points in self.points.items()
            }
        )


def path(**points: float | Points) -> Path:
    """A path by scale code; one number is a level that stays."""
    return Path(
        {
            scale: ((0.0, float(given)),) if isinstance(given, int | float) else tuple(given)
            for scale, given in points.items()
        }
    )


def walk(
    path: Path, weeks: Sequence[float], random: Random, wander: float = 1.0
) -> list[dict[str, float]]:
    """The level of every scale at each of ``weeks``, in time order: the path and its wandering.

    ``wander`` is how far this person strays from it; 1 is usual.
    """
    found = []
    off = dict.fromkeys(path.points, 0.0)
    before = weeks[0] if weeks else 0.0
    for week in weeks:
        passed = week - before
        before = week
        for scale in off:
            kept = off[scale] * math.exp(-FORGET * passed)
            off[scale] = kept + random.gauss(0, wander * WANDER * math.sqrt(passed))
        found.append(
            {
                scale: min(98.0, max(2.0, path.level(scale, week) + off[scale]))
                for scale in path.points
            }
        )
    return found
