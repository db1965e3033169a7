"""Calendar files: what is a session, when it is, whose it is, and what a hostile file costs."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import assume, example, given, settings
from hypothesis import strategies as some
from icalendar import Calendar as OtherCalendar

from assessments.calendars import Numbers, Session, read_calendar
from assessments.calendars.recurrence import Steps, TooMuch, parse, starts
from assessments.importing import FaultyFile, UnreadableFile
from tests.calendars import APPLE, GOOGLE, OUTLOOK, calendar, event
from tests.factories import NOW

LONDON = ZoneInfo("Europe/London")


def read(content: bytes, now: datetime = NOW, zone: ZoneInfo = LONDON) -> list[Session]:
    return read_calendar(content, zone=zone, now=now).sessions


def times(content: bytes, **options) -> list[str]:
    return [f"{session.starts:%Y-%m-%d %H:%M}" for session in read(content, **options)]


def faults(content: bytes) -> list[str]:
    with pytest.raises(FaultyFile) as refused:
        read(content)
    return refused.value.faults.lines()


# --- As the programs write them -------------------------------------------------------------------


def test_weekly_event_with_an_exception_a_moved_time_and_a_last_day():
    assert times(GOOGLE) == [
        "2026-11-04 13:00",
        "2026-11-05 10:00",
        "2026-11-13 14:00",
        "2026-11-26 10:00",
        "2026-12-03 10:00",
    ]


def test_moved_time_is_known_by_when_it_would_have_been():
    moved = read(GOOGLE)[2]
    assert moved.original == datetime(2026, 11, 12, 10, tzinfo=UTC)
    assert moved.uid == "weekly0001@example.org"
    assert moved.ends - moved.starts == timedelta(minutes=50)


def test_single_event_has_no_original_and_its_title_in_plain_letters():
    single = read(GOOGLE)[0]
    assert (single.original, single.title) == (None, "C-105 first talk, room 2")


def test_whole_days_and_called_off_events_are_no_sessions():
    found = read_calendar(GOOGLE, zone=LONDON, now=NOW)
    assert (found.events, found.all_day, len(found.sessions)) == (5, 1, 5)


def test_windows_name_of_a_zone_and_the_first_tuesday_of_a_month():
    assert times(OUTLOOK) == ["2026-12-01 09:00", "2027-01-05 09:00", "2027-02-02 09:00"]


def test_alarm_of_an_event_says_nothing_about_it():
    assert all("C-999" not in text for session in read(OUTLOOK) for text in session.texts)


def test_time_without_a_zone_is_meant_in_the_zone_of_the_practice():
    berlin = ZoneInfo("Europe/Berlin")
    (session,) = read(APPLE, zone=berlin)
    assert f"{session.starts:%H:%M}" == "16:00"
    assert session.ends - session.starts == timedelta(hours=1)


def test_letter_that_was_folded_in_the_middle_is_whole():
    assert read(APPLE)[0].title == "Gespräch mit Mü C-104"


# --- Clocks and calendars -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first, expected",
    [
        ("20261018T090000", ["2026-10-18 08:00", "2026-10-25 09:00", "2026-11-01 09:00"]),
        ("20270321T090000", ["2027-03-21 09:00", "2027-03-28 08:00", "2027-04-04 08:00"]),
    ],
)
def test_weekly_session_keeps_its_time_on_the_wall_when_the_clocks_change(first, expected):
    assert times(calendar(event("x", first, rrule="FREQ=WEEKLY;COUNT=3"))) == expected


def test_weekly_session_in_utc_keeps_its_time_in_utc():
    weekly = event("x", "20270321T090000Z", rrule="FREQ=WEEKLY;COUNT=2")
    weekly = weekly.replace("DTSTART;TZID=Europe/London:", "DTSTART:")
    assert times(calendar(weekly)) == ["2027-03-21 09:00", "2027-03-28 09:00"]


def test_time_that_the_clocks_pass_over_is_the_instant_that_it_would_have_been():
    assert times(calendar(event("x", "20270328T013000"))) == ["2027-03-28 01:30"]


def test_time_that_comes_twice_is_the_first_of_the_two():
    october = datetime(2026, 10, 1, tzinfo=UTC)
    assert times(calendar(event("x", "20261025T013000")), now=october) == ["2026-10-25 00:30"]


def test_leap_day_comes_round_in_leap_years_alone():
    yearly = calendar(event("x", "20240229T100000", rrule="FREQ=YEARLY"))
    assert times(yearly) == []
    assert times(yearly, now=datetime(2027, 6, 1, tzinfo=UTC)) == ["2028-02-29 10:00"]


def test_last_day_of_each_month_over_the_end_of_the_year():
    monthly = event("x", "20261031T100000", rrule="FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=5")
    assert times(calendar(monthly)) == [
        "2026-10-31 10:00",
        "2026-11-30 10:00",
        "2026-12-31 10:00",
        "2027-01-31 10:00",
        "2027-02-28 10:00",
    ]


def test_month_without_that_day_is_left_out():
    monthly = event("x", "20261031T100000", rrule="FREQ=MONTHLY;COUNT=3")
    assert times(calendar(monthly))[1:] == ["2026-12-31 10:00", "2027-01-31 10:00"]


def test_last_day_of_a_rule_counts_when_it_is_a_day():
    weekly = event("x", "20261105T100000", rrule="FREQ=WEEKLY;UNTIL=20261112")
    assert len(times(calendar(weekly))) == 2


def test_what_lies_more_than_two_months_back_or_a_year_ahead_is_left_out():
    one, two = event("a", "20260801T100000"), event("b", "20271201T100000")
    assert times(calendar(one, two)) == []
    weekly = times(calendar(event("x", "20200102T100000", rrule="FREQ=WEEKLY")))
    assert (weekly[0], weekly[-1]) == ("2026-09-03 09:00", "2027-10-28 09:00")


@pytest.mark.parametrize(
    "name, utc",
    [
        ("Europe/Berlin", "09:00"),
        ("W. Europe Standard Time", "09:00"),
        ("/example.org/20070101_1/Europe/Berlin", "09:00"),
        ("UTC", "10:00"),
    ],
)
def test_zone_is_known_by_each_of_its_names(name, utc):
    told = event().replace("TZID=Europe/London", f'TZID="{name}"')
    assert times(calendar(told)) == [f"2026-11-05 {utc}"]


def zone(name: str, standard: str, daylight: str | None, *lines: str) -> str:
    parts = [f"BEGIN:VTIMEZONE\nTZID:{name}", *lines]
    for kind, offset in (("STANDARD", standard), ("DAYLIGHT", daylight)):
        if offset:
            parts.append(f"BEGIN:{kind}\nDTSTART:20070101T020000\nTZOFFSETTO:{offset}\nEND:{kind}")
    return "\n".join([*parts, "END:VTIMEZONE"])


@pytest.mark.parametrize(
    "told, utc",
    [
        (zone("Ours", "+0000", "+0100"), "10:00"),
        (zone("Ours", "+0530", None), "04:30"),
        (zone("Ours", "-0500", "-0400", "X-LIC-LOCATION:America/New_York"), "15:00"),
    ],
)
def test_zone_under_a_name_of_its_own_is_known_by_what_the_file_says_of_it(told, utc):
    ours = event().replace("TZID=Europe/London", "TZID=Ours")
    assert times(calendar(told, ours)) == [f"2026-11-05 {utc}"]


def test_zone_of_one_file_is_not_known_in_the_next():
    ours = event().replace("TZID=Europe/London", "TZID=Ours")
    assert times(calendar(zone("Ours", "+0530", None), ours)) == ["2026-11-05 04:30"]
    assert faults(calendar(ours))[0].endswith("is in a time zone that is not known here: Ours")


# --- Events ---------------------------------------------------------------------------------------


def test_event_without_an_end_lasts_a_session():
    short = event().replace("DURATION:PT50M\n", "")
    (session,) = read(calendar(short))
    assert session.ends - session.starts == timedelta(minutes=50)


def test_what_lasts_longer_than_half_a_day_is_no_session():
    half_a_day, longer = event().replace("PT50M", "PT12H"), event("b").replace("PT50M", "PT12H1S")
    found = read_calendar(calendar(half_a_day, longer), zone=LONDON, now=NOW)
    assert ([session.uid for session in found.sessions], found.long) == (["one"], 1)


def test_later_version_of_an_event_counts():
    old, new = event(sequence="1"), event(start="20261105T150000", sequence="2")
    assert times(calendar(new, old)) == ["2026-11-05 15:00"]
    # Where the file does not say which is the later, the one further down.
    assert times(calendar(event(), event(start="20261105T150000"))) == ["2026-11-05 15:00"]


def test_time_that_was_called_off_by_itself_is_left_out():
    weekly = event("x", "20261105T100000", rrule="FREQ=WEEKLY;COUNT=3")
    off = event("x", "20261112T100000", "RECURRENCE-ID:20261112T100000Z", status="CANCELLED")
    assert times(calendar(weekly, off)) == ["2026-11-05 10:00", "2026-11-19 10:00"]


def test_changed_time_of_a_series_that_is_not_in_the_file_stands_for_itself():
    moved = event("x", "20261113T100000", "RECURRENCE-ID:20261112T100000Z")
    (session,) = read(calendar(moved))
    assert session.original == datetime(2026, 11, 12, 10, tzinfo=UTC)


def test_further_times_of_an_event_are_read():
    some_more = event("x", "20261105T100000", "RDATE;TZID=Europe/London:20261201T110000")
    assert times(calendar(some_more)) == ["2026-11-05 10:00", "2026-12-01 11:00"]
    days = event("x", "20261105T100000", "RDATE;VALUE=DATE:20261201,20270601")
    assert times(calendar(days)) == ["2026-11-05 10:00", "2026-12-01 10:00", "2027-06-01 09:00"]


# --- Whose it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "texts, who",
    [
        (("Session C-104",), "nora"),
        (("c-104: first talk",), "nora"),
        (("Session (C-104).",), "nora"),
        (("Session", "C-104 Blue"), "nora"),
        (("Session", "", "with C-104."), "nora"),
        (("Session C-1045",), None),
        (("Session XC-104",), None),
        (("C-104 and C-105",), None),
        (("C-105", "C-104"), "otto"),
        (("Client 12 b",), "zoe"),
        (("Client 12",), None),
        (("",), None),
    ],
)
def test_client_is_known_by_a_number_that_stands_alone(texts, who):
    numbers = Numbers({"C-104": "nora", "c-105": "otto", "12 B": "zoe"})
    assert numbers.whose(Session("x", None, NOW, NOW, "", texts)) == who


def test_number_that_reads_like_another_names_nobody():
    numbers = Numbers({"C-104": "nora", "c-104.": "otto"})
    assert numbers.whose(Session("x", None, NOW, NOW, "", ("C-104",))) is None


# --- What cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken, sentence",
    [
        (event().replace("DTSTART", "DTSTARTED"), "line 4: event 1 has no DTSTART."),
        (event().replace("UID:one\n", ""), "line 4: event 1 has no identifier (UID)."),
        (
            event(start="20261305T100000"),
            "line 6: event 1 has a time that cannot be read: 20261305T100000",
        ),
        (
            event(start="99991231T235959"),
            "line 6: event 1 has a time that cannot be read: 99991231T235959",
        ),
        (
            event(summary="Talk", rrule="FREQ=HOURLY"),
            "line 9: event 1 (“Talk”) comes round by a rule that is not read here: FREQ=HOURLY",
        ),
        (
            event("x", "20261105T100000", "DTEND;TZID=Europe/London:20261105T090000"),
            "line 4: event 1 ends before it begins.",
        ),
        (
            event().replace("PT50M", "fifty"),
            "line 7: event 1 has a length that cannot be read (DURATION).",
        ),
        (
            event("x", "20261105T100000", "EXRULE:FREQ=WEEKLY", rrule="FREQ=DAILY"),
            "line 9: event 1 has a rule of exceptions (EXRULE).",
        ),
        (
            event("x", "20261105T100000", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261105T100000Z"),
            "line 8: event 1 changes this and all later times (RANGE), which is not read here.",
        ),
    ],
)
def test_event_that_cannot_be_read_is_named_with_its_line(broken, sentence):
    assert faults(calendar(broken)) == [sentence]


def test_one_fault_is_enough_to_read_nothing_and_all_faults_are_named():
    good, bad, worse = event("a"), event("b", rrule="FREQ=MINUTELY"), event("c", "20269999T000000")
    assert len(faults(calendar(good, bad, worse))) == 2


@pytest.mark.parametrize(
    "content, begins",
    [
        (b"", "This is not a calendar file."),
        (b"Name,Date\nNora,2026-11-05\n", "This is not a calendar file."),
        (b"BEGIN:VCARD\nEND:VCARD\n", "This is not a calendar file."),
        (b"PK\x03\x04\x00\xff", "Line 1 is not text in UTF-8."),
        (b"BEGIN:VCALENDAR\nVERSION:1.0\nEND:VCALENDAR\n", "This file is in the older format"),
        (calendar(event())[:-60], "The file ends in the middle of what began in line 4"),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n", "Line 2 ends something that has not begun."),
        (calendar("SUMMARY:\xff").replace(b"\xc3", b""), ""),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:a\x00\n", "Line 3 is not text in UTF-8."),
    ],
)
def test_file_that_is_no_calendar_says_so(content, begins):
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    assert refused.value.sentence.startswith(begins)


def test_file_that_is_too_large_is_not_looked_into():
    with pytest.raises(UnreadableFile, match=r"larger than 1\.9 MB"):
        read(b"BEGIN:VCALENDAR\n" * 120_000)


def test_more_events_than_the_limit_are_refused():
    few = "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * 5_001
    with pytest.raises(UnreadableFile, match="more than 5000 events"):
        read(few.encode())


# --- Hostile files --------------------------------------------------------------------------------

HOSTILE = {
    "rules that never come true": calendar(
        *(event(str(n), rrule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") for n in range(5_000))
    ),
    "counted rules from long ago": calendar(
        *(event(str(n), "19700101T000000", rrule="FREQ=YEARLY;COUNT=9999") for n in range(5_000))
    ),
    "more times than a year holds": calendar(
        *(event(str(n), rrule="FREQ=DAILY") for n in range(5_000))
    ),
    "every second": calendar(event(rrule="FREQ=SECONDLY")),
    "empty lines": b"\n" * 1_800_000,
    "one folded line": calendar(event()).replace(b"DURATION", b"X-A:b\r\n " * 180_000),
    "exceptions without end": calendar(event("x", "20261105T100000", f"EXDATE:{'2,' * 500_000}2")),
    "parameters without end": calendar(event()).replace(b"TZID", b"X" * 900_000),
    "boxes in boxes": b"BEGIN:VCALENDAR\n" * 100_000,
    "a number of a thousand digits": calendar(event(rrule=f"FREQ=DAILY;INTERVAL={'9' * 5_000}")),
    "a zone with a rule of its own": calendar(
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=SECONDLY;BYMONTHDAY=30;BYMONTH=2\nEND:STANDARD\nEND:VTIMEZONE",
        event().replace("Europe/London", "Ours"),
    ),
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_file_costs_a_few_seconds_at_most(title):
    began = time.process_time()
    with suppress(UnreadableFile, FaultyFile):
        read(HOSTILE[title])
    assert time.process_time() - began < 10


def test_steps_of_a_file_are_counted_over_all_its_rules():
    rule, _until = parse("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    steps = Steps(most=500)
    first = datetime(2026, 11, 5, 10)
    list(starts(rule, first, date(2026, 11, 1), date(2027, 11, 1), steps))
    with pytest.raises(TooMuch):
        list(starts(rule, first, date(2026, 11, 1), date(2027, 11, 1), steps))


# --- Beside other implementations -----------------------------------------------------------------

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@some.composite
def rules(draw) -> str:
    frequency = draw(some.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    if draw(some.booleans()):
        parts.append(f"INTERVAL={draw(some.integers(1, 5))}")
    which = some.sampled_from(["", "1", "2", "-1"] if frequency in ("MONTHLY", "YEARLY") else [""])
    if draw(some.booleans()):
        days = draw(some.lists(some.sampled_from(DAYS), min_size=1, max_size=3, unique=True))
        parts.append("BYDAY=" + ",".join(draw(which) + day for day in days))
    if frequency != "WEEKLY" and draw(some.booleans()):
        numbers = some.integers(-31, 31).filter(bool)
        parts.append(f"BYMONTHDAY={draw(numbers)},{draw(numbers)}")
    if draw(some.booleans()):
        parts.append(f"BYMONTH={draw(some.integers(1, 12))},{draw(some.integers(1, 12))}")
    if frequency in ("MONTHLY", "YEARLY") and draw(some.integers(0, 3)) == 0:
        assume(any(part.startswith("BY") for part in parts))
        parts.append(f"BYSETPOS={draw(some.sampled_from([1, 2, -1]))}")
    if draw(some.booleans()):
        parts.append(f"WKST={draw(some.sampled_from(['MO', 'SU']))}")
    end = draw(some.sampled_from(["", "COUNT=7", "UNTIL=20270601T120000"]))
    return ";".join([*parts, *([end] if end else [])])


@pytest.mark.slow
@settings(max_examples=80)
@given(rules(), some.dates(date(2024, 1, 1), date(2027, 3, 1)))
@example("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", date(2026, 11, 1))
@example("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 10, 30))
@example("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2024, 2, 29))
def test_rules_give_the_days_that_another_implementation_gives(text, day):
    first = datetime.combine(day, clock.min).replace(hour=10)
    after, before = date(2026, 9, 1), date(2027, 11, 1)
    rule, until = parse(text)
    # The other one would look for ever for what does not come again.
    endless = replace(rule, count=None)
    later = starts(endless, first, before + timedelta(days=1), date(2047, 11, 1), Steps())
    assume(next(later, None) is not None)
    other = rrulestr(text, dtstart=first)
    # Nor does it count a first time that the rule does not name, as the format says one must.
    assume(next(iter(other), None) == first)
    expected = other.between(
        datetime.combine(after, clock.min), datetime.combine(before, clock.max), inc=True
    )
    found = starts(replace(rule, until=until), first, after, before, Steps())
    assert list(found) == expected


@pytest.mark.parametrize("content", [GOOGLE, OUTLOOK, APPLE])
def test_files_give_the_times_that_another_implementation_gives(content):
    window = (NOW - timedelta(days=60), NOW + timedelta(days=366))
    other = recurring_ical_events.of(OtherCalendar.from_ical(content)).between(*window)
    expected = {
        start.replace(tzinfo=start.tzinfo or LONDON).astimezone(UTC)
        for found in other
        if isinstance(start := found["DTSTART"].dt, datetime) and found.get("STATUS") != "CANCELLED"
    }
    assert {session.starts for session in read(content)} == expected
