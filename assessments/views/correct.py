"""Putting right what was sent: the wrong client, the wrong date, or answers that do not count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import correct as actions
from assessments.actions import links, past
from assessments.forms.correct import MoveForm, ReasonForm, RedateForm
from assessments.measurement import scoring
from assessments.models import Response
from assessments.views.assign import crumbs
from clinic import access, audit
from clinic.audit import Actor
from clinic.models import Client, reach
from clinic.roles import Permission


@dataclass(frozen=True)
class Way:
    """One of the ways to put a response right: what its pages say."""

    title: str | Promise
    hint: str | Promise
    action: str | Promise
    done: str | Promise
    route: str


WAYS = {
    "client": Way(
        gettext_lazy("It belongs to another client"),
        gettext_lazy("The answers go to the client they are from, and count there alone."),
        gettext_lazy("Move the answers"),
        gettext_lazy("Moved. The answers count here now, and no longer where they were."),
        "response-move",
    ),
    "date": Way(
        gettext_lazy("It was filled in at another time"),
        gettext_lazy("The answers go to the day they are from, on every chart."),
        gettext_lazy("Give the right date"),
        gettext_lazy("The answers have their right date now, and every figure follows from it."),
        "response-redate",
    ),
    "void": Way(
        gettext_lazy("It should not count"),
        gettext_lazy("For a form sent by mistake, or twice. Nothing takes its place."),
        gettext_lazy("Take the answers out"),
        gettext_lazy("Taken out. The answers stay to be read, and count nowhere."),
        "response-void",
    ),
}


@require_safe
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is wrong? Three ways to go on."""
    row = _find(request, pk)
    if row.voided_at is not None:
        return redirect("response", row.pk)
    ways = [{"way": way, "url": reverse(way.route, args=[row.pk])} for way in WAYS.values()]
    context = {**_context(row, _("Correct")), "ways": ways}
    return render(request, "assessments/correct.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Ask what is needed, say once more what will happen, then do it."""
    row = _find(request, pk)
    if row.voided_at is not None and request.method != "POST":
        return redirect("response", row.pk)
    posted = request.POST if request.method == "POST" else None
    form = _form(request, row, kind, posted)
    if posted is None or "back" in posted or not form.is_valid():
        return _ask(request, row, kind, form)
    if "sure" not in posted:
        return _confirm(request, row, kind, form)
    try:
        done = _run(request, row, kind, form)
    except actions.CorrectedAlready as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("response", row.pk)
    if done is None:
        return _ask(request, row, kind, form)
    messages.success(request, str(WAYS[kind].done))
    return redirect("response", done.replacement_id or row.pk)


def _find(request: HttpRequest, pk: UUID) -> Response:
    rows = Response.objects.select_related(
        "client__practice", "version__instrument", "occasion__assignment__plan"
    )
    row = access.find(request.user, rows, pk, needs=Permission.ENTER_ANSWERS)
    if row.submitted_at is None:
        raise Http404  # a draft is the client's own until it is sent
    return row


def _form(request: HttpRequest, row: Response, kind: str, posted: Any) -> ReasonForm:
    if posted is not None and "back" in posted:
        options: dict[str, Any] = {"initial": posted.dict()}
    else:
        options = {"data": posted}
    if kind != "date":
        options["asks_again"] = _asks_again(row)
    if kind == "client":
        # Whom the answers are not from has not answered yet.
        options = {"initial": {"again": True}, **options}
        others = [(str(client.pk), _name(client)) for client in _others(request, row)]
        return MoveForm(clients=sorted(others, key=lambda pair: pair[1].casefold()), **options)
    if kind == "date":
        at = timezone.localtime(row.submitted_at)
        return RedateForm(**{"initial": {"on": at.date(), "clock": at.time()}, **options})
    return ReasonForm(**options)


def _asks_again(row: Response) -> str:
    """What a tick does for whom the answers stood under; "" once the form's time has passed."""
    if not actions.can_be_asked_again(row, timezone.now()):
        return ""
    closes = links.in_words(row.occasion.closes_at, row.client.practice.zone)
    return _("Ask %(name)s for this form again; it stays open until %(day)s") % {
        "name": row.client.name,
        "day": closes,
    }


def _others(request: HttpRequest, row: Response) -> Any:
    """The clients to whom this person may move answers."""
    mine = Client.objects.filter(reach.clients_with(request.user, Permission.ENTER_ANSWERS))
    rows = mine.filter(practice=row.client.practice_id, data_key__isnull=False)
    return rows.exclude(pk=row.client_id).only("name", "number", "date_of_birth", "data_key")


def _name(client: Client) -> str:
    """Who a client is, told from another of the same name."""
    born = client.date_of_birth and _("born %(day)s") % {
        "day": date_format(client.date_of_birth, "j F Y")
    }
    return ", ".join(part for part in (client.name, client.number, born) if part)


def _context(row: Response, here: str) -> dict[str, Any]:
    return {
        "client": row.client,
        "response": row,
        "name": row.version.definition.name,
        "crumbs": [
            *crumbs(row.client, "")[:-1],
            {"label": _("Answers"), "url": reverse("response", args=[row.pk])},
            {"label": here},
        ],
    }


def _ask(request: HttpRequest, row: Response, kind: str, form: ReasonForm) -> HttpResponse:
    if isinstance(form, MoveForm):
        offered = [pk for pk, _label in form.offered]
        now, by = timezone.now(), Actor.of_request(request)
        audit.record("client.list", by=by, now=now, details={"clients": offered})
    context = {**_context(row, _("Correct")), "way": WAYS[kind], "form": form}
    status = 400 if form.errors else 200
    return render(request, "assessments/correct_ask.html", context, status=status)


def _confirm(request: HttpRequest, row: Response, kind: str, form: ReasonForm) -> HttpResponse:
    """Name everybody and everything once more, so that nobody errs twice."""
    context = {
        **_context(row, _("Correct")),
        "way": WAYS[kind],
        "form": form,
        "from": _name(row.client),
        "at": timezone.localtime(row.submitted_at),
        "to": None,
        "risks": scoring.risks(row.version.definition, row.answers),
    }
    if kind == "client":
        chosen = form.cleaned_data["client"]
        to = next(client for client in _others(request, row) if str(client.pk) == chosen)
        context |= {"to": _name(to), "to_name": to.name}
    if kind == "date":
        context["true_at"] = timezone.localtime(_at(row, form))
    return render(request, "assessments/correct_confirm.html", context)


def _at(row: Response, form: ReasonForm) -> datetime:
    chosen = form.cleaned_data
    return past.moment(chosen["on"], chosen["clock"], row.client.practice.zone, timezone.now())


def _run(request: HttpRequest, row: Response, kind: str, form: ReasonForm) -> Any:
    known = {
        "response": row,
        "reason": form.cleaned_data["reason"],
        "by": Actor.of_request(request),
        "now": timezone.now(),
    }
    if kind == "date":
        return form.run(actions.redate_response, at=_at(row, form), **known)
    known["again"] = form.cleaned_data.get("again", False)
    if kind == "void":
        return form.run(actions.void_response, **known)
    needs = Permission.ENTER_ANSWERS
    to_client = access.find_client(request.user, form.cleaned_data["client"], needs=needs)
    return form.run(actions.move_response, to_client=to_client, **known)
