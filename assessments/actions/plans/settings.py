"""What a plan consists of, as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from assessments.measurement import schedule
from assessments.models import Battery, InstrumentVersion, Plan, SendBy
from assessments.models.plan import LONGEST_WINDOW_DAYS, MOST_REMINDERS
from clinic.actions import Refused


@dataclass(frozen=True)
class Settings:
    """How the forms of a plan go out."""

    send_by: str = SendBy.MAIL
    opens_at: time = time(6)
    weekday: int | None = None
    window_days: int | None = None
    reminder_days: Sequence[int] = ()
    adapts: bool = False

    @classmethod
    def of(cls, row: Battery | Plan) -> Settings:
        return cls(
            send_by=row.send_by,
            opens_at=row.opens_at,
            weekday=row.weekday,
            window_days=row.window_days,
            reminder_days=tuple(row.reminder_days),
            adapts=row.adapts,
        )

    def values(self) -> dict[str, Any]:
        return {**asdict(self), "reminder_days": sorted(set(self.reminder_days))}


@dataclass(frozen=True)
class Part:
    """One form of a plan: which, how often, from when, and how many times at most."""

    version: InstrumentVersion
    cadence: str
    first_on: date
    ends_on: date | None = None
    times: int | None = None


@dataclass(frozen=True)
class Limits:
    """How long a form comes round: until a day, and so many times in all; None: without end."""

    ends_on: date | None = None
    times: int | None = None


def require_sensible(settings: Settings) -> None:
    """Refuse settings that cannot be meant, each at its field."""
    days = list(settings.reminder_days)
    if len(set(days)) > MOST_REMINDERS:
        raise Refused(_("Three reminders are the most."), "reminder_days")
    longest = settings.window_days or schedule.LONGEST_OPEN_DAYS
    if any(day < 1 or day >= longest for day in days):
        raise Refused(
            _("A reminder comes at least a day after the form opens, and before it closes."),
            "reminder_days",
        )
    if settings.window_days is not None and not 1 <= settings.window_days <= LONGEST_WINDOW_DAYS:
        raise Refused(_("A form stays open between 1 and 30 days."), "window_days")
    if settings.weekday is not None and not 0 <= settings.weekday <= 6:
        raise Refused(_("Choose a day of the week."), "weekday")
    if settings.send_by not in SendBy.values:
        raise Refused(_("Choose how the client hears of a form."), "send_by")
