"""Clients as people: the list for those who have no caseload, contact details, who cares."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clinic import access, audit, search, trail
from clinic.actions import Refused, care
from clinic.audit import Actor
from clinic.forms import ClientForm, EditClientForm, StartCareForm
from clinic.models import AuditEvent, CareRelationship, Client, reach
from clinic.roles import Permission

PAGE = 50
SHOW = ("open", "nobody", "closed")


# --- The list -----------------------------------------------------------------------------------


@require_safe
@access.requires(Permission.ADD_CLIENT)
def clients(request: HttpRequest) -> HttpResponse:
    """Everybody whose identity this person may see, by name, with search by name or number."""
    text = request.GET.get("q", "")[: search.LONGEST_SEARCH].strip()
    show = request.GET.get("show", "open")
    show = show if show in SHOW else "open"
    practice = request.user.membership.practice
    found = search.by_name(search.matching(_listed(request.user, show), text, practice))
    page, older, newer = _page(found, request.GET.get("after", ""))
    _note_carers(page)
    audit.record(
        "client.list",
        by=Actor.of_request(request),
        now=timezone.now(),
        details={"clients": [str(client.pk) for client in page]},
    )
    context = {
        "clients": page,
        "text": text,
        "show": show,
        "chips": _chips(request.user, show, text),
        "shown": ngettext("%(count)d client", "%(count)d clients", len(found))
        % {"count": len(found)},
        "next_url": _address(show, text, older) if older else "",
        "previous_url": _address(show, text, newer) if newer is not None else "",
        "has_any": bool(found) or Client.objects.visible_to(request.user).exists(),
    }
    return render(request, "clinic/clients.html", context)


def _listed(user: Any, show: str) -> QuerySet[Client]:
    visible = Client.objects.visible_to(user)
    if show == "closed":
        return visible.exclude(closed_at=None)
    visible = visible.filter(closed_at=None)
    if show == "nobody":
        cared_for = CareRelationship.objects.filter(client=OuterRef("pk"), ended_at=None)
        return visible.filter(~Exists(cared_for))
    return visible


def _page(found: list[Client], after: str) -> tuple[list[Client], str, str | None]:
    """The page that begins behind the client ``after``, and where the next and previous begin."""
    start = next((number + 1 for number, client in enumerate(found) if str(client.pk) == after), 0)
    page = found[start : start + PAGE]
    older = str(page[-1].pk) if page and start + PAGE < len(found) else ""
    newer = None if start == 0 else str(found[start - PAGE - 1].pk) if start > PAGE else ""
    return page, older, newer


def _note_carers(page: list[Client]) -> None:
    """Give each client of the page the names of who cares for them, in one query."""
    names: dict[UUID, list[str]] = {client.pk: [] for client in page}
    relationships = CareRelationship.objects.filter(client__in=page, ended_at=None)
    for pk, name in relationships.order_by("clinician__user__name").values_list(
        "client", "clinician__user__name"
    ):
        names[pk].append(name)
    for client in page:
        client.carers = names[client.pk]  # type: ignore[attr-defined]


def _chips(user: Any, show: str, text: str) -> list[dict[str, Any]]:
    labels = {"open": _("In care"), "nobody": _("Nobody cares for"), "closed": _("Closed")}
    if not access.may_in_practice(user, Permission.MANAGE_TEAM):
        del labels["nobody"]
    return [
        {
            "label": label,
            "url": _address(key, text, ""),
            "current": key == show,
            "count": _listed(user, key).count() if key == "nobody" else None,
        }
        for key, label in labels.items()
    ]


def _address(show: str, text: str, after: str) -> str:
    given = {"show": show if show != "open" else "", "q": text, "after": after}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('clients')}{'?' if query else ''}{query}"


# --- One client ---------------------------------------------------------------------------------


def identity_page(request: HttpRequest, client: Client) -> HttpResponse:
    """Who a client is and who cares for them: the client page of those who see no answers.

    The caller has fetched the client through the gate. Leaves the event that it was read.
    """
    _note_read(request, client, "identity")
    coming = client.appointments.coming(timezone.now())
    context = {**_identity(request, client), "next_appointment": coming.first()}
    return render(request, "clinic/client_identity.html", context)


def _note_read(request: HttpRequest, client: Client, part: str) -> None:
    """The event that somebody is shown this part of a record."""
    by, now = Actor.of_request(request), timezone.now()
    audit.record_reading(part, client=client, by=by, now=now)


def _identity(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What the pages about one client share."""
    may = {
        permission.value: access.may(request.user, permission, client)
        for permission in (
            Permission.EDIT_IDENTITY,
            Permission.MANAGE_CARE,
            Permission.CLOSE_CLIENT,
            Permission.SEE_HISTORY,
        )
    }
    return {
        "client": client,
        "may": may,
        "care": list(_open_care(client)),
        "crumbs": _crumbs(request, client),
    }


