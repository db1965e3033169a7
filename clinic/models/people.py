"""Practices, their people, and the ways in: invitations and API tokens."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import zoneinfo
from datetime import datetime, time
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic import quiet
from clinic.encryption import KeyHolder
from clinic.models.ids import Row
from clinic.roles import Role


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("This is not a time zone we know, such as Europe/Berlin."))


class Practice(KeyHolder, Row):
    """A tenant: a solo therapist, a group, a clinic. Every clinical row hangs on one practice."""

    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[check_time_zone]
    )
    created_at = models.DateTimeField()
    # Shown to a client at once after an answer that a risk rule names, and under every form.
    crisis_text = models.TextField(_("crisis text"), max_length=1000, blank=True)
    # Some questionnaires are free for such use only; somebody has to say so before they are given.
    non_commercial = models.BooleanField(_("works without commercial purpose"), default=False)
    # Messages to clients that go out by themselves wait for the end of these hours and days.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(21))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=time(8))
    quiet_weekdays = models.JSONField(_("days without messages"), default=list, blank=True)

    def __str__(self) -> str:
        return self.name

    def key_holder(self) -> Practice:
        return self

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def number_hash(self, number: str) -> bytes:
        """A keyed hash of the practice's own number for a client: the same however it is spaced or
        cased, and another in another practice, which may use the same number."""
        plain = " ".join(number.split()).casefold()
        return hmac.new(self.unwrapped_key(), f"number|{plain}".encode(), hashlib.sha256).digest()

    def after_quiet(self, at: datetime) -> datetime:
        """The first time from ``at`` on when a message to a client may go out by itself: UTC."""
        return quiet.after_quiet(
            at, self.zone, self.quiet_from, self.quiet_until, self.quiet_weekdays
        )


def _one_spelling(password: str | None) -> str | None:
    """The same password, however the keyboard composes its accents."""
    return None if password is None else unicodedata.normalize("NFC", password)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, Row):
    """Somebody who signs in. What they may do hangs on their membership."""

    email = models.EmailField(_("email address"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Somebody already signs in with this address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(_one_spelling(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(_one_spelling(raw_password) or "")

    @cached_property
    def membership(self) -> Membership | None:
        """The one open membership, or None. Read once per request."""
        if not self.is_active:
            return None
        return (
            Membership.objects.filter(user=self, ended_at=None).select_related("practice").first()
        )


class Membership(Row):
    """A user's role in a practice, over a period. One open membership per user."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    # In a solo practice one person cares for the clients and runs the practice.
    also_practice_admin = models.BooleanField(_("also runs the practice"), default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Monday is 0; empty for those who want no weekly digest.
    digest_weekday = models.PositiveSmallIntegerField(_("weekly digest on"), null=True, blank=True)
    digest_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["digest_due_at"],
                condition=Q(digest_due_at__isnull=False, ended_at=None),
                name="membership_digest_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="membership_one_open_per_user"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=~Q(role=Role.PRACTICE_ADMIN, also_practice_admin=True),
                name="membership_admin_said_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="membership_ended_at_with_ended_by",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(digest_weekday=None, digest_due_at=None)
                | Q(digest_weekday__lte=6, digest_due_at__isnull=False),
                name="membership_digest_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_role_display()}"

    @property
    def roles(self) -> list[Role]:
        """The role, and practice admin beside it where this person also runs the practice."""
        roles = [Role(self.role)]
        return [*roles, Role.PRACTICE_ADMIN] if self.also_practice_admin else roles


class Supervision(Row):
    """A supervisor reads along with one clinician, over a period."""

    supervisor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="supervises")
    clinician = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="supervised_by"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor", "clinician"],
                condition=Q(ended_at=None),
                name="supervision_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(supervisor=F("clinician")), name="supervision_of_another"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="supervision_ended_at_with_ended_by",
            ),
        ]


class Invitation(Row):
    """A way in for a colleague, or for the first admin: good once, and for a limited time."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("email address"), blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    also_practice_admin = models.BooleanField(_("also runs the practice"), default=False)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField()
    # Empty for the first admin, who is invited by the console.
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_with_accepted_by",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None),
                name="invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_later"
            ),
        ]


class ApiToken(Row):
    """A key for a program that acts for one member. The value is shown once; its hash is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(default=list)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    # The first characters, so that a person can tell tokens apart.
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_token_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.name
