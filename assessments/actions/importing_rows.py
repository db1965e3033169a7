"""The rows that an import leaves behind, some hundreds at a time.

What a client would have caused by filling in the form, without links, mails and a query per row.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.actions import alerts, past, respond, standing, times
from assessments.importing import Faults, Row
from assessments.importing.errors import shown
from assessments.measurement import scoring
from assessments.models import Assignment, Import, Occasion, Response, Score
from clinic import audit
from clinic.audit import Actor
from clinic.models import Client, Episode, Practice

# An answer older than this is part of the history: it is not new, and raises no alert.
RECENT = timedelta(days=30)
MOST_PAST_RISKS = 1_000


class Writer(ABC):
    """What both kinds of rows share; ``add`` takes some rows, ``finish`` ends the import."""

    def __init__(self, imported: Import, now: datetime) -> None:
        self.imported, self.now = imported, now
        self.practice, self.version = imported.practice, imported.version
        self.instrument = self.version.definition
        self.key = self.practice.unwrapped_key()
        self.zone = self.practice.zone
        self.rows = self.created = self.clients = self.alerts = 0
        self.past_risks: list[int] = []
        self.past_responses: list[str] = []

    @abstractmethod
    def add(self, chunk: Sequence[Row]) -> None:
        """Write the rows of the chunk that are new."""

    def finish(self) -> None:  # noqa: B027 - nothing is left to do for most
        """Whatever is left to do once every row is written."""

    def keyed(self, *parts: Any) -> bytes:
        """The import key: a hash that says nothing without the practice's key."""
        text = json.dumps([self.instrument.code, *parts], separators=(",", ":"))
        return hmac.new(self.key, f"import|{text}".encode(), hashlib.sha256).digest()

    def assignment(self, client: Client, episode: Episode, row: Row) -> Assignment:
        return past.assignment_of(
            client=client,
            episode=episode,
            version=self.version,
            at=row.at,
            by=self.imported.by,
            now=self.now,
        )

    def response(self, occasion: Occasion, row: Row, key: bytes) -> Response:
        response = Response(
            client=occasion.client,
            occasion=occasion,
            version=self.version,
            source=Response.Source.IMPORT,
            answers=row.answers,
            started_at=row.at,
            imported=self.imported,
            import_key=key,
            seen_at=None if self.is_new(row) else self.now,
        )
        response.marks = times.marks_of(response)
        respond.lock(response, row.at, received_at=self.now)
        return response

    def is_new(self, row: Row) -> bool:
        """Whether somebody should still hear of these answers as new ones."""
        return row.client is not None and row.at >= self.now - RECENT


class AnonymousRows(Writer):
    """Rows of nobody in particular: a client without a name for each."""

    def __init__(self, imported: Import, now: datetime) -> None:
        super().__init__(imported, now)
        self.seen: Counter[bytes] = Counter()

    def add(self, chunk: Sequence[Row]) -> None:
        self.rows += len(chunk)
        keys = [self._key(row) for row in chunk]
        there = _there(keys)
        fresh = [(row, key) for row, key in zip(chunk, keys, strict=True) if key not in there]
        made: list[list[models.Model]] = [[], [], [], [], [], []]
        for row, key in fresh:
            for rows, new in zip(made, self._make(row, key), strict=True):
                rows += new
        for rows in made:
            _write(rows)
        self.created += len(fresh)
        self.clients += len(fresh)

    def _make(self, row: Row, key: bytes) -> Iterable[Sequence[models.Model]]:
        client = Client(practice=self.practice, anonymous=True, name="", created_at=self.now)
        client.make_data_key()
        episode = Episode(client=client, started_at=row.at)
        assignment = self.assignment(client, episode, row)
        occasion = past.occasion_of(assignment, 0, row.at)
        response = self.response(occasion, row, key)
        scores: Sequence[Score] = respond.scores_of(response)
        return [client], [episode], [assignment], [occasion], [response], scores

    def _key(self, row: Row) -> bytes:
        """By what stands in the row, and which of several equal rows of the file it is."""
        content = [sorted(row.answers.items()), sorted(row.others.items()), row.when]
        plain = hashlib.sha256(json.dumps(content).encode()).digest()
        self.seen[plain] += 1
        return self.keyed("anonymous", plain.hex(), self.seen[plain])


