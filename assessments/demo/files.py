"""Files of made-up answers, taken in by the action that takes in anyone's files.

One holds PHQ-9 answers of a few clients, as values without a word of its text. The other holds
long forms of people without names, enough for the figures of that form to be worked out.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from assessments.actions.importing import Report, import_file
from assessments.demo.answers import fill_in, style
from assessments.demo.paths import Path, path, walk
from assessments.demo.plan import WEEK, Plan
from assessments.importing import ColumnMapping, open_table, suggest
from assessments.measurement.definition import Instrument
from assessments.models import InstrumentVersion
from clinic.audit import Actor
from clinic.models import Membership

MOOD = "phq-9"
MOOD_EVERY = 4  # weeks
MOOD_BEFORE = 2  # the last one: so many weeks before the newest form
# How low the mood of a client is (POMP), by their name.
MOODS: Mapping[str, Path] = {
    "Nora Hallam": path(PHQ9=((0, 58), (6, 56), (22, 20))),
    "Lea Storm": path(PHQ9=((0, 40), (26, 44))),
    "Yuki Marsden": path(PHQ9=((0, 22), (9, 22), (16, 60))),
}
# An answer that points to danger, long ago: whose, which of their answers counted from 0, to what.
THOUGHTS = ("Lea Storm", 1, "PHQ09")

PEOPLE = 400
PEOPLE_WITHIN = timedelta(weeks=104)  # before the practice opened
SPREAD = 18  # standard deviation between people, in POMP
# Where people stand on average, and how far two things in which they differ move each scale: the
# ground that they have in themselves, and the side of the pendulum to which they lean.
SCALES: Mapping[str, tuple[float, float, float]] = {
    "DEP": (44, -0.50, 0.55),
    "CDP": (46, -0.65, -0.45),
    "IND": (52, 0.75, 0.0),
    "INT": (49, 0.65, 0.0),
}

Line = dict[str, object]


def import_moods(
    plans: Iterable[Plan], version: InstrumentVersion, by: Membership, *, seed: str, now: datetime
) -> Report:
    """Take in the PHQ-9 answers of those clients who have a course in ``MOODS``."""
    lines = [
        line
        for plan in plans
        if plan.person.name in MOODS
        for line in _moods(plan, version.definition, Random(f"{seed} {plan.person.name} mood"))
    ]
    return _import("made-up-phq-9.csv", lines, version, by, now, client_column="client")


def import_people(
    version: InstrumentVersion, by: Membership, *, seed: str, opened: datetime, now: datetime
) -> Report:
    """Take in the long forms of people without names, of the time before the practice opened."""
    random = Random(f"{seed} people")
    lines = [_person(version.definition, opened, random) for _number in range(PEOPLE)]
    return _import("made-up-long-forms-without-names.csv", lines, version, by, now)


def _import(
    name: str,
    lines: list[Line],
    version: InstrumentVersion,
    by: Membership,
    now: datetime,
    client_column: str | None = None,
) -> Report:
    written = io.StringIO()
    sheet = csv.DictWriter(written, list(lines[0]))
    sheet.writeheader()
    sheet.writerows(lines)
    table = open_table(lambda: io.BytesIO(written.getvalue().encode()))
    mapping = ColumnMapping(
        items=suggest(table.columns, version.definition),
        client_column=client_column,
        date_column="date",
    )
    return import_file(
        practice=by.practice,
        version=version,
        table=table,
        mapping=mapping,
        by=Actor.of_user(by.user),
        now=now,
        file_name=name,
    )


def _moods(plan: Plan, instrument: Instrument, random: Random) -> Iterator[Line]:
    name, start = plan.person.name, plan.started_at.astimezone(plan.zone).date()
    last = (plan.now - plan.started_at) // WEEK - MOOD_BEFORE
    weeks = range(last % MOOD_EVERY, last + 1, MOOD_EVERY)
    manner = style([instrument], random)
    for number, level in enumerate(walk(MOODS[name], weeks, random)):
        answers = fill_in(instrument, level, manner, random)
        answers[THOUGHTS[2]] = int((name, number) == THOUGHTS[:2])
        on = start + weeks[number] * WEEK
        yield {"client": plan.person.number, "date": on, **_cells(instrument, answers)}


def _person(instrument: Instrument, opened: datetime, random: Random) -> Line:
    ground, leaning = random.gauss(0, 1), random.gauss(0, 1)
    levels = {}
    for scale, (mean, by_ground, by_leaning) in SCALES.items():
        own = math.sqrt(1 - by_ground**2 - by_leaning**2)
        apart = by_ground * ground + by_leaning * leaning + own * random.gauss(0, 1)
        levels[scale] = min(98.0, max(2.0, mean + SPREAD * apart))
    answers = fill_in(instrument, levels, style([instrument], random), random)
    on = (opened - PEOPLE_WITHIN * random.random()).date()
    return {"date": on, **_cells(instrument, answers)}


def _cells(instrument: Instrument, answers: Mapping[str, int | None]) -> Line:
    """An empty cell for what was left open, and for what does not apply."""
    return {item.code: answers.get(item.code) for item in instrument.items}