def _open_care(client: Client) -> QuerySet[CareRelationship]:
    return (
        client.care.filter(ended_at=None)
        .select_related("clinician__user")
        .order_by("started_at", "pk")
    )


def _crumbs(request: HttpRequest, client: Client, page: str = "") -> list[dict[str, str]]:
    has_caseload = reach.has_general(request.user, Permission.SEE_CASELOAD)
    parent = (_("Caseload"), "caseload") if has_caseload else (_("Clients"), "clients")
    crumbs = [
        {"label": parent[0], "url": reverse(parent[1])},
        {"label": client.name, "url": reverse("client", args=[client.pk])},
        {"label": page, "url": ""},
    ]
    return crumbs if page else crumbs[:2]


@require_http_methods(["GET", "HEAD", "POST"])
def client_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change name, date of birth and contact details."""
    client = access.find_client(request.user, pk, needs=Permission.EDIT_IDENTITY)
    if request.method != "POST":
        _note_read(request, client, "identity")
        form = EditClientForm.of(client)
        form.initial["seen_version"] = care.identity_version(client)
        return _edit_page(request, client, form)
    form = EditClientForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, client, form, status=400)
    try:
        care.edit_client(
            client=client, by=Actor.of_request(request), now=timezone.now(), **form.cleaned_data
        )
    except care.ChangedMeanwhile as refusal:
        return _edit_conflict(request, client, form, str(refusal))
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _edit_page(request, client, form, status=400)
    messages.success(request, _("The details are saved."))
    return redirect("client", pk=client.pk)


def _edit_page(
    request: HttpRequest, client: Client, form: ClientForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "client": client,
        "form": form,
        "crumbs": _crumbs(request, client, _("Contact details")),
        **more,
    }
    return render(request, "clinic/client_edit.html", context, status=status)


def _edit_conflict(
    request: HttpRequest, client: Client, form: ClientForm, sentence: str
) -> HttpResponse:
    """Two people saved at once: show what stands there now beside what was typed."""
    present = Client.objects.get(pk=client.pk)
    _note_read(request, client, "identity")
    typed = dict(form.data.items())
    typed["seen_version"] = care.identity_version(present)
    again = EditClientForm(typed)
    again.is_valid()
    differences = [
        {"label": again.fields[name].label, "text": getattr(present, name) or _("nothing")}
        for name in ClientForm.base_fields
        if (getattr(present, name) or None) != (again.cleaned_data.get(name) or None)
    ]
    return _edit_page(
        request, client, again, status=409, sentence=sentence, differences=differences
    )


@require_http_methods(["GET", "HEAD", "POST"])
def client_care(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who cares for a client; those who run the practice change it here."""
    if request.method == "POST":
        client = access.find_client(request.user, pk, needs=Permission.MANAGE_CARE)
        return _end_care(request, client) if "end" in request.POST else _start_care(request, client)
    ending = "end" in request.GET
    needs = Permission.MANAGE_CARE if ending else Permission.SEE_IDENTITY
    client = access.find_client(request.user, pk, needs=needs)
    relationship = _relationship(client, request.GET["end"]) if ending else None
    _note_read(request, client, "care")
    if relationship is not None:
        return _confirm_end(request, client, relationship)
    return _care_page(request, client, _care_form(client))


