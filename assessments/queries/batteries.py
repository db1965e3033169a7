"""The batteries of a practice, and what a plan made from one would give."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch

from assessments.models import Battery, BatteryPart, InstrumentVersion
from clinic.models import Practice


def batteries_of(practice: Practice | UUID) -> list[Battery]:
    """Those that are offered, by name, with their parts in order: two queries."""
    parts = BatteryPart.objects.select_related("instrument").order_by("position")
    found = Battery.objects.filter(practice=practice, retired_at=None)
    return list(found.order_by("name", "pk").prefetch_related(Prefetch("parts", parts)))


def parts_to_give(
    battery: Battery, versions: Iterable[InstrumentVersion]
) -> list[tuple[BatteryPart, InstrumentVersion]]:
    """The parts of a battery, each with the version that the practice uses now."""
    by_instrument = {version.instrument_id: version for version in versions}
    return [
        (part, by_instrument[part.instrument_id])
        for part in battery.parts.all()
        if part.instrument_id in by_instrument
    ]
