"""A device of the practice in a client's hands: nothing opens on it but the form.

Whoever handed it over is signed out, so the lock guards no session. It keeps the person who holds
the device from standing before a sign-in page or an address that means nothing to them, and it
ends when somebody of the practice signs in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

GetResponse = Callable[[HttpRequest], HttpResponse]

SALT = "clinic.handed"
LONGEST = timedelta(hours=24)
# What a locked device still opens beside the form pages: the way back for staff, and nothing.
OPEN = {"account_login", "healthz", "theme"}
FORMS = "form"
# A link sent to somebody's own address does not belong on this device.
NOT_HERE = {"form-landing"}


def lock(response: HttpResponse) -> None:
    """Leave the browser that gets this answer to the form."""
    response.set_cookie(
        settings.HANDED_COOKIE_NAME,
        signing.dumps("handed", salt=SALT),
        max_age=LONGEST,
        path="/",
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )
    # Pages of the record must not come back with the back button.
    response.headers["Clear-Site-Data"] = '"cache"'


def is_locked(request: HttpRequest) -> bool:
    value = request.COOKIES.get(settings.HANDED_COOKIE_NAME, "")
    try:
        signing.loads(value, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return False
    return True


def keep_to_the_form(get_response: GetResponse) -> GetResponse:
    """Refuse every other address while a device is handed over; a sign-in ends that."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_locked(request):
            return get_response(request)
        if request.user.is_authenticated:
            response = get_response(request)
            response.delete_cookie(settings.HANDED_COOKIE_NAME, path="/", samesite="Lax")
            return response
        if _opens(request.path_info):
            return get_response(request)
        return render(request, "clinic/handed.html", status=403)

    return middleware


def _opens(path: str) -> bool:
    if path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
        return True
    try:
        name = resolve(path).view_name or ""
    except Resolver404:
        return False
    if name in NOT_HERE:
        return False
    return name in OPEN or name == FORMS or name.startswith(f"{FORMS}-")
