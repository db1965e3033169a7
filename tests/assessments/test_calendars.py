"""A clinician's calendar against their appointments: once, again, and when it changed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from assessments.actions import calendars, sessions
from assessments.actions.calendars import LacksMany, key_of_title
from assessments.importing import FaultyFile
from assessments.models import Occasion
from clinic.actions import care
from clinic.actions.calendars import Changes
from clinic.audit import Actor
from clinic.models import Appointment, AuditEvent, Client, reach
from clinic.roles import Permission
from tests import factories
from tests import factories_assessments as asked
from tests.calendars import GOOGLE, calendar, event
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
DAY = timedelta(days=1)


def number(client: Client, text: str) -> Client:
    details = {field: getattr(client, field) for field in care.IDENTITY}
    return care.edit_client(client=client, by=SYSTEM, now=NOW, **{**details, "number": text})


@pytest.fixture
def numbered(nora) -> Client:
    return number(nora, "C-104")


def take_in(clinician, content: bytes, now: datetime = NOW, **options) -> Changes:
    reach = options.pop("reach", None)
    reading = calendars.read(clinician=clinician, content=content, now=now, reach=reach)
    return calendars.take_in(clinician=clinician, reading=reading, by=SYSTEM, now=now, **options)


def coming() -> list[str]:
    rows = Appointment.objects.filter(cancelled_at=None).order_by("starts_at")
    return [f"{row.starts_at:%m-%d %H:%M}" for row in rows]


def tally(changes: Changes) -> tuple[int, int, int, int]:
    parts = (changes.added, changes.moved, changes.adopted, changes.called_off)
    return tuple(len(part) for part in parts)


def weekly(*lines: str, first: str = "20261105T100000", uid: str = "w", **named: str) -> str:
    return event(
        uid, first, *lines, **{"summary": "C-104", "rrule": "FREQ=WEEKLY;COUNT=4", **named}
    )


FOUR = ["11-05 10:00", "11-12 10:00", "11-19 10:00", "11-26 10:00"]


# --- The first time -------------------------------------------------------------------------------


def test_sessions_are_those_of_the_client_whose_number_they_name(ada, numbered):
    assert tally(take_in(ada, GOOGLE)) == (4, 0, 0, 0)
    assert coming() == ["11-05 10:00", "11-13 14:00", "11-26 10:00", "12-03 10:00"]
    row = Appointment.objects.first()
    assert (row.client, row.clinician, row.source) == (numbered, ada, "calendar")
    assert len(bytes(row.uid_hash)) == 32


def test_sessions_that_are_over_are_not_entered(ada, numbered):
    assert tally(take_in(ada, calendar(weekly()), now=NOW + 8 * DAY)) == (3, 0, 0, 0)


def test_number_of_somebody_elses_client_names_nobody(ada, numbered, otto):
    number(otto, "C-105")
    take_in(ada, calendar(weekly(summary="C-105")))
    assert not Appointment.objects.exists()


def test_closed_or_ended_clients_have_no_sessions_from_a_calendar(ada, numbered):
    care.end_care(relationship=numbered.care.get(), by=factories.actor(ada), now=NOW)
    take_in(ada, calendar(weekly()))
    assert not Appointment.objects.exists()


def test_reach_of_whoever_reads_the_calendar_counts(ada, ben, numbered):
    within = reach.clients_with(ben.user, Permission.EDIT_IDENTITY)
    take_in(ada, calendar(weekly()), reach=within)
    assert not Appointment.objects.exists()


def test_faulty_file_changes_nothing(ada, numbered):
    with pytest.raises(FaultyFile):
        take_in(ada, calendar(weekly(), event("bad", rrule="FREQ=HOURLY")))
    assert not Appointment.objects.exists()


# --- Entries without a number ---------------------------------------------------------------------


def kinds(clinician, content: bytes, now: datetime = NOW) -> list[tuple[str, int, bool]]:
    reading = calendars.read(clinician=clinician, content=content, now=now)
    return [(kind.title, kind.sessions, kind.client is not None) for kind in reading.kinds]


def test_entries_without_a_number_are_offered_by_their_titles(ada, numbered):
    two = weekly(summary="Nora"), event("x", summary="Dentist"), event("y", summary="dentist")
    assert kinds(ada, calendar(*two)) == [("Nora", 4, False), ("Dentist", 2, False)]


def test_entry_is_given_to_a_client_by_hand_and_known_again(ada, numbered):
    content = calendar(weekly(summary="Nora"))
    choice = {key_of_title("nora"): numbered.pk}
    assert tally(take_in(ada, content, choices=choice)) == (4, 0, 0, 0)
    assert kinds(ada, content) == [("Nora", 4, True)]
    assert tally(take_in(ada, content)) == (0, 0, 0, 0)
    longer = calendar(weekly(summary="Nora", rrule="FREQ=WEEKLY;COUNT=6"))
    assert tally(take_in(ada, longer)) == (2, 0, 0, 0)


def test_entry_that_was_given_by_mistake_is_left_out_again(ada, numbered):
    content, kind = calendar(weekly(summary="Nora")), key_of_title("Nora")
    take_in(ada, content, choices={kind: numbered.pk})
    later = NOW + 4 * DAY  # the first of the four is over
    changes = take_in(ada, content, now=later, choices={kind: None}, call_off=True)
    assert tally(changes) == (0, 0, 0, 3)
    assert tally(take_in(ada, content, now=later)) == (0, 0, 0, 0)


def test_choice_of_a_client_out_of_reach_is_no_choice(ada, otto):
    content = calendar(weekly(summary="Otto"))
    take_in(ada, content, choices={key_of_title("Otto"): otto.pk})
    assert not Appointment.objects.exists()


# --- Again ----------------------------------------------------------------------------------------


def test_second_reading_doubles_nothing(ada, numbered):
    take_in(ada, GOOGLE)
    before = list(Appointment.objects.order_by("pk").values())
    changes = take_in(ada, GOOGLE)
    assert (tally(changes), changes.kept) == ((0, 0, 0, 0), 4)
    assert list(Appointment.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.filter(action="appointment.read_calendar").count() == 1


def test_single_event_that_moved_is_the_same_appointment(ada, numbered):
    take_in(ada, calendar(event(summary="C-104")))
    (before,) = Appointment.objects.values_list("pk", flat=True)
    changes = take_in(ada, calendar(event(start="20261109T120000", summary="C-104")))
    assert (tally(changes), coming()) == ((0, 1, 0, 0), ["11-09 12:00"])
    assert Appointment.objects.get().pk == before


def test_one_time_of_a_series_that_moved_is_the_same_appointment(ada, numbered):
    take_in(ada, calendar(weekly()))
    before = Appointment.objects.get(starts_at__day=12).pk
    lines = "RECURRENCE-ID;TZID=Europe/London:20261112T100000"
    moved = event("w", "20261113T140000", lines, summary="C-104")
    assert tally(take_in(ada, calendar(weekly(), moved))) == (0, 1, 0, 0)
    assert Appointment.objects.get(starts_at__day=13).pk == before


def test_series_that_moves_as_a_whole_is_the_same_appointments(ada, numbered):
    kind = {key_of_title("Nora"): numbered.pk}
    take_in(ada, calendar(weekly(summary="Nora")), choices=kind)
    before = set(Appointment.objects.values_list("pk", flat=True))
    shorter = weekly(first="20261106T110000", summary="Nora", rrule="FREQ=WEEKLY;COUNT=3")
    assert tally(take_in(ada, calendar(shorter))) == (0, 3, 0, 1)
    assert coming() == ["11-06 11:00", "11-13 11:00", "11-20 11:00"]
    assert set(Appointment.objects.values_list("pk", flat=True)) == before
    assert tally(take_in(ada, calendar(shorter))) == (0, 0, 0, 0)


def test_series_that_loses_one_time_and_goes_on_longer_moves_none(ada, numbered):
    take_in(ada, calendar(weekly()))
    without = weekly("EXDATE;TZID=Europe/London:20261105T100000", rrule="FREQ=WEEKLY;COUNT=5")
    assert tally(take_in(ada, calendar(without))) == (1, 0, 0, 1)


def test_what_vanished_from_the_future_is_called_off_and_the_past_stays(ada, numbered):
    take_in(ada, calendar(weekly()))
    later = NOW + 10 * DAY
    without = calendar(weekly("EXDATE;TZID=Europe/London:20261105T100000,20261119T100000"))
    assert tally(take_in(ada, without, now=later)) == (0, 0, 0, 1)
    assert coming() == ["11-05 10:00", "11-12 10:00", "11-26 10:00"]


def test_called_off_event_that_comes_back_is_entered_again(ada, numbered):
    one, off = event(summary="C-104"), event(summary="C-104", status="CANCELLED")
    take_in(ada, calendar(one))
    assert tally(take_in(ada, calendar(off))) == (0, 0, 0, 1)
    assert tally(take_in(ada, calendar(one))) == (1, 0, 0, 0)
    assert coming() == ["11-05 10:00"]


def test_session_called_off_by_hand_stays_so_until_the_calendar_moves_it(ada, numbered):
    take_in(ada, calendar(weekly()))
    row = Appointment.objects.order_by("starts_at").first()
    sessions.call_off_sessions(appointment=row, weeks=1, by=SYSTEM, now=NOW)
    assert tally(take_in(ada, calendar(weekly()))) == (0, 0, 0, 0)
    assert coming() == FOUR[1:]
    lines = "RECURRENCE-ID;TZID=Europe/London:20261105T100000"
    moved = event("w", "20261106T140000", lines, summary="C-104")
    assert tally(take_in(ada, calendar(weekly(), moved))) == (0, 1, 0, 0)
    assert coming() == ["11-06 14:00", *FOUR[1:]]


def test_session_entered_by_hand_is_the_calendars_from_then_on(ada, numbered):
    sessions.enter_sessions(
        client=numbered,
        clinician=None,
        day=NOW.date() + 3 * DAY,
        clock=time(10),
        minutes=50,
        weeks=2,
        by=SYSTEM,
        now=NOW,
    )
    assert tally(take_in(ada, calendar(weekly()))) == (2, 0, 2, 0)
    assert coming() == FOUR
    assert tally(take_in(ada, calendar(weekly()))) == (0, 0, 0, 0)


def test_same_session_under_a_new_identifier_is_not_doubled(ada, numbered):
    take_in(ada, calendar(weekly()))
    before = set(Appointment.objects.values_list("pk", flat=True))
    assert tally(take_in(ada, calendar(weekly(uid="new")))) == (0, 0, 4, 0)
    assert set(Appointment.objects.values_list("pk", flat=True)) == before


def test_event_whose_number_changes_becomes_the_other_clients(ada, numbered, harbour):
    other = number(factories.make_client(harbour, "Mo Lund", carer=ada), "C-106")
    take_in(ada, calendar(weekly()))
    assert tally(take_in(ada, calendar(weekly(summary="C-106")))) == (4, 0, 0, 4)
    assert {row.client for row in Appointment.objects.filter(cancelled_at=None)} == {other}
    assert tally(take_in(ada, calendar(weekly(summary="C-106")))) == (0, 0, 0, 0)


def test_past_event_that_becomes_another_clients_session_to_come_leaves_the_past_as_it_was(
    ada, numbered, harbour
):
    other = number(factories.make_client(harbour, "Mo Lund", carer=ada), "C-106")
    take_in(ada, calendar(event(summary="C-104")))
    later, reused = NOW + 5 * DAY, event(start="20261112T100000", summary="C-106")
    assert tally(take_in(ada, calendar(reused), now=later)) == (1, 0, 0, 0)
    assert coming() == ["11-05 10:00", "11-12 10:00"]
    assert Appointment.objects.latest("starts_at").client == other
    assert tally(take_in(ada, calendar(reused), now=later)) == (0, 0, 0, 0)


def test_two_clinicians_may_share_an_event(ada, ben, numbered, otto):
    number(otto, "C-105")
    content = calendar(weekly(summary="C-104"), weekly(summary="C-105", uid="w2"))
    take_in(ada, content)
    take_in(ben, content)
    assert Appointment.objects.filter(clinician=ben).count() == 4
    assert tally(take_in(ada, content)) == (0, 0, 0, 0)


def test_file_without_most_of_the_sessions_calls_off_nothing_until_it_is_meant(ada, numbered):
    take_in(ada, calendar(weekly(rrule="FREQ=WEEKLY;COUNT=10")))
    with pytest.raises(LacksMany, match="10 of the 10 appointments"):
        take_in(ada, calendar(event("other")))
    assert len(coming()) == 10
    assert tally(take_in(ada, calendar(event("other")), call_off=False)) == (0, 0, 0, 0)
    assert tally(take_in(ada, calendar(event("other")), call_off=True)) == (0, 0, 0, 10)


# --- The forms follow -----------------------------------------------------------------------------


def test_forms_follow_the_calendar_in_the_same_breath(ada, numbered):
    asked.give(numbered, cadence="before_session")
    take_in(ada, calendar(weekly()))
    assert Occasion.objects.filter(cancelled_at=None).count() == 4
    take_in(ada, calendar(weekly(rrule="FREQ=WEEKLY;COUNT=2")))
    assert Occasion.objects.filter(cancelled_at=None).count() == 2
    moved = calendar(weekly(first="20261106T100000", rrule="FREQ=WEEKLY;COUNT=2"))
    take_in(ada, moved)
    rows = Occasion.objects.filter(cancelled_at=None).order_by("opens_at")
    assert [f"{row.closes_at:%m-%d %H:%M}" for row in rows] == ["11-06 10:00", "11-13 10:00"]


def test_nothing_of_the_file_is_kept_but_times_and_a_keyed_hash(ada, numbered):
    take_in(ada, GOOGLE)
    row = Appointment.objects.values().first()
    kept = {name for name, value in row.items() if value is not None}
    assert kept == {
        "id", "client_id", "clinician_id", "starts_at", "ends_at", "source", "uid_hash",
        "series_hash", "created_at",
    }  # fmt: skip


@pytest.mark.parametrize("sessions_of_each", [1, 3])
def test_reading_again_costs_no_query_for_each_session(
    ada, numbered, django_assert_max_num_queries, sessions_of_each
):
    content = calendar(weekly(rrule=f"FREQ=WEEKLY;COUNT={sessions_of_each}"))
    take_in(ada, content)
    with django_assert_max_num_queries(14):
        take_in(ada, content)
