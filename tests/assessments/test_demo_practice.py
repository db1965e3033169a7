"""The demonstration practice: what is in it, and that every story says what it is told for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from assessments import demo
from assessments.actions import psychometrics
from assessments.demo import build, files, giving
from assessments.demo.people import CLIENTS
from assessments.demo.sessions import CHECKED_BEFORE, WEEKS, WHEN
from assessments.demo.stories import STORIES
from assessments.models import (
    Alert,
    Assignment,
    Import,
    Occasion,
    Plan,
    Psychometrics,
    Response,
    Score,
    Standing,
)
from clinic.models import Appointment, Client, Membership, Notice, Practice, User

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


def test_batteries_are_offered_and_plans_rest_or_ask_less_often(practice, db):
    assert practice.batteries.count() == 2
    paused = Plan.objects.filter(paused_at__isnull=False).select_related("client")
    by_client = {plan.client.name: plan for plan in paused}
    assert set(by_client) == {giving.RESTS, giving.PAUSED_BY_CLIENT}
    assert by_client[giving.PAUSED_BY_CLIENT].client_note == giving.BECAUSE
    steady = Assignment.objects.select_related("client").get(adapted_why="stable")
    assert (steady.client.name, steady.chosen, steady.cadence) == (
        giving.STEADY,
        "two_weeks",
        "four_weeks",
    )


def test_one_form_has_a_note_on_an_answer_and_one_was_of_an_unusual_week(practice, db):
    assert Response.objects.filter(unusual=True).count() == 1
    with_notes = [row for row in Response.objects.submitted() if row.item_comments]
    assert [row.client.name for row in with_notes] == ["Nora Hallam"]


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


def test_therapist_has_appointments_and_one_form_comes_before_each_session(practice, db):
    coming = Appointment.objects.filter(clinician__user__email="ada@example.org").coming(NOW)
    assert coming.count() == len(WHEN) * WEEKS
    before = Occasion.objects.filter(appointment__isnull=False)
    assert {row.client.name for row in before} == {CHECKED_BEFORE}
    assert before.count() == 4  # those of the next five weeks
    assert all(row.closes_at == row.appointment.starts_at for row in before)


def test_nobody_is_mailed_about_the_past(standings):
    waiting = Notice.objects.filter(sent_at=None, cancelled_at=None)
    assert {notice.kind for notice in waiting} == {Notice.Kind.FORM, Notice.Kind.ALERT}
    assert min(notice.due_at for notice in waiting) > NOW - timedelta(days=3)
    assert {notice.recipient.partition("@")[2] for notice in waiting} == {"example.org"}


def test_every_answer_is_marked_as_made_up(standings):
    others = Response.objects.exclude(source=Response.Source.DEMO).select_related("imported")
    assert {response.source for response in others} == {Response.Source.IMPORT}
    assert all(response.imported.file_name.startswith("made-up-") for response in others)


def test_some_clients_answered_another_questionnaire(standings):
    points: dict[str, list[float | None]] = {}
    for story, standing in standings.items():
        rows = Score.objects.filter(client=standing.client, scale="PHQ9").order_by("at")
        points[story] = list(rows.values_list("value", flat=True))
    better, stuck, worse = (
        points.pop(story)
        for story in ("toward independence", "counter-dependent and stuck", "deterioration")
    )
    assert not any(points.values())
    assert all(len(found) >= 5 and None not in found for found in (better, stuck, worse))
    assert better[-1] - better[0] <= -6
    assert abs(stuck[-1] - stuck[0]) < 6
    assert worse[-1] - worse[0] >= 6


def test_old_safety_answer_in_a_file_raises_no_alert_and_is_listed(standings):
    imported = Import.objects.get(version__instrument__code=files.MOOD)
    (past,) = imported.mapping["past_risks"]
    response = Response.objects.get(pk=past)
    assert response.client == standings["counter-dependent and stuck"].client
    assert not Alert.objects.filter(response=response).exists()


def test_files_came_from_those_who_may_import_them(practice, db):
    rows = Import.objects.filter(practice=practice).order_by("file_name")
    assert [(row.by.email, row.created_rows == row.rows) for row in rows] == [
        ("pat@example.org", True),
        ("ada@example.org", True),
    ]
    assert Client.objects.filter(practice=practice, anonymous=True).count() == files.PEOPLE


def test_long_form_has_figures_and_the_others_say_how_many_are_missing(practice, db):
    found = {
        row.version.instrument.code: row.result["scales"]
        for row in Psychometrics.objects.filter(practice=practice)
    }
    assert set(found) == {"causeway-long", "causeway-weekly", "phq-9", "safety-check"}
    for scale, expected in {"DEP": 0.89, "CDP": 0.89, "IND": 0.89, "INT": 0.93}.items():
        figures = found["causeway-long"][scale]
        assert figures["n"] > 200
        assert figures["alpha"]["value"] == pytest.approx(expected, abs=0.02)
        assert figures["omega"]["value"] == pytest.approx(figures["alpha"]["value"], abs=0.02)
        assert len(figures["item_statistics"]) == figures["items"]
        assert "alpha" not in found["causeway-weekly"][scale]
    assert "alpha" not in found["phq-9"]["PHQ9"]


def test_claimed_independence_goes_against_counter_dependence(practice, db):
    row = Psychometrics.objects.get(practice=practice, version__instrument__code="causeway-long")
    assert row.result["sign_test"]["high"] < 0


def test_figures_are_those_of_the_nightly_task(practice, db):
    assert psychometrics.changed() == []


def test_same_seed_and_now_make_the_same_files(practice, db):
    versions = build.shipped_versions()
    with transaction.atomic():
        again = files.import_people(
            versions["causeway-long"],
            Membership.objects.get(user__email="pat@example.org"),
            seed="1",
            opened=NOW - build.OPENED,
            now=NOW,
        )
    assert (again.created, again.skipped) == (0, files.PEOPLE)


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
