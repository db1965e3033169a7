"""Quiet hours and days: when a message may go out, also where clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.quiet import after_quiet

NIGHT = (time(21), time(8))
WEEKEND = [5, 6]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, now, hours, days, goes",
    [
        # By day at once; at night in the morning; the hours begin and end to the minute.
        ("Europe/London", "2026-11-02 12:00", NIGHT, [], "2026-11-02 12:00"),
        ("Europe/London", "2026-11-02 20:59", NIGHT, [], "2026-11-02 20:59"),
        ("Europe/London", "2026-11-02 21:00", NIGHT, [], "2026-11-03 08:00"),
        ("Europe/London", "2026-11-03 00:30", NIGHT, [], "2026-11-03 08:00"),
        ("Europe/London", "2026-11-03 07:59", NIGHT, [], "2026-11-03 08:00"),
        ("Europe/London", "2026-11-03 08:00", NIGHT, [], "2026-11-03 08:00"),
        # Within one day.
        ("Europe/London", "2026-11-02 13:30", (time(13), time(15)), [], "2026-11-02 15:00"),
        ("Europe/London", "2026-11-02 13:00", (time(13), time(15)), [], "2026-11-02 15:00"),
        ("Europe/London", "2026-11-02 12:30", (time(13), time(15)), [], "2026-11-02 12:30"),
        # None at all.
        ("Europe/London", "2026-11-02 23:00", (None, None), [], "2026-11-02 23:00"),
        ("Europe/London", "2026-11-02 23:00", (time(21), time(21)), [], "2026-11-02 23:00"),
        # Days: from midnight to midnight, and then the night that follows.
        ("Europe/London", "2026-11-07 12:00", (None, None), WEEKEND, "2026-11-09 00:00"),
        ("Europe/London", "2026-11-07 12:00", NIGHT, WEEKEND, "2026-11-09 08:00"),
        ("Europe/London", "2026-11-06 22:00", NIGHT, WEEKEND, "2026-11-09 08:00"),
        ("Europe/London", "2026-11-06 12:00", NIGHT, list(range(7)), "2026-11-06 12:00"),
        # On the clocks of the practice.
        ("Asia/Kathmandu", "2026-11-02 16:00", NIGHT, [], "2026-11-03 02:15"),
        ("America/Los_Angeles", "2026-11-02 06:00", NIGHT, [], "2026-11-02 16:00"),
        # The nights in which clocks go back (25 October) and forward (28 March).
        ("Europe/London", "2026-10-24 22:00", NIGHT, [], "2026-10-25 08:00"),
        ("Europe/London", "2027-03-27 22:00", NIGHT, [], "2027-03-28 07:00"),
        ("Europe/London", "2026-10-25 00:30", (time(1), time(2)), [], "2026-10-25 02:00"),
        ("Europe/London", "2027-03-28 01:30", (time(1), time(2)), [], "2027-03-28 01:30"),
        # An hour that comes twice is quiet the first time.
        ("Europe/London", "2026-10-25 00:15", (time(1), time(1, 30)), [], "2026-10-25 00:30"),
        ("Europe/London", "2026-10-25 01:15", (time(1), time(1, 30)), [], "2026-10-25 01:15"),
    ],
)
def test_message_goes_at_the_end_of_the_quiet_time(zone, now, hours, days, goes):
    assert after_quiet(at(now), ZoneInfo(zone), *hours, days) == at(goes)


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "UTC"])
@pytest.mark.parametrize("days", [[], WEEKEND, [0, 2, 4]])
def test_what_goes_is_never_quiet_nor_early_and_asking_again_changes_nothing(zone, days):
    place, now = ZoneInfo(zone), at("2026-10-01 00:07")
    while now < at("2027-05-01 00:00"):
        goes = after_quiet(now, place, *NIGHT, days)
        wall = goes.astimezone(place)
        assert goes >= now
        assert goes - now <= timedelta(days=4)
        assert time(8) <= wall.time() < time(21)
        assert wall.weekday() not in days
        assert after_quiet(goes, place, *NIGHT, days) == goes
        now += timedelta(hours=5, minutes=13)
