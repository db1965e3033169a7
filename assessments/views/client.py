"""The client page, and what is added from it: the tick after the session, dated events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import queries, wording
from assessments.actions import review as reviewing
from assessments.client_page import instruments, items, notes, pictures, session
from assessments.client_page.footing import changed_at, of_movement
from assessments.forms.reading import EventForm, ReviewForm
from assessments.models import Event
from assessments.queries import Record
from assessments.views.alerts import alert_words
from assessments.views.outgoing import undelivered_note
from clinic import access, audit
from clinic.audit import Actor
from clinic.encryption import Erased
from clinic.models import Client, reach
from clinic.roles import Permission

# What decides which buttons the page shows.
SHOWN_BY = (
    Permission.REVIEW,
    Permission.ASSIGN,
    Permission.HANDLE_ALERT,
    Permission.EDIT_IDENTITY,
    Permission.CLOSE_CLIENT,
    Permission.SEE_HISTORY,
)
# For those who may see who a client is, and no answer; a page of the other app.
IDENTITY_PAGE = "clinic.views.clients.identity_page"


@require_safe
def client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One client: session card, movement, record."""
    try:
        found = access.find_client(request.user, pk, needs=Permission.SEE_CLINICAL)
    except PermissionDenied:
        found = access.find_client(request.user, pk, needs=Permission.SEE_IDENTITY)
        return import_string(IDENTITY_PAGE)(request, found)
    return page(request, found)


def page(
    request: HttpRequest,
    found: Client,
    review_form: ReviewForm | None = None,
    event_form: EventForm | None = None,
) -> HttpResponse:
    """The client page; with a form that came back, at 422."""
    now = timezone.now()
    audit.record("client.read", by=Actor.of_request(request), now=now, client=found, about=found)
    if _erased(found):
        return render(request, "assessments/client_erased.html", {"client": found}, status=410)
    record = queries.record(found, now)
    context = {
        "may": _may(request.user, found),
        "review_form": review_form or ReviewForm(),
        "event_form": event_form or EventForm(),
        "undelivered": undelivered_note(request.user, found, now),
        **shown(record, reach.membership_of(request.user)),
    }
    came_back = review_form is not None or event_form is not None
    status = 422 if came_back else 200
    return render(request, "assessments/client.html", context, status=status)


def shown(record: Record, membership: Any) -> dict[str, Any]:
    """Everything the template shows of a record, from its one movement."""
    movement = record.movement
    start = None if movement.baseline is None else record.sittings[movement.baseline].scores
    footing = of_movement(record)
    drawn_on = pictures.page_of(record)
    alerts = [
        alert_words(alert, record.messages.get(alert.pk, ""), record.now) for alert in record.alerts
    ]
    return {
        "client": record.client,
        "record": record,
        "header": notes.header(record, membership),
        "session": session.session_card(record),
        "pictures": pictures.pictures(drawn_on),
        "others": instruments.figures(drawn_on),
        "verdict": wording.verdict_reading(movement, start, footing, changed_at(record)),
        "stage": wording.stage_reading(movement, queries.between(movement), footing),
        "stage_code": wording.stage_code(record.standing.stage),
        "evidence": wording.evidence_line(footing),
        "profile": items.element_profile(record),
        "heat": items.heat_table(record),
        "heat_legend": items.heat_legend(record),
        "assignments": notes.assignments(record),
        "responses": notes.latest_responses(record),
        **notes.reference(record),
        "open_alerts": [words for words in alerts if words["alert"].resolved_at is None],
        "closed_alerts": [words for words in alerts if words["alert"].resolved_at is not None],
    }


def _erased(found: Client) -> bool:
    """Whether the client's data key was destroyed, and with it everything about them."""
    try:
        found.unwrapped_key()
    except Erased:
        return True
    return False


def _may(user: Any, found: Client) -> dict[str, bool]:
    """What this person may do from the page, by the names of the permissions: one query."""
    asked = {
        permission.value: Exists(
            Client.objects.filter(reach.clients_with(user, permission), pk=OuterRef("pk"))
        )
        for permission in SHOWN_BY
    }
    row = Client.objects.filter(pk=found.pk).annotate(**asked).values(*asked).get()
    return {name: bool(value) for name, value in row.items()}


# --- The tick after the session -----------------------------------------------------------------


@require_POST
def client_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Looked at; with the first button also discussed. Everything that came in counts as seen."""
    found = access.find_client(request.user, pk, needs=Permission.REVIEW)
    form = ReviewForm(request.POST)
    done = form.is_valid() and form.run(
        reviewing.review,
        client=found,
        discussed=form.cleaned_data["discussed"],
        decided=form.cleaned_data["decided"],
        by=Actor.of_request(request),
        now=timezone.now(),
    )
    if not done:
        return page(request, found, review_form=form)
    messages.success(request, _("Reviewed. What came in so far counts as seen."))
    return redirect("client", found.pk)


# --- Events -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def event_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A dated note that the charts show."""
    found = access.find_client(request.user, pk, needs=Permission.REVIEW)
    if request.method != "POST":
        form = EventForm(initial={"on": timezone.localdate()})
        return render(request, "assessments/event_add.html", {"client": found, "form": form})
    form = EventForm(request.POST)
    done = form.is_valid() and form.run(
        reviewing.add_event,
        client=found,
        on=form.cleaned_data["on"],
        text=form.cleaned_data["text"],
        by=Actor.of_request(request),
        now=timezone.now(),
    )
    if not done:
        context = {"client": found, "form": form}
        return render(request, "assessments/event_add.html", context, status=422)
    messages.success(request, _("The event stands on the charts now."))
    return redirect("client", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def event_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then take an event off the charts."""
    rows = Event.objects.select_related("client")
    event = access.find(request.user, rows, pk, needs=Permission.REVIEW)
    if request.method == "POST":
        reviewing.remove_event(event=event, by=Actor.of_request(request), now=timezone.now())
        messages.success(request, _("The event is off the charts."))
        return redirect("client", event.client_id)
    context = {"event": event, "client": event.client}
    return render(request, "assessments/event_remove.html", context)
