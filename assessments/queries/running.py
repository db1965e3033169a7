"""What a client has been given already, and where it stands in the way of giving more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from assessments.measurement import schedule
from assessments.models import Assignment, Cadence, InstrumentVersion, Occasion, Plan
from clinic.models import Client

from .windows import next_window


def waiting(now: datetime) -> QuerySet[Occasion]:
    """Occasions that are open or to come, and not answered."""
    return Occasion.objects.filter(cancelled_at=None, closes_at__gt=now).exclude(
        response__submitted_at__isnull=False
    )


@dataclass(frozen=True)
class Tally:
    """How often a form has been given, and how often in all; None: as often as it comes round.

    It counts over the assignments that took one another over. What was taken back does not count.
    """

    given: int = 0
    times: int | None = None


def tallies(rows: Iterable[Assignment], given: Mapping[UUID, int]) -> dict[UUID, Tally]:
    """The tally of each of these assignments, of which each was ``given`` so many times itself.

    Whatever one of them has taken over is among them.
    """
    by_id = {row.pk: row for row in rows}

    def tally(row: Assignment) -> Tally:
        before, one = 0, row
        while one.replaces_id is not None:
            one = by_id[one.replaces_id]
            before += given.get(one.pk, 0)
        times = None if row.times is None else before + row.times
        return Tally(before + given.get(row.pk, 0), times)

    return {pk: tally(row) for pk, row in by_id.items()}


def tallies_of(plan: Plan) -> dict[UUID, Tally]:
    """The tally of each assignment of a plan: one query."""
    opened = Q(occasions__opened_at__isnull=False, occasions__cancelled_at=None)
    rows = list(plan.assignments.annotate(given=Count("occasions", filter=opened)))
    return tallies(rows, {row.pk: row.given for row in rows})


@dataclass(frozen=True)
class Running:
    """The assignments of a client that go on, and which of them wait for an answer.

    One whose number of times or last date is used up, and whose last form is answered or over, no
    longer goes on, though nobody has ended it.
    """

    rows: Sequence[Assignment]
    waiting: frozenset[UUID]

    def in_the_way(
        self,
        version: InstrumentVersion,
        cadence: str,
        first_on: date,
        ends_on: date | None = None,
    ) -> Assignment | None:
        """The assignment that has given this form for the same time, if there is one."""
        same = [row for row in self.rows if row.version.instrument_id == version.instrument_id]
        at_end = [row for row in same if row.cadence == Cadence.AT_END]
        if cadence == Cadence.AT_END:
            # A form that comes round is given once more at the end: the two never meet.
            return next(iter(at_end), None)
        last_on = first_on if cadence == Cadence.ONCE else ends_on
        once = [row for row in same if row.cadence == Cadence.ONCE]
        rounds = [row for row in same if row not in at_end and row not in once]
        met = [row for row in rounds if _meets(row, first_on, last_on)]
        # The same day again is the same request sent twice, answered in between or not.
        met += [row for row in once if row.first_on == first_on or row.pk in self.waiting]
        return next(iter(met), None)


def _meets(row: Assignment, first_on: date, last_on: date | None) -> bool:
    if row.ends_on is not None and row.ends_on < first_on:
        return False
    return last_on is None or row.first_on <= last_on


def running(client: Client, now: datetime) -> Running:
    """What a client has been given and goes on: two queries."""
    waits = Q(cancelled_at=None, closes_at__gt=now, response__submitted_at=None)
    counts = Occasion.objects.filter(client=client, assignment__ended_at=None)
    counted = {
        pk: (last, given, waiting)
        for pk, last, given, waiting in counts.values_list("assignment").annotate(
            last=Max("number"),
            given=Count("pk", filter=Q(cancelled_at=None)),
            waiting=Count("pk", filter=waits),
        )
    }
    rows = Assignment.objects.filter(client=client, ended_at=None).select_related("version", "plan")
    found = []
    for row in rows.order_by("created_at", "pk"):
        row.client = client
        last, given, waiting = counted.get(row.pk, (-1, 0, 0))
        if waiting or row.cadence == Cadence.ONCE or goes_on(row, last, given, now):
            found.append(row)
    return Running(found, frozenset(pk for pk, (*_, waiting) in counted.items() if waiting))


def goes_on(assignment: Assignment, last: int, given: int, now: datetime) -> bool:
    """Whether more of a form can follow number ``last``, of which ``given`` were not taken back."""
    if assignment.cadence == Cadence.AT_END:
        return True
    if not schedule.Cadence(assignment.cadence).by_appointment:
        return next_window(assignment, last, now) is not None
    if assignment.times is not None and given >= assignment.times:
        return False
    today = now.astimezone(assignment.client.practice.zone).date()
    return assignment.ends_on is None or today <= assignment.ends_on
