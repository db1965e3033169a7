"""Instruments, and what their rules say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import QuerySet

from assessments.measurement import schedule
from assessments.measurement.definition import Wording as WordingKind
from assessments.models import Alert, InstrumentVersion
from clinic.models import Practice


def newest_versions(practice: Practice | UUID | None) -> list[InstrumentVersion]:
    """The version of every instrument that a practice uses now, the most used first: one query.

    Without a practice, those that shipped.
    """
    newest: dict[UUID, InstrumentVersion] = {}
    for version in _oldest_first(practice):
        newest[version.instrument_id] = version
    return sorted(newest.values(), key=_most_used_first)


def _most_used_first(version: InstrumentVersion) -> tuple[bool, bool, int, str]:
    """What is measured before what is not, our own before others', the frequent before the rare."""
    definition = version.definition
    days = schedule.Cadence(definition.default_cadence).days or 10_000
    external = definition.wording is WordingKind.EXTERNAL
    return (external, not definition.scales, days, definition.name)


def newest_version(practice: Practice | UUID | None, code: str) -> InstrumentVersion | None:
    """The version of one instrument that a practice uses now; None where there is none."""
    return _oldest_first(practice).filter(instrument__code=code).last()


def versions_of(practice: Practice | UUID | None, code: str) -> list[InstrumentVersion]:
    """Every version of one instrument that a practice may see, the one it uses now first."""
    return list(_oldest_first(practice).filter(instrument__code=code).reverse())


def line_back(version: UUID, adopted_from: Mapping[UUID, UUID | None]) -> list[UUID]:
    """A version, the one it was adopted from, and so on back to the one that shipped.

    ``adopted_from`` says of each version which one that was, None of those that shipped.
    """
    line = [version]
    while (behind := adopted_from[line[-1]]) is not None:
        line.append(behind)
    return line


def _oldest_first(practice: Practice | UUID | None) -> QuerySet[InstrumentVersion]:
    """What shipped and what the practice adopted; the last is the one in use.

    The day of publishing decides, since a practice and we number our versions apart.
    """
    return (
        InstrumentVersion.objects.of_practice(practice)
        .select_related("instrument")
        .order_by("published_at", "version", "pk")
    )


def covers(longer: InstrumentVersion, shorter: InstrumentVersion) -> bool:
    """Whether one form asks all that another does, and more."""
    return _asked(shorter) < _asked(longer)


def _asked(version: InstrumentVersion) -> frozenset[str]:
    return frozenset(version.definition.items_by_code)


def rule_messages(alerts: Iterable[Alert]) -> dict[UUID, str]:
    """What the risk rule behind each alert says, by the alert: two queries at most.

    Takes alerts with their response, or with nothing but their identifiers.
    """
    rows = Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).values_list(
        "pk", "rule", "response__version"
    )
    found = list(rows)
    versions = InstrumentVersion.objects.in_bulk({version for _, _, version in found})
    messages = {}
    for pk, code, version in found:
        rules = versions[version].definition.risk_rules
        messages[pk] = next((rule.message for rule in rules if rule.code == code), "")
    return messages
