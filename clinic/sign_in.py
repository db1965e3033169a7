"""Signing in and out, and changes of password, in the audit trail.

These are receivers of Django's and allauth's signals, the one place where this project listens to
signals: the framework offers no other hook that every way of signing in and out passes.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from django.contrib.auth import signals as auth_signals
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import notices
from clinic.audit import Actor
from clinic.models import Notice, User, reach


def connect() -> None:
    auth_signals.user_logged_in.connect(note_sign_in, dispatch_uid="clinic.sign_in")
    auth_signals.user_logged_out.connect(note_sign_out, dispatch_uid="clinic.sign_out")
    account_signals.password_changed.connect(note_change, dispatch_uid="clinic.password_changed")
    account_signals.password_reset.connect(note_reset, dispatch_uid="clinic.password_reset")


def note_sign_in(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    audit.record("login", by=_actor(request, user), now=timezone.now())


def note_sign_out(request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record("logout", by=_actor(request, user), now=timezone.now())


def note_change(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note_password("password.change", request, user)


def note_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note_password("password.reset", request, user)


@transaction.atomic
def _note_password(action: str, request: HttpRequest, user: User) -> None:
    """The event, and a mail to the person: whoever did not do this themselves must learn of it."""
    now, by = timezone.now(), _actor(request, user)
    audit.record(action, by=by, now=now)
    membership = reach.membership_of(user)
    if membership is not None:
        notices.write_notice(
            practice=membership.practice,
            kind=Notice.Kind.ACCOUNT,
            about=user.pk,
            recipient=user.email,
            subject=_("Your password was changed"),
            text=render_to_string("emails/password_changed.txt", {"person": user}),
            by=by,
            now=now,
        )


def _actor(request: HttpRequest | None, user: User) -> Actor:
    place = audit.place_of(request) if request is not None else {}
    return Actor(**{**Actor.of_user(user).__dict__, **place})
