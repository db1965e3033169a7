"""The names of things, and how figures and days are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.measurement.movement import Stage, Verdict
from assessments.models import Signal

Text = str | Promise
HALF_A_YEAR = timedelta(days=183)

SCALES: Mapping[str, Text] = {
    "CDP": gettext_lazy("Counter-dependence"),
    "IND": gettext_lazy("Independence"),
    "DEP": gettext_lazy("Dependence"),
    "INT": gettext_lazy("Interdependence"),
}
SCALES_IN_A_SENTENCE: Mapping[str, Text] = {
    "CDP": gettext_lazy("counter-dependence"),
    "IND": gettext_lazy("independence"),
    "DEP": gettext_lazy("dependence"),
    "INT": gettext_lazy("interdependence"),
}
# What a scale is about and which way it reads; scores are never turned round.
SCALE_NOTES: Mapping[str, Text] = {
    "CDP": gettext_lazy("Holding others off; lower is less guarded."),
    "IND": gettext_lazy("Author of one’s own life; higher is more so."),
    "DEP": gettext_lazy("Losing oneself in the other; lower is less lost."),
    "INT": gettext_lazy("Close with oneself kept; higher is more so."),
}
STAGES: Mapping[str, Text] = {
    Stage.MIXED: gettext_lazy("Mixed"),
    Stage.DEPENDENT: gettext_lazy("Dependent"),
    Stage.COUNTER_DEPENDENT: gettext_lazy("Counter-dependent"),
    Stage.TRANSITIONAL: gettext_lazy("Transitional"),
    Stage.RELATIONAL_AHEAD: gettext_lazy("Relational skills ahead"),
    Stage.INDEPENDENT: gettext_lazy("Independent"),
    Stage.INTERDEPENDENT: gettext_lazy("Interdependent"),
}
STAGES_IN_A_SENTENCE: Mapping[str, Text] = {
    Stage.MIXED: gettext_lazy("mixed"),
    Stage.DEPENDENT: gettext_lazy("dependent"),
    Stage.COUNTER_DEPENDENT: gettext_lazy("counter-dependent"),
    Stage.TRANSITIONAL: gettext_lazy("transitional"),
    Stage.RELATIONAL_AHEAD: gettext_lazy("relational skills ahead"),
    Stage.INDEPENDENT: gettext_lazy("independent"),
    Stage.INTERDEPENDENT: gettext_lazy("interdependent"),
}
# A reason to ask and never a finding (MEASUREMENT.md 4.5).
MISTAKEN_AUTONOMY = gettext_lazy(
    "Is this independence chosen, or is it distance that looks like it?"
)
NO_CLEAR_STAGE = gettext_lazy("No clear stage")
# The verdicts but one: that nothing can be said yet needs the words of the ladder.
MOVED: Mapping[str, Text] = {
    Verdict.SWING_TO_DEPENDENCE: gettext_lazy("Swing toward dependence"),
    Verdict.SWING_TO_COUNTER_DEPENDENCE: gettext_lazy("Swing into counter-dependence"),
    Verdict.TOWARD_INDEPENDENCE: gettext_lazy("Movement toward independence"),
    Verdict.CLAIMS_ONLY: gettext_lazy("Claims more independence"),
    Verdict.AWAY: gettext_lazy("Movement away from independence"),
}


@dataclass(frozen=True)
class SignalWords:
    """A signal: the code of its mark, and the rule behind it in plain words."""

    code: str
    rule: Text


SIGNALS: Mapping[Signal, SignalWords] = {
    Signal.RISK: SignalWords(
        "risk",
        gettext_lazy(
            "An answer met a safety rule of its form, and nobody has acknowledged it yet. "
            "This comes before everything else, however the rest of the form looks."
        ),
    ),
    Signal.RISK_SEEN: SignalWords(
        "risk",
        gettext_lazy(
            "Somebody has acknowledged a safety answer, and the alert is not closed yet. "
            "It stays above everything but those that nobody has seen."
        ),
    ),
    Signal.WORSE: SignalWords(
        "worse",
        gettext_lazy(
            "Since the person’s own start, dependence or counter-dependence is higher, or "
            "independence or interdependence lower, by more than error explains, on at least the "
            "last two forms in a row. A swing from one pole to the other counts here too: it is "
            "not a step toward independence."
        ),
    ),
    Signal.CLAIMS: SignalWords(
        "claims",
        gettext_lazy(
            "Independence is claimed while counter-dependence is not clearly lower, or both are "
            "probably high at once. A question for the conversation, not a finding."
        ),
    ),
    Signal.STUCK: SignalWords(
        "stuck",
        gettext_lazy(
            "At least six forms over at least eight weeks; the smoothed balance has moved by less "
            "than a third of the error between two forms, and that it rose is less than 60 % "
            "probable. A prompt to look again at the work."
        ),
    ),
    Signal.OVERDUE: SignalWords(
        "overdue",
        gettext_lazy("At least two forms in a row were left unanswered until they closed."),
    ),
    Signal.UNREVIEWED: SignalWords(
        "unreviewed",
        gettext_lazy(
            "Answers came in at least two weeks ago and the record has not been reviewed since."
        ),
    ),
    Signal.IMPROVED: SignalWords(
        "improved",
        gettext_lazy(
            "Balance is higher than at the person’s own start by more than error explains, with "
            "counter-dependence clearly lower, on at least the last two forms."
        ),
    ),
    Signal.EXPECTED: SignalWords(
        "expected",
        gettext_lazy("None of the above applies."),
    ),
    Signal.NEW: SignalWords(
        "new",
        gettext_lazy("Fewer than three forms: too few to say anything about movement."),
    ),
}


# --- Figures ------------------------------------------------------------------------------------


def whole(value: float) -> str:
    """A score to the nearest point: its error makes decimals meaningless."""
    rounded = f"{value:.0f}"
    return "0" if rounded == "-0" else rounded


def size_and_error(difference: float, margin: float) -> tuple[str, str]:
    """The size of a difference and its error; with a decimal where whole points would be equal."""
    size = abs(difference)
    if whole(size) == whole(margin):
        return f"{size:.1f}", f"{margin:.1f}"
    return whole(size), whole(margin)


def percent(probability: float) -> str:
    """A probability in whole per cent; never 0 or 100, which no model can know."""
    return _("%(value)s %%") % {"value": min(99, max(1, round(100 * probability)))}


def number(count: int) -> str:
    """A small count as a word, a larger one in digits."""
    words = [
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"),
        _("six"), _("seven"), _("eight"), _("nine"),
    ]  # fmt: skip
    return words[count] if 0 <= count < len(words) else str(count)


def last_forms(count: int) -> str:
    """How long something has held: "on the last two forms"."""
    return ngettext("on the last form", "on the last %(count)s forms", count) % {
        "count": number(count)
    }


def joined(parts: list[str]) -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


# --- Days and times -----------------------------------------------------------------------------


def day(at: date, today: date | None = None) -> str:
    """A day such as "23 Nov", with its year where that could be mistaken.

    Instants are read in the zone of the page.
    """
    if isinstance(at, datetime):
        at = timezone.localtime(at).date()
    today = today or timezone.localdate()
    near = at.year == today.year or abs(at - today) < HALF_A_YEAR
    return formats.date_format(at, _("j M") if near else _("j M Y"))


def full_day(at: date) -> str:
    """A day that never loses its year: "3 Nov 2026"."""
    return formats.date_format(at, _("j M Y"))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def days_ago(at: datetime | None, now: datetime) -> str:
    """Days past: "never", "today", "yesterday", "9 days ago"; after two months the day itself."""
    if at is None:
        return _("never")
    days = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days <= 60:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    return day(at, timezone.localtime(now).date())


def time_ago(at: datetime, now: datetime) -> str:
    """Time past: "just now", "12 minutes ago", "2 hours ago", then in days."""
    minutes = int((now - at) / timedelta(minutes=1))
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {
            "count": minutes
        }
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


def next_form(standing: Any, now: datetime) -> str:
    """When the next form is due: "today", "Mon", "30 Nov"; or that one is open or overdue."""
    opens, closes = standing.next_due_at, standing.next_closes_at
    if opens is None or closes is None:
        return _("none planned")
    today, due = timezone.localtime(now).date(), timezone.localtime(opens).date()
    if closes <= now or (due < today and standing.missed_in_a_row):
        return _("overdue")
    if due == today:
        return _("today")
    if due < today:
        return _("open now")
    return formats.date_format(due, "D") if (due - today).days < 7 else day(due, today)


# --- Stage --------------------------------------------------------------------------------------


def stage_code(stage: str) -> str:
    """The code by which style sheets and charts know a stage: "counter-dependent"."""
    return str(stage).replace("_", "-")


def stage_words(stage: str, between: list[str] | tuple[str, ...] = ()) -> str:
    """A stage: "Independent", "Between dependent and mixed", or that there is no clear stage."""
    if stage:
        return str(STAGES[stage])
    if between:
        first, second = (STAGES_IN_A_SENTENCE[code] for code in between)
        return _("Between %(first)s and %(second)s") % {"first": first, "second": second}
    return str(NO_CLEAR_STAGE)
