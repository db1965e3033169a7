"""What the scores of another questionnaire say of a person: points, error, what its sources say.

In reported units. Which words a change may have is decided by the rung of its scale (``ladder``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.charts.series import SeriesWords
from assessments.measurement.change import (
    Outcome,
    PublishedComparison,
    ReliableChange,
    Trend,
    WhyNot,
)
from assessments.measurement.definition import Band, Scale
from assessments.measurement.evidence import Claim, Footing
from assessments.wording import ladder, terms
from assessments.wording.pictures import series_words


@dataclass(frozen=True)
class Course:
    """The scores of one scale since the episode began, in reported units.

    ``first`` and ``last`` are those compared; ``first`` is None where there is one score alone.
    ``change`` is None where an error is not known. ``cutoff`` comes from norms, on rung 3 only.
    """

    scale: Scale
    footing: Footing
    first: float | None
    first_at: datetime | None
    last: float | None
    error: float | None
    band: Band | None = None
    change: ReliableChange | None = None
    published: PublishedComparison | None = None
    outcome: Outcome | None = None
    cutoff: float | None = None
    trend: Trend | WhyNot | None = None


def figure(value: float) -> str:
    """A score or an error in reported units: to a tenth, and no digit that says nothing."""
    rounded = f"{value:.1f}".removesuffix(".0")
    return number_format("0" if rounded == "-0" else rounded)


def course_reading(course: Course) -> str:
    """The one sentence over the chart: the change with its error, or an only score with its own."""
    if course.last is None:
        return _("Not scored yet.")
    if course.first is None or course.first_at is None:
        return _only_score(course)
    difference = course.last - course.first
    change, footing = course.change, course.footing
    if change is None or not footing.allows(Claim.BEYOND_ERROR):
        return _("%(moved)s; error not known.") % {"moved": _moved(course, difference)}
    figures = {
        "moved": _moved(course, difference),
        "error": figure(change.critical_change),
        "footing": ladder.in_brackets(footing),
    }
    if not change.reliable:
        return _("%(moved)s: within the error of %(error)s (%(footing)s).") % figures
    if footing.allows(Claim.RELIABLE):
        figures["word"] = ladder.reliably(difference)
        return _("%(word)s. %(moved)s, error %(error)s (%(footing)s).") % figures
    return _("%(moved)s: beyond the error of %(error)s (%(footing)s).") % figures


def _only_score(course: Course) -> str:
    value = figure(course.last or 0.0)
    if course.error is None or not course.footing.allows(Claim.ERROR):
        return _("%(value)s, error not known.") % {"value": value}
    return _("%(value)s, give or take %(error)s (%(footing)s).") % {
        "value": value,
        "error": figure(1.96 * course.error),
        "footing": ladder.in_brackets(course.footing),
    }


def _moved(course: Course, difference: float) -> str:
    day = terms.day(course.first_at) if course.first_at else ""
    size, last = figure(abs(difference)), figure(course.last or 0.0)
    if size == "0":
        template = _("%(last)s, as on %(day)s")
    elif difference > 0:
        template = ngettext(
            "Up %(size)s point since %(day)s, to %(last)s",
            "Up %(size)s points since %(day)s, to %(last)s",
            1 if size == "1" else 2,
        )
    else:
        template = ngettext(
            "Down %(size)s point since %(day)s, to %(last)s",
            "Down %(size)s points since %(day)s, to %(last)s",
            1 if size == "1" else 2,
        )
    return template % {"size": size, "day": day, "last": last}


def course_facts(course: Course) -> tuple[str, ...]:
    """What goes with the reading: the class by norms, the published change, the named range."""
    said = []
    if course.outcome is not None and course.cutoff is not None and course.last is not None:
        cutoff = figure(course.cutoff)
        said.append(ladder.outcome_words(course.outcome, cutoff, course.footing))
        said.append(ladder.side_of_cutoff(_is_clinical(course), cutoff, course.footing))
    said += _published(course)
    if course.band is not None and course.last is not None:
        said.append(_band(course.band, course.last, course.footing))
    return tuple(sentence for sentence in said if sentence)


def _is_clinical(course: Course) -> bool:
    """Exactly on the cut-off is not past it, as for the classes."""
    last, cutoff = course.last or 0.0, course.cutoff or 0.0
    return last <= cutoff if course.scale.direction == "higher" else last >= cutoff


def _published(course: Course) -> list[str]:
    found = course.published
    if found is None or not course.footing.allows(Claim.PUBLISHED_CHANGE):
        return []
    said = []
    source = found.published.source
    if found.published.reliable is not None:
        least = figure(found.published.reliable)
        said.append(ladder.published_reliable(bool(found.reaches_reliable), least, source))
    if found.published.important is not None:
        template = (
            _("It reaches the %(least)s points that are published as important (%(source)s).")
            if found.reaches_important
            else _("From %(least)s points on a change is published as important (%(source)s).")
        )
        least = figure(found.published.important)
        said.append(template % {"least": least, "source": source.rstrip(".")})
    return said


def _band(band: Band, last: float, footing: Footing) -> str:
    name = ladder.published_name(band.label, footing)
    if not name:
        return ""
    if band.source:
        return _("%(value)s is called “%(name)s” (%(source)s).") % {
            "value": figure(last),
            "name": name,
            "source": band.source.rstrip("."),
        }
    return _("%(value)s is called “%(name)s” by the form, which names no source.") % {
        "value": figure(last),
        "name": name,
    }


def course_details(course: Course) -> tuple[str, ...]:
    """For the fold: the trend, what the scale stands on, the published thresholds."""
    said = [trend_words(course.trend)] if course.trend is not None else []
    said.append(ladder.evidence_line(course.footing, own=False))
    said += [
        _("Source: %(source)s.") % {"source": source.rstrip(".")}
        for source in course.footing.sources
    ]
    for cutoff in course.scale.cutoffs:
        name = ladder.published_name(cutoff.name, course.footing) or figure(cutoff.value)
        said.append(
            _("Published threshold: %(name)s (%(source)s).")
            % {"name": name, "source": cutoff.source.rstrip(".")}
        )
    return tuple(said)


def trend_words(trend: Trend | WhyNot) -> str:
    """The slope with its interval and its tau, or what it would need."""
    if isinstance(trend, WhyNot):
        return _("No slope: it needs four scores over at least three weeks.")
    slope, low, high = (_signed(value, 1) for value in (trend.slope, trend.low, trend.high))
    return _(
        "Slope %(slope)s points a week, the median of all pairs of scores; its interval at roughly "
        "95 %% is %(low)s to %(high)s (Kendall’s tau %(tau)s)."
    ) % {"slope": slope, "low": low, "high": high, "tau": _signed(trend.tau, 2).replace("0.", ".")}


def _signed(value: float, places: int) -> str:
    return f"{value:+.{places}f}".replace("-", "−")


def instrument_words(title: str, reading: str, cutoffs: Sequence[float]) -> SeriesWords:
    """The words of a chart in reported units, without a smoothed course."""
    return replace(
        series_words(title, reading),
        answer=_("Score"),
        smoothed="",
        cut=_("threshold %(value)s") % {"value": figure(cutoffs[0])} if cutoffs else "",
        figure=figure,
    )
