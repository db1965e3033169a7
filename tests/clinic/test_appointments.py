"""Appointments that are entered, moved and called off by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinic.actions import Refused, appointments, care
from clinic.audit import Actor
from clinic.models import Appointment, AuditEvent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
DAY = timedelta(days=1)


def add(client, days: int = 3, now: datetime = NOW, **options) -> list[Appointment]:
    options = {"day": TODAY + days * DAY, "clock": time(10), "minutes": 50, **options}
    return appointments.add_appointments(
        client=client, clinician=None, by=Actor.system(), now=now, **options
    )


def move(appointment: Appointment, days: int, now: datetime = NOW, **options) -> None:
    options = {"day": TODAY + days * DAY, "clock": time(15), "minutes": 50, **options}
    appointments.move_appointments(appointment=appointment, by=Actor.system(), now=now, **options)


def call_off(appointment: Appointment, now: datetime = NOW, **options) -> None:
    appointments.call_off_appointments(
        appointment=appointment, by=Actor.system(), now=now, **options
    )


def coming() -> list[str]:
    rows = Appointment.objects.filter(cancelled_at=None).order_by("starts_at")
    return [f"{row.starts_at:%m-%d %H:%M}" for row in rows]


def refusal(action, *given, **options) -> tuple[str, str | None]:
    before = list(Appointment.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused:
        action(*given, **options)
    assert list(Appointment.objects.order_by("pk").values()) == before
    return refused.value.sentence, refused.value.field


def test_appointment_is_entered_on_the_clock_of_the_practice(nora, harbour):
    harbour.time_zone = "Europe/Berlin"
    harbour.save()
    (row,) = add(nora)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 5, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 5, 9, 50, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "now, expected",
    [
        ("2026-10-20T09:00:00+00:00", ["10-23 09:00", "10-30 10:00", "11-06 10:00"]),
        ("2027-03-23T09:00:00+00:00", ["03-26 10:00", "04-02 09:00", "04-09 09:00"]),
        ("2027-12-21T09:00:00+00:00", ["12-24 10:00", "12-31 10:00", "01-07 10:00"]),
        ("2028-02-22T09:00:00+00:00", ["02-25 10:00", "03-03 10:00", "03-10 10:00"]),
    ],
)
def test_weekly_appointments_keep_their_time_on_the_wall(nora, now, expected):
    now = datetime.fromisoformat(now)
    rows = add(nora, now=now, day=now.date() + 3 * DAY, weeks=3)
    assert [f"{row.starts_at:%m-%d %H:%M}" for row in rows] == expected


def test_same_request_sent_twice_enters_once(nora):
    add(nora, weeks=2)
    sentence, field = refusal(add, nora, days=10)
    assert (field, sentence) == (
        "day",
        "This client has an appointment at that time already: 12 November, 10:00.",
    )


@pytest.mark.parametrize(
    "options, field",
    [
        ({"days": -1}, "day"),
        ({"days": 367}, "day"),
        ({"days": 0, "clock": time(8)}, "clock"),
        ({"day": date(2027, 3, 28), "clock": time(1, 30)}, "clock"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"weeks": 0}, "weeks"),
        ({"weeks": 53}, "weeks"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(nora, options, field):
    assert refusal(add, nora, **options)[1] == field


def test_session_that_runs_now_can_still_be_entered(nora):
    assert add(nora, days=0, clock=time(8, 45))


def test_closed_record_takes_no_appointment(nora, ada):
    care.close_client(client=nora, by=factories.actor(ada), now=NOW)
    assert refusal(add, nora)[1] is None


def test_appointment_is_moved_alone_or_with_those_of_the_following_weeks(nora):
    first, *_others = add(nora, weeks=4)
    move(first, 4)
    assert coming() == ["11-06 15:00", "11-12 10:00", "11-19 10:00", "11-26 10:00"]
    second = Appointment.objects.get(starts_at__day=12)
    move(second, 11, weeks=2)
    assert coming() == ["11-06 15:00", "11-13 15:00", "11-20 15:00", "11-26 10:00"]


def test_following_weeks_are_those_on_the_wall_over_a_change_of_clocks(nora):
    now = datetime(2027, 3, 23, 9, tzinfo=UTC)
    first, _second = add(nora, now=now, day=date(2027, 3, 26), weeks=2)
    move(first, 0, now=now, day=date(2027, 3, 27), weeks=2)
    assert coming() == ["03-27 15:00", "04-03 14:00"]


def test_series_can_be_moved_onto_its_own_next_week(nora):
    first, *_others = add(nora, weeks=3)
    move(first, 10, clock=time(10), weeks=3)
    assert coming() == ["11-12 10:00", "11-19 10:00", "11-26 10:00"]


def test_appointment_is_not_moved_onto_another_of_the_client(nora):
    first, _second = add(nora, weeks=2)
    assert refusal(move, first, 10, clock=time(10))[1] == "day"


def test_appointment_is_called_off_alone_or_with_those_of_the_following_weeks(nora):
    first, *_others = add(nora, weeks=4)
    call_off(first)
    assert coming() == ["11-12 10:00", "11-19 10:00", "11-26 10:00"]
    call_off(Appointment.objects.get(starts_at__day=12), weeks=2)
    assert coming() == ["11-26 10:00"]


def test_what_is_over_or_called_off_stays_as_it_was(nora):
    first, second = add(nora, weeks=2)
    later = NOW + 4 * DAY
    assert refusal(move, first, 6, now=later)[0] == "This appointment is over. It stays as it was."
    assert refusal(call_off, first, now=later)[1] is None
    call_off(second)
    assert refusal(move, second, 6)[0] == "This appointment was called off."
    assert refusal(call_off, second)[0] == "This appointment was called off."


def test_another_clients_appointments_stay_where_they_are(nora, otto):
    first, _second = add(nora, weeks=2)
    add(otto, weeks=2)
    call_off(first, weeks=2)
    assert Appointment.objects.filter(client=otto, cancelled_at=None).count() == 2


def test_trail_holds_one_event_for_each_change(nora, ada):
    first, *_others = add(nora, weeks=3)
    move(first, 4, weeks=3)
    call_off(first, weeks=2)
    events = AuditEvent.objects.filter(client_id=nora.pk, action__startswith="appointment.")
    assert list(events.order_by("id").values_list("action", "details")) == [
        ("appointment.add", {"appointments": 3}),
        ("appointment.move", {"appointments": 3}),
        ("appointment.call_off", {"appointments": 2}),
    ]
