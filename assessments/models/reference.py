"""Whom a client's answers are about."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from clinic.encryption import EncryptedField
from clinic.models import Client, User, reach
from clinic.models.ids import Row


class ReferenceRelationshipQuerySet(models.QuerySet["ReferenceRelationship"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))

    def newest_first(self) -> Self:
        return self.order_by("-started_at", "-pk")


class ReferenceRelationship(Row):
    """The relationship a client has in mind while answering; the newest is the one in force.

    Answers about one person and answers about another are two series: a change starts a new
    segment, and no statistics run across it (MEASUREMENT 4.1).
    """

    class Kind(models.TextChoices):
        PARTNER = "partner", _("Current partner")
        LAST_PARTNER = "last_partner", _("Most recent partner")
        CLOSEST = "closest", _("Closest other person")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="references")
    kind = models.CharField(_("who it is"), max_length=16, choices=Kind.choices)
    # What the client calls them; shown to the client before the questions.
    label = EncryptedField(_("what the client calls them"), null=True)
    started_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ReferenceRelationshipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "-started_at"], name="reference_in_force")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["partner", "last_partner", "closest"]),
                name="reference_kind_known",
            ),
        ]

    def key_holder(self) -> Client:
        return self.client


def in_force_of(client: str) -> Subquery:
    """The identifier of the one in force, to annotate rows whose client stands in ``client``."""
    rows = ReferenceRelationship.objects.filter(client=OuterRef(client))
    return Subquery(rows.newest_first().values("pk")[:1])
