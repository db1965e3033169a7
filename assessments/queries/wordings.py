"""The wording a practice has loaded, and what stands between an instrument and an assignment."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum

from django.utils.translation import gettext as _

from assessments.measurement.definition import Instrument, Use
from assessments.measurement.definition import Wording as WordingKind
from assessments.models import InstrumentVersion, Wording
from assessments.queries.instruments import line_back
from clinic.models import Practice


class Hindrance(StrEnum):
    """Why an instrument cannot be given to the clients of a practice."""

    RESTRICTED = "restricted"
    NON_COMMERCIAL = "non_commercial"  # and the practice has not said that its use is
    NO_WORDING = "no_wording"


def wordings_in_force(
    practice: Practice, versions: Collection[InstrumentVersion]
) -> dict[uuid.UUID, Wording]:
    """The wording that new assignments of each version ask with, by version: two queries.

    A version that the practice adopted asks the same questions as the one it was adopted from, so
    it takes that one's wording where it has none of its own.
    """
    wanted = [v.pk for v in versions if v.definition.wording is WordingKind.EXTERNAL]
    if not wanted:
        return {}
    adopted_from = dict(
        InstrumentVersion.objects.of_practice(practice).values_list("pk", "adopted_from")
    )
    behind = {pk: line_back(pk, adopted_from) for pk in wanted}
    asked = {pk for line in behind.values() for pk in line}
    rows = Wording.objects.filter(practice=practice, version__in=asked)
    newest = {row.version_id: row for row in rows.order_by("loaded_at", "pk")}
    found = {}
    for version, line in behind.items():
        row = next((newest[pk] for pk in line if pk in newest), None)
        if row is not None:
            found[version] = row
    return found


def wording_in_force(practice: Practice, version: InstrumentVersion) -> Wording | None:
    """The wording that a new assignment of this version would ask with; None where it has its own
    or none was loaded."""
    return wordings_in_force(practice, [version]).get(version.pk)


def licence_hindrance(instrument: Instrument, practice: Practice) -> Hindrance | None:
    """What the licence wants that this practice does not have."""
    if instrument.licence.use is Use.RESTRICTED:
        return Hindrance.RESTRICTED
    if instrument.licence.use is Use.NON_COMMERCIAL and not practice.non_commercial:
        return Hindrance.NON_COMMERCIAL
    return None


def hindrance(
    instrument: Instrument, practice: Practice, wording: Wording | None
) -> Hindrance | None:
    """Why this instrument cannot be assigned in this practice; None where it can."""
    licence = licence_hindrance(instrument, practice)
    if licence is not None:
        return licence
    missing = wording is None and not instrument.has_wording
    return Hindrance.NO_WORDING if missing else None


def hindrances(
    practice: Practice, versions: Collection[InstrumentVersion]
) -> dict[uuid.UUID, Hindrance]:
    """Which of these versions cannot be assigned in this practice, and why: two queries."""
    loaded = wordings_in_force(practice, versions)
    found = {
        version.pk: hindrance(version.definition, practice, loaded.get(version.pk))
        for version in versions
    }
    return {pk: why for pk, why in found.items() if why is not None}


def says(found: Hindrance, name: str) -> str:
    """Why an instrument, or several, cannot be given, what to do, and who can do it."""
    words = {
        Hindrance.RESTRICTED: _(
            "%(name)s cannot be given to clients here: the holder does not allow it."
        ),
        Hindrance.NON_COMMERCIAL: _(
            "%(name)s may be used without commercial purpose only. Whoever runs the practice can "
            "say under Practice settings that this is so here."
        ),
        Hindrance.NO_WORDING: _(
            "The wording of %(name)s has not been loaded here yet, and without it nothing can be "
            "asked. Whoever runs the practice can load it in the library."
        ),
    }
    return words[found] % {"name": name}