class KnownRows(Writer):
    """Rows of clients whose number the practice has."""

    def __init__(self, imported: Import, now: datetime, numbers: Numbers, by: Actor) -> None:
        super().__init__(imported, now)
        self.numbers, self.by = numbers, by
        self.files: dict[UUID, _File] = {}
        # What this file said before: import key -> (line, answers).
        self.said: dict[bytes, tuple[int, dict[str, int]]] = {}

    def add(self, chunk: Sequence[Row]) -> None:
        self.rows += len(chunk)
        found = self.numbers.find(chunk)
        known = [(row, client) for row in chunk if (client := found.get(row.line)) is not None]
        keyed = [(row, client, self._key(row, client)) for row, client in known]
        there = _responses_there([key for _row, _client, key in keyed], known, self.version)
        fresh = [entry for entry in keyed if self._is_fresh(*entry, there)]
        if self.numbers.faults:
            return
        self._open_files([client for _row, client, _key in fresh])
        assignments, occasions, responses = [], [], []
        for row, client, key in fresh:
            file = self.files[client.pk]
            if file.assignment is None:
                file.assignment = self.assignment(client, file.episode_at(row.at), row)
                assignments.append(file.assignment)
            occasion = past.occasion_of(file.assignment, file.responses, row.at)
            file.note(row)
            occasions.append(occasion)
            responses.append(self.response(occasion, row, key))
        for rows in (assignments, occasions, responses):
            _write(rows)
        _write([score for response in responses for score in respond.scores_of(response)])
        for (row, _client, _key), response in zip(fresh, responses, strict=True):
            self._risks(row, response)
        self.created += len(fresh)

    def finish(self) -> None:
        """Move what lies before the record, tell the trail, and see where each client stands."""
        for file in self.files.values():
            moved = self._set_times(file)
            audit.record(
                "response.import",
                by=self.by,
                now=self.now,
                client=file.client,
                about=self.imported,
                fields=["started_at"] if moved else [],
                details={"responses": file.responses, "version": str(self.version.pk)},
            )
            standing.refresh(client=file.client, now=self.now)
        self.clients = len(self.files)

    def _key(self, row: Row, client: Client) -> bytes:
        """By client and time. The client's identifier, since a number may be corrected later."""
        return self.keyed("client", str(client.pk), row.when)

    def _is_fresh(self, row: Row, client: Client, key: bytes, there: dict[Any, Response]) -> bool:
        """Whether a row is new; a fault where the same time holds other answers already."""
        before = self.said.setdefault(key, (row.line, row.answers))
        if before[0] != row.line:
            if before[1] != row.answers:
                sentence = _("line %(line)d has other answers of this client at the same time.")
                self._fault(row, sentence % {"line": before[0]})
            return False
        stored = there.get(key) or there.get((client.pk, row.at))
        if stored is None:
            return True
        stored.client = client
        if respond.fingerprint(stored, row.answers) != bytes(stored.fingerprint or b""):
            sentence = _("this client has other answers at the same time already.")
            if stored.voided_at is not None:
                sentence = _(
                    "other answers of this client at this time were imported before, and taken "
                    "out by a correction. Enter these by hand, and leave the line out."
                )
            self._fault(row, sentence)
        return False

    def _fault(self, row: Row, sentence: str) -> None:
        self.numbers.faults.add(row.line, sentence)

    def _open_files(self, clients: list[Client]) -> None:
        new = {client.pk: client for client in clients if client.pk not in self.files}
        for pk, client in new.items():
            self.files[pk] = _File(client)
        episodes = Episode.objects.filter(client__in=new).order_by("started_at")
        for episode in episodes:
            self.files[episode.client_id].episodes.append(episode)

    def _risks(self, row: Row, response: Response) -> None:
        if not scoring.risks(self.instrument, row.answers):
            return
        if self.is_new(row):
            self.alerts += len(alerts.raise_alerts(response=response, by=self.by, now=self.now))
            return
        self.past_risks.append(row.line)
        if len(self.past_responses) < MOST_PAST_RISKS:
            self.past_responses.append(str(response.pk))

    def _set_times(self, file: _File) -> bool:
        """Begin the first episode with the first answers: care began before its record did."""
        if file.assignment is None or file.earliest is None:
            return False
        first_on = file.earliest.astimezone(self.zone).date()
        if file.assignment.first_on != first_on:
            Assignment.objects.filter(pk=file.assignment.pk).update(first_on=first_on)
        first = file.episodes[0]
        if file.earliest >= first.started_at:
            return False
        first.started_at = file.earliest
        first.save(update_fields=["started_at"])
        return True


