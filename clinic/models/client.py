"""A person in care, and the stretches of care they have had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedDateField, EncryptedField, KeyHolder
from clinic.models import reach
from clinic.models.ids import Row
from clinic.models.people import Practice, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User | AnonymousUser | Any) -> Self:
        """The clients whose identity this user may see; nobody's for anyone unknown."""
        return self.filter(reach.clients_within_reach(user))

    def in_clinical_reach_of(self, user: User | AnonymousUser | Any) -> Self:
        """The clients whose answers and scores this user may see."""
        return self.filter(reach.clients_in_clinical_reach(user))


class Client(KeyHolder, Row):
    """A person in care. Name, birth date and contact are encrypted with the client's own key."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="clients")
    # Rows imported for research: their name is empty, and nobody reaches them one by one.
    anonymous = models.BooleanField(default=False)
    name = EncryptedField(_("name"))
    # The practice's own number for the person, and a keyed hash of it to find them by.
    number = EncryptedField(_("client number"), null=True)
    number_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    date_of_birth = EncryptedDateField(_("date of birth"), null=True)
    email = EncryptedField(_("email address"), null=True)
    phone = EncryptedField(_("telephone"), null=True)
    note = EncryptedField(_("contact note"), null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["practice", "closed_at"], name="client_by_practice")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="client_closed_at_with_closed_by",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, number_hash=None)
                | Q(number__isnull=False, number_hash__isnull=False),
                name="client_number_with_hash",
            ),
        ]

    def __str__(self) -> str:
        # Never the name: this text ends up in logs and error pages.
        return f"client {self.pk}"

    def key_holder(self) -> Client:
        return self


class Episode(Row):
    """A stretch of care with its own baseline. One open episode per client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="episodes")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(ended_at=None), name="episode_one_open_per_client"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="episode_ends_after_start",
            ),
        ]
