"""Questionnaires of tests that stand on each rung of the evidence ladder, with made-up texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from assessments.actions import respond, standing
from assessments.actions.instruments import publish
from assessments.models import Assignment, InstrumentVersion, Occasion, Response, Score
from clinic.audit import Actor
from clinic.models import Client
from tests import factories_assessments as asked
from tests.factories import NOW
from tests.factories_assessments import SHIPPED

RELIABILITY = 0.89
EVIDENCE = {
    0: "rung = 0",
    1: f'rung = 1\nreliability = {RELIABILITY}\nsd = 20.0\nsource = "Made up for tests"',
    2: f'rung = 2\nreliability = {RELIABILITY}\nsd = 20.0\nsource = "Answers of this practice"\n'
    "n = 132\ninterval = [0.86, 0.92]\ndate = 2026-11-03",
    3: f'rung = 3\nreliability = {RELIABILITY}\nsd = 20.0\nsource = "Answers of this practice"\n'
    "n = 640\ninterval = [0.87, 0.91]\ndate = 2026-11-03",
}
NORMS = """
[scales.norms]
clinical_mean = 15
clinical_sd = 5
clinical_n = 400
functional_mean = 4
functional_sd = 4
functional_n = 400
source = "Two made-up groups"
"""
ITEMS = 9


def tide(rung: int, *, factor: float = 1, direction: str = "lower", version: int = 1) -> str:
    """A questionnaire of nine items from 0 to 3, so from 0 to 27 points."""
    codes = [f"T{number}" for number in range(1, ITEMS + 1)]
    items = "\n".join(
        f'[[items]]\ncode = "{code}"\ntext = "Made-up statement {code}."\noptions = "tide"\n'
        for code in codes
    )
    listed = ", ".join(f'"{code}"' for code in codes)
    return f"""
format = 1
code = "tide-{rung}"
version = {version}
language = "en"
name = "Tide {rung}"
purpose = "Made up for tests."
window = "In the past 7 days"
introduction = "Please answer."
minutes = 1
evidence_note = "Made up for tests."
default_cadence = "weekly"

[licence]
name = "CC BY 4.0"
holder = "The Causeway authors"
terms = "Free to use with attribution."

[[option_sets]]
code = "tide"
options = [
  {{ value = 0, label = "Low" }}, {{ value = 1, label = "Rising" }},
  {{ value = 2, label = "Falling" }}, {{ value = 3, label = "High" }},
]

{items}
[[scales]]
code = "TIDE"
name = "Tide"
reading = "higher is more water"
direction = "{direction}"
items = [{listed}]
minimum_answered = 8
factor = {factor}
[scales.evidence]
{EVIDENCE[rung]}
[[scales.cutoffs]]
value = {10 * factor}
name = "{10 * factor:g} or more: in the clinical range, not normal"
source = "A made-up study"
[scales.published_change]
reliable = {6 * factor}
important = {3 * factor}
source = "Another made-up study"
{NORMS if rung == 3 else ""}
[[bands]]
scale = "TIDE"
low = 0
high = 4
label = "ebb"
source = "A made-up study"
[[bands]]
scale = "TIDE"
low = 5
high = 14
label = "swell"
source = "A made-up study"
[[bands]]
scale = "TIDE"
low = 15
high = 27
label = "not recovered"
source = "A made-up study"
"""


def published(text: str) -> InstrumentVersion:
    version, _new = publish(text=text, by=Actor.system("console"), now=NOW)
    return version


def weekly_on(rung: int) -> InstrumentVersion:
    """The weekly form under another name, with all of its scales on this rung."""
    text = (SHIPPED / "causeway-weekly-1.toml").read_text(encoding="utf-8")
    text = re.sub(r'code = "causeway-weekly"', f'code = "weekly-on-{rung}"', text)
    text = re.sub(
        r"\[scales\.evidence\]\n.*?(?=\n\n)",
        f"[scales.evidence]\n{EVIDENCE[rung]}",
        text,
        flags=re.S,
    )
    if rung == 3:
        text = re.sub(r"^evidence_note = .*$", 'evidence_note = "Made up."', text, flags=re.M)
        text = text.replace("rung = 3", "rung = 2")
    return published(text)


def assigned(client: Client, version: InstrumentVersion, start: datetime = NOW) -> Assignment:
    """The form assigned at ``start``, without windows of its own."""
    made = asked.give_version(
        client=client,
        version=version,
        cadence="weekly",
        first_on=start.astimezone(client.practice.zone).date(),
        by=Actor.system(practice=client.practice),
        now=start,
    ).assignment
    made.occasions.all().delete()
    return made


def score(
    client: Client,
    version: InstrumentVersion,
    sums: Sequence[int | None],
    start: datetime = NOW,
    every: timedelta = timedelta(days=7),
) -> list[Response]:
    """One form for each raw sum, a week apart; None is a form with too few answers to score."""
    running = Assignment.objects.filter(client=client, version__instrument=version.instrument)
    assignment = running.first() or assigned(client, version, start)
    answered = assignment.occasions.count()
    responses = []
    for number, wanted in enumerate(sums, start=answered):
        at = start + (number - answered) * every
        occasion = Occasion.objects.create(
            assignment=assignment,
            client=client,
            number=number,
            opens_at=at,
            closes_at=at + every,
            opened_at=at,
        )
        response = Response(
            client=client,
            occasion=occasion,
            version=version,
            source=Response.Source.LINK,
            answers=answers_for(version, wanted),
            started_at=at,
        )
        respond.lock(response, at + timedelta(hours=2))
        responses.append(response)
    Response.objects.bulk_create(responses)
    Score.objects.bulk_create([row for r in responses for row in respond.scores_of(r)])
    standing.refresh(client=client, now=start + len(sums) * every)
    return responses


def answers_for(version: InstrumentVersion, wanted: int | None) -> dict[str, int | None]:
    """Answers of a one-scale form that add up to a sum; of None, too few to score."""
    items = [item.code for item in version.definition.items]
    if wanted is None:
        return {code: 1 if number < 2 else None for number, code in enumerate(items)}
    base, rest = divmod(wanted, len(items))
    return {code: base + (number < rest) for number, code in enumerate(items)}
