"""A year of forms for a whole practice's worth of people: ``python -m bench.year``.

Practices in twelve time zones, their clinicians and clients, each client with a plan of weekly,
two-weekly or four-weekly forms, reminders, an hour and a day of their own. The clock is driven
hour by hour from one spring to the next, over both clock changes; every sweep of forms and
messages runs at every hour, as the worker runs them every minute. Some plans are paused, some are
changed, some forms are answered. What should have happened is worked out here anew, from the
calendar alone, and compared with the rows and with what the mail server took in. Ends with code 1
at the first difference.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from bench.installation import arguments, installation

CLINICIANS, CLIENTS, WEEKS = 50, 2_000, 52
SECONDS = 600
AT_ONCE = 1_000
START = datetime(2027, 3, 1, tzinfo=UTC)  # a Monday; 2028 is a leap year
ZONES = (
    "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Tokyo", "Asia/Kathmandu", "Asia/Karachi",
    "Africa/Cairo", "Europe/Berlin", "Europe/London", "America/St_Johns", "America/New_York",
    "America/Los_Angeles", "Pacific/Honolulu",
)  # fmt: skip
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
STEPS = {"weekly": 7, "two_weeks": 14, "four_weeks": 28}
REMINDERS = (2, 4)
# Of a hundred forms; the rest are left out. The first is answered before the first reminder, the
# second after it.
ANSWERED_SOON, ANSWERED_LATE = 65, 10


@dataclass
class Person:
    """One client: what they are given, and what the calendar says should come of it."""

    client: Any
    plan: Any
    zone: ZoneInfo
    first_on: date
    cadence: str
    opens_at: clock
    paused: tuple[date, date] | None = None
    # (from when, new cadence): the plan is changed once.
    changed: tuple[date, str] | None = None
    due: list[Due] = field(default_factory=list)


@dataclass
class Due:
    """One form as the calendar has it."""

    opens: datetime
    closes: datetime
    answered: datetime | None = None
    passed_over: bool = False
    # When it was written, where its hour of that day had passed by then.
    written: datetime | None = None


@dataclass
class Took:
    """How long each part of the year took, in seconds."""

    parts: Counter[str] = field(default_factory=Counter)

    def __call__(self, name: str, call: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return call(**options)
        finally:
            self.parts[name] += time.perf_counter() - started


def main() -> None:
    wanted = arguments(
        "A simulated year.",
        clinicians=CLINICIANS,
        clients=CLIENTS,
        weeks=WEEKS,
        limit=SECONDS,
    )
    with installation(wanted.database_url) as database:
        print(f"database                {database}")
        began = time.perf_counter()
        with Courier() as courier:
            sink = courier.sink
            took, people = live(wanted.clinicians, wanted.clients, wanted.weeks, courier)
            sink.sent = courier.finish()
        seconds = time.perf_counter() - began
        for name, spent in took.parts.most_common():
            print(f"{name:<24}{spent:.1f} s")
        for line in verify(people, sink, START + wanted.weeks * WEEK):
            print(line)
    print(f"seconds                 {seconds:.0f} (limit {wanted.limit})")
    if seconds > wanted.limit:
        raise SystemExit(1)


# --- The mail server ------------------------------------------------------------------------------


class Sink:
    """Takes every message in, in this process, and keeps its identifier and whom it went to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, datetime]] = []
        self.now = START

    def send_messages(self, messages: Iterable[Any]) -> int:
        count = 0
        for message in messages:
            self.sent.append((message.extra_headers["Message-ID"], message.to[0], self.now))
            count += 1
        return count

    def open(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def in_place(self) -> Any:
        """While it is, every mail of this process goes here."""
        return mock.patch("clinic.actions.channels.get_connection", return_value=self)

    def deliver(self, now: datetime) -> None:
        from clinic.actions import notices

        self.now = now
        while notices.deliver_due(now=now).sent:
            pass


class Courier:
    """Delivers in a process of its own, as a second worker does, a few hours behind at most."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.sink = Sink()
        self.hours = context.Queue(maxsize=4)
        self.sent = context.Queue()
        self.process = context.Process(target=carry, args=(self.hours, self.sent))

    def __enter__(self) -> Courier:
        self.process.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.process.terminate()
        self.process.join()

    def in_place(self) -> Any:
        return nullcontext()

    def deliver(self, now: datetime) -> None:
        self.hours.put(now)

    def finish(self) -> list[tuple[str, str, datetime]]:
        """Wait until all is delivered; what the mail server took in."""
        self.hours.put(None)
        return self.sent.get()


def carry(hours: Any, sent: Any) -> None:
    import django

    django.setup()
    sink = Sink()
    with sink.in_place():
        while (now := hours.get()) is not None:
            sink.deliver(now)
    sent.put(sink.sent)


# --- The year -------------------------------------------------------------------------------------


def live(
    clinicians: int, clients: int, weeks: int, outbox: Sink | Courier
) -> tuple[Took, list[Person]]:
    """Make the people, let the year pass, and return how long it took and what was expected."""
    took = Took()
    chance = random.Random(7)
    with outbox.in_place():
        people = took("making plans", make, clinicians=clinicians, clients=clients, chance=chance)
        until = START + weeks * WEEK
        for person in people:
            expect(person, until, chance)
        answers = answers_of(people)
        doings = doings_of(people)
        now = START
        while now < until:
            for doing in doings.pop(now, ()):
                took("pausing and changing", doing, now=now)
            took("answering", answer, due=answers.pop(now, []), now=now)
            sweep(now, took)
            took("delivering", outbox.deliver, now=now)
            now += HOUR
    return took, people


def sweep(now: datetime, took: Took) -> None:
    """What the worker's tasks do in one hour; once a day what waits longer, or is for pages."""
    from assessments.actions import occasions, plans, standing

    took("resuming", plans.resume_due_plans, now=now)
    if now.hour == 0:
        took("writing ahead", occasions.extend_all_occasions, now=now)
        while took("standings", standing.refresh_stale, now=now):
            pass
    for name, call in (
        ("closing", occasions.close_due_occasions),
        ("opening", occasions.open_due_occasions),
        ("reminding", occasions.remind_due),
    ):
        while took(name, call, now=now, limit=AT_ONCE) == AT_ONCE:
            pass


def make(clinicians: int, clients: int, chance: random.Random) -> list[Person]:
    from assessments import queries
    from assessments.actions.clients import add_client
    from assessments.actions.plans import Part, Settings, make_plan
    from clinic.actions.people import create_practice
    from clinic.audit import Actor
    from clinic.models import Membership, User

    by = Actor.system()
    early = START - DAY
    version = queries.newest_version(None, "causeway-weekly")
    practices = [
        create_practice(name=f"Practice {name}", time_zone=name, by=by, now=early) for name in ZONES
    ]
    team = []
    for number in range(clinicians):
        user = User.objects.create(
            email=f"clinician-{number}@example.org", name=f"Clinician {number}", created_at=early
        )
        team.append(
            Membership.objects.create(
                user=user,
                practice=practices[number % len(practices)],
                role="clinician",
                created_at=early,
            )
        )
    people = []
    for number in range(clients):
        clinician = team[number % len(team)]
        practice = clinician.practice
        client = add_client(
            practice=practice,
            name=f"Client {number}",
            email=f"client-{number}@example.org",
            clinician=clinician,
            by=by,
            now=early,
        )
        cadence = chance.choices(list(STEPS), [8, 1, 1])[0]
        first_on = (START + (1 + number % 7) * DAY).date()
        opens_at = chance.choice([clock(6), clock(7, 30), clock(12), clock(18)])
        made = make_plan(
            client=client,
            parts=[Part(version, cadence, first_on)],
            settings=Settings(opens_at=opens_at, reminder_days=REMINDERS),
            by=by,
            now=early,
        )
        people.append(Person(client, made.plan, practice.zone, first_on, cadence, opens_at))
    for person in chance.sample(people, max(1, clients // 20)):
        begins = person.first_on + chance.randrange(40, 200) * DAY
        person.paused = (begins, begins + chance.randrange(10, 60) * DAY)
    calm = [person for person in people if person.paused is None]
    for person in chance.sample(calm, max(1, clients // 20)):
        cadence = chance.choice([name for name in STEPS if name != person.cadence])
        person.changed = (person.first_on + chance.randrange(40, 200) * DAY, cadence)
    return people


def wall(day: date, at: clock, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def expect(person: Person, until: datetime, chance: random.Random) -> None:
    """Every form that the calendar gives this person before ``until``, and what becomes of it."""
    step, day = STEPS[person.cadence], person.first_on
    changed, written = person.changed, None
    while wall(day, person.opens_at, person.zone) < until:
        opens = wall(day, person.opens_at, person.zone)
        if changed and opens >= wall(changed[0], clock(0), person.zone) + 12 * HOUR:
            # What has opened stays; the next comes a new step after the last that did, on the
            # same day of the week.
            last = day - step * DAY
            step = STEPS[changed[1]]
            day = max(last + step * DAY, changed[0])
            day += (last - day).days % 7 * DAY
            written = (wall(changed[0], clock(0), person.zone) + 12 * HOUR).replace(minute=0)
            changed = None
            continue
        closes = wall(day + min(step, 14) * DAY, person.opens_at, person.zone)
        due = Due(opens, closes, written=written)
        if person.paused and _in(person, opens):
            due.passed_over = True
        else:
            lot = chance.randrange(100)
            if lot < ANSWERED_SOON:
                due.answered = opens + DAY
            elif lot < ANSWERED_SOON + ANSWERED_LATE:
                due.answered = opens + 3 * DAY
            if due.answered is not None:
                due.answered = due.answered.replace(minute=0)
                if due.answered >= min(until, closes):
                    due.answered = None
        person.due.append(due)
        day += step * DAY


def _in(person: Person, at: datetime) -> bool:
    """Whether the plan is paused then: from noon of its first day to the midnight of its last."""
    if person.paused is None:
        return False
    first, last = person.paused
    begins = (wall(first, clock(0), person.zone) + 12 * HOUR).replace(minute=0)
    return begins <= at < wall(last, clock(0), person.zone)


def answers_of(people: list[Person]) -> dict[datetime, list[tuple[Person, Due]]]:
    """What is answered when. Rows are written at every sixth hour for those that follow it: a form
    is open for a day by then, and a reminder a day away."""
    found = defaultdict(list)
    for person in people:
        for due in person.due:
            if due.answered is not None:
                written = due.answered.replace(hour=due.answered.hour // 6 * 6)
                found[written].append((person, due))
    return found


def answer(due: list[tuple[Person, Due]], now: datetime) -> None:
    """Rows as sending leaves them, without scores: this is about forms that go out."""
    from assessments.models import Occasion, Response

    if not due:
        return
    wanted = {(person.client.pk, one.opens): person for person, one in due}
    rows = Occasion.objects.filter(
        client__in=[client for client, _opens in wanted],
        opens_at__in=[opens for _client, opens in wanted],
        cancelled_at=None,
    ).select_related("assignment")
    Response.objects.bulk_create(
        Response(
            client=wanted[row.client_id, row.opens_at].client,
            occasion=row,
            version_id=row.assignment.version_id,
            source="demo",
            answers={},
            started_at=now,
            submitted_at=now,
            received_at=now,
            fingerprint=b"0" * 32,
        )
        for row in rows
        if (row.client_id, row.opens_at) in wanted
    )


def doings_of(people: list[Person]) -> dict[datetime, list[Any]]:
    """What therapists do to plans, at noon of their days."""
    from assessments.actions import plans
    from clinic.audit import Actor

    def pause(person: Person, until: date) -> Any:
        return lambda now: plans.pause_plan(
            plan=person.plan, until=until, by=Actor.system(), now=now
        )

    def change(person: Person, cadence: str) -> Any:
        def do(now: datetime) -> None:
            row = person.plan.assignments.get(ended_at=None)
            plans.change_plan(
                plan=person.plan,
                settings=plans.Settings.of(person.plan),
                cadences={row.pk: cadence},
                by=Actor.system(),
                now=now,
            )

        return do

    found = defaultdict(list)
    for person in people:
        if person.paused:
            first, last = person.paused
            at = (wall(first, clock(0), person.zone) + 12 * HOUR).replace(minute=0)
            found[at].append(pause(person, last))
        if person.changed:
            first, cadence = person.changed
            at = (wall(first, clock(0), person.zone) + 12 * HOUR).replace(minute=0)
            found[at].append(change(person, cadence))
    return found


# --- What came of it ------------------------------------------------------------------------------


def verify(people: list[Person], sink: Sink, until: datetime) -> Iterator[str]:
    """Compare rows and messages with the calendar; yields the figures to print."""
    from assessments.models import Occasion
    from clinic.models import AuditEvent, Notice

    last = until - HOUR  # of the last sweep
    rows = defaultdict(list)
    for row in Occasion.objects.filter(opens_at__lte=last).order_by("opens_at"):
        rows[row.client_id].append(row)
    notices = defaultdict(list)
    for row in Notice.objects.defer("recipient", "subject", "text").order_by("created_at"):
        notices[row.client_id].append(row)
    mails = defaultdict(list)
    for identifier, address, at in sink.sent:
        mails[address].append((identifier, at))
    identifiers = Counter(identifier for identifier, _address, _at in sink.sent)
    require(max(identifiers.values()) == 1, "a message was sent twice")
    tally: Counter[str] = Counter()
    for number, person in enumerate(people):
        found = rows[person.client.pk]
        given = [row for row in found if row.cancelled_why != "changed"]
        due = [one for one in person.due if one.opens <= last]
        who = f"client {number} ({person.zone}, {person.cadence})"
        require(
            [row.opens_at for row in given] == [one.opens for one in due],
            f"{who}: other forms than the calendar has",
        )
        reminders = 0
        expected_mails = 0
        for row, one in zip(given, due, strict=True):
            if one.passed_over:
                require(row.cancelled_why == "paused" and row.opened_at is None, f"{who}: paused")
                tally["passed over"] += 1
                continue
            require(row.cancelled_at is None, f"{who}: taken back")
            opened = hour(max(row.opens_at, one.written or row.opens_at))
            require(row.opened_at == opened, f"{who}: not opened in its hour")
            closed = hour(row.closes_at) if hour(row.closes_at) <= last else None
            require(row.closed_at == closed, f"{who}: closed at {row.closed_at}")
            tally["opened"] += 1
            tally["closed"] += closed is not None
            wanted = [at for at in reminders_of(person, row, one) if hour(at) <= last]
            require(row.reminders_sent == len(wanted), f"{who}: {row.reminders_sent} reminders")
            reminders += len(wanted)
            expected_mails += 1 + len(wanted)
        kinds = Counter(row.kind for row in notices[person.client.pk])
        opened = sum(not one.passed_over for one in due)
        require(kinds == Counter({"form": opened, "reminder": reminders}), f"{who}: {kinds}") if (
            reminders
        ) else require(kinds["form"] == opened and not kinds["reminder"], f"{who}: {kinds}")
        require(
            all(not _in(person, row.created_at) for row in notices[person.client.pk]),
            f"{who}: a message from a paused plan",
        )
        sent = mails[person.client.email]
        waiting = [row for row in notices[person.client.pk] if row.sent_at is None]
        require(
            all(row.cancelled_at is not None or row.due_at > last for row in waiting),
            f"{who}: a message still waits",
        )
        require(len(sent) == expected_mails - len(waiting), f"{who}: {len(sent)} messages")
        require(not any(quiet(at, person.zone) for _id, at in sent), f"{who}: at a quiet hour")
        tally["messages"] += len(sent)
        tally["reminders"] += reminders
        tally["messages taken back or waiting"] += len(waiting)
    events = Counter(AuditEvent.objects.values_list("action", flat=True))
    require(events["notice.send"] == len(sink.sent), "sendings and events differ")
    for name, count in tally.items():
        yield f"{name:<32}{count:,}"


def hour(at: datetime) -> datetime:
    """The first sweep from then on."""
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + HOUR


def reminders_of(person: Person, row: Any, one: Due) -> list[datetime]:
    """When the client should have been reminded of this form."""
    found = []
    for days in REMINDERS:
        opened = row.opened_at.astimezone(person.zone).replace(tzinfo=None)
        at = (opened + days * DAY).replace(tzinfo=person.zone).astimezone(UTC)
        if at >= one.closes or (one.answered is not None and one.answered <= hour(at)):
            break
        if person.paused and _in(person, hour(at)):
            break
        if person.paused and row.opened_at < wall(person.paused[0], clock(12), person.zone) <= at:
            break
        found.append(at)
    return found


def quiet(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone).time()
    return local >= clock(21) or local < clock(8)


def require(holds: bool, problem: str) -> None:
    if not holds:
        raise SystemExit(f"Not so: {problem}")


if __name__ == "__main__":
    main()
