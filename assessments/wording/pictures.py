"""Every word on and under the charts, through gettext."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.charts.plane import PlaneWords
from assessments.charts.ribbon import RibbonSegment, RibbonWords
from assessments.charts.scale import DateStyle, FormatDate
from assessments.charts.series import SeriesWords
from assessments.measurement.evidence import Claim, Footing
from assessments.measurement.movement import Change, Movement, Verdict
from assessments.wording import ladder, terms
from assessments.wording.reasons import moved
from assessments.wording.terms import last_forms, size_and_error, whole


def chart_dates() -> FormatDate:
    """A printer of dates for the charts of one page, which ask for the same few days many times."""
    patterns = {"day": _("j M"), "full": _("j M Y"), "month": "M", "year": "Y"}
    kept: dict[tuple[int, str], str] = {}

    def print_date(at: date, style: DateStyle) -> str:
        key = (at.toordinal(), style)
        if key not in kept:
            kept[key] = formats.date_format(at, patterns[style])
        return kept[key]

    return print_date


# --- The movement map ---------------------------------------------------------------------------


def plane_words(description: str, empty: str = "") -> PlaneWords:
    """``empty`` says why there is no path, where it is not that no form came in."""
    return PlaneWords(
        title=_("Movement map"),
        description=description,
        caption=_("The path in figures, smoothed by a model"),
        x_axis=_("Counter-dependence"),
        x_more=_("← more guarded"),
        x_less=_("less guarded →"),
        y_axis=_("Independence ↑"),
        y_scale=_("Independence"),
        start=_("Start"),
        now=_("Now"),
        single=_("First answers"),
        date=_("Date"),
        error=_("Error (95 %)"),
        estimate=_("{value}, give or take {error}"),
        claims=_("Claims independence"),
        claims_note=_("stays guarded"),
        independent=_("Independent"),
        independent_note=_("the platform for interdependence"),
        guarded=_("Counter-dependent"),
        guarded_note="",
        forming=_("Open"),
        forming_note=_("autonomy still forming"),
        empty=empty or _("No answers yet. The map begins with the first form."),
    )


def map_reading(movement: Movement, turned: str = "") -> str:
    """The sentences over the map; ``turned`` says when the pendulum did."""
    if not movement.path:
        return _("The path begins with the first form.")
    if movement.path[-1].segment != movement.path[0].segment and not movement.changes:
        return _("The path begins anew: the answers are about someone else.")
    if len(movement.path) == 1:
        return _(
            "The first answers. The ellipse shows where the true position probably is (95 %, "
            "model-based)."
        )
    course = {
        Verdict.TOWARD_INDEPENDENCE: _("From counter-dependence toward independence."),
        Verdict.CLAIMS_ONLY: _("Up, but not clearly to the right: claimed more than let go."),
        Verdict.AWAY: _("Away from independence."),
        Verdict.SWING_TO_COUNTER_DEPENDENCE: _("To the left: out of dependence into distance."),
        Verdict.SWING_TO_DEPENDENCE: _(
            "To the right, with dependence clearly higher: look at both."
        ),
        Verdict.NOT_YET_RELIABLE: _("The path has not left its own error yet."),
    }[movement.verdict]
    ellipses = _("The ellipses show where the true position probably is (95 %, model-based).")
    return " ".join(filter(None, (course, turned, ellipses)))


# --- The ribbon ---------------------------------------------------------------------------------


def ribbon_words(description: str, empty: str = "") -> RibbonWords:
    """``empty`` says why there is no stage, where it is not that a form is missing."""
    return RibbonWords(
        title=_("Stages over time"),
        description=description,
        caption=_("Stages in dates"),
        stage=_("Stage"),
        start=_("From"),
        end=_("To"),
        gap=_("no forms"),
        empty=empty or _("No stage yet. It needs a form with all four scales."),
    )


def ribbon_reading(segments: Sequence[RibbonSegment]) -> str:
    """Such as "Counter-dependent until 25 Aug, then no clear stage; independent since 22 Sep."."""
    if not segments:
        return _("A stage is named once two forms agree; until then none is.")
    last = segments[-1]
    now = _("%(stage)s since %(day)s.") % {"stage": last.label, "day": terms.day(last.start)}
    if len(segments) == 1:
        return now
    first = segments[0]
    until = _("%(stage)s until %(day)s") % {"stage": first.label, "day": terms.day(first.end)}
    if len(segments) == 2:
        return _("%(first)s; %(now)s") % {"first": until, "now": _lower(now)}
    if len(segments) == 3:
        return _("%(first)s, then %(second)s; %(now)s") % {
            "first": until,
            "second": _lower(segments[1].label),
            "now": _lower(now),
        }
    count = len(segments) - 2
    return ngettext(
        "%(first)s, then %(count)s change; %(now)s",
        "%(first)s, then %(count)s changes; %(now)s",
        count,
    ) % {"first": until, "count": terms.number(count), "now": _lower(now)}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# --- One scale ----------------------------------------------------------------------------------


def series_words(title: str, description: str) -> SeriesWords:
    return SeriesWords(
        title=title,
        description=description,
        caption=_("%(scale)s in figures") % {"scale": title},
        cut=_("midpoint"),
        date=_("Date"),
        answer=_("Answers"),
        smoothed=_("Smoothed"),
        error=_("Error (95 %)"),
        against_start=_("Against the start"),
        estimate=_("{value}, give or take {error}"),
        beyond=_("beyond the error of the start"),
        within=_("within the error of the start"),
        missed=_("no form"),
        unscored=_("not scored"),
        none_mark="–",
        empty=_("No answers yet."),
    )


def scale_reading(
    change: Change | None,
    latest: float | None,
    error: float | None,
    footing: Footing,
    changed: datetime | None = None,
) -> str:
    """What one scale's chart shows: the change with its error, or the first figure with its own.

    ``changed`` is when the answers began to be about someone else.
    """
    if change is None or not footing.allows(Claim.BEYOND_ERROR):
        return _latest_reading(latest, error, footing)
    size, margin = size_and_error(change.difference, change.margin)
    origin = _("from the start")
    if changed is not None:
        origin = _("since the change on %(day)s") % {"day": terms.day(changed)}
    figures = {
        "moved": f"{moved(change.difference, size)} {origin}",
        "margin": margin,
        "footing": ladder.in_brackets(footing),
    }
    if not change.beyond_error:
        return ladder.not_yet(_("%(moved)s, within error of %(margin)s (%(footing)s).") % figures)
    if change.held < 2:
        once = _("%(moved)s, beyond error of %(margin)s (%(footing)s), once so far.")
        return ladder.not_yet(once % figures)
    figures["forms"] = last_forms(change.held)
    if footing.allows(Claim.RELIABLE):
        figures["word"] = ladder.reliably(change.difference)
        sentence = _("%(word)s: %(moved)s, error %(margin)s (%(footing)s), %(forms)s.")
        return sentence % figures
    figures["moved"] = figures["moved"][:1].upper() + figures["moved"][1:]
    return _("%(moved)s, beyond error of %(margin)s (%(footing)s), %(forms)s.") % figures


def _latest_reading(latest: float | None, error: float | None, footing: Footing) -> str:
    """One score with its error, in the same units."""
    if latest is None:
        return _("Not scored yet.")
    if error is None or not footing.allows(Claim.ERROR):
        return _("%(value)s, error not known.") % {"value": whole(latest)}
    return _("%(value)s, give or take %(error)s (%(footing)s).") % {
        "value": whole(latest),
        "error": whole(1.96 * error),
        "footing": ladder.in_brackets(footing),
    }


def missing_words(answered: int, items: int) -> str:
    """Why a scale of one form has no score."""
    return _("not scored: %(answered)d of %(items)d answered") % {
        "answered": answered,
        "items": items,
    }


def spark_label(values: Sequence[float], errors: Sequence[float]) -> str:
    """The accessible name of a sparkline; ``errors`` are standard errors, as its band has them."""
    if not values:
        return _("No balance yet")
    now = _("%(value)s, give or take %(error)s") % {
        "value": whole(values[-1]),
        "error": whole(1.96 * errors[-1]),
    }
    if len(values) == 1:
        return _("Balance %(now)s, one form") % {"now": now}
    return _("Balance over the last %(count)d forms: from %(first)s to %(now)s") % {
        "count": len(values),
        "first": whole(values[0]),
        "now": now,
    }