class _File:
    """One client within one import."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.episodes: list[Episode] = []
        self.assignment: Assignment | None = None
        self.responses = 0
        self.earliest: datetime | None = None

    def episode_at(self, at: datetime) -> Episode:
        """The stretch of care of that time; the first for what lies before it."""
        begun = [episode for episode in self.episodes if episode.started_at <= at]
        return begun[-1] if begun else self.episodes[0]

    def note(self, row: Row) -> None:
        self.responses += 1
        self.earliest = row.at if self.earliest is None else min(self.earliest, row.at)


class Numbers:
    """The clients behind the numbers of a file; a number that leads to nobody is a fault."""

    def __init__(self, practice: Practice, column: str, reach: Q | None, faults: Faults) -> None:
        self.practice, self.column, self.faults = practice, column, faults
        self.clients = Client.objects.filter(
            Q() if reach is None else reach, practice=practice, anonymous=False
        )
        self.found: dict[bytes, Client | None] = {}

    def find(self, rows: Iterable[Row]) -> dict[int, Client]:
        """{line: client} for the rows whose number leads to somebody within reach."""
        hashes = {row.line: self.practice.number_hash(row.client or "") for row in rows}
        unknown = {value for value in hashes.values() if value not in self.found}
        if unknown:
            self.found |= dict.fromkeys(unknown)
            self.found |= {
                bytes(client.number_hash or b""): client
                for client in self.clients.filter(number_hash__in=unknown, data_key__isnull=False)
            }
        clients = {}
        for row in rows:
            client = self.found[hashes[row.line]]
            if client is None:
                sentence = _(
                    "no client within your reach has the number %(number)s. Give the client this "
                    "number first, under “Contact details”."
                )
                number = {"number": shown(row.client or "")}
                self.faults.add(row.line, sentence % number, self.column)
            else:
                client.practice = self.practice
                clients[row.line] = client
        return clients


def _there(keys: list[bytes]) -> set[bytes]:
    found = Response.objects.filter(import_key__in=keys).values_list("import_key", flat=True)
    return {bytes(key) for key in found if key is not None}


def _responses_there(
    keys: list[bytes], known: list[tuple[Row, Client]], version: Any
) -> dict[Any, Response]:
    """What is stored under one of the keys, or of the same client at the same instant.

    A row that was taken out by a correction stays known by its key.
    """
    found: dict[Any, Response] = {}
    same = Response.objects.filter(
        Q(import_key__in=keys)
        | Q(
            voided_at=None,
            client__in={client.pk for _row, client in known},
            submitted_at__in={row.at for row, _client in known},
        ),
        version__instrument=version.instrument_id,
        submitted_at__isnull=False,
    ).only("client_id", "fingerprint", "submitted_at", "import_key", "voided_at")
    for response in same:
        if response.voided_at is None:
            found[response.client_id, response.submitted_at] = response
        if response.import_key is not None:
            found[bytes(response.import_key)] = response
    return found


def _write(rows: Sequence[models.Model]) -> None:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)
