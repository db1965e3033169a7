"""All that is said about a person's movement, computed in one place from their administrations.

The pages, the API and the stored Standing read this and nothing else.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import TypeVar

from . import stages as naming
from . import verdicts as judging
from .changes import Steps, balance_change, steps, stuck
from .course import Course, Rules, above, course, path
from .model import Administration, Movement, Segment
from .partner import Gap
from .plane import SCALES
from .prompts import Reviewed, prompts, worse
from .smoothing import require_times
from .stages import NAMED_FROM, Cut
from .swings import Pendulum, pendulum

T = TypeVar("T")


def follow(
    administrations: Sequence[Administration],
    *,
    q: float = 100 / 12,
    prior_mean: float = 50.0,
    prior_variance: float = 400.0,
    window: int = 4,
    persistence: int = 2,
    cut: Cut = 50.0,
    help_asking: float | None = None,
    partner_gap: Gap | None = None,
) -> Movement:
    """Follow the four scales through the administrations, which are given in time order.

    Successive administrations of the same `segment` are followed together, and no others. The
    baseline of a segment is its first complete administration among those marked, else its first
    complete one.

    `help_asking` is the latest answer to the item on asking for help, 0 to 100 with high for more
    of it, and `partner_gap` the gap in independence: a low answer and a partner who sees less
    strengthen the prompt of mistaken autonomy, and never raise it.

    Raises ValueError for scores or cuts outside 0 to 100, negative or non-finite errors, times
    that go back, and a window or persistence below 1.
    """
    judging.require_rule(window, persistence)
    require_times([administration.weeks for administration in administrations])
    if help_asking is not None and not 0 <= help_asking <= 100:
        raise ValueError(f"help_asking needs an answer from 0 to 100, not {help_asking}")
    rules = Rules(q, prior_mean, prior_variance, window, persistence, naming.cuts_of(cut))
    segments = _segments(administrations)
    courses = [course(administrations[part.start : part.end], rules) for part in segments]
    last = courses[-1] if courses else course((), rules)
    start = segments[-1].start if segments else 0
    changed = steps(last, window)
    balance = balance_change(last)
    platform = _platform(last, rules)
    swings = _swings(last, start, rules)
    got_worse = worse(changed, persistence)
    is_stuck = (
        last.baseline is not None
        and balance is not None
        and stuck(last, last.baseline, balance, len(last.weeks) - 1)
    )
    reviewed = Reviewed(
        course=last,
        start=start,
        q=q,
        window=window,
        persistence=persistence,
        steps=changed,
        worse=got_worse,
        pendulum=swings,
        balance_change=balance,
        stuck=is_stuck,
        help_asking=help_asking,
        partner_gap=partner_gap,
    )
    return Movement(
        weeks=tuple(administration.weeks for administration in administrations),
        segments=segments,
        baseline=None if last.baseline is None else start + last.baseline,
        estimates={scale: _along(found.estimates[scale] for found in courses) for scale in SCALES},
        path=_along(
            path(found, part.start, i)
            for i, (found, part) in enumerate(zip(courses, segments, strict=True))
        ),
        balances=_along(found.balances for found in courses),
        probabilities=_along(found.probabilities for found in courses),
        stages=_along(found.stages for found in courses),
        verdicts=_along(found.verdicts for found in courses),
        changes={scale: found.change for scale, found in changed.items()},
        z_balance=last.contrast.balance if last.contrast else None,
        z_swing=last.contrast.swing if last.contrast else None,
        mistaken_probabilities=_along(found.mistaken for found in courses),
        platform_probability=platform,
        onward=platform is not None and platform >= NAMED_FROM and _onward(changed, persistence),
        balance_change=balance,
        stuck=is_stuck,
        worse=got_worse,
        pendulum=swings,
        prompts=prompts(reviewed),
    )


def _along(runs: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """What runs along the administrations of each segment, one after the other."""
    return tuple(chain.from_iterable(runs))


def _segments(administrations: Sequence[Administration]) -> tuple[Segment, ...]:
    if not administrations:
        return ()
    borders = [
        i
        for i in range(1, len(administrations))
        if administrations[i].segment != administrations[i - 1].segment
    ]
    edges = [0, *borders, len(administrations)]
    return tuple(Segment(a, b) for a, b in pairwise(edges))


def _platform(last: Course, rules: Rules) -> float | None:
    """P(independence stands) now."""
    independence = last.estimates["IND"][-1] if last.weeks else None
    return above(independence, rules.cuts["IND"]) if independence is not None else None


def _onward(changed: dict[str, Steps], persistence: int) -> bool:
    return "INT" in changed and changed["INT"].risen(persistence)


def _swings(last: Course, start: int, rules: Rules) -> Pendulum:
    found = pendulum(
        last.weeks,
        [entry.scores for entry in last.known],
        [entry.errors for entry in last.known],
        rules.window,
        rules.persistence,
    )
    return found.shifted(start)
