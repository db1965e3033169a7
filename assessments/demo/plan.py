"""What happens to one client and when, as plain data: the same for the actions and for the bulk.

A plan follows from a person, a story, a seed and ``now`` alone, so the same four give the same
plan. It reaches from the first session to ``now``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from assessments.demo.answers import Style, fill_in, style
from assessments.demo.paths import walk
from assessments.demo.people import Person
from assessments.demo.story import LONG, SAFETY, WEEKLY, Story
from assessments.measurement import schedule
from assessments.measurement.definition import Instrument
from assessments.measurement.schedule import Cadence, Window

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
# How many days people let a form lie, and how often each.
DAYS_LATER = (0, 0, 0, 0, 1, 1, 2, 3)
CASUALLY_MISSED = 0.05
PACE = (3.5, 9.0)  # seconds that people usually need for a question, from the quick to the slow
HURRIED = 0.9
SESSION_AFTER = timedelta(days=3, hours=9)  # after the form opened at six in the morning

Answers = dict[str, int | None]


@dataclass(frozen=True)
class Given:
    """A form given to the client at a session."""

    instrument: str
    cadence: Cadence
    first_on: date
    at: datetime


@dataclass(frozen=True)
class Sheet:
    """One form as it was filled in and sent."""

    instrument: str
    number: int
    at: datetime
    answers: Answers
    # Spent on each question, by its code.
    seconds: dict[str, float]
    comment: str | None = None
    # What was added to single answers, by the code of the question.
    notes: dict[str, str] = field(default_factory=dict)
    unusual: bool = False


@dataclass(frozen=True)
class Happening:
    """A dated note on the charts."""

    on: date
    at: datetime
    text: str


@dataclass(frozen=True)
class Naming:
    """The client and the therapist settle whom the answers are about."""

    at: datetime
    kind: str
    label: str


@dataclass(frozen=True)
class Session:
    """The therapist looked at the record and ticked it."""

    at: datetime
    discussed: bool
    decided: str


@dataclass(frozen=True)
class Aftercare:
    """What was done about the alerts that stood open at ``at``."""

    at: datetime
    outcome: str | None  # None: only acknowledged


@dataclass
class Plan:
    """Everything about one client up to ``now``, in time order within each list."""

    person: Person
    started_at: datetime
    now: datetime
    zone: ZoneInfo
    given: list[Given] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    namings: list[Naming] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    aftercare: list[Aftercare] = field(default_factory=list)

    def windows(self, given: Given, until: datetime) -> list[Window]:
        """The windows of a form that open before ``until``."""
        days = given.cadence.days or 1
        most = max(0, (until - given.at).days // days + 2)
        found = schedule.windows(given.cadence, given.first_on, self.zone, None, count=most)
        return [window for window in found if window.opens < until]


def make_plan(
    person: Person,
    story: Story,
    *,
    seed: str,
    now: datetime,
    zone: ZoneInfo,
    instruments: Mapping[str, Instrument],
) -> Plan:
    """Plan a client's history. The last weekly form opened ``story.offset`` days before today."""
    random = Random(f"{seed} {person.name} {story.take}")
    today = now.astimezone(zone).date()
    start_on = today - timedelta(weeks=story.weeks, days=story.offset)
    minutes = random.randrange(0, 50, 5)
    started_at = datetime.combine(start_on, time(10, minutes), tzinfo=zone).astimezone(UTC)
    plan = Plan(person, started_at, now, zone)
    plan.given = _given(story, start_on, started_at, zone)
    _fill_in_all(plan, story, instruments, random)
    _add_sessions(plan, story, start_on)
    for week, text in sorted(story.events.items()):
        on = start_on + timedelta(days=round(week * 7))
        at = datetime.combine(max(on, start_on) + DAY, time(17), tzinfo=zone).astimezone(UTC)
        plan.happenings.append(Happening(on, min(at, now), text))
    for week, (kind, label) in sorted(story.about.items()):
        plan.namings.append(Naming(min(started_at + week * WEEK, now), kind, label))
    for week, outcome in sorted(story.aftercare.items()):
        plan.aftercare.append(Aftercare(min(started_at + week * WEEK, now), outcome))
    return plan


def _given(story: Story, start_on: date, at: datetime, zone: ZoneInfo) -> list[Given]:
    found = [
        Given(LONG, Cadence.TWELVE_WEEKS, start_on, at),
        Given(WEEKLY, story.cadence, start_on + timedelta(weeks=1), at),
    ]
    if story.safety_from is not None:
        on = start_on + timedelta(weeks=story.safety_from)
        later = datetime.combine(on - DAY, time(15), tzinfo=zone).astimezone(UTC)
        found.append(Given(SAFETY, story.safety_cadence, on, max(at, later)))
    return found


