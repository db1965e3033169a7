"""Reading a clinician's calendar from a file: choose it, look at what it changes, take it in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.actions import calendars as actions
from assessments.actions.calendars import Reading
from assessments.calendars import LARGEST
from assessments.forms.appointments import CalendarFileForm, CalendarForm
from assessments.importing import Faults, FaultyFile, UnreadableFile
from assessments.views import waiting_files
from clinic import access
from clinic.actions import care
from clinic.actions.calendars import Changes
from clinic.audit import Actor
from clinic.models import Membership, reach
from clinic.roles import Permission

PURPOSE = "calendar"
SHOWN = 40


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.KEEP_CALENDAR)
def calendar_new(request: HttpRequest) -> HttpResponse:
    """The first step: whose calendar, and the file, which is read whole before anything else."""
    me = access.membership(request.user)
    form = CalendarFileForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        clinicians=care.calendars_kept_by(me),
        me=me,
    )
    faults: Faults | None = None
    if form.is_bound and form.is_valid():
        content = form.cleaned_data["file"].read(LARGEST + 1)
        try:
            _read(request, form.whose, content)
        except UnreadableFile as error:
            form.add_error("file", error.sentence)
        except FaultyFile as error:
            faults = error.faults
        else:
            head = {"clinician": str(form.whose.pk)}
            token = waiting_files.keep(me, PURPOSE, head, content)
            return redirect("calendar-look", token=token)
    context = {"form": form, "faults": faults, "crumbs": _crumbs()}
    status = 400 if form.errors or faults else 200
    return render(request, "assessments/calendar_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.KEEP_CALENDAR)
def calendar_look(request: HttpRequest, token: str) -> HttpResponse:
    """The second step: what changes, whose the other entries are; then take it in."""
    me = access.membership(request.user)
    kept = waiting_files.find(me, PURPOSE, token)
    clinicians = care.calendars_kept_by(me).select_related("practice")
    clinician = clinicians.filter(pk=kept[0]["clinician"]).first() if kept else None
    if kept is None or clinician is None:
        messages.warning(
            request, _("This file is not kept any more, or was taken in. Please choose it again.")
        )
        return redirect("calendar-new")
    try:
        reading = _read(request, clinician, kept[1])
    except (UnreadableFile, FaultyFile):
        messages.warning(request, _("This file cannot be read any more. Please choose it again."))
        return redirect("calendar-new")
    form = CalendarForm(
        request.POST if request.method == "POST" else None,
        kinds=reading.kinds,
        clients=reading.clients,
    )
    if form.is_bound and form.is_valid() and request.POST.get("do") == "take_in":
        return _take_in(request, clinician, reading, form, token)
    return _look(request, clinician, reading, form)


def _read(request: HttpRequest, clinician: Membership, content: bytes) -> Reading:
    within: Q = reach.clients_with(request.user, Permission.EDIT_IDENTITY)
    return actions.read(clinician=clinician, content=content, now=timezone.now(), reach=within)


def _look(
    request: HttpRequest, clinician: Membership, reading: Reading, form: CalendarForm
) -> HttpResponse:
    changes = actions.changes_of(
        clinician=clinician, reading=reading, now=timezone.now(), choices=_choices(form)
    )
    if not form.is_bound:
        form.initial["call_off"] = not changes.lacks_many
    context = {
        "form": form,
        "clinician": clinician,
        "calendar": reading.calendar,
        "changes": changes,
        "is_changed": bool(changes.clients() or changes.adopted),
        "lines": _lines(reading, changes),
        "shown": SHOWN,
        "crumbs": _crumbs(),
    }
    status = 400 if form.errors else 200
    return render(request, "assessments/calendar_look.html", context, status=status)


def _choices(form: CalendarForm) -> actions.Choices:
    return form.choices() if not form.is_bound or form.is_valid() else {}


def _lines(reading: Reading, changes: Changes) -> dict[str, list[dict[str, Any]]]:
    """The first appointments of each kind of change, with whose they are."""
    names = {pk: client.name for pk, client in reading.clients.items()}
    return {
        "added": [
            {"name": names[dated.client], "at": dated.starts_at}
            for dated in sorted(changes.added, key=lambda dated: dated.starts_at)[:SHOWN]
        ],
        "moved": [
            {"name": names[dated.client], "before": row.starts_at, "at": dated.starts_at}
            for row, dated in sorted(changes.moved, key=lambda pair: pair[1].starts_at)[:SHOWN]
        ],
        "called_off": [
            {"name": names.get(row.client_id, _("a client no longer in care")), "at": row.starts_at}
            for row in sorted(changes.called_off, key=lambda row: row.starts_at)[:SHOWN]
        ],
    }


def _take_in(
    request: HttpRequest,
    clinician: Membership,
    reading: Reading,
    form: CalendarForm,
    token: str,
) -> HttpResponse:
    changes = actions.take_in(
        clinician=clinician,
        reading=reading,
        choices=form.choices(),
        call_off=form.cleaned_data["call_off"],
        by=Actor.of_request(request),
        now=timezone.now(),
    )
    waiting_files.forget(access.membership(request.user), PURPOSE, token)
    messages.success(request, _says(changes))
    return redirect("appointments")


def _says(changes: Changes) -> str:
    """What was done, in a sentence."""
    parts = [
        (len(changes.added), _("%(count)d entered")),
        (len(changes.moved), _("%(count)d moved")),
        (len(changes.called_off), _("%(count)d called off")),
    ]
    done = [words % {"count": count} for count, words in parts if count]
    if not done:
        return _("All appointments were there already. Nothing changed.")
    number = sum(count for count, _words in parts)
    what = ngettext(
        "%(number)d appointment changed: %(done)s.",
        "%(number)d appointments changed: %(done)s.",
        number,
    )
    return what % {"number": number, "done": ", ".join(done)}


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Appointments"), "url": reverse("appointments")},
        {"label": _("Read a calendar"), "url": ""},
    ]
