"""Instruments, and what their rules say."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from assessments.models import Alert, InstrumentVersion


def newest_versions() -> list[InstrumentVersion]:
    """The newest version of every instrument, by name: one query."""
    newest: dict[uuid.UUID, InstrumentVersion] = {}
    for version in InstrumentVersion.objects.select_related("instrument").order_by("version"):
        newest[version.instrument_id] = version
    return sorted(newest.values(), key=lambda version: version.instrument.name)


def rule_messages(alerts: Iterable[Alert]) -> dict[uuid.UUID, str]:
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
