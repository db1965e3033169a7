"""Questionnaires and their frozen versions."""

from __future__ import annotations

from functools import lru_cache

from django.db import models
from django.db.models import Q

from assessments.measurement import definition
from clinic.models.ids import Row


class Instrument(Row):
    """A questionnaire, by its code. What it asks stands in its versions."""

    code = models.SlugField(max_length=60, unique=True)
    # Of the newest version, so that a list needs no definition.
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name

    @property
    def newest(self) -> InstrumentVersion:
        return self.versions.order_by("-version")[0]


@lru_cache(maxsize=64)
def _parsed(checksum: str, text: str) -> definition.Instrument:
    return definition.parse(text)


class InstrumentVersion(Row):
    """A published definition. A database trigger refuses any change (migration 0002)."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    checksum = models.CharField(max_length=64, unique=True)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "version"], name="instrument_version_once"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="instrument_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} version {self.version}"

    @property
    def definition(self) -> definition.Instrument:
        """The parsed definition: parsed once per process and version."""
        return _parsed(self.checksum, self.text)
