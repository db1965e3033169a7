"""From cells to answers: each row of a table as one filled-in form, or a fault with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from django.utils.translation import gettext as _

from assessments.measurement.definition import Instrument

from .errors import Faults, shown
from .mapping import EARLIEST, ColumnMapping
from .table import Table

LONGEST_NUMBER = 60
WHOLE = re.compile(r"([+-]?[0-9]{1,9})(?:\.0*)?", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)


@dataclass(frozen=True)
class Row:
    """One filled-in form.

    ``answers`` is {item code: option value} without what was not answered. ``client`` is the
    practice's own number, None where anonymous. ``at`` is when it was answered; ``when`` is the
    same as the file has it ("2024-03-01" where no time is known, "" where nothing is said).
    ``others`` are the cells that were given no meaning, by column.
    """

    line: int
    client: str | None
    at: datetime
    when: str
    answers: dict[str, int]
    others: dict[str, str]


def read_rows(
    table: Table,
    mapping: ColumnMapping,
    instrument: Instrument,
    *,
    zone: tzinfo,
    now: datetime,
    faults: Faults,
) -> Iterator[Row]:
    """Every row without a fault, as it is read; the faults of the others go to ``faults``.

    ``zone`` is that of the practice: days and times without one are meant in it. ``now`` is the
    time of the import, after which nothing can have been answered.
    """
    reader = _Reader(table.columns, mapping, instrument, zone, now, faults)
    for line, cells in table.rows(faults):
        row = reader.row(line, cells)
        if row is not None:
            yield row


class _Reader:
    """What is the same for every row, worked out once."""

    def __init__(
        self,
        columns: tuple[str, ...],
        mapping: ColumnMapping,
        instrument: Instrument,
        zone: tzinfo,
        now: datetime,
        faults: Faults,
    ) -> None:
        place = {column: index for index, column in enumerate(columns)}
        self.zone, self.now, self.faults = zone, now, faults
        self.missing = mapping.missing | {""}
        self.items = [
            (
                item.code,
                mapping.items[item.code],
                place[mapping.items[item.code]],
                {str(value): value for value in item.option_set.values},
            )
            for item in instrument.items
        ]
        self.client_column, self.date_column = mapping.client_column, mapping.date_column
        self.client = None if self.client_column is None else place[self.client_column]
        self.date = None if self.date_column is None else place[self.date_column]
        self.fixed: tuple[datetime, str] = (
            (now, "") if mapping.day is None else (self._noon(mapping.day), str(mapping.day))
        )
        used = {*mapping.items.values(), self.client_column, self.date_column}
        self.others = [(name, index) for name, index in place.items() if name not in used]

    def row(self, line: int, cells: list[str]) -> Row | None:
        before = self.faults.count
        answers: dict[str, int] = {}
        for code, column, index, options in self.items:
            text = cells[index].strip()
            if text in self.missing:
                continue
            value = options.get(text)
            if value is None:
                value = self._number(text, options)
            if value is None:
                sentence = _("%(given)s is not one of %(options)s.") % {
                    "given": shown(text),
                    "options": ", ".join(options),
                }
                self.faults.add(line, sentence, column)
                continue
            answers[code] = value
        client = self._client(line, cells)
        at, when = self._when(line, cells)
        if self.faults.count > before:
            return None
        others = {name: cells[index].strip() for name, index in self.others}
        return Row(line, client, at, when, answers, others)

    def _number(self, text: str, options: dict[str, int]) -> int | None:
        """An answer that is written otherwise than its option: "3.0", "+3", "03"."""
        match = WHOLE.fullmatch(text)
        return options.get(str(int(match[1]))) if match else None

    def _client(self, line: int, cells: list[str]) -> str | None:
        if self.client is None:
            return None
        number = " ".join(cells[self.client].split())
        if not number:
            self.faults.add(line, _("there is no client number."), self.client_column)
        elif len(number) > LONGEST_NUMBER:
            sentence = _("a client number has at most %(limit)d characters.")
            self.faults.add(line, sentence % {"limit": LONGEST_NUMBER}, self.client_column)
        return number

    def _when(self, line: int, cells: list[str]) -> tuple[datetime, str]:
        if self.date is None:
            return self.fixed
        text = cells[self.date].strip()
        at, when = self._instant(text)
        if at is None:
            sentence = _("%(given)s is not a day as 2026-03-31 or a time as 2026-03-31T14:05.")
            self.faults.add(line, sentence % {"given": shown(text) or "“”"}, self.date_column)
        elif at.date() < EARLIEST:
            self.faults.add(line, _("this is before 1900."), self.date_column)
        elif at > self.now:
            self.faults.add(line, _("this lies in the future."), self.date_column)
        return at or self.now, when

    def _instant(self, text: str) -> tuple[datetime | None, str]:
        try:
            if DAY.fullmatch(text):
                day = date.fromisoformat(text)
                return self._noon(day), day.isoformat()
            if INSTANT.fullmatch(text):
                at = datetime.fromisoformat(text)
                if at.tzinfo is None:
                    at = at.replace(tzinfo=self.zone)
                return at, at.astimezone(self.now.tzinfo).isoformat()
        except (ValueError, OverflowError):
            pass
        return None, text

    def _noon(self, day: date) -> datetime:
        """The middle of a day of which no time is known; of today, what has passed of it."""
        noon = datetime.combine(day, time(12), tzinfo=self.zone)
        today = self.now.astimezone(self.zone).date()
        return min(noon, self.now) if day == today else noon
