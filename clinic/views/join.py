"""Accepting an invitation: looking changes nothing, the button accepts."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic import audit
from clinic.actions import people
from clinic.audit import Actor
from clinic.forms import ROLE_CHOICES, FirstAdminForm, JoinForm, role_choice
from clinic.models import Invitation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WRONG_LINKS = {"join": "10/m/ip"}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link."""
    invitation = people.find_invitation(token, timezone.now())
    if invitation is None:
        return _gone(request)
    form = _form(invitation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by = Actor.of_link(request, invitation, invitation.practice)
        given = {"email": "", **form.cleaned_data}
        user = form.run(
            people.accept_invitation, invitation=invitation, by=by, now=timezone.now(), **given
        )
        if user is not None:
            return _welcome(request, user, invitation)
    context = {
        "form": form,
        "invitation": invitation,
        "role": dict(ROLE_CHOICES)[role_choice(invitation.role, invitation.also_practice_admin)],
    }
    return render(request, "clinic/join.html", context, status=400 if form.errors else 200)


def _form(invitation: Invitation, data: Any) -> JoinForm:
    kind = JoinForm if invitation.email else FirstAdminForm
    return kind(data, email=invitation.email, practice=invitation.practice)


def _welcome(request: HttpRequest, user: Any, invitation: Invitation) -> HttpResponse:
    """Sign the new person in; whoever was signed in before in this browser is not any more."""
    logout(request)
    login(request, user, backend=BACKEND)
    messages.success(
        request, _("Welcome to %(practice)s.") % {"practice": invitation.practice.name}
    )
    return redirect("home")


def _gone(request: HttpRequest) -> HttpResponse:
    """One and the same page for a link unknown, expired, used or taken back."""
    if not ratelimit.consume(
        request, app="clinic", action="join", config=WRONG_LINKS, limit_get=True
    ):
        return render(request, "429.html", status=429)
    by = Actor(kind="link", **audit.place_of(request))
    audit.record("invitation.open", by=by, now=timezone.now(), outcome="refused")
    return render(request, "clinic/join_gone.html", status=404)
