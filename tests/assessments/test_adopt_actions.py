"""Adopting an estimate: who gets what from then on, and that nothing that is there moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments import queries
from assessments.actions import adopt as actions
from assessments.actions import psychometrics
from assessments.actions.instruments import publish
from assessments.api.movement import movement_of
from assessments.models import Assignment, InstrumentVersion, Psychometrics, Score
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests import factories_psychometrics as many
from tests.assessments.test_instrument_versions import text_of
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def version():
    return asked.instrument(asked.WEEKLY)


def estimated(practice, version, people=120, level=1.6, now=LATER):
    """The figures of so many people."""
    many.answered_by(practice, version, many.sheets(version.definition, people, level=level))
    return psychometrics.compute(practice=practice, version=version, now=now)


def adopt(practice, version, *scales, by, **options):
    given = {"scales": scales or ("CDP", "IND"), "now": LATER, **options}
    return actions.adopt(practice=practice, version=version, by=actor(by), **given)


def test_new_version_reckons_with_the_estimate(harbour, version, pat):
    row = estimated(harbour, version)
    made = adopt(harbour, version, "CDP", by=pat)
    assert (made.practice, made.version, made.adopted_from, made.adopted_by) == (
        harbour,
        2,
        version,
        pat.user,
    )
    figures = row.result["scales"]["CDP"]
    evidence = made.definition.scale("CDP").evidence
    assert evidence.rung == 2
    assert evidence.reliability == round(figures["alpha"]["value"], 4)
    assert evidence.interval == pytest.approx(
        (figures["alpha"]["low"], figures["alpha"]["high"]), abs=5e-5
    )
    assert (evidence.n, evidence.sd, str(evidence.date)) == (
        120,
        round(figures["sd"], 2),
        "2026-12-02",
    )
    assert evidence.source == "Estimated from 120 first complete answers in this practice"
    assert made.definition.scale("IND").evidence == version.definition.scale("IND").evidence
    assert [item.text for item in made.definition.items] == [
        item.text for item in version.definition.items
    ]
    assert queries.newest_version(harbour, asked.WEEKLY) == made


def test_note_says_what_was_estimated_over_what_was_published(harbour, version, pat):
    estimated(harbour, version)
    made = adopt(harbour, version, "CDP", by=pat)
    published = version.definition.evidence_note
    assert "estimated from its own answers: Counter-dependence. " in made.definition.evidence_note
    assert made.definition.evidence_note.endswith(published)
    again = adopt(harbour, made, "IND", by=pat)
    assert "Counter-dependence, Independence. " in again.definition.evidence_note
    assert again.definition.evidence_note.count(published) == 1


def test_audit_trail_says_who_adopted_what(harbour, version, pat):
    estimated(harbour, version)
    made = adopt(harbour, version, by=pat)
    event = AuditEvent.objects.get(action="instrument.adopt")
    assert (event.actor_id, event.practice_id, event.object_id) == (
        pat.user.pk,
        harbour.pk,
        made.pk,
    )
    assert event.details["scales"] == ["CDP", "IND"]
    assert (event.details["from"], event.details["version"]) == (1, 2)


def test_nothing_adopts_itself(harbour, version):
    estimated(harbour, version, people=300)
    psychometrics.compute_changed(now=LATER)
    assert list(InstrumentVersion.objects.all()) == [version]


def test_figures_on_a_chart_stay_and_new_assignments_take_the_new_version(
    harbour, version, pat, ada, nora
):
    first = asked.send(asked.open_occasion(nora, cadence="once"), value=4)
    second = asked.open_occasion(nora, cadence="weekly", now=NOW + timedelta(days=7))
    asked.send(second, value=3, now=NOW + timedelta(days=7, hours=1))
    scores = list(Score.objects.filter(client=nora).order_by("pk").values())
    movement = movement_of(nora, LATER)
    running = Assignment.objects.get(pk=second.assignment_id)
    estimated(harbour, version)
    made = adopt(harbour, version, "CDP", "IND", by=pat)
    assert list(Score.objects.filter(client=nora).order_by("pk").values()) == scores
    assert movement_of(nora, LATER) == movement
    running.refresh_from_db()
    assert running.version == version
    first.refresh_from_db()
    assert first.version == version
    # A form that is assigned goes on with its version, and one assigned from now on does not.
    by = actor(ada)
    asked.assign.end_assignment(assignment=running, by=by, now=LATER)
    given = asked.give_version(
        client=nora,
        version=queries.newest_version(harbour, asked.WEEKLY),
        cadence="once",
        first_on=LATER.date(),
        by=by,
        now=LATER,
    )
    assert given.assignment.version == made
    sent = asked.send(given.first, value=3, now=LATER + timedelta(hours=1))
    new, old = (Score.objects.get(response=response, scale="CDP").sem for response in (sent, first))
    assert new != old
    # Both versions make one path: each form with the error that it was scored with.
    points = movement_of(nora, LATER + timedelta(days=1))["points"]
    assert [point["scores"]["CDP"]["standard_error"] for point in points] == [old, old, new]


def test_shipped_forms_load_again_and_a_later_one_is_newest(harbour, version, pat):
    estimated(harbour, version)
    made = adopt(harbour, version, by=pat, now=timezone.now())
    call_command("load_instruments", verbosity=0)
    assert queries.newest_version(harbour, asked.WEEKLY) == made
    shipped, new = publish(
        text=text_of(version, 2),
        by=Actor.system(),
        now=timezone.now() + timedelta(seconds=1),
    )
    assert new
    assert queries.newest_version(harbour, asked.WEEKLY) == shipped


@pytest.mark.parametrize("people, enough", [(99, False), (100, True)])
def test_estimate_needs_a_hundred_people(harbour, version, pat, people, enough):
    estimated(harbour, version, people=people)
    if enough:
        assert adopt(harbour, version, "CDP", by=pat).version == 2
    else:
        with pytest.raises(Refused, match="100 people"):
            adopt(harbour, version, "CDP", by=pat)


@pytest.mark.parametrize("low, enough", [(0.6999, False), (0.70, True)])
def test_interval_has_to_begin_at_seventy(harbour, version, pat, low, enough):
    row = estimated(harbour, version)
    row.result["scales"]["CDP"]["alpha"]["low"] = low
    row.save()
    if enough:
        assert adopt(harbour, version, "CDP", by=pat).definition.scale("CDP").evidence.rung == 2
    else:
        with pytest.raises(Refused, match=r"0\.70"):
            adopt(harbour, version, "CDP", by=pat)


def test_one_scale_that_does_not_suffice_refuses_all(harbour, version, pat):
    row = estimated(harbour, version)
    row.result["scales"]["CDP"]["n"] = 99
    row.save()
    for scales in (("CDP", "IND"), ("NOPE",)):
        with pytest.raises(Refused):
            adopt(harbour, version, *scales, by=pat)
    assert InstrumentVersion.objects.count() == 1


def test_what_cannot_be_adopted_is_refused(harbour, elsewhere, version, pat):
    with pytest.raises(Refused, match="Nothing has been estimated"):
        adopt(harbour, version, by=pat)
    row = estimated(harbour, version)
    with pytest.raises(Refused, match="at least one"):
        adopt(harbour, version, by=pat, scales=())
    with pytest.raises(Refused, match="anew"):
        adopt(harbour, version, by=pat, computed_at=row.computed_at - timedelta(seconds=1))
    with pytest.raises(Refused, match="Nothing has been estimated"):
        actions.adopt(practice=elsewhere, version=version, scales=["CDP"], by=actor(pat), now=LATER)
    made = adopt(harbour, version, "CDP", by=pat)
    with pytest.raises(Refused, match="Another version"):
        adopt(harbour, version, "CDP", by=pat)
    with pytest.raises(Refused, match="in use already"):
        adopt(harbour, made, "CDP", by=pat)


def test_a_later_estimate_replaces_an_earlier_one(harbour, version, pat):
    estimated(harbour, version)
    made = adopt(harbour, version, "CDP", by=pat)
    many.answered_by(harbour, made, many.sheets(made.definition, 50, seed=9, level=1.6))
    psychometrics.compute(practice=harbour, version=made, now=LATER + timedelta(days=1))
    assert Psychometrics.objects.get().version == version
    later = adopt(harbour, made, "CDP", by=pat, now=LATER + timedelta(days=1))
    assert (later.version, later.adopted_from) == (3, made)
    assert later.definition.scale("CDP").evidence.n == 170
