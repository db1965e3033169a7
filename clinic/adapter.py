"""How django-allauth behaves here.

No open sign-up; mail through the outbox, encrypted like everything in it; addresses from the
settings, never from what a request claims; and one and the same answer for a wrong password, an
unknown address, an inactive account and one without a practice.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit  # the public one cannot give a try back
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit, text
from clinic.actions import notices
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import Notice, User, reach

# Beside the limit per address *and* network address, which nobody can use to lock somebody out
# from afar, a wide one per address alone: the hard stop of NIST SP 800-63B.
ACCOUNT_RATE = {"login_account": "100/d/key"}
UNKNOWN_ACCOUNT_MAIL = "account/email/unknown_account"


def display_name(user: User) -> str:
    return user.name


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "Address and password do not fit together. Please check both."
        ),
        "too_many_login_attempts": gettext_lazy(
            "There have been too many attempts. Please wait a quarter of an hour, "
            "or set a new password."
        ),
        "incorrect_password": gettext_lazy("This is not your present password."),
    }

    # --- Who may sign in --------------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: colleagues are invited."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def clean_email(self, email: str) -> str:
        return text.clean_email(email)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The user with this address and password who belongs to a practice; otherwise None."""
        credentials["email"] = self._one_spelling(credentials.get("email", ""))
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        # The backend sets inactive users aside for a page that tells who is one; there is none.
        AuthenticationBackend.unstash_authenticated_user()
        if reach.membership_of(user) is None:
            self.authentication_failed(request, **credentials)
            return None
        self._rollback_login_failed_rl_usage()
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
            self._account_usage = ratelimit.consume(
                request,
                app="clinic",
                action="login_account",
                config=ACCOUNT_RATE,
                key=credentials["email"],
            )
            if not self._account_usage:
                self._rollback_login_failed_rl_usage()
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            self._note("login.throttled", request)
            raise

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if usage := getattr(self, "_account_usage", None):
            usage.rollback()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        address = self._one_spelling(credentials.get("email", ""))
        return f"{self.get_client_ip(request)}:{address}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._note("login", request)

    def _note(self, action: str, request: HttpRequest) -> None:
        """A refused attempt. Not whose: an event holds no address that somebody typed."""
        by = Actor(kind="user", **audit.place_of(request))
        audit.record(action, by=by, now=timezone.now(), outcome="refused")

    @staticmethod
    def _one_spelling(email: str) -> str:
        try:
            return text.clean_email(email)
        except ValidationError:
            return email.strip().casefold()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    # --- Mail -------------------------------------------------------------------------------

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _separator, secret = key.partition("-")
        return absolute("account_reset_password_from_key", user, secret)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        self._write_reset(user, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the reset of a password sends mail, and only to people we know."""
        if template_prefix != UNKNOWN_ACCOUNT_MAIL:
            raise ValueError(f"This mail is not written here: {template_prefix}")
        self._write_reset(None, context)

    @transaction.atomic
    def _write_reset(self, user: User | None, context: dict[str, Any]) -> None:
        """Write the mail to the outbox. For an unknown address the same work without a mail."""
        now = timezone.now()
        membership = reach.membership_of(user)
        request = allauth_context.request
        by = Actor(
            kind="user",
            id=user.pk if user and membership else None,
            practice_id=membership.practice_id if membership else None,
            **audit.place_of(request),
        )
        audit.record(
            "password.reset_request",
            by=by,
            now=now,
            outcome="done" if membership else "refused",
        )
        if user is None or membership is None:
            return
        notices.write_notice(
            practice=membership.practice,
            kind=Notice.Kind.ACCOUNT,
            about=user.pk,
            recipient=user.email,
            subject=_("Choose a new password"),
            text=render_to_string(
                "emails/password_reset.txt",
                {"person": user, "address": context["password_reset_url"]},
            ),
            by=by,
            now=now,
        )
