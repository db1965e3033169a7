"""The audit trail: who did what to whose record. Only ever added to."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from clinic.models import reach


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: Any) -> Self:
        """Events of the user's own practice for those who run it; otherwise none."""
        return self.filter(reach.audit_within_reach(user))


class AuditEvent(models.Model):
    """One event. No foreign keys: the trail outlives what it speaks of.

    It never holds a name, an answer, an address or a token: only identifiers, field names and
    counts. Database triggers refuse any change or removal (migration 0002).
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    practice_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=12)  # user, token, link, system, console
    actor_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=60)  # e.g. "client.read", "response.submit"
    outcome = models.CharField(max_length=12, default="done")  # done, refused
    client_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.UUIDField(null=True)
    fields = models.JSONField(default=list)  # names of changed fields, never values
    details = models.JSONField(default=dict)  # identifiers and counts
    route = models.CharField(max_length=120, blank=True)
    address = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField(null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "id"], name="audit_by_practice"),
            models.Index(fields=["client_id", "id"], name="audit_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
