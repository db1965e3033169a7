"""What one client has been given: each plan with its forms, those that came and those that did
not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from assessments.models import (
    Assignment,
    Cadence,
    CancelledWhy,
    Occasion,
    PersonalLink,
    Plan,
    Response,
)
from clinic.models import Client

from .pauses import is_passed_over
from .running import Tally, goes_on, tallies
from .windows import next_window

# What was taken back for one of these reasons, before it opened, has nothing in its place: somebody
# may wonder why no form came. The others were never to be.
NOT_GIVEN = (
    CancelledWhy.SKIPPED,
    CancelledWhy.PAUSED,
    CancelledWhy.COVERED,
    CancelledWhy.MOVED,
)


@dataclass
class Entry:
    """One occasion as the page of forms shows it.

    ``state`` is one of: answered, partial, corrected, open, begun, missed, taken_back, left_out,
    coming. ``newest_link`` is the newest link ever made, so that a page sent twice makes one.
    """

    occasion: Occasion
    state: str
    response: Response | None
    link: PersonalLink | None = None
    newest_link: UUID | None = None
    # What is notable about how it was answered, in a few words; set by whoever shows it.
    marks: str = ""
    # It falls into a pause, as far as that is known.
    in_pause: bool = False

    @property
    def name(self) -> str:
        return self.occasion.assignment.version.instrument.name

    @property
    def not_given_why(self) -> str:
        why = self.occasion.cancelled_why
        return str(CancelledWhy(why).label) if why else ""


@dataclass
class Given:
    """A plan with its forms; without one, what came from paper or a file.

    ``assignments`` are the newest first; ``open`` and ``coming`` rise in time, ``past`` falls.
    """

    plan: Plan | None
    assignments: list[Assignment] = field(default_factory=list)
    open: list[Entry] = field(default_factory=list)
    coming: list[Entry] = field(default_factory=list)
    past: list[Entry] = field(default_factory=list)
    # Of forms whose next occasion lies too far ahead to be written yet: the form, and when.
    later: list[tuple[str, datetime]] = field(default_factory=list)
    # Whether a form that is given about sessions waits for one that is not entered.
    waits_for_session: bool = False
    # How often each assignment has been given, with what it took over.
    tallies: dict[UUID, Tally] = field(default_factory=dict)

    @property
    def running(self) -> list[Assignment]:
        """The assignments that go on, as they were given."""
        return [row for row in reversed(self.assignments) if row.ended_at is None]

    @property
    def names(self) -> list[str]:
        """The instruments given, each once, as they were given."""
        rows = self.running or list(reversed(self.assignments))
        return list(dict.fromkeys(row.version.instrument.name for row in rows))

    @property
    def has_several(self) -> bool:
        """Whether each entry needs the name of its form beside it."""
        return self.plan is None or len({row.version.instrument_id for row in self.assignments}) > 1

    @property
    def can_be_extended(self) -> bool:
        """Whether it ran out by itself, so that a later date or a greater number lets it go on."""
        has_run_out = self.plan is not None and self.plan.ended_at is None and not self.runs
        return has_run_out and any(row.cadence != Cadence.ONCE for row in self.running)

    @property
    def runs(self) -> bool:
        """Whether anything of it is open or still to come."""
        if self.plan is None or self.plan.ended_at is not None:
            return bool(self.open)
        at_end = any(row.cadence == Cadence.AT_END for row in self.running)
        ahead = any(entry.state == "coming" for entry in self.coming)
        return bool(self.open or ahead or self.later or at_end or self.waits_for_session)


def last_sent(occasion: Occasion) -> Response | None:
    """The last form of the same questionnaire that the client sent in this episode: one query.

    The client's own: neither paper, files and programs, nor what was kept when its time ran out.
    """
    assignment = occasion.assignment
    sent = Response.objects.submitted().filter(
        client=occasion.client_id,
        version__instrument=assignment.version.instrument_id,
        occasion__assignment__episode=assignment.episode_id,
        source__in=Response.BY_THE_CLIENT,
        partial=False,
    )
    rows = sent.select_related("version", "occasion__assignment__wording")
    return rows.order_by("-submitted_at", "-pk").first()


def given_to(client: Client, now: datetime) -> list[Given]:
    """Every plan of a client, the newest first, then what was given without one: four queries."""
    assignments = Assignment.objects.filter(client=client).select_related(
        "version__instrument", "plan__battery"
    )
    rows = {row.pk: row for row in assignments.order_by("-created_at", "-pk")}
    found: dict[UUID | None, Given] = {}
    for row in rows.values():
        row.client = client
        if row.plan is not None:
            row.plan.client = client
        found.setdefault(row.plan_id, Given(row.plan)).assignments.append(row)
    last: dict[UUID, int] = {}
    times: dict[UUID, int] = defaultdict(int)
    for entry in _entries(client, rows, now):
        assignment = entry.occasion.assignment
        _sort_in(found[assignment.plan_id], entry, now)
        last[assignment.pk] = max(last.get(assignment.pk, -1), entry.occasion.number)
        if entry.occasion.opened_at is not None and entry.occasion.cancelled_at is None:
            times[assignment.pk] += 1
    for given in found.values():
        given.tallies = tallies(given.assignments, times)
        given.later = list(_not_written_yet(given, last, now))
        given.waits_for_session = any(_waits_for_session(given, times, now))
    without_plan = found.pop(None, None)
    return [*found.values(), *([without_plan] if without_plan else [])]


def _not_written_yet(
    given: Given, last: dict[UUID, int], now: datetime
) -> Iterable[tuple[str, datetime]]:
    """The next occasion of each form that comes round and has none written ahead."""
    if given.plan is None or given.plan.ended_at is not None:
        return
    written = {entry.occasion.assignment_id for entry in given.coming if entry.state == "coming"}
    for row in given.running:
        window = next_window(row, last.get(row.pk, -1), now)
        if window is not None and row.pk not in written:
            yield row.version.instrument.name, window.opens


def _waits_for_session(given: Given, times: Mapping[UUID, int], now: datetime) -> Iterable[bool]:
    """Of each running form given about sessions that has none to come: whether one may follow."""
    coming = {entry.occasion.assignment_id for entry in given.coming}
    for row in given.running:
        if row.cadence in (Cadence.BEFORE_SESSION, Cadence.AFTER_SESSION) and row.pk not in coming:
            yield goes_on(row, -1, times.get(row.pk, 0), now)


def _entries(client: Client, rows: dict[UUID, Assignment], now: datetime) -> Iterable[Entry]:
    newest, working = _links_of(client, now)
    occasions = Occasion.objects.filter(client=client).select_related("response")
    occasions = occasions.defer("response__answers", "response__comment", "response__seconds")
    for occasion in occasions.order_by("-opens_at", "-number", "pk"):
        occasion.assignment = rows[occasion.assignment_id]
        response: Response | None = getattr(occasion, "response", None)
        yield Entry(
            occasion,
            _state(occasion, response, now),
            response,
            working.get(occasion.pk),
            newest.get(occasion.pk),
        )


def _links_of(client: Client, now: datetime) -> tuple[dict[UUID, UUID], dict[UUID, PersonalLink]]:
    """The newest link of each occasion that is open now, and those that work.

    The one that works is the newest, as ``actions.links.newest_link`` has it.
    """
    newest, working = {}, {}
    rows = PersonalLink.objects.filter(occasion__client=client, occasion__closes_at__gt=now)
    for link in rows.order_by("created_at", "pk"):
        newest[link.occasion_id] = link.pk
        if link.revoked_at is None:
            working[link.occasion_id] = link
    return {**newest, **{pk: link.pk for pk, link in working.items()}}, working


def _state(occasion: Occasion, response: Response | None, now: datetime) -> str:
    if response is not None and response.submitted_at is not None:
        if response.voided_at is not None:
            return "corrected"
        return "partial" if response.partial else "answered"
    if occasion.cancelled_at is not None:
        return "left_out" if occasion.opened_at is None else "taken_back"
    if occasion.closes_at <= now:
        return "missed"
    if occasion.opens_at > now:
        return "coming"
    return "open" if response is None else "begun"


def _sort_in(given: Given, entry: Entry, now: datetime) -> None:
    if entry.state in ("open", "begun"):
        given.open.insert(0, entry)
    elif entry.state == "coming":
        client = entry.occasion.assignment.client
        entry.in_pause = is_passed_over(given.plan, entry.occasion.opens_at, client.practice.zone)
        given.coming.insert(0, entry)
    elif entry.state != "left_out":
        given.past.append(entry)
    elif entry.occasion.cancelled_why in NOT_GIVEN:
        if entry.occasion.opens_at <= now:
            given.past.append(entry)
        elif entry.occasion.assignment.ended_at is None:
            given.coming.insert(0, entry)
