"""The bulk path leaves the rows that the actions leave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import models

from assessments.demo import bulk, large
from assessments.demo.build import shipped_versions
from assessments.demo.people import Person
from assessments.demo.perform import Performance
from assessments.demo.plan import Plan
from clinic.models import AuditEvent, Membership, Practice
from tests import factories_assessments as asked

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
WEEKS = 15
# What differs by nature: random keys, hashes of random tokens and keys.
RANDOM = {"data_key", "token_hash", "fingerprint"}


@pytest.fixture
def versions(db) -> dict[str, Any]:
    asked.instrument(asked.LONG)
    asked.instrument(asked.WEEKLY)
    return shipped_versions()


def plans(practice: Practice, versions: dict[str, Any]) -> list[Plan]:
    instruments = {code: version.definition for code, version in versions.items()}
    return list(large._plans(3, WEEKS, "7 0", NOW, practice, instruments))


def performed(practice: Practice, ada: Membership, versions: dict[str, Any]) -> None:
    for plan in plans(practice, versions):
        Performance(plan, practice=practice, clinician=ada, versions=versions).run()


def in_bulk(practice: Practice, ada: Membership, versions: dict[str, Any]) -> None:
    bulk.write(plans(practice, versions), practice=practice, clinician=ada, versions=versions)


def snapshot(since: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of a bulk table as plain values, in the order they were written.

    Identifiers are random, so each is replaced by its table and its place there: what points at
    what stays comparable.
    """
    names: dict[UUID, str] = {}
    tables = {}
    for model in bulk.ORDER:
        rows = list(ordered(model, since))
        tables[model.__name__] = rows
        if model is not AuditEvent:
            names.update({row.pk: f"{model.__name__} {n}" for n, row in enumerate(rows)})
    return {table: [plain(row, names) for row in rows] for table, rows in tables.items()}


def ordered(model: type[models.Model], since: int) -> models.QuerySet:
    """The rows in an order that does not hang on their identifiers."""
    by = {
        "Client": ["created_at"],
        "Episode": ["started_at"],
        "CareRelationship": ["started_at"],
        "Plan": ["client__created_at", "assignments__first_on"],
        "Assignment": ["client__created_at", "first_on"],
        "Occasion": ["client__created_at", "assignment__first_on", "number"],
        "PersonalLink": ["created_at"],
        "Response": ["client__created_at", "submitted_at"],
        "Score": ["client__created_at", "at", "scale"],
        "Event": ["client__created_at", "on"],
        "Review": ["client__created_at", "at"],
        "Standing": ["client__created_at"],
        "AuditEvent": ["id"],
    }[model.__name__]
    rows = model._default_manager.order_by(*by)
    return rows.filter(pk__gt=since) if model is AuditEvent else rows


def plain(row: models.Model, names: dict[UUID, str]) -> dict[str, Any]:
    found = {}
    for field in row._meta.concrete_fields:
        if field.name in RANDOM or field.primary_key:
            continue
        value = getattr(row, field.attname)
        found[field.name] = names.get(value, value) if isinstance(value, UUID) else value
    return found


def test_bulk_leaves_the_same_rows_as_the_actions(harbour, ada, versions):
    since = AuditEvent.objects.latest("id").pk
    performed(harbour, ada, versions)
    by_actions = snapshot(since)
    for model in reversed(bulk.ORDER):
        if model is not AuditEvent:
            model._default_manager.all().delete()
    since = AuditEvent.objects.latest("id").pk
    in_bulk(harbour, ada, versions)
    by_bulk = snapshot(since)
    assert {table: len(rows) for table, rows in by_bulk.items()} == {
        table: len(rows) for table, rows in by_actions.items()
    }
    for table, rows in by_actions.items():
        assert by_bulk[table] == rows, table
    assert all(by_actions.values())


def test_bulk_takes_a_fixed_number_of_queries(
    harbour, ada, versions, django_assert_max_num_queries
):
    prepared = plans(harbour, versions)
    # One savepoint, and for each table as many inserts as its rows fill.
    with django_assert_max_num_queries(60):
        bulk.write(prepared, practice=harbour, clinician=ada, versions=versions)


def test_bulk_refuses_a_client_who_would_be_mailed(harbour, ada, versions):
    plan = plans(harbour, versions)[0]
    plan.person = Person("Nia Vale", plan.person.born, "ada", "", email="nia@example.org")
    with pytest.raises(ValueError):
        bulk.write([plan], practice=harbour, clinician=ada, versions=versions)


def test_same_seed_and_now_give_the_same_plans(harbour, versions):
    first, second = plans(harbour, versions), plans(harbour, versions)
    assert [plan.sheets for plan in first] == [plan.sheets for plan in second]
    assert [plan.sessions for plan in first] == [plan.sessions for plan in second]


def test_clients_of_a_large_practice_differ_in_name():
    from random import Random

    names = {large._person(number, Random(number)).name for number in range(6000)}
    assert len(names) == 6000
