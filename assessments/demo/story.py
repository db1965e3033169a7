"""What a story consists of, and what the engine is meant to say at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.demo.paths import Path
from assessments.measurement.movement import Stage, Verdict
from assessments.measurement.schedule import Cadence
from assessments.models import Signal

LONG, WEEKLY, SAFETY = "causeway-long", "causeway-weekly", "safety-check"


@dataclass(frozen=True)
class Intended:
    """What the caseload says at the end; ``test_demo_practice`` holds every story to it."""

    signal: Signal
    code: str  # of the first reason
    stage: Stage | None  # None: no clear stage, between two
    verdict: Verdict | str = Verdict.NOT_YET_RELIABLE  # "" before the first form


@dataclass(frozen=True)
class Story:
    """A course of therapy. Weeks count from the first session; texts are keyed by week."""

    intended: Intended
    path: Path
    weeks: int
    # How chance falls: chosen so that with the default seed the pattern is plain to see.
    take: int = 1
    wander: float = 1.0  # how far ordinary weeks stray from the path; 1 is usual
    offset: int = 3  # days since the newest weekly form opened
    answers_open: bool = True
    answers_intake: bool = True
    missed: tuple[tuple[int, int], ...] = ()  # weeks from .. to without any form
    cadence: Cadence = Cadence.WEEKLY
    review_every: int = 1
    reviewed_before: int = 1  # the last review: so many weeks before the newest form
    careless: frozenset[int] = frozenset()  # weeks whose weekly form was ticked down in haste
    comments: Mapping[int | None, str] = field(default_factory=dict)
    # A note on one answer of the weekly form: the code of the question, and the words.
    notes: Mapping[int | None, tuple[str, str]] = field(default_factory=dict)
    unusual: frozenset[int | None] = frozenset()  # weeks that the client called so
    events: Mapping[float, str] = field(default_factory=dict)
    decided: Mapping[int, str] = field(default_factory=dict)
    # Whom the answers are about, from which week on: kind and name.
    about: Mapping[float, tuple[str, str]] = field(default_factory=dict)
    safety_from: int | None = None
    safety_cadence: Cadence = Cadence.FOUR_WEEKS
    safety: Mapping[int, tuple[int | None, ...]] = field(default_factory=dict)
    aftercare: Mapping[float, str | None] = field(default_factory=dict)

    def misses(self, code: str, week: int) -> bool:
        if code == LONG and week == 0:
            return False
        return any(first <= week <= last for first, last in self.missed)
