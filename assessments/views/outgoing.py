"""The messages of a practice: what waits, what was sent, what failed, and sending it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from assessments.actions import outbox as actions
from assessments.forms.outgoing import OutboxFilterForm
from assessments.queries import outbox
from assessments.views.caseload import name_of
from clinic import access, audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client, Notice
from clinic.roles import Permission

STATES = {
    "waiting": gettext_lazy("Waiting"),
    "sent": gettext_lazy("Sent"),
    "failed": gettext_lazy("Not delivered"),
    "cancelled": gettext_lazy("Taken back"),
}


@require_safe
@access.requires(Permission.MANAGE_TEAM)
def outgoing(request: HttpRequest) -> HttpResponse:
    """Every message with when and what became of it; never where it went, nor what it said."""
    now = timezone.now()
    chosen = OutboxFilterForm(request.GET).chosen()
    after = chosen.pop("after")
    page = outbox.outbox(request.user, after=after, **chosen)
    counts = outbox.outbox_counts(request.user, now)
    rows = [_row(notice) for notice in page.notices]
    named = [str(row["client"].pk) for row in rows if row["client"] is not None]
    by = Actor.of_request(request)
    audit.record("client.list", by=by, now=now, details={"clients": sorted(set(named))})
    context = {
        "rows": rows,
        "chips": _chips(chosen, counts),
        "kinds": Notice.Kind.choices,
        "chosen": chosen,
        "filtered": bool(chosen["state"] or chosen["kind"]),
        "next_url": _address(chosen, after=str(page.next)) if page.next else "",
        "previous_url": _address(chosen) if after else "",
    }
    return render(request, "assessments/messages.html", context)


@require_POST
def message_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send again what failed. For those who run the practice, and who cares for the client."""
    rows = Notice.objects.select_related("client")
    notice = rows.visible_to(request.user).filter(pk=pk).first()
    if notice is None:
        notice = access.find(request.user, rows, pk, needs=Permission.ASSIGN)
    try:
        actions.send_again(notice=notice, by=Actor.of_request(request), now=timezone.now())
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("It goes out again in a moment."))
    if request.POST.get("next") == "forms" and notice.client_id is not None:
        return redirect("client-forms", notice.client_id)
    return redirect(f"{reverse('messages')}?state=failed")


def undelivered_note(user: Any, client: Client, now: datetime) -> dict[str, Any] | None:
    """For the pages of a client: the message that did not arrive, and what can be done."""
    notice = outbox.undelivered_of(client, now)
    if notice is None:
        return None
    again = outbox.still_open(notice, now) and access.may(user, Permission.ASSIGN, client)
    may_edit = access.may(user, Permission.EDIT_IDENTITY, client)
    return {"notice": notice, "may_again": again, "may_edit": may_edit}


# --- What the list shows ------------------------------------------------------------------------


def _row(notice: Any) -> dict[str, Any]:
    """A message about a safety answer names nobody: that there was one is for those who care."""
    named = notice.client is not None and notice.kind in (Notice.Kind.FORM, Notice.Kind.REMINDER)
    state = _state(notice)
    failed = state == "failed"
    again = (
        notice.invitation_open if notice.kind == Notice.Kind.INVITATION else not notice.sent_anew
    )
    return {
        "notice": notice,
        "state": state,
        "label": STATES[state],
        "client": notice.client if named else None,
        "name": name_of(notice.client) if named else "",
        "may_again": failed and notice.kind in actions.AGAIN and again,
        "sent_anew": failed and notice.sent_anew,
        "instead": actions.INSTEAD.get(notice.kind, "") if failed else "",
    }


def _state(notice: Notice) -> str:
    if notice.sent_at is not None:
        return "sent"
    if notice.failed_at is not None:
        return "failed"
    return "waiting" if notice.cancelled_at is None else "cancelled"


def _chips(chosen: dict[str, str], counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": _address({**chosen, "state": state}),
            "current": chosen["state"] == state,
            "count": counts.get(state),
        }
        for state, label in {"": _("All"), **STATES}.items()
    ]


def _address(chosen: dict[str, str], **more: str) -> str:
    query = urlencode({name: value for name, value in {**chosen, **more}.items() if value})
    return f"{reverse('messages')}?{query}" if query else reverse("messages")
