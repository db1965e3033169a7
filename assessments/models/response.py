"""Answers, and the scores they give."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.measurement import definition
from assessments.models.assignment import Occasion
from assessments.models.instrument import InstrumentVersion, OfPracticeQuerySet
from assessments.models.reference import ReferenceRelationship
from clinic.encryption import EncryptedField, EncryptedJSONField
from clinic.models import Client, Practice, User, reach
from clinic.models.ids import Row


class Import(Row):
    """One file of answers that was taken in: all of it or nothing."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="imports")
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    # Which column is which, and which codes mean "not answered".
    mapping = models.JSONField()
    rows = models.PositiveIntegerField()
    created_rows = models.PositiveIntegerField()
    skipped_rows = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OfPracticeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["practice", "-at"], name="import_by_practice")]


class ResponseQuerySet(models.QuerySet["Response"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))

    def submitted(self) -> Self:
        """What counts: sent or locked, and not taken out by a correction."""
        return self.filter(submitted_at__isnull=False, voided_at=None)


class Response(Row):
    """The answers to one instrument at one occasion: a draft until submitted, then locked.

    A database trigger refuses any change of a submitted response's answers, version, times and
    owner (migration 0002).
    """

    class Source(models.TextChoices):
        LINK = "link", _("By personal link, identity not verified")
        DEVICE = "device", _("At the practice, on a device handed over")
        STAFF = "staff", _("Entered by staff")
        API = "api", _("Through the API")
        DEMO = "demo", _("Made up for the demonstration")
        IMPORT = "import", _("Imported from a file")

    # On our own pages; the others are typed in from paper, or came from a program or a file.
    BY_THE_CLIENT = (Source.LINK, Source.DEVICE, Source.DEMO)

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="responses")
    occasion = models.OneToOneField(Occasion, on_delete=models.CASCADE, related_name="response")
    version = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, related_name="responses"
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    # {item code: option value, or null for "does not apply"}; an item not yet answered is absent.
    answers = EncryptedJSONField()
    comment = EncryptedField(_("comment"), null=True)
    # What the client wrote about single answers: {item code: text}.
    item_comments = EncryptedJSONField(null=True)
    # The client's own word that this was no usual week.
    unusual = models.BooleanField(_("an unusual week"), default=False)
    # Rises with each saved draft, so that a stale tab cannot overwrite a newer answer unseen.
    revision = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    # When the newest answer of a draft was saved.
    saved_at = models.DateTimeField(null=True, blank=True)
    # The time that the answers stand for on every chart.
    submitted_at = models.DateTimeField(null=True, blank=True)
    # When they were locked here: later than that for paper, files and forms that ran out.
    received_at = models.DateTimeField(null=True, blank=True)
    # The window closed before the form was sent; what had been answered is kept.
    partial = models.BooleanField(default=False)
    # Taken out of every figure, by a Correction that says why. Nothing is deleted.
    voided_at = models.DateTimeField(null=True, blank=True)
    # Of the submitted answers, so that a second submit is recognised without decrypting.
    fingerprint = models.BinaryField(max_length=32, null=True, editable=False)
    entered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    # Whom the answers are about, where the client's form asks about one relationship.
    reference = models.ForeignKey(
        ReferenceRelationship,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="responses",
    )
    # How long answering took: {"items": {item code: seconds}, "total": seconds}.
    seconds = EncryptedJSONField(null=True)
    # What is notable about how it was answered: [{"code": ..., figures}, ...]. Never a correction.
    marks = models.JSONField(default=list)
    imported = models.ForeignKey(
        Import, null=True, blank=True, on_delete=models.PROTECT, related_name="responses"
    )
    # A keyed hash of the imported row, so that a second run recognises it.
    import_key = models.BinaryField(max_length=32, null=True, unique=True, editable=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "submitted_at"], name="response_by_client")]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at=None, fingerprint=None)
                | Q(submitted_at__isnull=False, fingerprint__isnull=False),
                name="response_submitted_with_fingerprint",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(submitted_at__gte=F("started_at")),
                name="response_submitted_after_start",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, received_at=None)
                | Q(submitted_at__isnull=False, received_at__gte=F("submitted_at")),
                name="response_received_once_submitted",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=False) | Q(voided_at=None, partial=False),
                name="response_draft_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(source="staff", entered_by__isnull=False) | ~Q(source="staff"),
                name="response_by_staff_names_them",
            ),
            models.CheckConstraint(
                condition=Q(source="import", imported__isnull=False, import_key__isnull=False)
                | (~Q(source="import") & Q(imported=None, import_key=None)),
                name="response_imported_names_its_import",
            ),
        ]

    def key_holder(self) -> Client:
        return self.client

    @property
    def instrument(self) -> definition.Instrument:
        """What was answered, with the texts it was asked with. Without texts where the answers
        were imported and the wording is not ours."""
        return self.version.worded(self.occasion.assignment.wording)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))


class Correction(Row):
    """A submitted response taken out of every figure, and what stands in its place, if anything.

    Both stay in the record: the one that was wrong, and its copy under the right client or date.
    """

    class Kind(models.TextChoices):
        VOID = "void", _("Taken out")
        CLIENT = "client", _("Moved to the right client")
        DATE = "date", _("Given the right date")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="corrections")
    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="correction")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    replacement = models.OneToOneField(
        Response, null=True, blank=True, on_delete=models.PROTECT, related_name="corrects"
    )
    reason = EncryptedField(_("reason"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="void", replacement=None)
                | (~Q(kind="void") & Q(replacement__isnull=False)),
                name="correction_replaces_or_voids",
            ),
        ]

    def key_holder(self) -> Client:
        return self.client


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.clinical_rows(user))


class Score(Row):
    """One scale's value of one response, or the reason why there is none."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scores")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="scores")
    scale = models.CharField(max_length=20)
    at = models.DateTimeField()
    value = models.FloatField(null=True)
    pomp = models.FloatField(null=True)
    sem = models.FloatField(null=True)  # POMP
    answered = models.PositiveSmallIntegerField()
    items = models.PositiveSmallIntegerField()
    why_missing = models.CharField(max_length=200, null=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["client", "at"], name="score_by_client")]
        constraints = [
            models.UniqueConstraint(fields=["response", "scale"], name="score_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, pomp__isnull=False, why_missing=None)
                | Q(value=None, pomp=None, why_missing__isnull=False),
                name="score_value_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(pomp=None) | Q(pomp__gte=0, pomp__lte=100), name="score_pomp_in_range"
            ),
            models.CheckConstraint(
                condition=Q(answered__lte=F("items")), name="score_answered_of_items"
            ),
        ]
