"""The demonstration practice: what is in it, and that every story says what it is told for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from assessments import demo
from assessments.demo import build
from assessments.demo.people import CLIENTS
from assessments.demo.stories import STORIES
from assessments.models import Alert, Occasion, Response, Standing
from clinic.models import Client, Membership, Notice, Practice, User

# Ten seconds to make; where time matters, once is enough.
pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def practice(django_db_setup, django_db_blocker) -> Iterator[Practice]:
    """The demonstration, made once for this module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        # All that ships: no instrument beside its own may change what the demonstration says.
        call_command("load_instruments", verbosity=0)
        yield build.build(seed=1, now=NOW)
        transaction.set_rollback(True)


@pytest.fixture
def standings(practice: Practice, db) -> dict[str, Standing]:
    """Each client's standing by the name of the story they live."""
    stories = {person.name: person.story for person in CLIENTS}
    rows = Standing.objects.filter(practice=practice).select_related("client")
    return {stories[row.client.name]: row for row in rows}


@pytest.mark.parametrize("story", STORIES)
def test_story_comes_out_as_intended(standings, story):
    standing, intended = standings[story], STORIES[story].intended
    assert (standing.signal, standing.reasons[0]["code"], standing.stage, standing.verdict) == (
        intended.signal,
        intended.code,
        intended.stage or "",
        intended.verdict,
    )


def test_every_story_is_lived_by_one_client(standings):
    assert len(CLIENTS) == 24
    assert set(standings) == set(STORIES)


def test_pendulum_swings_more_than_once(standings):
    latest = standings["pendulum into counter-dependence"].latest
    assert latest["CDP"]["pomp"] > 60 > 40 > latest["DEP"]["pomp"]


def test_one_safety_answer_waits_and_one_is_being_handled(standings):
    waiting = Alert.objects.filter(resolved_at=None).order_by("raised_at")
    fresh = standings["a safety answer, fresh"].client
    handled = standings["a safety answer, being handled"].client
    assert {alert.client for alert in waiting if alert.acknowledged_at is None} == {fresh}
    assert {alert.client for alert in waiting if alert.acknowledged_at is not None} == {handled}
    assert Alert.objects.filter(client=handled, resolved_at__isnull=False).exists()


def test_some_forms_can_be_filled_in_now(standings):
    waiting = Occasion.objects.filter(
        opens_at__lte=NOW, closes_at__gt=NOW, cancelled_at=None, response=None
    )
    names = {occasion.client_id for occasion in waiting}
    for story in ("no form yet", "three weeks in", "first steps toward independence"):
        assert standings[story].client.pk in names


def test_nobody_is_mailed_about_the_past(standings):
    waiting = Notice.objects.filter(sent_at=None, cancelled_at=None)
    assert {notice.kind for notice in waiting} == {Notice.Kind.FORM, Notice.Kind.ALERT}
    assert min(notice.due_at for notice in waiting) > NOW - timedelta(days=3)
    assert {notice.recipient.partition("@")[2] for notice in waiting} == {"example.org"}


def test_every_answer_is_marked_as_made_up(standings):
    assert set(Response.objects.values_list("source", flat=True)) == {Response.Source.DEMO}


def test_sign_ins_open_the_accounts_of_every_role(practice, db):
    for _described, email, password in demo.sign_ins():
        user = User.objects.get(email=email)
        assert user.is_demo
        assert user.check_password(password)
        assert len(password) >= 15
    roles = Membership.objects.filter(practice=practice).values_list("role", flat=True)
    assert set(roles) == {"clinician", "supervisor", "practice_admin", "assistant"}


def test_most_clients_are_with_the_first_therapist(practice, db):
    ada = Membership.objects.get(user__email="ada@example.org")
    assert Client.objects.filter(care__clinician=ada).count() == 18


def test_nothing_happens_after_now(practice, db):
    assert not Response.objects.filter(submitted_at__gt=NOW).exists()
    assert not Occasion.objects.filter(opened_at__gt=NOW).exists()


def test_it_is_made_once(practice, db):
    with pytest.raises(build.AlreadyMade):
        build.build(seed=1, now=NOW)


def test_command_refuses_a_second_time(practice, db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="made once"):
        call_command("seed_demo")
