"""Simulated clients, judged by the real engine, for `bench.movement` and a quick test.

The clients: true levels with mean 50 and SD 20, correlated as in CORRELATIONS; a long form at week
0 and weekly forms after it, with the errors of MEASUREMENT 3.2; a linear true change until week
12; scores end at 0 and 100. Each row has seeds of its own, so its figures are the same at every
run.
"""

import contextlib
import math
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from unittest import mock

import numpy as np

from assessments.measurement.movement import (
    SCALES,
    Administration,
    Stage,
    follow,
    pendulum,
    stage_probabilities,
    swings,
    verdict,
)
from assessments.measurement.movement.verdicts import SWINGS

SEED = 20261124
CLIENTS = 20_000
CHUNK = 1_000
WEEKS = 12
YEAR = 52
LONG = {"DEP": 6.66, "CDP": 6.66, "IND": 6.66, "INT": 5.29}
WEEKLY = {
    scale: 20 * math.sqrt(1 - r) for scale, r in zip(SCALES, (0.73, 0.8, 0.8, 0.73), strict=True)
}
NO_ERROR = dict.fromkeys(SCALES, 0.0)
# DEP, CDP, IND, INT. The document names that of IND with CDP; the others are assumed.
CORRELATIONS = (
    (1, 0.1, -0.3, -0.3),
    (0.1, 1, -0.3, -0.3),
    (-0.3, -0.3, 1, 0.4),
    (-0.3, -0.3, 0.4, 1),
)

Counts = Counter[str]


@dataclass(frozen=True)
class Row:
    """One line of a table: a true change by week 12, and what the document prints."""

    name: str
    change: Mapping[str, float]
    document: tuple[float, ...] = ()


# Verdicts 1 to 5, in the order of the enumeration.
VERDICT_ROWS = (
    Row("none", {}, (0.4, 0.5, 0.9, 0.3, 1.4)),
    Row("CDP -10, IND +10", {"CDP": -10, "IND": 10}, (2.4, 0, 15.6, 4.0, 0)),
    Row("CDP -20, IND +20", {"CDP": -20, "IND": 20}, (4.7, 0, 55.2, 6.3, 0)),
    Row("CDP -30, IND +30", {"CDP": -30, "IND": 30}, (6.4, 0, 78.2, 3.1, 0)),
    Row("IND +40 only", {"IND": 40}, (0.5, 0.5, 6.2, 57.7, 0)),
    Row("CDP +20, IND -20", {"CDP": 20, "IND": -20}, (0, 4.9, 0, 0, 66.4)),
    Row("DEP -20, CDP +20", {"DEP": -20, "CDP": 20}, (0, 46.9, 0, 0, 5.7)),
    Row("DEP -30, CDP +30", {"DEP": -30, "CDP": 30}, (0, 81.6, 0, 0, 3.5)),
    Row("DEP +20, CDP -20", {"DEP": 20, "CDP": -20}, (47.1, 0, 5.1, 0.3, 0)),
)
UNCHANGING, MOVED = VERDICT_ROWS[0], VERDICT_ROWS[2]
THRESHOLDS = {0.6: (15.6, 97.0, 88.9), 0.7: (7.0, 91.3, 91.1), 0.8: (2.1, 80.9, 94.1)}
# Points by which each of the two scales swings, and the weeks of one swing.
SWINGING = ((20, 13), (20, 17), (30, 13), (30, 17))


def drawn(
    chance: np.random.Generator, clients: int, course: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """True levels before any change (clients, 4), and scores (clients, weeks, 4), in POMP.

    `course` is the true change in each week, (weeks, 4).
    """
    levels = chance.normal(size=(clients, 4)) @ np.linalg.cholesky(np.array(CORRELATIONS)).T
    levels = np.clip(50 + 20 * levels, 0, 100)
    errors = np.array([list((WEEKLY if week else LONG).values()) for week in range(len(course))])
    noise = chance.normal(size=(clients, *course.shape)) * errors
    return levels, np.clip(levels[:, None, :] + course + noise, 0, 100)


def linear(change: Mapping[str, float], weeks: int = WEEKS) -> np.ndarray:
    by_scale = np.array([change.get(scale, 0.0) for scale in SCALES])
    return np.arange(weeks + 1)[:, None] / WEEKS * by_scale


def back_and_forth(points: float, leg: float) -> np.ndarray:
    """CDP up and DEP down by so many points within `leg` weeks, back in as many, and again."""
    share = 1 - np.abs(np.arange(YEAR + 1) / leg % 2 - 1)
    return share[:, None] * np.array([-points, points, 0, 0])


def forms(scores: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip(SCALES, week, strict=True)) for week in scores.tolist()]


def administrations(scores: np.ndarray) -> list[Administration]:
    return [
        Administration(week, form, WEEKLY if week else LONG, baseline=week == 0)
        for week, form in enumerate(forms(scores))
    ]


def verdicts(row: Row, chance: np.random.Generator, clients: int) -> Counts:
    counts: Counts = Counter()
    for scores in drawn(chance, clients, linear(row.change))[1]:
        start, *history = forms(scores)
        counts[verdict(start, LONG, history, WEEKLY)] += 1
    return counts


def likeliest(probabilities: Mapping[Stage, float]) -> Stage:
    return max(probabilities, key=probabilities.__getitem__)


def named(probabilities: Sequence[Mapping[Stage, float]], threshold: float) -> list[Stage | None]:
    """The stage that reached the threshold at this and the previous administration; at the
    intake, a long form, at that one alone."""
    names: list[Stage | None] = []
    for i, now in enumerate(probabilities):
        first = likeliest(now)
        before = probabilities[max(0, i - 1)]
        names.append(first if min(now[first], before[first]) >= threshold else None)
    return names