def _fill_in_all(
    plan: Plan, story: Story, instruments: Mapping[str, Instrument], random: Random
) -> None:
    """Every form that was answered, with a level of its own time."""
    manner = style(list(instruments.values()), random)
    # By a chance of its own, so that no answer hangs on how long another took.
    haste = Random(f"{plan.person.name} {story.take} seconds")
    pace = haste.uniform(*PACE)
    # By whole weeks of the calendar: a change of the clocks in between changes no answer.
    due = [
        (
            (given.first_on - plan.given[0].first_on).days // 7 + weeks_between * window.number,
            given,
            window,
        )
        for given in plan.given
        for weeks_between in [(given.cadence.days or 0) // 7]
        for window in plan.windows(given, plan.now)
    ]
    due.sort(key=lambda entry: (entry[0], entry[1].instrument))
    levels = walk(story.path, [week for week, _given, _window in due], random, story.wander)
    for (week, given, window), level in zip(due, levels, strict=True):
        code = given.instrument
        at = _answered_at(plan, story, code, window, random)
        answers = _answers(story, code, week, level, instruments[code], manner, random)
        casually = random.random() < CASUALLY_MISSED and code == WEEKLY
        if at is None or story.misses(code, week) or (casually and week < story.weeks - 2):
            continue
        said = week if code == WEEKLY else None
        seconds = _seconds(answers, pace, haste)
        if code == WEEKLY and week in story.careless:
            answers, seconds = _ticked_down(instruments[code], haste)
        plan.sheets.append(
            Sheet(
                code,
                window.number,
                at,
                answers,
                seconds,
                story.comments.get(said),
                dict([story.notes[said]]) if said in story.notes else {},
                said in story.unusual,
            )
        )
    plan.sheets.sort(key=lambda sheet: sheet.at)


def _answered_at(
    plan: Plan, story: Story, code: str, window: Window, random: Random
) -> datetime | None:
    """When the form was sent; None where it lies open still."""
    days, hours = random.choice(DAYS_LATER), random.uniform(1.5, 16)
    minutes_in_room = random.uniform(15, 40)
    if code == LONG and window.number == 0:
        at = plan.started_at + timedelta(minutes=minutes_in_room)
        return at if story.answers_intake else None
    at = window.opens + timedelta(days=days, hours=hours)
    is_open = window.closes > plan.now
    if is_open and not story.answers_open:
        return None
    if at >= plan.now:
        # It is answered already, so earlier than this person usually would.
        at = window.opens + (plan.now - window.opens) * min(0.9, hours / 16)
    return at


def _answers(
    story: Story,
    code: str,
    week: int,
    level: Mapping[str, float],
    instrument: Instrument,
    manner: Style,
    random: Random,
) -> Answers:
    if code != SAFETY:
        return fill_in(instrument, level, manner, random)
    given = story.safety.get(week, (0, 0, 0, 3))
    return {item.code: value for item, value in zip(instrument.items, given, strict=True)}


def _seconds(answers: Answers, pace: float, haste: Random) -> dict[str, float]:
    """How long each answered question took somebody who usually needs ``pace`` seconds."""
    return {code: round(pace * (0.5 + haste.random()), 1) for code in answers}


def _ticked_down(instrument: Instrument, haste: Random) -> tuple[Answers, dict[str, float]]:
    """A form of somebody who wants it over with: one column, top to bottom."""
    column = [item.option_set.minimum + 2 for item in instrument.items]
    answers: Answers = {i.code: value for i, value in zip(instrument.items, column, strict=True)}
    return answers, _seconds(answers, HURRIED, haste)


def _add_sessions(plan: Plan, story: Story, start_on: date) -> None:
    """A session every ``review_every`` weeks, counted back from the last one."""
    if not story.review_every:
        return
    last = story.weeks - story.reviewed_before
    for week in range(last % story.review_every, last + 1, story.review_every):
        opens = datetime.combine(start_on, time(6), tzinfo=plan.zone) + week * WEEK
        at = opens.astimezone(UTC) + SESSION_AFTER
        if plan.started_at < at < plan.now:
            decided = story.decided.get(week, "")
            plan.sessions.append(Session(at, discussed=True, decided=decided))
