"""What happens around every request: headers, limits of a session, the practice's time zone."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import reach

GetResponse = Callable[[HttpRequest], HttpResponse]

# The first four are Django's too, but its own middleware leaves out what an outer one answers:
# static files, and a request under a foreign name.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
# How long a session's last sign of life may be out of date before it is written again.
SEEN_EVERY = timedelta(minutes=1)


def client_address(get_response: GetResponse) -> GetResponse:
    """Behind our own proxy, take the address it saw: the last of the list, the one it added."""

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if settings.BEHIND_PROXY and forwarded:
            try:
                seen = ipaddress.ip_address(forwarded.rpartition(",")[2].strip())
            except ValueError:
                return get_response(request)
            request.META["REMOTE_ADDR"] = str(seen)
        return get_response(request)

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that stand on every answer, error pages included; nothing is kept by a browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4()  # type: ignore[attr-defined]
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.headers.setdefault("Cache-Control", "no-store")  # one that is not there
        else:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def session_limits(get_response: GetResponse) -> GetResponse:
    """Sign a person out after a quiet while, and at the latest after a working day."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            started = _read_time(request, "started_at") or now
            seen = _read_time(request, "seen_at") or now
            if (
                now - seen > settings.SESSION_IDLE_LIMIT
                or now - started > settings.SESSION_ABSOLUTE_LIMIT
            ):
                logout(request)
                messages.info(
                    request, _("You were signed out after a quiet while. Please sign in again.")
                )
            elif "seen_at" not in request.session or now - seen > SEEN_EVERY:
                request.session["started_at"] = started.isoformat()
                request.session["seen_at"] = now.isoformat()
        return get_response(request)

    return middleware


def _read_time(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return datetime.fromisoformat(text) if text else None


def practice_time_zone(get_response: GetResponse) -> GetResponse:
    """Show times in the zone of the signed-in user's practice."""

    def middleware(request: HttpRequest) -> HttpResponse:
        membership = reach.membership_of(request.user)
        if membership is None:
            return get_response(request)
        with timezone.override(membership.practice.zone):
            return get_response(request)

    return middleware
