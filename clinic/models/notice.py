"""The outbox: messages that wait to be sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedField, KeyHolder
from clinic.models.client import Client
from clinic.models.ids import Row
from clinic.models.people import Practice


class Notice(Row):
    """An outgoing message, written in the transaction that causes it and sent by a sweep.

    Never any clinical content. Recipient, subject and text are encrypted; they are removed once
    the message is sent, so that a link token lies in the database only while it waits.
    """

    class Kind(models.TextChoices):
        FORM = "form", _("A form is waiting")
        INVITATION = "invitation", _("Invitation of a colleague")
        ACCOUNT = "account", _("About an account")
        ALERT = "alert", _("A safety answer to look at")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="notices")
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # What the message is about (an occasion, an invitation), without a foreign key upward.
    about = models.UUIDField(null=True)
    recipient = EncryptedField(null=True)
    subject = EncryptedField(null=True)
    text = EncryptedField(null=True)
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # Our own words for what went wrong, never the server's, which may repeat an address.
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, failed_at=None, cancelled_at=None),
                name="notice_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None), name="notice_sent_or_failed"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(text__isnull=True),
                name="notice_text_removed_once_sent",
            ),
        ]

    def key_holder(self) -> KeyHolder:
        return self.client or self.practice