def kept(names: Sequence[Stage | None]) -> list[Stage | None]:
    """A name stays until another has been reached."""
    found: list[Stage | None] = []
    for name in names:
        found.append(name or (found[-1] if found else None))
    return found


def kept_while_likely(names: Sequence[Stage | None], likely: Sequence[Stage]) -> list[Stage | None]:
    """A name stays until another has been reached or it was not the likeliest one twice."""
    found: list[Stage | None] = []
    for i, name in enumerate(names):
        held = found[-1] if found else None
        lost = held not in likely[max(0, i - 1) : i + 1]
        found.append(name or (None if lost else held))
    return found


def noted(counts: Counts, rule: str, names: Sequence[Stage | None], true: Stage) -> None:
    """How often a client had two names, a name that vanished, and a name, and the right one."""
    shown = [name for name in names if name]
    counts[f"{rule} relabelled"] += len(set(shown)) > 1
    counts[f"{rule} vanished"] += any(before and not after for before, after in pairwise(names))
    counts[f"{rule} last named"] += names[-1] is not None
    counts[f"{rule} named"] += len([name for name in names[1:] if name])
    counts[f"{rule} right"] += sum(name is true for name in names[1:])


def stages(row: Row, chance: np.random.Generator, clients: int) -> Counts:
    """Stages, and what else is read from the same forms: mistaken autonomy, and being stuck."""
    counts: Counts = Counter()
    levels, drawn_scores = drawn(chance, clients, linear(row.change))
    for level, scores in zip(levels, drawn_scores, strict=True):
        movement = follow(administrations(scores), q=8.0)
        counts["stuck"] += movement.stuck
        if row is not UNCHANGING:
            continue
        true = likeliest(stage_probabilities(dict(zip(SCALES, level, strict=True)), NO_ERROR))
        raw = [likeliest(stage_probabilities(form, NO_ERROR)) for form in forms(scores)]
        noted(counts, "raw hard", raw, true)
        likely = [stage for stage in movement.likely if stage]
        noted(counts, "filtered hard", likely, true)
        shown = [reading.stage for reading in movement.stages if reading]
        noted(counts, "as shown", shown, true)
        noted(counts, "kept while likely", kept_while_likely(shown, likely), true)
        whole = [found for found in movement.probabilities if found]
        for threshold in THRESHOLDS:
            names = named(whole, threshold)
            noted(counts, f"{threshold} anew", names, true)
            noted(counts, f"{threshold} kept", kept(names), true)
        guarded_and_free = bool(level[1] >= 50 and level[2] >= 50)
        counts["mistaken"] += guarded_and_free
        for bound in (0.7, 0.8):
            found = (movement.mistaken_probability or 0) >= bound
            counts[f"{bound} mistaken found"] += found
            counts[f"{bound} mistaken right"] += found and guarded_and_free
    return counts


def year(chance: np.random.Generator, clients: int) -> Counts:
    """Prompts at any week of a year of weekly forms of unchanging clients, by each cause."""
    counts: Counts = Counter()
    for scores in drawn(chance, clients, linear({}, YEAR))[1]:
        movement = follow(administrations(scores))
        counts["reversals"] += movement.pendulum.back_and_forth
        counts["swing verdict at some week"] += not SWINGS.isdisjoint(movement.verdicts)
        counts["swing verdict at the last week"] += movement.verdict in SWINGS
        counts["stuck at the last week"] += movement.stuck
        for code in {prompt.code for prompt in movement.prompts}:
            counts[f"prompt {code}"] += 1
    return counts


def reversals(
    course: np.ndarray, chance: np.random.Generator, clients: int, bare: bool = False
) -> Counts:
    """Clients with two reversals in a year. `bare`: extremes 1.96 apart, and nothing else."""
    counts: Counts = Counter()
    weeks = [float(week) for week in range(YEAR + 1)]
    errors = [WEEKLY if week else LONG for week in weeks]
    letter = mock.patch.multiple(swings, TURNED=1.96, SUPPORTING=-math.inf)
    with letter if bare else contextlib.nullcontext():
        for scores in drawn(chance, clients, course)[1]:
            counts["reversals"] += pendulum(weeks, forms(scores), errors).back_and_forth
    return counts


def jobs() -> dict[str, Callable[[np.random.Generator, int], Counts]]:
    found: dict[str, Callable[[np.random.Generator, int], Counts]] = {"year": year}
    for points, leg in SWINGING:
        found[f"swing {points} {leg}"] = partial(reversals, back_and_forth(points, leg))
    found["bare"] = partial(reversals, linear({}, YEAR), bare=True)
    for row in (UNCHANGING, MOVED):
        found[f"stages {row.name}"] = partial(stages, row)
    for row in VERDICT_ROWS:
        found[f"verdicts {row.name}"] = partial(verdicts, row)
    return found


def counted(piece: tuple[str, int, int]) -> tuple[str, Counts]:
    """One chunk of one row, with a seed that depends on nothing else."""
    name, chunk, clients = piece
    seed = [SEED, list(jobs()).index(name), chunk]
    return name, jobs()[name](np.random.default_rng(seed), clients)


def pieces(clients: int) -> Iterator[tuple[str, int, int]]:
    for name in jobs():
        for chunk in range(-(-clients // CHUNK)):
            yield name, chunk, min(CHUNK, clients - chunk * CHUNK)


def simulated(clients: int, processes: int) -> dict[str, Counts]:
    totals: dict[str, Counts] = {name: Counter() for name in jobs()}
    with multiprocessing.Pool(processes) as pool:
        for name, counts in pool.imap_unordered(counted, pieces(clients)):
            totals[name].update(counts)
    return totals
