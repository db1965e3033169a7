"""The outbox: messages that wait to be sent."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedField, KeyHolder
from clinic.models import reach
from clinic.models.client import Client
from clinic.models.ids import Row
from clinic.models.people import Practice, User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever runs the practice sees what was sent when; of the text there is nothing left."""
        return self.filter(reach.rows_of_practice_run_by(user))

    def about_forms(self) -> Self:
        return self.filter(kind__in=[Notice.Kind.FORM, Notice.Kind.REMINDER])

    def waiting(self) -> Self:
        return self.filter(sent_at=None, failed_at=None, cancelled_at=None)


class Notice(Row):
    """An outgoing message, written in the transaction that causes it and sent by a sweep.

    Never any clinical content. Recipient, subject and text are encrypted; they are removed once
    the message is sent, so that a link token lies in the database only while it waits.
    """

    class Kind(models.TextChoices):
        FORM = "form", _("A form is waiting")
        REMINDER = "reminder", _("Reminder of a form")
        INVITATION = "invitation", _("Invitation of a colleague")
        ACCOUNT = "account", _("About an account")
        ALERT = "alert", _("A safety answer to look at")
        DIGEST = "digest", _("Weekly digest")

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        SMS = "sms", _("Text message")

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="notices")
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.MAIL)
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

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, failed_at=None, cancelled_at=None),
                name="notice_waiting",
            ),
            models.Index(fields=["practice", "-created_at"], name="notice_by_practice"),
            models.Index(
                fields=["client"],
                condition=Q(failed_at__isnull=False),
                name="notice_failed_by_client",
            ),
            models.Index(
                fields=["failed_at"],
                condition=Q(failed_at__isnull=False),
                name="notice_failed",
            ),
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


class MessageWording(Row):
    """A practice's own words for one kind of message. Only what they leave out is ours."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="wordings_sent")
    kind = models.CharField(max_length=12, choices=Notice.Kind.choices)
    channel = models.CharField(max_length=4, choices=Notice.Channel.choices)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    text = models.TextField(_("text"), max_length=1000)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "kind", "channel"], name="message_wording_once"
            )
        ]
