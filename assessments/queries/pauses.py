"""What a pause passes over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo


class Pausing(Protocol):
    """A plan, or a row that says of its plan when it is paused."""

    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def paused_until(self) -> date | None: ...


def end_of_pause(plan: Pausing, zone: ZoneInfo) -> datetime | None:
    """The midnight on which the day of its end begins; None where it has no end."""
    if plan.paused_until is None:
        return None
    return datetime.combine(plan.paused_until, time(0), tzinfo=zone).astimezone(UTC)


def is_passed_over(plan: Pausing | None, opens: datetime, zone: ZoneInfo) -> bool:
    """Whether what opens then falls into the pause of its plan."""
    if plan is None or plan.paused_at is None:
        return False
    end = end_of_pause(plan, zone)
    return end is None or opens < end
