"""What every page shares: navigation, theme, the way home, the health check."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.models import reach
from clinic.roles import Permission

THEMES = ("light", "dark")


def page_context(request: HttpRequest) -> dict[str, Any]:
    """For every template: who is here, where they may go, and how they want it to look."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {"theme": theme if theme in THEMES else "", "navigation": []}
    membership = reach.membership_of(getattr(request, "user", None))
    if membership is None:
        return context
    return {**context, "membership": membership, "navigation": navigation(request)}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages this user's role opens, the present one marked."""
    places = [
        (_("Caseload"), "caseload", Permission.SEE_CASELOAD),
        (_("Inbox"), "inbox", Permission.SEE_CASELOAD),
        (_("Clients"), "clients", Permission.ADD_CLIENT),
        (_("Library"), "library", Permission.SEE_LIBRARY),
        (_("Team"), "team", Permission.SEE_TEAM),
    ]
    has_caseload = reach.has_general(request.user, Permission.SEE_CASELOAD)
    return [
        {"label": label, "url": reverse(name), "current": request.path.startswith(reverse(name))}
        for label, name, permission in places
        if reach.has_general(request.user, permission) and not (name == "clients" and has_caseload)
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each role's first page."""
    if reach.has_general(request.user, Permission.SEE_CASELOAD):
        return redirect("caseload")
    if reach.membership_of(request.user) is None:
        return render(request, "clinic/no_membership.html", status=403)
    return redirect("clients")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf_failure.html", status=403)
