"""Plans in words: what goes out, how often and how, the same on every page that says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments import queries
from assessments.measurement import schedule
from assessments.models import AdaptedWhy, Assignment, Cadence, InstrumentVersion, SendBy
from assessments.wording import terms
from clinic.models import Practice
from clinic.quiet import after_quiet

Text = str | Promise

INTERVALS: Mapping[str, Text] = {
    Cadence.WEEKLY: gettext_lazy("every week"),
    Cadence.TWO_WEEKS: gettext_lazy("every two weeks"),
    Cadence.FOUR_WEEKS: gettext_lazy("every four weeks"),
    Cadence.SIX_WEEKS: gettext_lazy("every six weeks"),
    Cadence.EIGHT_WEEKS: gettext_lazy("every eight weeks"),
    Cadence.TWELVE_WEEKS: gettext_lazy("every twelve weeks"),
}
ADAPTS = gettext_lazy("Asks less often while nothing changes.")
ADAPTS_RULE = gettext_lazy(
    "After six answered forms in a row without a change beyond error, a weekly form comes every "
    "two weeks; after six more, every four weeks, and never more rarely. An alert, a change for "
    "the worse or a missed form brings back what was chosen. The page of forms says when and why."
)
ADAPTED_BACK: Mapping[str, Text] = {
    AdaptedWhy.ALERT: gettext_lazy("an alert was raised"),
    AdaptedWhy.WORSE: gettext_lazy("there is a change for the worse"),
    AdaptedWhy.MISSED: gettext_lazy("a form was missed"),
}


class Delivered(Protocol):
    """How forms go out: a plan, a battery, or settings that are not written yet."""

    @property
    def send_by(self) -> str: ...
    @property
    def opens_at(self) -> time: ...
    @property
    def weekday(self) -> int | None: ...
    @property
    def window_days(self) -> int | None: ...
    @property
    def reminder_days(self) -> Sequence[int]: ...
    @property
    def adapts(self) -> bool: ...


@dataclass(frozen=True)
class Form:
    """One form of a plan, as far as its words need it.

    It begins on ``first_on``, or ``after_days`` after the first date of a plan that nobody has
    been given yet.
    """

    version: InstrumentVersion
    cadence: str
    first_on: date | None = None
    after_days: int | None = None
    times: int | None = None
    # How many of these times are over.
    given: int = 0
    ends_on: date | None = None

    @property
    def step(self) -> int | None:
        return schedule.Cadence(self.cadence).days


class FormWords(NamedTuple):
    """When one form comes: "today, then every twelve weeks"."""

    name: str
    when: str


@dataclass(frozen=True)
class PlanWords:
    """A plan in words. ``delivery`` and ``adapts`` are sentences; ``adapts`` may be empty."""

    forms: list[FormWords]
    delivery: str
    adapts: str

    @property
    def sentence(self) -> str:
        """The whole in a line: "Long form today, then every week; … By mail at 06:00, …"."""
        forms = "; ".join(f"{form.name} {form.when}" for form in self.forms)
        return " ".join(part for part in (f"{forms}.", self.delivery, self.adapts) if part)


def plan_words(
    forms: Sequence[Form], settings: Delivered, today: date, *, has_address: bool = True
) -> PlanWords:
    """A plan in words. ``has_address``: whether the client can be reached as the plan says."""
    found: dict[str, list[str]] = {}
    for form in forms:
        name = form.version.definition.name
        found.setdefault(name, []).append(_when(form, forms, settings, today))
    return PlanWords(
        [FormWords(name, _and_then(clauses)) for name, clauses in found.items()],
        delivery_words(forms, settings, has_address=has_address),
        str(ADAPTS) if settings.adapts else "",
    )


def _and_then(clauses: list[str]) -> str:
    *first, last = clauses
    return (
        _("%(first)s, and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
    )


# --- One form -------------------------------------------------------------------------------------


def _when(form: Form, forms: Sequence[Form], settings: Delivered, today: date) -> str:
    if form.cadence == Cadence.AT_END:
        return _("at the end of care")
    start = _start(form, today)
    if form.cadence == Cadence.ONCE or (form.times == 1 and form.step and not form.given):
        day = start or (_on_day(form.first_on, today) if form.first_on else "")
        return _("once, %(day)s") % {"day": day} if day else _("once")
    clause = _round(form, forms, settings, start, today)
    if form.times is not None:
        clause += ngettext(", once in all", ", %(count)s times in all", form.times) % {
            "count": terms.number(form.times)
        }
        if form.given:
            clause += _(", %(count)s given so far") % {"count": terms.number(form.given)}
    if form.ends_on is not None:
        clause += _(", until %(day)s") % {"day": date_format(form.ends_on, "j F Y")}
    return clause


def _round(form: Form, forms: Sequence[Form], settings: Delivered, start: str, today: date) -> str:
    if form.step is None:
        clause = _with_sessions(form.cadence, settings.window_days)
        begins_now = form.after_days == 0 or start == _("today")
        return clause if not start or begins_now else f"{clause}, {start}"
    rhythm = rhythm_words(form.cadence, settings.weekday, form.first_on)
    if any(_is_between(form, other, settings, today) for other in forms):
        return _("%(rhythm)s between") % {"rhythm": rhythm}
    return _("%(start)s, then %(rhythm)s") % {"start": start, "rhythm": rhythm} if start else rhythm


def rhythm_words(cadence: str, weekday: int | None = None, first_on: date | None = None) -> str:
    """How often: "every Monday", "every twelve weeks"; on the day of the week, where one is set."""
    day = weekday if weekday is not None else first_on.weekday() if first_on else None
    if day is not None and cadence == Cadence.WEEKLY:
        return _("every %(weekday)s") % {"weekday": WEEKDAYS[day]}
    if day is not None and cadence == Cadence.TWO_WEEKS:
        return _("every second %(weekday)s") % {"weekday": WEEKDAYS[day]}
    if weekday is not None and cadence in INTERVALS:
        return _("%(interval)s, on a %(weekday)s") % {
            "interval": INTERVALS[cadence],
            "weekday": WEEKDAYS[weekday],
        }
    return cadence_words(cadence)


def cadence_words(cadence: str) -> str:
    """How often, inside a sentence: "every two weeks", "before each session"."""
    if cadence in INTERVALS:
        return str(INTERVALS[cadence])
    return {
        Cadence.ONCE: _("once"),
        Cadence.BEFORE_SESSION: _("before each session"),
        Cadence.AFTER_SESSION: _("after each session"),
        Cadence.AT_END: _("at the end of care"),
    }[Cadence(cadence)]


def _with_sessions(cadence: str, window_days: int | None) -> str:
    if cadence == Cadence.BEFORE_SESSION:
        days = window_days or schedule.BEFORE_SESSION_DAYS
        words = ngettext(
            "on the day before each session", "in the %(count)s days before each session", days
        )
    else:
        days = window_days or schedule.AFTER_SESSION_DAYS
        words = ngettext(
            "on the day after each session", "in the %(count)s days after each session", days
        )
    return words % {"count": terms.number(days)}


def _start(form: Form, today: date) -> str:
    """When it begins; nothing where it has."""
    if form.first_on is not None:
        return _on_day(form.first_on, today) if form.first_on >= today else ""
    days = form.after_days
    if days is None:
        return ""
    if days == 0:
        return _("at the start")
    if days % 7:
        return ngettext("%(count)s day after the start", "%(count)s days after the start", days) % {
            "count": terms.number(days)
        }
    return ngettext(
        "%(count)s week after the start", "%(count)s weeks after the start", days // 7
    ) % {"count": terms.number(days // 7)}


def _on_day(day: date, today: date) -> str:
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return _("on %(day)s") % {"day": day_words(day, today)}


def day_words(day: date, today: date) -> str:
    """A day with its weekday: "Monday 9 November", with the year where it is another."""
    return date_format(day, "l j F" if day.year == today.year else "l j F Y")


def _is_between(form: Form, other: Form, settings: Delivered, today: date) -> bool:
    """Whether a form fills the time between two of a longer one that takes its place."""
    if form.step is None or other.step is None or not queries.covers(other.version, form.version):
        return False
    going_on = False
    if form.first_on and other.first_on:
        gap = (form.first_on - other.first_on).days
        going_on = max(form.first_on, other.first_on) < today
    elif form.after_days is not None and other.after_days is not None:
        gap = form.after_days - other.after_days
    else:
        return False
    meets = settings.weekday is not None or gap % 7 == 0
    return meets and (going_on or gap <= form.step + 6)


# --- How it goes out ------------------------------------------------------------------------------


def delivery_words(forms: Sequence[Form], settings: Delivered, *, has_address: bool = True) -> str:
    """How forms go out: "By mail at 06:00, open for 7 days, reminders after 2 and 4 days."."""
    by_day = [form for form in forms if not schedule.Cadence(form.cadence).by_appointment]
    how = _sent(settings, has_address, bool(by_day))
    window = _open(by_day, settings.window_days) if by_day else ""
    if settings.send_by == SendBy.HAND or not has_address:
        return ". ".join(capfirst(part) for part in (how, window) if part) + "."
    parts = (how, window, _reminders(settings.reminder_days))
    return ", ".join(part for part in parts if part) + "."


def _sent(settings: Delivered, has_address: bool, by_day: bool) -> str:
    if settings.send_by == SendBy.HAND:
        return _("You hand the link over")
    if not has_address:
        missing = {
            SendBy.MAIL: _("No mail address on record: you hand the link over"),
            SendBy.SMS: _("No telephone on record: you hand the link over"),
        }
        return missing[SendBy(settings.send_by)]
    way = {SendBy.MAIL: _("By mail"), SendBy.SMS: _("By text message")}[SendBy(settings.send_by)]
    at = time_format(settings.opens_at, "H:i")
    return _("%(way)s at %(time)s") % {"way": way, "time": at} if by_day else way


def _open(forms: Sequence[Form], window_days: int | None) -> str:
    steps = [form.step for form in forms]
    longest = schedule.LONGEST_OPEN_DAYS
    if window_days is None and any(step is not None and step < longest for step in steps):
        if all(step is not None and step <= longest for step in steps):
            return _("open until the next one")
        return _("open until the next one, for %(days)s days at the most") % {"days": longest}
    days = window_days or longest
    return ngettext("open for %(days)s day", "open for %(days)s days", days) % {"days": days}


def _reminders(reminder_days: Sequence[int]) -> str:
    days = sorted(set(reminder_days))
    if not days:
        return _("no reminder")
    if len(days) == 1:
        return ngettext(
            "a reminder after %(days)s day", "a reminder after %(days)s days", days[0]
        ) % {"days": days[0]}
    return _("reminders after %(days)s days") % {"days": terms.joined([str(day) for day in days])}


def quiet_words(settings: Delivered, practice: Practice) -> str:
    """That messages wait for the end of the quiet hours, where they would go out within them."""
    if settings.send_by == SendBy.HAND:
        return ""
    opens = datetime.combine(timezone.localdate(), settings.opens_at, tzinfo=practice.zone)
    leaves = after_quiet(opens, practice.zone, practice.quiet_from, practice.quiet_until)
    if leaves == opens:
        return ""
    return _("Messages wait until %(time)s, when the quiet hours of the practice end.") % {
        "time": time_format(leaves.astimezone(practice.zone).time(), "H:i")
    }


# --- The plan's own rule --------------------------------------------------------------------------


def adapted_words(assignment: Assignment) -> str:
    """What the rule of a plan has made of how often a form comes, since when and why."""
    if assignment.adapted_why is None:
        return ""
    since = terms.day(assignment.created_at)
    if assignment.adapted_why == AdaptedWhy.STABLE:
        words = _(
            "%(now)s instead of %(chosen)s since %(day)s: six forms in a row were answered without "
            "a change beyond error."
        ) % {
            "now": cadence_words(assignment.cadence),
            "chosen": cadence_words(assignment.chosen),
            "day": since,
        }
        return capfirst(words)
    return _("Back to %(chosen)s since %(day)s: %(why)s.") % {
        "chosen": cadence_words(assignment.cadence),
        "day": since,
        "why": ADAPTED_BACK[assignment.adapted_why],
    }
