"""One's own account, and the API tokens that act for one."""

from __future__ import annotations

from typing import Any, TypeVar, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions import care, digests, people
from clinic.actions import tokens as token_actions
from clinic.audit import Actor
from clinic.forms import SCOPE_LABELS, DigestForm, NameForm, TokenForm
from clinic.models import ApiToken, Membership, User, reach
from clinic.roles import RULES, Permission

AnyForm = TypeVar("AnyForm", bound=forms.Form)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, role and digest; the password has a page of its own."""
    user = cast("User", request.user)  # signed in: the middleware lets nobody else through
    membership = reach.membership_of(user)
    by, now = Actor.of_request(request), timezone.now()
    about_digest = request.POST.get("do") == "digest"
    form = _form(NameForm, request, not about_digest, {"name": user.name})
    digest = _digest_form(request, membership, about_digest)
    if form.is_bound and form.is_valid():
        people.change_own_name(user=user, by=by, now=now, **form.cleaned_data)
        messages.success(request, _("Your name is saved."))
        return redirect("account")
    if digest is not None and digest.is_bound and digest.is_valid():
        weekday = digest.cleaned_data["weekday"]
        chosen = digest.run(
            digests.choose_digest, membership=membership, weekday=weekday, by=by, now=now
        )
        if chosen is not None:
            messages.success(request, _("Your choice is saved."))
            return redirect("account")
    context = {
        "form": form,
        "digest": digest,
        "roles": [(role.label, RULES[role].description) for role in membership.roles]
        if membership
        else [],
        "may_use_api": access.may_in_practice(request.user, Permission.USE_API),
    }
    came_back = form.errors or (digest is not None and digest.errors)
    return render(request, "clinic/account.html", context, status=400 if came_back else 200)


def _form(kind: type[AnyForm], request: HttpRequest, sent: bool, present: Any) -> AnyForm:
    return kind(request.POST if request.method == "POST" and sent else None, initial=present)


def _digest_form(
    request: HttpRequest, membership: Membership | None, sent: bool
) -> DigestForm | None:
    """For those whose role has clients; nothing for the others."""
    if membership is None or not care.can_care(membership):
        return None
    return _form(DigestForm, request, sent, {"weekday": membership.digest_weekday})


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Permission.USE_API)
def tokens(request: HttpRequest) -> HttpResponse:
    """Make a token and see the ones in use. The value is shown this once."""
    membership, now = access.membership(request.user), timezone.now()
    form = TokenForm(request.POST if request.method == "POST" else None)
    value = ""
    if request.method == "POST" and form.is_valid():
        made = form.run(
            token_actions.create_token,
            membership=membership,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=now + form.cleaned_data["lifetime"],
            by=Actor.of_request(request),
            now=now,
        )
        if made is not None:
            value, form = made[1], TokenForm()
    context = {"form": form, "value": value, "tokens": _in_use(membership, now)}
    return render(request, "clinic/tokens.html", context, status=400 if form.errors else 200)


def _in_use(membership: Membership, now: object) -> list[ApiToken]:
    found = list(membership.api_tokens.filter(revoked_at=None, expires_at__gt=now))
    for token in found:
        token.scope_labels = [  # type: ignore[attr-defined]
            SCOPE_LABELS[scope] for scope in token.scopes if scope in SCOPE_LABELS
        ]
    return sorted(found, key=lambda token: token.created_at, reverse=True)


@require_POST
@access.requires(Permission.USE_API)
def token_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop one of one's own tokens."""
    token = ApiToken.objects.filter(pk=pk, membership=access.membership(request.user)).first()
    if token is None:
        raise Http404
    token_actions.revoke_token(token=token, by=Actor.of_request(request), now=timezone.now())
    messages.success(request, _("The token no longer works."))
    return redirect("tokens")
