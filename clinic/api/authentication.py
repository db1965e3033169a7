"""Who asks, and whether they may ask at all: tokens, sessions, policies, scopes, the rate limit."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, CSRFCheck, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from clinic import access
from clinic.actions import tokens
from clinic.models import ApiToken, User, reach
from clinic.roles import RULES, Permission

SCHEME = "Bearer"
LONGEST_HEADER = 200
# What a request does, as the scopes of a token name it.
READING = frozenset({"GET", "HEAD", "OPTIONS"})
CACHE_IS_DOWN = (DatabaseError, OSError)
OWN_COUNT = LocMemCache("api-rate", {})


# --- Who asks -----------------------------------------------------------------------------------


class ScopedTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <value>``: the token acts for its member and sees what they see.

    Whoever sends the header means it: a value that is not good is refused, whatever session the
    request may bring as well.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _space, value = header.partition(" ")
        token = None
        if scheme == SCHEME and len(value) <= LONGEST_HEADER:
            token = tokens.find_token(value, now := timezone.now())
        if token is None:
            raise AuthenticationFailed(_("This token does not work, or no longer does."))
        if token.last_used_at is None or token.last_used_at < now - tokens.USED_EVERY:
            tokens.note_use(token=token, now=now)
        user = token.membership.user
        # It was found open a moment ago; the user need not look for it again.
        user.membership = token.membership
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="Causeway API"'


class StaffSessionAuthentication(SessionAuthentication):
    """The session of the pages, for scripts of our own pages; writing asks for the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        check = CSRFCheck(_no_page)
        check.process_request(request)
        if check.process_view(request, _no_page, (), {}):
            raise PermissionDenied(
                _("The CSRF token is missing or wrong. Programs use a token of their own."),
                code="csrf",
            )


def _no_page(request: HttpRequest) -> HttpResponse:
    """What Django's check asks for: the view behind it, which it does not call here."""
    return HttpResponse()


def token_of(request: Request) -> ApiToken | None:
    """The token a request came with; None for a session."""
    return request.auth if isinstance(request.auth, ApiToken) else None


def may_read(request: Request) -> bool:
    """Whether an answer may show what was there before: a token that only writes reads nothing."""
    token = token_of(request)
    return token is None or "read" in token.scopes


# --- Whether they may ---------------------------------------------------------------------------


def needed(view: Any, method: str) -> Permission | None:
    """The permission a view states for a method, None where it states none."""
    policy: dict[str, Permission] = getattr(view, "policy", {})
    return policy.get("GET" if method == "HEAD" else method)


def grants(user: Any, permission: Permission) -> bool:
    """Whether any role of the user gives a permission at all, for whichever clients."""
    membership = reach.membership_of(user)
    return membership is not None and any(
        permission in permissions
        for role in membership.roles
        for permissions in (RULES[role].general, *RULES[role].by_reach.values())
    )


class DenyUnlessStated(BasePermission):
    """Only what a view's ``policy`` states is allowed, and only to who may use the API.

    ``policy`` maps each method to a permission. Where an address names a row, the gate decides
    (``access.find``), so that a stranger's row is not there; elsewhere the role does.
    """

    message = gettext_lazy("Your role does not allow this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if request.method not in view.allowed_methods:
            return True  # there is no such verb, which is answered with 405
        if not access.may_in_practice(request.user, Permission.USE_API):
            return False
        permission = needed(view, request.method or "")
        if permission is None:
            return False
        return "pk" in view.kwargs or grants(request.user, permission)


class HasScope(BasePermission):
    """A token does what its scopes name, letter for letter; a session does what its user may."""

    message = gettext_lazy("This token was not made for this. Its scopes are shown with it.")
    code = "scope"

    def has_permission(self, request: Request, view: Any) -> bool:
        token = token_of(request)
        return token is None or ("read" if request.method in READING else "write") in token.scopes


class TokenRateThrottle(SimpleRateThrottle):
    """So many requests a minute for each token, counted in the cache that all processes share."""

    scope = "token"

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except CACHE_IS_DOWN:
            # Nobody is kept out, and the limit is not lifted: this process counts by itself.
            self.cache = OWN_COUNT
            return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        token = token_of(request)
        return f"api-rate:{token.pk}" if token else None
