"""Adding a client."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.actions.clients import add_client
from assessments.forms.asking import NewClientForm
from clinic import access
from clinic.actions import care
from clinic.audit import Actor
from clinic.models import Client, Membership, reach
from clinic.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.ADD_CLIENT)
def client_add(request: HttpRequest) -> HttpResponse:
    """Add a client. Whoever has clients of their own becomes the carer; others choose one."""
    me: Membership = reach.membership_of(request.user)
    form = _form(request, me)
    if form.is_bound and form.is_valid() and not form.warn_of(_same_name(request.user, form)):
        client = form.run(
            add_client,
            practice=me.practice,
            clinician=form.cleaned_data["clinician"] if "clinician" in form.fields else me,
            by=Actor.of_request(request),
            now=timezone.now(),
            **form.details(),
        )
        if client is not None:
            return _next_page(request, client)
    status = 400 if form.errors else 200
    return render(request, "assessments/client_add.html", _context(request, form), status=status)


def _form(request: HttpRequest, me: Membership) -> NewClientForm:
    data = request.POST if request.method == "POST" else None
    if care.can_care(me) and not access.may_in_practice(request.user, Permission.MANAGE_TEAM):
        return NewClientForm(data)
    return NewClientForm(
        data,
        carers=care.carers_of(me.practice),
        carer=me if care.can_care(me) else None,
    )


def _context(request: HttpRequest, form: NewClientForm) -> dict[str, Any]:
    has_caseload = access.may_in_practice(request.user, Permission.SEE_CASELOAD)
    back = (_("Caseload"), "caseload") if has_caseload else (_("Clients"), "clients")
    return {
        "form": form,
        "crumbs": [{"label": back[0], "url": reverse(back[1])}, {"label": _("Add a client")}],
    }


def _next_page(request: HttpRequest, client: Client) -> HttpResponse:
    if access.may(request.user, Permission.ASSIGN, client):
        messages.success(request, _("Added. You can assign a form right away."))
        return redirect("assign", client.pk)
    messages.success(request, _("The client was added."))
    return redirect("client", client.pk)


def _same_name(user: Any, form: NewClientForm) -> list[Client]:
    """The clients within this person's reach whose name looks the same."""
    wanted = skeleton(form.cleaned_data["name"])
    return [
        client
        for client in Client.objects.visible_to(user).filter(data_key__isnull=False)
        if skeleton(client.name) == wanted
    ]


def skeleton(name: str) -> str:
    """A name reduced to what tells people apart: no case, no width, no marks, no spaces."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
