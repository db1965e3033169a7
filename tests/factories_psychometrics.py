"""Many people with submitted answers, as rows: what the figures of a questionnaire rest on."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from assessments.measurement.definition import Instrument
from assessments.models import Assignment, InstrumentVersion, Occasion, Response
from clinic.models import Client, Episode, Practice
from tests.factories import NOW

Sheet = Mapping[str, int | None]


def answered_by(
    practice: Practice,
    version: InstrumentVersion,
    sheets: Iterable[Sheet],
    *,
    at: datetime = NOW,
    anonymous: bool = True,
) -> list[Client]:
    """One new client for each sheet, who sent it at ``at``."""
    clients = []
    rows = []
    for sheet in sheets:
        client = Client(practice=practice, name="", anonymous=anonymous, created_at=at)
        client.make_data_key()
        clients.append(client)
        rows.append((client, Episode(client=client, started_at=at), sheet))
    Client.objects.bulk_create(clients)
    Episode.objects.bulk_create(episode for _client, episode, _sheet in rows)
    _send(version, rows, at)
    return clients


def again(
    client: Client, version: InstrumentVersion, sheet: Sheet, *, at: datetime | None = None
) -> Response:
    """A further submitted form of a client."""
    when = at or NOW + timedelta(days=7)
    return _send(version, [(client, client.episodes.get(), sheet)], when)[0]


def _send(
    version: InstrumentVersion, rows: list[tuple[Client, Episode, Sheet]], at: datetime
) -> list[Response]:
    assignments = Assignment.objects.bulk_create(
        Assignment(
            client=client,
            episode=episode,
            version=version,
            cadence="once",
            first_on=at.date(),
            created_at=at,
        )
        for client, episode, _sheet in rows
    )
    occasions = Occasion.objects.bulk_create(
        Occasion(
            assignment=assignment,
            client=assignment.client,
            number=0,
            opens_at=at,
            closes_at=at + timedelta(days=1),
            opened_at=at,
        )
        for assignment in assignments
    )
    return Response.objects.bulk_create(
        Response(
            client=client,
            occasion=occasion,
            version=version,
            source=Response.Source.DEMO,
            answers=dict(sheet),
            started_at=at,
            submitted_at=at,
            fingerprint=b"0" * 32,
        )
        for (client, _episode, sheet), occasion in zip(rows, occasions, strict=True)
    )


def sheets(
    instrument: Instrument, people: int, *, seed: int = 1, level: float = 1.0
) -> list[Sheet]:
    """Answers with one level for each scale and person, and noise of each item about it.

    ``level`` is how far people differ: with 0 nothing is left but noise.
    """
    chance = random.Random(seed)
    return [_sheet(instrument, chance, level) for _person in range(people)]


def _sheet(instrument: Instrument, chance: random.Random, spread: float) -> Sheet:
    given: dict[str, int | None] = {}
    for scale in instrument.scales:
        level = chance.gauss(0.5, 0.2 * spread)
        for keyed in scale.keyed_items:
            ends = instrument.items_by_code[keyed.code].option_set
            width = ends.maximum - ends.minimum
            share = min(1.0, max(0.0, chance.gauss(level, 0.25)))
            value = ends.minimum + round(share * width)
            given[keyed.code] = ends.minimum + ends.maximum - value if keyed.reverse else value
    return given
