"""The inbox: alerts with an owner and a clock, and forms that nobody has looked at yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import queries, wording
from assessments.actions import alerts
from assessments.forms.reading import ResolveForm
from assessments.models import Alert
from assessments.views.caseload import name_of
from clinic import access, audit
from clinic.audit import Actor
from clinic.roles import Permission

SHOWN = 100
# Where a person may want to be afterwards, by the name their page sends; or "client".
BACK = {"caseload", "inbox"}


@require_safe
@access.requires(Permission.SEE_CASELOAD)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the longest waiting first."""
    now = timezone.now()
    waiting = list(queries.open_alerts(request.user)[: SHOWN + 1])
    unseen = list(queries.unseen_responses(request.user)[: SHOWN + 1])
    cut = max(len(waiting), len(unseen)) > SHOWN
    waiting, unseen = waiting[:SHOWN], unseen[:SHOWN]
    said = queries.rule_messages(waiting)
    shown = {str(alert.client_id) for alert in waiting}
    shown |= {str(response.client_id) for response in unseen}
    by = Actor.of_request(request)
    audit.record("inbox.read", by=by, now=now, details={"clients": sorted(shown)})
    context = {
        "cut": cut,
        "alerts": [alert_words(alert, said.get(alert.pk, ""), now) for alert in waiting],
        "unseen": [
            {
                "client": name_of(response.client),
                "client_id": response.client_id,
                "form": response.version.instrument.name,
                "at": response.submitted_at,
                "ago": wording.time_ago(response.submitted_at or now, now),
            }
            for response in unseen
        ],
    }
    return render(request, "assessments/inbox.html", context)


def alert_words(alert: Alert, message: str, now: Any) -> dict[str, Any]:
    """One alert as pages show it: what the rule says, whose it is, and how long it has waited."""
    return {
        "alert": alert,
        "client": name_of(alert.client),
        "message": message,
        "clock": wording.time_ago(alert.raised_at, now),
        "owner": alert.owner.user.name if alert.owner else _("nobody in particular"),
        "acknowledged": acknowledged_words(alert, now),
    }


def acknowledged_words(alert: Alert, now: Any) -> str:
    """Who said "I have seen this", and when; "" while nobody has."""
    if alert.acknowledged_at is None:
        return ""
    return _("Acknowledged by %(name)s, %(ago)s") % {
        "name": alert.acknowledged_by.name if alert.acknowledged_by else _("somebody"),
        "ago": wording.time_ago(alert.acknowledged_at, now),
    }


@require_POST
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say "I have seen this". Whoever comes second is told who was first."""
    alert = _find(request, pk)
    now = timezone.now()
    done = alerts.acknowledge(alert=alert, by=Actor.of_request(request), now=now)
    if done.acknowledged_at == now:
        messages.success(request, _("Acknowledged. It stays open until you say what was done."))
    else:
        messages.info(request, f"{acknowledged_words(done, now)}.")
    return _back(request, alert)


@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an alert with a word on what was done."""
    alert = _find(request, pk)
    now = timezone.now()
    form = ResolveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = form.run(
            alerts.resolve,
            alert=alert,
            outcome=form.cleaned_data["outcome"],
            by=Actor.of_request(request),
            now=now,
        )
        if done is not None:
            messages.success(request, _("Closed, with your note in the record."))
            return _back(request, alert)
    place = request.POST.get("next") or request.GET.get("next") or "inbox"
    context = {
        "form": form,
        "next": place,
        "back_url": _back_url(place, alert),
        "resolved_by": alert.resolved_by,
        **alert_words(alert, queries.rule_messages([alert]).get(alert.pk, ""), now),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/alert_resolve.html", context, status=status)


def _find(request: HttpRequest, pk: UUID) -> Alert:
    rows = Alert.objects.select_related(
        "client", "response", "owner__user", "acknowledged_by", "resolved_by"
    )
    return access.find(request.user, rows, pk, needs=Permission.HANDLE_ALERT)


def _back(request: HttpRequest, alert: Alert) -> HttpResponse:
    return redirect(_back_url(request.POST.get("next", "inbox"), alert))


def _back_url(place: str, alert: Alert) -> str:
    if place == "client":
        return reverse("client", args=[alert.client_id])
    return reverse(place if place in BACK else "inbox")
