"""A paper form that nobody asked for here: which one, when it was filled in, and its answers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import queries
from assessments.actions import paper as actions
from assessments.actions import past
from assessments.forms.asking import EntryForm, PaperForm
from assessments.measurement.definition import Instrument
from assessments.models import InstrumentVersion
from assessments.queries import wordings
from assessments.views.assign import crumbs
from assessments.views.entry import About
from clinic import access
from clinic.audit import Actor
from clinic.models import Client
from clinic.roles import Permission

# What the address of the second page says of the first.
WHEN = ("answered_on", "clock")


@require_safe
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which form, and when it was filled in. Nothing is written yet."""
    client = access.find_client(request.user, pk, needs=Permission.ENTER_ANSWERS)
    if client.closed_at is not None:
        return _closed(request, client)
    chosen = None if "change" in request.GET else request.GET or None
    form = PaperForm(chosen, initial=request.GET.dict(), versions=_on_paper(client))
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["form"]
        when = urlencode({name: request.GET.get(name, "") for name in WHEN})
        return redirect(f"{reverse('paper-enter', args=[client.pk, code])}?{when}")
    context = {"client": client, "form": form, "crumbs": crumbs(client, _("Enter a paper form"))}
    status = 400 if form.errors else 200
    return render(request, "assessments/paper.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """The whole form on one page, for the day that its address names."""
    client = access.find_client(request.user, pk, needs=Permission.ENTER_ANSWERS)
    if client.closed_at is not None:
        return _closed(request, client)
    versions = _on_paper(client)
    version = next((row for row in versions if row.instrument.code == code), None)
    if version is None:
        raise Http404
    when = PaperForm({**request.GET.dict(), "form": code}, versions=versions)
    if not when.is_valid():
        return redirect(_address(client, code, request))
    day, clock = when.cleaned_data["answered_on"], when.cleaned_data["clock"]
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        instrument=version.worded(wordings.wording_in_force(client.practice, version)),
        answers={},
        comment=None,
        asks_when=False,
    )
    now = timezone.now()
    if form.is_bound and form.is_valid():
        sent = form.run(
            actions.enter_alone,
            client=client,
            version=version,
            by=Actor.of_request(request),
            now=now,
            entered_by=request.user,
            **{**form.given(), "answered_on": day, "clock": clock},
        )
        if sent is not None:
            messages.success(request, _("The answers were entered and scored."))
            return redirect("response", sent.response.pk)
    context = {
        "client": client,
        "instrument": form.instrument,
        "when": _in_words(day, clock),
        "change_url": f"{_address(client, code, request)}&change=1",
        "about": _about(client, form.instrument, day, clock, now),
        "form": form,
        "crumbs": crumbs(client, _("Enter a paper form")),
    }
    return render(request, "assessments/enter.html", context, status=400 if form.errors else 200)


def _on_paper(client: Client) -> list[InstrumentVersion]:
    """The forms whose questions are here to be read beside the paper."""
    versions = queries.newest_versions(client.practice_id)
    hindered = wordings.hindrances(client.practice, versions)
    return [version for version in versions if version.pk not in hindered]


def _closed(request: HttpRequest, client: Client) -> HttpResponse:
    messages.warning(request, _("This client’s record is closed."))
    return redirect("client-forms", client.pk)


def _address(client: Client, code: str, request: HttpRequest) -> str:
    """The first page with what was chosen there."""
    chosen = {"form": code, **{name: request.GET.get(name, "") for name in WHEN}}
    return f"{reverse('paper', args=[client.pk])}?{urlencode(chosen)}"


def _in_words(day: date, clock: time | None) -> str:
    words = date_format(day, "l j F Y")
    return words if clock is None else f"{words}, {time_format(clock, 'H:i')}"


def _about(
    client: Client, instrument: Instrument, day: date, clock: time | None, now: datetime
) -> list[Any]:
    """Whom the answers are about, where the form asks about a relationship."""
    if not queries.asks_about_a_relationship(instrument):
        return []
    at = past.moment(day, clock, client.practice.zone, now)
    reference = queries.in_force_at(client, at)
    if reference is not None:
        reference.client = client  # whose data key is unwrapped once
    return [About(at, reference)]
