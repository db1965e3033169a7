"""Answers of a time that has passed, from paper, a file or a correction: where they belong."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.db.models import Max

from assessments.models import Assignment, Cadence, InstrumentVersion, Occasion, Response, Wording
from clinic.models import Client, Episode, User

WINDOW = timedelta(seconds=1)
NOON = time(12)


def moment(day: date, clock: time | None, zone: tzinfo, now: datetime) -> datetime:
    """The instant that a day stands for: noon, where no time is known, but never one to come."""
    if clock is None and day == now.astimezone(zone).date():
        return now
    return datetime.combine(day, clock or NOON, tzinfo=zone).astimezone(UTC)


def assignment_of(
    *,
    client: Client,
    episode: Episode,
    version: InstrumentVersion,
    at: datetime,
    by: User | None,
    now: datetime,
    wording: Wording | None = None,
) -> Assignment:
    """An unsaved assignment for what was answered already: it has ended, and sends nothing."""
    return Assignment(
        client=client,
        episode=episode,
        version=version,
        wording=wording,
        cadence=Cadence.ONCE,
        first_on=at.astimezone(client.practice.zone).date(),
        created_at=now,
        created_by=by,
        ended_at=now,
        ended_by=by,
    )


def occasion_of(assignment: Assignment, number: int, at: datetime) -> Occasion:
    """An unsaved occasion that stands for one instant, and is over."""
    return Occasion(
        assignment=assignment,
        client=assignment.client,
        number=number,
        opens_at=at,
        closes_at=at + WINDOW,
        opened_at=at,
        closed_at=at + WINDOW,
    )


def place_for(
    *,
    client: Client,
    version: InstrumentVersion,
    wording: Wording | None,
    at: datetime,
    by: User,
    now: datetime,
) -> Occasion:
    """Where answers of this instant belong: the client's own form of that time, where nobody has
    begun it, else an occasion made for them alone.

    Part of a transaction that holds the client's row. Where the answers are from before the first
    episode it begins with them: care began before its record did.
    """
    free = (
        Occasion.objects.select_for_update(of=("self",))
        .filter(client=client, assignment__version=version, assignment__wording=wording)
        .filter(opens_at__lte=at, closes_at__gt=at, cancelled_at=None, response=None)
        .select_related("assignment")
        .order_by("opens_at", "pk")
    )
    for occasion in free:
        # Begun in the moment before it was locked, it is not free any more.
        if not Response.objects.filter(occasion=occasion).exists():
            occasion.client = client
            return occasion
    episode = _episode_at(client, at)
    made = assignment_of(
        client=client, episode=episode, version=version, wording=wording, at=at, by=by, now=now
    )
    assignment, number = _course_of(made)
    occasion = occasion_of(assignment, number, at)
    occasion.save(force_insert=True)
    return occasion


def _course_of(made: Assignment) -> tuple[Assignment, int]:
    """The assignment that stands for such answers already, else the new one; and the next number.

    Answers of one form that came in by themselves are one course, not one for each.
    """
    found = (
        Assignment.objects.filter(client=made.client_id, episode=made.episode_id, plan=None)
        .filter(version=made.version_id, wording=made.wording_id, ended_at__isnull=False)
        .order_by("created_at", "pk")
        .first()
    )
    if found is None:
        made.save(force_insert=True)
        return made, 0
    found.client = made.client
    if made.first_on < found.first_on:
        found.first_on = made.first_on
        found.save(update_fields=["first_on"])
    last = found.occasions.aggregate(last=Max("number"))["last"]
    return found, 0 if last is None else last + 1


def _episode_at(client: Client, at: datetime) -> Episode:
    """The stretch of care of that time."""
    episodes = list(client.episodes.order_by("started_at", "pk"))
    begun = [episode for episode in episodes if episode.started_at <= at]
    if begun:
        return begun[-1]
    first = episodes[0]
    first.started_at = at
    first.save(update_fields=["started_at"])
    return first
