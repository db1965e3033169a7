"""Questionnaires and their frozen versions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.measurement import definition
from clinic.models import Practice, User, reach
from clinic.models.ids import Row

Definition = definition.Instrument


class Instrument(Row):
    """A questionnaire, by its code. What it asks stands in its versions."""

    code = models.SlugField(max_length=60, unique=True)
    # Of the newest version, so that a list needs no definition.
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=64)
def _parsed(checksum: str, text: str) -> definition.Instrument:
    return definition.parse(text)


@lru_cache(maxsize=64)
def _worded(checksum: str, text: str, texts: str) -> definition.Instrument:
    given = definition.WordingTexts.from_data(json.loads(texts))
    return _parsed(checksum, text).with_wording(given)


class OfPracticeQuerySet(models.QuerySet[Any]):
    """Of rows that hang on a practice and on no client."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(reach.rows_of_own_practice(user))


class InstrumentVersionQuerySet(models.QuerySet["InstrumentVersion"]):
    def visible_to(self, user: Any) -> Self:
        """The versions that shipped, and those that the user's own practice adopted."""
        membership = reach.membership_of(user)
        return self.none() if membership is None else self.of_practice(membership.practice_id)

    def of_practice(self, practice: Practice | UUID | None) -> Self:
        """Those that shipped, and those that this practice adopted: nobody else's."""
        return self.filter(Q(practice=None) | Q(practice=practice))


class InstrumentVersion(Row):
    """A published definition. A database trigger refuses any change (migration 0004).

    One with a ``practice`` was adopted there with figures from its own answers; others never see
    it. It stands for the version it was adopted from, which stays with the forms that used it.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    practice = models.ForeignKey(
        Practice, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    adopted_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    adopted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField()
    text = models.TextField()
    checksum = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    objects = InstrumentVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "version"],
                condition=Q(practice=None),
                name="instrument_version_once",
            ),
            models.UniqueConstraint(
                fields=["instrument", "version", "practice"],
                condition=Q(practice__isnull=False),
                name="instrument_version_once_per_practice",
            ),
            models.UniqueConstraint(
                fields=["checksum"],
                condition=Q(practice=None),
                name="instrument_version_checksum_once",
            ),
            models.CheckConstraint(
                condition=Q(practice=None, adopted_from=None, adopted_by=None)
                | Q(practice__isnull=False, adopted_from__isnull=False, adopted_by__isnull=False),
                name="instrument_version_adopted_by_a_practice",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="instrument_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} version {self.version}"

    @property
    def definition(self) -> definition.Instrument:
        """The parsed definition: parsed once per process and version."""
        return _parsed(self.checksum, self.text)

    def worded(self, wording: Wording | None) -> Definition:
        """The definition with the texts of a wording, where one is needed and there.

        The wording may be that of the version this one was adopted from. Put together once per
        process.
        """
        if wording is None:
            return self.definition
        return _worded(self.checksum, self.text, json.dumps(wording.texts))


class Wording(Row):
    """The texts of a questionnaire whose wording is not ours to print, as one practice loaded them.

    Only ever added to; the newest of a practice and version is the one new assignments ask with.
    """

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="wordings")
    version = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, related_name="wordings"
    )
    language = models.CharField(max_length=20)
    # Where the practice has the wording from, in its own words.
    source = models.CharField(_("source"), max_length=300)
    # {"introduction": text or null, "items": {code: text}, "options": {set code: [labels]}}
    texts = models.JSONField()
    checksum = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfPracticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["practice", "version", "-loaded_at"], name="wording_in_force")
        ]


class Psychometrics(Row):
    """What a practice's own answers say about one version, as the nightly task computed it."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="psychometrics")
    version = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, related_name="psychometrics"
    )
    computed_at = models.DateTimeField()
    responses = models.PositiveIntegerField()
    result = models.JSONField(default=dict)

    objects = OfPracticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "version"], name="psychometrics_once"),
        ]
