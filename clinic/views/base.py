"""What every page shares: navigation, theme, the way home, the health check, errors."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.models import reach
from clinic.roles import Permission

THEMES = ("light", "dark")
A_YEAR = 365 * 24 * 60 * 60


def page_context(request: HttpRequest) -> dict[str, Any]:
    """For every template: who is here, where they may go, and how they want it to look."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "navigation": [],
        "demonstration": settings.DEMO,
    }
    membership = reach.membership_of(getattr(request, "user", None))
    if membership is None:
        return context
    return {
        **context,
        "membership": membership,
        "navigation": navigation(request),
        "account_navigation": account_navigation(request),
    }


# Pages that an entry leads to, at addresses of their own.
BELOW = {"library": ("imports", "batteries"), "calendar": ("appointments",)}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages this user's role opens, the present one marked."""
    has_caseload = reach.has_general(request.user, Permission.SEE_CASELOAD)
    runs_practice = reach.has_general(request.user, Permission.MANAGE_TEAM)
    places = [
        (_("Caseload"), "caseload", Permission.SEE_CASELOAD),
        (_("Inbox"), "inbox", Permission.SEE_CASELOAD),
        (_("Clients"), "clients", Permission.ADD_CLIENT),
        (_("Calendar"), "calendar", Permission.SEE_CASELOAD),
        (_("Appointments"), "appointments", Permission.KEEP_CALENDAR),
        (_("Library"), "library", Permission.SEE_LIBRARY),
        (_("Team"), "team", Permission.SEE_TEAM),
    ]
    return [
        _entry(request, label, name)
        for label, name, permission in places
        # A clinician's list of clients is the caseload, and the calendar leads to appointments.
        if reach.has_general(request.user, permission)
        and (name != "clients" or runs_practice or not has_caseload)
        and (name != "appointments" or not has_caseload)
    ]


def account_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu under the user's name."""
    places = [
        (_("Your account"), "account", None),
        (_("API tokens"), "tokens", Permission.USE_API),
        (_("Practice settings"), "practice", Permission.MANAGE_TEAM),
        (_("Messages"), "messages", Permission.MANAGE_TEAM),
    ]
    return [
        {"label": label, "url": reverse(name), "current": request.path == reverse(name)}
        for label, name, permission in places
        if permission is None or reach.has_general(request.user, permission)
    ]


def _entry(request: HttpRequest, label: str, name: str) -> dict[str, Any]:
    url = reverse(name)
    # A client's own pages lie under "clients/", but belong to the caseload of who has one.
    current = request.path.startswith((url, *(reverse(below) for below in BELOW.get(name, ()))))
    if name == "clients" and reach.has_general(request.user, Permission.SEE_CASELOAD):
        current = request.path == url
    return {"label": label, "url": url, "current": current}


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


@login_not_required
@require_safe
def sign_up_closed(request: HttpRequest) -> HttpResponse:
    """Where allauth would let anybody sign up."""
    return render(request, "account/signup_closed.html", status=403)


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or neither in a cookie, and go back to the page it was chosen on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=A_YEAR, secure=settings.TLS, httponly=False, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


# --- Errors -------------------------------------------------------------------------------------


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf_failure.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. A database that is away for a moment is no fault of the page: 503.

    Rendered without a request: whatever broke may be what the context of a page needs.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "30"})
    return HttpResponse(render_to_string("500.html"), status=500)
