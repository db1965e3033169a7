"""When a message may go out: not in the quiet hours and on the quiet days of a practice."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def after_quiet(
    at: datetime,
    zone: ZoneInfo,
    quiet_from: time | None,
    quiet_until: time | None,
    quiet_weekdays: Collection[int] = (),
) -> datetime:
    """The first time from `at` on that is not quiet: UTC.

    Quiet hours run from `quiet_from` to before `quiet_until` on the wall clock of `zone`, over
    midnight where the first is the later; equal or missing hours are none. Whole days are quiet
    on `quiet_weekdays` (Monday is 0), unless all seven are named, which would hold back for ever.
    """
    days = set(quiet_weekdays)
    if len(days) >= 7:
        days = set()
    # Each step leaves one quiet stretch; at most a night and a day follow one another.
    for _step in range(16):
        wall = at.astimezone(zone)
        if wall.weekday() in days:
            at = _wall(wall.date() + timedelta(days=1), time(0), zone)
            continue
        if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
            break
        clock = wall.time()
        if quiet_from < quiet_until:
            quiet, end = quiet_from <= clock < quiet_until, wall.date()
        else:
            quiet = clock >= quiet_from or clock < quiet_until
            end = wall.date() + timedelta(days=1) if clock >= quiet_from else wall.date()
        if not quiet:
            break
        later = _wall(end, quiet_until, zone)
        if later <= at:
            break  # where the clocks go back, the hours of the night come twice
        at = later
    return at.astimezone(UTC)


def _wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time on the wall clock of that day, as UTC; of two, the first."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
