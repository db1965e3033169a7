"""Calendars by the command, and in a folder that is read again each hour."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments import tasks
from assessments.actions import calendar_folder, sessions
from clinic.models import Appointment
from tests.assessments.test_calendars import number
from tests.calendars import calendar, event

pytestmark = pytest.mark.django_db


@pytest.fixture
def numbered(nora):
    cache.clear()
    return number(nora, "C-104")


def soon(count: int, summary: str = "C-104", rrule: str = "") -> bytes:
    """A file with a weekly session that begins tomorrow."""
    first = f"{timezone.now() + timedelta(days=1):%Y%m%dT100000}"
    rrule = rrule or f"FREQ=WEEKLY;COUNT={count}"
    return calendar(event(summary, first, summary=summary, rrule=rrule))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ada.ics"
    path.write_bytes(soon(6))
    return path


def run(file, capsys, *options: str) -> str:
    call_command("import_calendar", str(file), "--clinician", "Ada@Harbour.example", *options)
    return capsys.readouterr().out


def test_command_takes_a_calendar_in_and_says_what_changed(ada, numbered, file, capsys):
    said = run(file, capsys, "--preview")
    assert said.splitlines() == [
        "6 sessions entered, 0 moved, 0 called off, 0 as they were.",
        "This was a preview: nothing was changed.",
    ]
    assert not Appointment.objects.exists()
    run(file, capsys)
    assert Appointment.objects.filter(client=numbered, clinician=ada).count() == 6
    assert run(file, capsys) == "0 sessions entered, 0 moved, 0 called off, 6 as they were.\n"


def test_command_says_how_many_entries_name_nobody(ada, numbered, file, capsys):
    file.write_bytes(soon(2, "Dentist"))
    assert "2 entries name no client" in run(file, capsys)


def test_command_wants_a_word_before_it_calls_off_most_sessions(ada, numbered, file, capsys):
    run(file, capsys)
    file.write_bytes(soon(1, "Dentist"))
    with pytest.raises(CommandError, match="Add --call-off if that is meant"):
        run(file, capsys)
    assert "6 called off" in run(file, capsys, "--call-off")


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"Name;Date", "This is not a calendar file"),
        (soon(1, rrule="FREQ=HOURLY"), "Nothing was changed: 1 faults."),
    ],
)
def test_command_names_what_it_cannot_read(ada, numbered, file, capsys, content, sentence):
    file.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        run(file, capsys)
    assert not Appointment.objects.exists()


def test_command_wants_somebody_who_has_clients(ada, pat, file, capsys):
    for address in (pat.user.email, "nobody@harbour.example"):
        with pytest.raises(CommandError, match="No clinician signs in with"):
            call_command("import_calendar", str(file), "--clinician", address)
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(file.with_name("none.ics"), capsys)


# --- The folder -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, settings):
    settings.CALENDAR_DIR = tmp_path / "calendars"
    settings.CALENDAR_DIR.mkdir()
    return settings.CALENDAR_DIR


def test_sweep_reads_the_calendar_of_each_clinician(ada, ben, numbered, folder):
    (folder / "ada@harbour.example.ics").write_bytes(soon(3))
    (folder / "ben@harbour.example.ics").write_bytes(soon(3))
    tasks.read_calendars()
    assert {row.clinician for row in Appointment.objects.all()} == {ada}
    assert Appointment.objects.count() == 3


def test_sweep_notices_what_changed_and_passes_over_what_did_not(ada, numbered, folder):
    path = folder / "ada@harbour.example.ics"
    path.write_bytes(soon(3))
    assert calendar_folder.read_folder(folder=folder, now=timezone.now()) == 1
    assert calendar_folder.read_folder(folder=folder, now=timezone.now()) == 0
    path.write_bytes(soon(2))
    assert calendar_folder.read_folder(folder=folder, now=timezone.now()) == 1
    assert Appointment.objects.filter(cancelled_at=None).count() == 2


def test_file_that_cannot_be_read_keeps_no_other_from_being_read(
    ada, ben, numbered, folder, caplog
):
    (folder / "a@nobody.example.ics").write_bytes(soon(1))
    (folder / "ada@harbour.example.ics").mkdir()
    (folder / "ben@harbour.example.ics").write_bytes(b"Nora Lind; 5 November")
    with caplog.at_level(logging.WARNING):
        tasks.read_calendars()
    (folder / "ada@harbour.example.ics").rmdir()
    (folder / "ada@harbour.example.ics").write_bytes(soon(2))
    tasks.read_calendars()
    assert Appointment.objects.count() == 2
    said = [record.getMessage() for record in caplog.records]
    assert f"The calendar of member {ben.pk} was not taken in" in said[1]
    assert not any("Nora" in line or "@" in line for line in said)


def test_sweep_calls_off_nothing_when_most_of_the_sessions_are_missing(
    ada, numbered, folder, caplog
):
    path = folder / "ada@harbour.example.ics"
    path.write_bytes(soon(6))
    tasks.read_calendars()
    path.write_bytes(soon(1, "Dentist"))
    with caplog.at_level(logging.WARNING):
        tasks.read_calendars()
    assert Appointment.objects.filter(cancelled_at=None).count() == 6
    assert "most of the sessions to come are missing" in caplog.text


def test_missing_folder_is_said_and_no_folder_is_fine(settings, tmp_path, caplog):
    settings.CALENDAR_DIR = None
    tasks.read_calendars()
    settings.CALENDAR_DIR = tmp_path / "none"
    with caplog.at_level(logging.WARNING):
        tasks.read_calendars()
    assert "The folder of calendars is not there" in caplog.text


def test_hourly_sweep_writes_the_forms_of_sessions_that_come_near(nora, monkeypatch):
    asked = []
    monkeypatch.setattr(sessions, "follow_all_appointments", lambda *, now: asked.append(now))
    tasks.write_occasions()
    assert len(asked) == 1
