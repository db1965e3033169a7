"""Assigning a form to a client, and ending an assignment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import queries, wording
from assessments.actions import assign as actions
from assessments.actions import links
from assessments.forms.asking import AssignForm
from assessments.models import Assignment, Cadence, InstrumentVersion
from assessments.queries import wordings
from clinic import access
from clinic.audit import Actor
from clinic.models import Client
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose a form and how often. Where it opens now, the answer shows its link, this once."""
    client = access.find_client(request.user, pk, needs=Permission.ASSIGN)
    versions = queries.newest_versions(client.practice_id)
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        versions=versions,
        email=client.email,
        today=timezone.localdate(timezone=client.practice.zone),
    )
    if form.is_bound and form.is_valid():
        assigned = form.run(
            actions.assign,
            client=client,
            by=Actor.of_request(request),
            now=timezone.now(),
            **form.arguments(),
        )
        if assigned is not None:
            return _assigned(request, client, assigned)
    status = 400 if form.errors else 200
    context = {
        **_context(client, form, wordings.hindrances(client.practice, versions)),
        "may_manage": access.may_in_practice(request.user, Permission.MANAGE_LIBRARY),
    }
    return render(request, "assessments/assign.html", context, status=status)


def _context(
    client: Client, form: AssignForm, hindrances: Mapping[UUID, wordings.Hindrance]
) -> dict[str, Any]:
    cadences = dict(Cadence.choices)
    cards = [
        {
            "radio": radio,
            "definition": version.definition,
            "cadence": cadences[version.definition.default_cadence],
        }
        for radio, version in zip(form["instrument"], form.versions.values(), strict=True)
        if version.pk not in hindrances
    ]
    return {
        "client": client,
        "form": form,
        "cards": cards,
        "not_yet": _not_yet(form.versions.values(), hindrances),
        "crumbs": crumbs(client, _("Assign a form")),
    }


def _not_yet(
    versions: Iterable[InstrumentVersion], hindrances: Mapping[UUID, wordings.Hindrance]
) -> list[str]:
    """What cannot be assigned here, in a sentence for each reason."""
    names: dict[wordings.Hindrance, list[str]] = {}
    for version in versions:
        if version.pk in hindrances:
            names.setdefault(hindrances[version.pk], []).append(version.definition.name)
    return [wordings.says(why, wording.joined(sorted(found))) for why, found in names.items()]


def _assigned(request: HttpRequest, client: Client, assigned: actions.Assigned) -> HttpResponse:
    if assigned.first is None:
        messages.success(request, _("Assigned. Its form opens with the next session entered."))
        return redirect("client-forms", client.pk)
    if assigned.token is None:
        opens = date_format(timezone.localtime(assigned.first.opens_at), "l j F")
        messages.success(request, _("Assigned. The first form opens on %(day)s.") % {"day": opens})
        return redirect("client-forms", client.pk)
    return show_link_once(request, client, assigned.first, assigned.token, mailed=assigned.mailed)


def show_link_once(
    request: HttpRequest, client: Client, occasion: Any, token: str, *, mailed: bool
) -> HttpResponse:
    """The page with a new link. It is the answer to a POST: no address and no session keeps it."""
    context = {
        "client": client,
        "name": occasion.assignment.version.definition.name,
        "address": links.address_of(token),
        "mailed": mailed,
        "closes_at": occasion.closes_at,
        "occasion": occasion,
        "crumbs": crumbs(client, _("Link")),
    }
    return render(request, "assessments/link_once.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then end an assignment."""
    assignment = access.find(
        request.user,
        Assignment.objects.select_related("client__practice", "version__instrument"),
        pk,
        needs=Permission.ASSIGN,
    )
    if request.method == "POST":
        actions.end_assignment(
            assignment=assignment, by=Actor.of_request(request), now=timezone.now()
        )
        messages.success(request, _("The assignment was ended. Its answers stay."))
        return redirect("client-forms", assignment.client_id)
    if assignment.ended_at is not None:
        return redirect("client-forms", assignment.client_id)
    context = {
        "assignment": assignment,
        "client": assignment.client,
        "crumbs": crumbs(assignment.client, _("End an assignment")),
    }
    return render(request, "assessments/assignment_end.html", context)


def crumbs(client: Client, here: str, *, below_forms: bool = True) -> list[dict[str, Any]]:
    """The way back from a page about a client's forms."""
    way = [{"label": client.name, "url": reverse("client", args=[client.pk])}]
    if below_forms:
        way.append({"label": _("Forms"), "url": reverse("client-forms", args=[client.pk])})
    return [*way, {"label": here}]
