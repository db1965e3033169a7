"""The cast: two practices and their people, by name, for every test that asks for one of them.

Harbour: ada and ben are clinicians (ada cares for nora, ben for otto), sue supervises ada, pat
runs the practice, ash works at the front desk; solo is a clinician who also runs the practice.
Elsewhere: eve is a clinician who cares for zoe. Each member's ``user`` signs in with PASSWORD.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test import TransactionTestCase
from hypothesis import settings

from clinic import triggers
from clinic.models import Client, Membership, Practice
from clinic.roles import Role
from tests import factories, sinks

# Examples are the same on every machine, and a machine that is busy fails nothing.
settings.register_profile("suite", deadline=None, database=None, derandomize=True)
settings.load_profile("suite")

# --- Triggers -----------------------------------------------------------------------------------

IN_PLACE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}
_flush = TransactionTestCase._fixture_teardown


def triggers_in_place() -> set[str]:
    """The names of the triggers that the database has."""
    with connection.cursor() as cursor:
        cursor.execute(IN_PLACE[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def flush_without_triggers(case: TransactionTestCase) -> None:
    """Empty the tables after a transactional test: the rows that may never go, go here."""
    # Only those come back that were there: a migration that loses one must not go unnoticed.
    names = triggers_in_place()
    here = [rule for rule in triggers.ALL if rule.name in names]
    with connection.cursor() as cursor:
        triggers.remove(cursor, connection.vendor, here)
    try:
        _flush(case)
    finally:
        with connection.cursor() as cursor:
            triggers.install(cursor, connection.vendor, here)


TransactionTestCase._fixture_teardown = flush_without_triggers


# --- Harbour ------------------------------------------------------------------------------------


@pytest.fixture
def harbour(db) -> Practice:
    return factories.make_practice("Harbour")


@pytest.fixture
def ada(harbour: Practice) -> Membership:
    return factories.make_member(harbour, "Ada Holm", email="ada@harbour.example")


@pytest.fixture
def ben(harbour: Practice) -> Membership:
    return factories.make_member(harbour, "Ben Okoye", email="ben@harbour.example")


@pytest.fixture
def sue(harbour: Practice, ada: Membership) -> Membership:
    supervisor = factories.make_member(
        harbour, "Sue Marsh", Role.SUPERVISOR, email="sue@harbour.example"
    )
    factories.make_supervision(supervisor, ada)
    return supervisor


@pytest.fixture
def pat(harbour: Practice) -> Membership:
    return factories.make_member(
        harbour, "Pat Quill", Role.PRACTICE_ADMIN, email="pat@harbour.example"
    )


@pytest.fixture
def ash(harbour: Practice) -> Membership:
    return factories.make_member(harbour, "Ash Reed", Role.ASSISTANT, email="ash@harbour.example")


@pytest.fixture
def solo(harbour: Practice) -> Membership:
    return factories.make_member(
        harbour,
        "Sol Ogilvy",
        Role.CLINICIAN,
        also_practice_admin=True,
        email="solo@harbour.example",
    )


@pytest.fixture
def nora(harbour: Practice, ada: Membership) -> Client:
    return factories.make_client(harbour, "Nora Lind", carer=ada, email="nora@client.example")


@pytest.fixture
def otto(harbour: Practice, ben: Membership) -> Client:
    return factories.make_client(harbour, "Otto Brandt", carer=ben)


# --- Elsewhere ----------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(db) -> Practice:
    return factories.make_practice("Elsewhere", time_zone="Europe/Berlin")


@pytest.fixture
def eve(elsewhere: Practice) -> Membership:
    return factories.make_member(elsewhere, "Eve Stone", email="eve@elsewhere.example")


@pytest.fixture
def zoe(elsewhere: Practice, eve: Membership) -> Client:
    return factories.make_client(elsewhere, "Zoe Falk", carer=eve)


# --- Browsers -----------------------------------------------------------------------------------


@pytest.fixture
def signed_in():
    """``signed_in(ada)`` is a browser in which that member has signed in."""

    def sign_in(member: Membership) -> Browser:
        browser = Browser()
        browser.force_login(member.user)
        return browser

    return sign_in


# --- Servers ------------------------------------------------------------------------------------


@pytest.fixture
def sink(settings):
    """A mail server on this machine that the outbox sends to."""
    with sinks.mail_server(settings) as sink:
        yield sink


@pytest.fixture
def gateway(settings):
    """A gateway for text messages on this machine that the outbox sends to."""
    with sinks.text_gateway(settings) as gateway:
        yield gateway
