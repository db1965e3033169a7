"""Reviews and events as actions: what they write, and what they refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from assessments.actions import review
from assessments.models import Event, Response, Review, Standing
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests.factories import NOW, actor
from tests.factories_movement import TOWARD, end_of, history

AT = end_of(TOWARD)


def test_review_ends_the_waiting(ada, nora):
    history(nora, TOWARD)
    assert Standing.objects.get(client=nora).reasons[0]["code"] == "unreviewed"
    review.review(client=nora, by=actor(ada), now=AT, discussed=True)
    standing = Standing.objects.get(client=nora)
    assert (standing.reasons[0]["code"], standing.unseen_responses, standing.last_review_at) == (
        "toward_independence",
        0,
        AT,
    )


def test_review_leaves_what_comes_in_later_unseen(ada, nora):
    history(nora, TOWARD)
    review.review(client=nora, by=actor(ada), now=NOW + timedelta(days=8))
    assert Response.objects.filter(seen_at=None).count() == len(TOWARD) - 2


def test_review_pressed_twice_is_one(ada, nora):
    first = review.review(client=nora, by=actor(ada), now=AT, discussed=True, decided="Rest.")
    again = review.review(
        client=nora,
        by=actor(ada),
        now=AT + timedelta(seconds=20),
        discussed=True,
        decided=" Rest. ",
    )
    assert again.pk == first.pk
    assert AuditEvent.objects.filter(action="client.review").count() == 1


@pytest.mark.parametrize("change", [{"decided": "More rest."}, {"discussed": False}])
def test_review_with_other_words_is_a_second(ada, nora, change):
    said = {"discussed": True, "decided": "Rest."}
    review.review(client=nora, by=actor(ada), now=AT, **said)
    review.review(client=nora, by=actor(ada), now=AT + timedelta(seconds=20), **{**said, **change})
    assert Review.objects.count() == 2


def test_review_of_a_colleague_at_the_same_moment_is_a_second(ada, ben, nora):
    review.review(client=nora, by=actor(ada), now=AT, discussed=True)
    review.review(client=nora, by=actor(ben), now=AT, discussed=True)
    assert Review.objects.count() == 2


def test_review_that_is_too_long_is_refused_and_not_cut(ada, nora):
    with pytest.raises(Refused) as refusal:
        review.review(client=nora, by=actor(ada), now=AT, decided="x" * 1001)
    assert (refusal.value.field, Review.objects.count()) == ("decided", 0)


def test_review_by_nobody_is_refused(nora):
    with pytest.raises(Refused):
        review.review(client=nora, by=Actor.system(), now=AT)


def test_review_without_its_audit_event_does_not_happen(monkeypatch, ada, nora):
    def fail(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(DatabaseError):
        review.review(client=nora, by=actor(ada), now=AT)
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    "days, text, field",
    [
        (0, "  ", "text"),
        (0, "x" * 81, "text"),
        (-366 * 11, "long ago", "on"),
        (366 * 2, "some day", "on"),
    ],
)
def test_event_that_cannot_be_is_refused(ada, nora, days, text, field):
    on = (NOW + timedelta(days=days)).date()
    with pytest.raises(Refused) as refusal:
        review.add_event(client=nora, on=on, text=text, by=actor(ada), now=NOW)
    assert (refusal.value.field, Event.objects.count()) == (field, 0)


def test_event_a_year_ahead_counts_from_the_day_of_the_practice(ada, nora):
    """Late in the evening in UTC it is the next day in Auckland already."""
    nora.practice.time_zone = "Pacific/Auckland"
    late = NOW.replace(hour=20)
    last = late.date() + timedelta(days=1) + review.EVENT_AHEAD
    review.add_event(client=nora, on=last, text="planned break", by=actor(ada), now=late)
    assert Event.objects.get().on == last


def test_removing_an_event_keeps_its_row(ada, nora):
    event = review.add_event(client=nora, on=NOW.date(), text="moved in", by=actor(ada), now=NOW)
    removed = review.remove_event(event=event, by=actor(ada), now=AT)
    again = review.remove_event(event=event, by=actor(ada), now=AT + timedelta(days=1))
    assert (removed.removed_at, again.removed_at) == (AT, AT)
    assert Event.objects.get().removed_by_id == ada.user_id
    trail = AuditEvent.objects.filter(object_id=event.pk).order_by("pk")
    assert list(trail.values_list("action", flat=True)) == ["event.create", "event.remove"]