def _care_form(client: Client, data: Any = None) -> StartCareForm:
    here = client.care.filter(ended_at=None).values("clinician")
    return StartCareForm(data, clinicians=care.carers_of(client.practice).exclude(pk__in=here))


def _care_page(
    request: HttpRequest, client: Client, form: StartCareForm, status: int = 200
) -> HttpResponse:
    past = client.care.exclude(ended_at=None).select_related("clinician__user")
    context = {
        **_identity(request, client),
        "form": form,
        "past": list(past.order_by("-ended_at")),
        "crumbs": _crumbs(request, client, _("Who cares")),
    }
    return render(request, "clinic/client_care.html", context, status=status)


def _start_care(request: HttpRequest, client: Client) -> HttpResponse:
    form = _care_form(client, request.POST)
    by, now = Actor.of_request(request), timezone.now()
    if not form.is_valid() or not form.run(
        care.start_care, client=client, clinician=form.cleaned_data["clinician"], by=by, now=now
    ):
        return _care_page(request, client, form, status=400)
    messages.success(
        request,
        _("%(name)s cares for this client from now on.")
        % {"name": form.cleaned_data["clinician"].user.name},
    )
    return redirect("client-care", pk=client.pk)


def _relationship(client: Client, pk: str) -> CareRelationship:
    try:
        relationship = _open_care(client).filter(pk=UUID(pk)).first()
    except ValueError:
        raise Http404 from None
    if relationship is None:
        raise Http404
    return relationship


def _confirm_end(
    request: HttpRequest, client: Client, relationship: CareRelationship
) -> HttpResponse:
    context = {
        "client": client,
        "relationship": relationship,
        "is_last": client.care.filter(ended_at=None).count() == 1,
        "crumbs": _crumbs(request, client, _("Who cares")),
    }
    return render(request, "clinic/client_care_end.html", context)


def _end_care(request: HttpRequest, client: Client) -> HttpResponse:
    relationship = _relationship(client, request.POST["end"])
    care.end_care(relationship=relationship, by=Actor.of_request(request), now=timezone.now())
    messages.success(
        request,
        _("%(name)s no longer cares for this client and no longer sees the record.")
        % {"name": relationship.clinician.user.name},
    )
    return redirect("client-care", pk=client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def client_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a record when care ends, or reopen it when the client comes back."""
    client = access.find_client(request.user, pk, needs=Permission.CLOSE_CLIENT)
    if request.method != "POST":
        _note_read(request, client, "identity")
        context = {"client": client, "crumbs": _crumbs(request, client, _("Close or reopen"))}
        return render(request, "clinic/client_close.html", context)
    by, now = Actor.of_request(request), timezone.now()
    try:
        if request.POST.get("do") == "reopen":
            care.reopen_client(client=client, by=by, now=now)
            messages.success(request, _("The record is open again, with a new stretch of care."))
        else:
            care.close_client(client=client, by=by, now=now)
            messages.success(request, _("The record is closed. No more forms are sent."))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("client", pk=client.pk)


@require_safe
def client_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who looked at a record and who changed it, newest first."""
    client = access.find_client(request.user, pk, needs=Permission.SEE_HISTORY)
    events = AuditEvent.objects.filter(client_id=client.pk, practice_id=client.practice_id)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        events = events.filter(pk__lt=int(before))
    page = list(events.order_by("-pk")[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    by, now = Actor.of_request(request), timezone.now()
    audit.record("client.history", by=by, now=now, client=client, details={"events": len(page)})
    context = {
        "client": client,
        "lines": trail.lines(page),
        "next_url": f"?before={page[-1].pk}" if more else "",
        "previous_url": request.path if before else "",
        "crumbs": _crumbs(request, client, _("History")),
    }
    return render(request, "clinic/client_history.html", context)
