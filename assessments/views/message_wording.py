"""The practice's own words for messages to clients. For those who run it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assessments import queries
from assessments.forms.outgoing import MessageWordingForm
from clinic import access
from clinic.actions import message_wording as actions
from clinic.actions.messages import OURS, wordings_of
from clinic.audit import Actor
from clinic.models import MessageWording, Notice, Practice
from clinic.roles import Permission

WAYS = {
    Notice.Channel.MAIL.value: gettext_lazy("by mail"),
    Notice.Channel.SMS.value: gettext_lazy("by text message"),
}


@require_safe
@access.requires(Permission.MANAGE_TEAM)
def message_wordings(request: HttpRequest) -> HttpResponse:
    """Each kind of message as a client gets it now."""
    practice = access.membership(request.user).practice
    own = wordings_of(practice)
    rows = [_row(practice, kind, channel, own.get((kind, channel))) for kind, channel in OURS]
    context = {"rows": rows, "crumbs": _crumbs()}
    return render(request, "assessments/message_wordings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.MANAGE_TEAM)
def message_wording(request: HttpRequest, kind: str, channel: str) -> HttpResponse:
    """Change the words of one kind: look at them first, use them, or go back to ours."""
    practice = access.membership(request.user).practice
    if (kind, channel) not in OURS:
        raise Http404
    do = request.POST.get("do", "")
    by, now = Actor.of_request(request), timezone.now()
    if request.method == "POST" and do == "reset":
        actions.reset_wording(practice=practice, kind=kind, channel=channel, by=by, now=now)
        messages.success(request, _("Our words are in use again, from the next message on."))
        return redirect("message-wordings")
    own = wordings_of(practice).get((kind, channel))
    form = MessageWordingForm(
        request.POST if request.method == "POST" else None,
        practice=practice,
        kind=kind,
        channel=channel,
        own=own,
        forbidden=names_of_forms(practice),
    )
    if form.is_bound and form.is_valid() and do == "save" and _save(form, by, now):
        messages.success(request, _("Your words are in use, from the next message on."))
        return redirect("message-wordings")
    row = _row(practice, kind, channel, own)
    context = {"form": form, "row": row, "shown": _shown(form), "crumbs": _crumbs(row["name"])}
    status = 400 if form.errors else 200
    return render(request, "assessments/message_wording.html", context, status=status)


def _save(form: MessageWordingForm, by: Actor, now: Any) -> bool:
    subject, text = form.words()
    saved = form.run(
        actions.set_wording,
        practice=form.practice,
        kind=form.kind,
        channel=form.channel,
        subject=subject,
        text=text,
        forbidden=form.forbidden,
        by=by,
        now=now,
    )
    return saved is not None


def names_of_forms(practice: Practice) -> set[str]:
    """How the forms that this practice may give are called, which no message says."""
    found = [version.definition for version in queries.newest_versions(practice)]
    return {name for definition in found for name in (definition.name, definition.code)}


def _shown(form: MessageWordingForm) -> Any:
    """What a client would get by what is typed; nothing while something is wrong with it."""
    if form.errors:
        return None
    return actions.preview(form.practice, form.kind, form.channel, *form.words())


def _row(practice: Practice, kind: str, channel: str, own: MessageWording | None) -> dict[str, Any]:
    subject, text = (own.subject, own.text) if own else map(str, OURS[kind, channel])
    return {
        "name": f"{Notice.Kind(kind).label}, {WAYS[channel]}",
        "own": own,
        "message": actions.preview(practice, kind, channel, subject, text),
        "url": reverse("message-wording", args=[kind, channel]),
    }


def _crumbs(name: str = "") -> list[dict[str, str]]:
    here = {"label": _("Wording of messages"), "url": reverse("message-wordings") if name else ""}
    settings = {"label": _("Practice settings"), "url": reverse("practice")}
    return [settings, here, *([{"label": name, "url": ""}] if name else [])]
