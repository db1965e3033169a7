"""Appointments: a week of them, and those of one client, entered, moved and called off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import sessions
from assessments.forms.appointments import AppointmentForm, CallOffForm, MoveForm
from assessments.views.coming import monday_of, tabs
from clinic import access, audit
from clinic.actions import care
from clinic.audit import Actor
from clinic.models import Appointment, Client, Membership, reach
from clinic.roles import Permission

PAST_SHOWN = 20
COMING_SHOWN = 60
WEEK = timedelta(weeks=1)


@require_safe
@access.requires(Permission.KEEP_CALENDAR)
def appointments(request: HttpRequest) -> HttpResponse:
    """A week of appointments with everybody whom this person may know, from Monday on."""
    zone = access.membership(request.user).practice.zone
    today = timezone.localdate(timezone=zone)
    monday = monday_of(request.GET.get("week", ""), today)
    begin, end = (
        datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
        for day in (monday, monday + WEEK)
    )
    rows = Appointment.objects.visible_to(request.user).filter(
        starts_at__gte=begin, starts_at__lt=end, cancelled_at=None, client__closed_at=None
    )
    found = list(rows.select_related("client", "clinician__user").order_by("starts_at", "pk"))
    audit.record(
        "appointment.list",
        by=Actor.of_request(request),
        now=timezone.now(),
        details={"clients": sorted({str(row.client_id) for row in found})},
    )
    days = groupby(found, key=lambda row: timezone.localdate(row.starts_at, zone))
    context = {
        "days": [(day, list(of_day)) for day, of_day in days],
        "today": today,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": _address(monday - WEEK),
        "after": _address(monday + WEEK),
        "is_now": monday <= today < monday + WEEK,
        "tabs": tabs(here="appointments")
        if reach.has_general(request.user, Permission.SEE_CASELOAD)
        else [],
    }
    return render(request, "assessments/appointments.html", context)


def _address(day: date) -> str:
    return f"{reverse('appointments')}?week={day.isoformat()}"


# --- One client -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def client_appointments(request: HttpRequest, pk: UUID) -> HttpResponse:
    """When a client comes and came; whoever keeps their details enters another one here."""
    if request.method != "POST":
        client = access.find_client(request.user, pk, needs=Permission.SEE_IDENTITY)
        return _client_page(request, client, _form(request, client))
    client = access.find_client(request.user, pk, needs=Permission.EDIT_IDENTITY)
    form = _form(request, client, request.POST)
    entered = form.is_valid() and form.run(
        sessions.enter_sessions,
        client=client,
        by=Actor.of_request(request),
        now=timezone.now(),
        **form.arguments(),
    )
    if not entered:
        return _client_page(request, client, form, status=400)
    messages.success(
        request,
        ngettext("The appointment is entered.", "%(count)d appointments are entered.", len(entered))
        % {"count": len(entered)},
    )
    return redirect("client-appointments", client.pk)


def _form(request: HttpRequest, client: Client, data: Any = None) -> AppointmentForm:
    carers = care.carers_of(client.practice).filter(care__client=client, care__ended_at=None)
    me: Membership | None = reach.membership_of(request.user)
    return AppointmentForm(data, carers=carers, me=me)


def _client_page(
    request: HttpRequest, client: Client, form: AppointmentForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    audit.record_reading("appointments", client=client, by=Actor.of_request(request), now=now)
    coming = client.appointments.coming(now).select_related("clinician__user")
    past = client.appointments.past(now).select_related("clinician__user")
    may_edit = access.may(request.user, Permission.EDIT_IDENTITY, client)
    context = {
        "client": client,
        "form": form,
        "coming": list(coming[:COMING_SHOWN]),
        "past": list(past[:PAST_SHOWN]),
        "may_edit": may_edit and client.closed_at is None,
        "has_caseload": reach.has_general(request.user, Permission.SEE_CASELOAD),
        "crumbs": _crumbs(client),
    }
    return render(request, "assessments/client_appointments.html", context, status=status)


def _crumbs(client: Client, here: str = "") -> list[dict[str, str]]:
    way = [
        {"label": client.name, "url": reverse("client", args=[client.pk])},
        {"label": _("Appointments"), "url": reverse("client-appointments", args=[client.pk])},
    ]
    return [*way, {"label": here, "url": ""}] if here else [*way[:1], {**way[1], "url": ""}]


# --- One appointment ------------------------------------------------------------------------------


def _find(request: HttpRequest, pk: UUID) -> Appointment:
    rows = Appointment.objects.select_related("client__practice", "clinician__user")
    return access.find(request.user, rows, pk, needs=Permission.EDIT_IDENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move an appointment, and those at the same time in the weeks that follow."""
    found = _find(request, pk)
    wall = timezone.localtime(found.starts_at, found.client.practice.zone)
    initial = {
        "day": wall.date(),
        "clock": wall.time(),
        "minutes": round((found.ends_at - found.starts_at).total_seconds() / 60),
        "weeks": 1,
    }
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)
    moved = form.is_valid() and form.run(
        sessions.move_sessions,
        appointment=found,
        by=Actor.of_request(request),
        now=timezone.now(),
        **form.cleaned_data,
    )
    if not moved:
        return _page(request, "assessments/appointment.html", found, form, _("Move"))
    messages.success(
        request,
        ngettext("The appointment is moved.", "%(count)d appointments are moved.", len(moved))
        % {"count": len(moved)},
    )
    return redirect("client-appointments", found.client_id)


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_call_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then call off an appointment, and those at the same time in the weeks that follow."""
    found = _find(request, pk)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    gone = form.is_valid() and form.run(
        sessions.call_off_sessions,
        appointment=found,
        by=Actor.of_request(request),
        now=timezone.now(),
        **form.cleaned_data,
    )
    if not gone:
        return _page(request, "assessments/appointment_call_off.html", found, form, _("Call off"))
    messages.success(
        request,
        ngettext(
            "The appointment is called off.", "%(count)d appointments are called off.", len(gone)
        )
        % {"count": len(gone)},
    )
    return redirect("client-appointments", found.client_id)


def _page(
    request: HttpRequest, template: str, found: Appointment, form: Any, here: str
) -> HttpResponse:
    context = {
        "client": found.client,
        "appointment": found,
        "form": form,
        "is_over": found.cancelled_at is not None or found.ends_at <= timezone.now(),
        "crumbs": _crumbs(found.client, here),
    }
    return render(request, template, context, status=400 if form.errors else 200)
