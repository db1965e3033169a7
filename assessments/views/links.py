"""The links that open a client's forms: made, shown once, stopped."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.actions import links
from assessments.models import Occasion
from assessments.views.assign import show_link_once
from clinic import access
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.roles import Permission


def find_occasion(request: HttpRequest, pk: UUID, needs: Permission) -> Occasion:
    """The occasion, with what its pages need, through the gate."""
    rows = Occasion.objects.select_related(
        "client__practice", "assignment__version__instrument", "assignment__wording"
    )
    return access.find(request.user, rows, pk, needs=needs)


@require_POST
def occasion_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a new link for an open form, show it once, and mail it where that is wished."""
    occasion = find_occasion(request, pk, Permission.ASSIGN)
    by_mail = request.POST.get("go") == "mail"
    try:
        _link, token, notice = links.replace_link(
            occasion=occasion,
            known=_uuid(request.POST.get("known", "")),
            by_mail=by_mail,
            by=Actor.of_request(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("client-forms", occasion.client_id)
    if by_mail and notice is None:
        messages.warning(request, _("There is no mail address on record, so nothing was sent."))
    return show_link_once(request, occasion.client, occasion, token, mailed=notice is not None)


@require_POST
def occasion_link_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop the link of an open form, and a mail with it that still waits."""
    occasion = find_occasion(request, pk, Permission.ASSIGN)
    stopped = links.revoke_links(
        occasion=occasion, by=Actor.of_request(request), now=timezone.now()
    )
    if stopped:
        messages.success(request, _("The link no longer works. What was answered is kept."))
    else:
        messages.info(request, _("There was no link that works."))
    return redirect("client-forms", occasion.client_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
