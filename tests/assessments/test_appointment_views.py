"""The pages of appointments, and of a calendar that is read from a file."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessments.actions import sessions
from assessments.actions.calendars import key_of_title
from assessments.forms import appointments as forms
from assessments.models import Occasion
from assessments.views import waiting_files
from clinic.actions import care
from clinic.models import Appointment, AuditEvent
from tests import factories
from tests import factories_assessments as asked
from tests.assessments.test_calendars import number
from tests.calendars import calendar, event

pytestmark = pytest.mark.django_db

NEW = "/appointments/calendar/"


@pytest.fixture(autouse=True)
def _empty_cache(db):
    cache.clear()


def today():
    return timezone.localdate()


def in_days(days: int) -> str:
    return f"{today() + timedelta(days=days):%Y-%m-%d}"


def chosen(days: int = 3, **changes: str) -> dict[str, str]:
    return {"day": in_days(days), "clock": "10:00", "minutes": "50", "weeks": "1", **changes}


def enter(client, days: int = 3, weeks: int = 1, clinician=None) -> list[Appointment]:
    return sessions.enter_sessions(
        client=client,
        clinician=clinician,
        day=today() + timedelta(days=days),
        clock=time(10),
        minutes=50,
        weeks=weeks,
        by=factories.Actor.system(),
        now=timezone.now(),
    )


def of(client) -> str:
    return reverse("client-appointments", args=[client.pk])


# --- By hand --------------------------------------------------------------------------------------


def test_weekly_appointments_are_entered_and_their_forms_written(ada, nora, signed_in):
    asked.give(nora, cadence="before_session", now=timezone.now())
    browser = signed_in(ada)
    done = browser.post(of(nora), chosen(weeks="3"), follow=True)
    assert "3 appointments are entered." in done.content.decode()
    assert [row.clinician for row in nora.appointments.all()] == [ada, ada, ada]
    assert Occasion.objects.filter(client=nora).count() == 3
    for page in (reverse("client", args=[nora.pk]), reverse("client-forms", args=[nora.pk])):
        assert "Next appointment" in browser.get(page).content.decode()


def test_front_desk_enters_moves_and_calls_off_and_sees_no_form(ash, ada, nora, signed_in):
    asked.give(nora, cadence="before_session", now=timezone.now())
    browser = signed_in(ash)
    browser.post(of(nora), chosen())
    row = Appointment.objects.get()
    assert (row.clinician, row.created_by) == (ada, ash.user)
    page = browser.get(of(nora)).content.decode()
    assert "Nora Lind" in page
    assert "Causeway weekly" not in page
    browser.post(reverse("appointment", args=[row.pk]), chosen(4, clock="11:30"))
    row.refresh_from_db()
    assert f"{timezone.localtime(row.starts_at, nora.practice.zone):%H:%M}" == "11:30"
    browser.post(reverse("appointment-call-off", args=[row.pk]), {"weeks": "1"})
    row.refresh_from_db()
    assert row.cancelled_at is not None
    assert Occasion.objects.filter(cancelled_at=None).count() == 0


def test_of_several_carers_one_is_chosen(pat, ada, ben, nora, signed_in):
    factories.make_care(nora, ben)
    browser = signed_in(pat)
    form = browser.get(of(nora)).context["form"]
    assert set(form.fields["clinician"].queryset) == {ada, ben}
    browser.post(of(nora), chosen(clinician=str(ben.pk)))
    assert Appointment.objects.get().clinician == ben


def test_client_whom_nobody_cares_for_can_still_come(pat, nora, signed_in):
    care.end_care(relationship=nora.care.get(), by=factories.actor(pat), now=timezone.now())
    signed_in(pat).post(of(nora), chosen())
    assert Appointment.objects.get().clinician is None


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"day": ""}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "2020-01-01"}, "day"),
        ({"clock": "10.00 h"}, "clock"),
        ({"minutes": "4"}, "minutes"),
        ({"minutes": "9" * 400}, "minutes"),
        ({"weeks": "53"}, "weeks"),
        ({"weeks": "many"}, "weeks"),
    ],
)
def test_what_cannot_be_meant_comes_back_beside_its_field(ada, nora, signed_in, changes, field):
    answer = signed_in(ada).post(of(nora), chosen(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not Appointment.objects.exists()


def test_supervisor_sees_when_a_client_comes_and_changes_nothing(sue, ada, nora, signed_in):
    (row,) = enter(nora)
    browser = signed_in(sue)
    page = browser.get(of(nora)).content.decode()
    assert "To come" in page
    assert "Enter an appointment" not in page
    assert browser.post(of(nora), chosen()).status_code == 403
    assert browser.get(reverse("appointment", args=[row.pk])).status_code == 403


def test_appointment_that_is_over_says_so_and_cannot_be_moved(ada, nora, signed_in):
    enter(nora)
    ago = timezone.now() - timedelta(days=2)
    Appointment.objects.update(starts_at=ago, ends_at=ago + timedelta(minutes=50))
    address = reverse("appointment", args=[Appointment.objects.get().pk])
    browser = signed_in(ada)
    assert "is over or was called off" in browser.get(address).content.decode()
    assert browser.post(address, chosen(5)).status_code == 400


def test_closed_record_offers_no_appointment(ada, nora, signed_in):
    care.close_client(client=nora, by=factories.actor(ada), now=timezone.now())
    page = signed_in(ada).get(of(nora)).content.decode()
    assert "This record is closed" in page
    assert "Enter an appointment" not in page


def test_form_given_before_each_session_waits_for_the_first(ada, nora, signed_in):
    asked.give(nora, cadence="before_session", now=timezone.now())
    page = signed_in(ada).get(reverse("client-forms", args=[nora.pk])).content.decode()
    assert "It is given with the next appointment; none is entered yet." in page
    assert "Ended and completed" not in page


# --- A week ---------------------------------------------------------------------------------------


def test_week_shows_the_appointments_of_ones_own_clients(ada, nora, otto, signed_in):
    rows = enter(nora, 0 if timezone.now().hour < 9 else 7), enter(otto, 7)
    week = rows[0][0].starts_at.date()
    page = signed_in(ada).get(f"/appointments/?week={week}").content.decode()
    assert "Nora Lind" in page
    assert "Otto Brandt" not in page


@pytest.mark.parametrize("week", ["", "2026-11-04", "0001-01-01", "9999-12-31", "next", "\x00"])
def test_any_week_may_be_asked_for(ada, signed_in, week):
    answer = signed_in(ada).get("/appointments/", {"week": week})
    assert answer.status_code == 200
    assert answer.context["monday"].weekday() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_week_costs_the_same_for_any_number(
    pat, harbour, signed_in, count, django_assert_num_queries
):
    for index in range(count):
        enter(factories.make_client(harbour, f"Client {index}"), 7)
    browser = signed_in(pat)
    address = f"/appointments/?week={in_days(7)}"
    browser.get(address)
    # session, user, membership; appointments; audit event
    with django_assert_num_queries(5):
        assert browser.get(address).content.decode().count("Client ") >= count


# --- A calendar -----------------------------------------------------------------------------------


@pytest.fixture
def numbered(nora):
    return number(nora, "C-104")


def file(*events: str) -> bytes:
    return calendar(*events)


def weekly(title: str = "C-104", count: int = 3, uid: str = "w", days: int = 2) -> str:
    first = f"{today() + timedelta(days=days):%Y%m%dT100000}"
    return event(uid, first, summary=title, rrule=f"FREQ=WEEKLY;COUNT={count}")


def send(browser, content: bytes, **more: str):
    return browser.post(NEW, {"file": SimpleUploadedFile("ada.ics", content), **more})


def test_calendar_is_looked_at_and_then_taken_in(ada, numbered, signed_in):
    browser = signed_in(ada)
    step = send(browser, file(weekly()))
    assert step.status_code == 302
    page = browser.get(step.url).content.decode()
    assert "3 appointments are entered" in page
    assert "Nora Lind" in page
    assert not Appointment.objects.exists()
    done = browser.post(step.url, {"do": "take_in", "call_off": "on"}, follow=True)
    assert "3 appointments changed: 3 entered." in done.content.decode()
    assert numbered.appointments.count() == 3


def test_file_is_gone_once_it_was_taken_in(ada, numbered, signed_in):
    browser = signed_in(ada)
    step = send(browser, file(weekly()))
    browser.post(step.url, {"do": "take_in"})
    again = browser.post(step.url, {"do": "take_in"})
    assert (again.status_code, again.url) == (302, NEW)


def test_file_waits_sealed_and_for_its_sender_alone(ada, ben, numbered, signed_in):
    step = send(signed_in(ada), file(weekly("C-104 secret")))
    token = step.url.split("/")[-2]
    stored = cache.get(waiting_files.name_of(ada, "calendar", token))
    assert b"secret" not in stored
    assert signed_in(ben).get(step.url).status_code == 302
    assert signed_in(ada).get(reverse("import-map", args=[token])).status_code == 302


def test_entry_without_a_number_is_given_to_a_client_by_hand(ada, numbered, signed_in):
    browser, kind = signed_in(ada), f"kind-{key_of_title('Nora')}"
    step = send(
        browser, file(weekly("Nora"), event("x", summary="Dentist", start="20200101T100000"))
    )
    page = browser.get(step.url)
    assert [field.name for field in page.context["form"] if "kind" in field.name] == [kind]
    look = browser.post(step.url, {"do": "look", kind: str(numbered.pk)}).content.decode()
    assert "3 appointments are entered" in look
    assert not Appointment.objects.exists()
    browser.post(step.url, {"do": "take_in", kind: str(numbered.pk)})
    assert numbered.appointments.count() == 3


def test_client_of_somebody_else_is_no_choice(ada, otto, signed_in):
    browser, kind = signed_in(ada), f"kind-{key_of_title('Otto')}"
    step = send(browser, file(weekly("Otto")))
    answer = browser.post(step.url, {"do": "take_in", kind: str(otto.pk)})
    assert answer.status_code == 400
    assert kind in answer.context["form"].errors
    assert not Appointment.objects.exists()


def test_what_vanished_is_called_off_only_where_that_is_ticked(ada, numbered, signed_in):
    browser = signed_in(ada)
    browser.post(send(browser, file(weekly(count=3))).url, {"do": "take_in"})
    step = send(browser, file(weekly(count=2)))
    page = browser.get(step.url)
    assert "1 appointment is no longer there" in page.content.decode()
    assert page.context["form"]["call_off"].value() is True
    browser.post(step.url, {"do": "take_in"})
    assert Appointment.objects.filter(cancelled_at=None).count() == 3
    step = send(browser, file(weekly(count=2)))
    browser.post(step.url, {"do": "take_in", "call_off": "on"})
    assert Appointment.objects.filter(cancelled_at=None).count() == 2


def test_file_without_most_appointments_is_not_ticked_beforehand(ada, numbered, signed_in):
    browser = signed_in(ada)
    browser.post(send(browser, file(weekly(count=8))).url, {"do": "take_in"})
    page = browser.get(send(browser, file(weekly("Dentist", uid="other"))).url)
    assert page.context["form"]["call_off"].value() is False
    assert "Is this the right calendar" in page.content.decode()


def test_front_desk_reads_the_calendar_of_a_colleague(ash, ada, numbered, signed_in):
    browser = signed_in(ash)
    assert send(browser, file(weekly())).status_code == 400
    step = send(browser, file(weekly()), clinician=str(ada.pk))
    browser.post(step.url, {"do": "take_in"})
    assert {row.clinician for row in Appointment.objects.all()} == {ada}


def test_clinician_reads_no_calendar_but_their_own(ada, ben, otto, signed_in):
    number(otto, "C-105")
    browser = signed_in(ada)
    step = send(browser, file(weekly("C-105")), clinician=str(ben.pk))
    browser.post(step.url, {"do": "take_in"})
    assert not Appointment.objects.exists()


def test_file_with_faults_names_them_and_waits_nowhere(ada, signed_in):
    answer = send(signed_in(ada), file(weekly(), event("bad", rrule="FREQ=HOURLY")))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "line 15: event 2 comes round by a rule that is not read here: FREQ=HOURLY" in page


@pytest.mark.parametrize("content", [b"", b"no calendar", b"\xff\xfe", b"x" * 1_950_000])
def test_what_is_no_calendar_comes_back_beside_the_file(ada, signed_in, content):
    answer = send(signed_in(ada), content)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["file"])


def test_page_offers_a_bounded_number_of_kinds(ada, numbered, signed_in, monkeypatch):
    monkeypatch.setattr(forms, "MOST_KINDS", 2)
    browser = signed_in(ada)
    step = send(browser, file(*(weekly(f"Title {n}", uid=str(n)) for n in range(5))))
    page = browser.get(step.url)
    assert "3 more kinds of entries name no client and are left out." in page.content.decode()


def test_trail_tells_who_read_the_calendar(ada, numbered, signed_in):
    browser = signed_in(ada)
    browser.post(send(browser, file(weekly())).url, {"do": "take_in"})
    event_ = AuditEvent.objects.get(action="appointment.read_calendar")
    assert (event_.actor_id, event_.client_id) == (ada.user_id, numbered.pk)
    assert event_.details == {"added": 3, "moved": 0, "called_off": 0}
