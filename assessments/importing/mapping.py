"""Which column is what, and which codes mean that there is no answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.measurement.definition import Instrument

from .errors import shown

NUMBERED = re.compile(r"(?P<stem>.*?)0*(?P<number>[1-9][0-9]{0,3})", re.DOTALL)
MOST_CODES = 20
EARLIEST = date(1900, 1, 1)
LONGEST_CODE = 20


class MappingError(ValueError):
    """A mapping that does not fit the file or the instrument. ``field`` is what to correct:
    items, client_column, date_column, date or missing."""

    def __init__(self, sentence: str, field: str) -> None:
        self.sentence, self.field = sentence, field
        super().__init__(sentence)


@dataclass(frozen=True)
class ColumnMapping:
    """How the rows of a file are understood.

    ``items`` is {item code: column}. ``client_column`` holds the practice's own client number;
    None where the rows are anonymous. ``date_column`` says when each row was answered, ``day``
    when all were; with neither it is the day of the import. ``missing`` are the codes that mean
    "no answer"; an empty cell always does.
    """

    items: Mapping[str, str]
    client_column: str | None = None
    date_column: str | None = None
    day: date | None = None
    missing: frozenset[str] = field(default_factory=frozenset)

    def as_json(self) -> dict[str, Any]:
        """What an import keeps of it."""
        return {
            "items": dict(self.items),
            "client_column": self.client_column,
            "date_column": self.date_column,
            "date": self.day.isoformat() if self.day else None,
            "missing": sorted(self.missing),
        }

    def check(self, columns: Iterable[str], instrument: Instrument, today: date) -> None:
        """Refuse a mapping that names what is not there, or one thing twice (MappingError)."""
        columns = list(columns)
        used: dict[str, str] = {}
        for code, column in self.items.items():
            if code not in instrument.items_by_code:
                raise MappingError(
                    _("%(name)s has no item %(code)s.")
                    % {"name": instrument.name, "code": shown(code)},
                    "items",
                )
            _require_column(column, columns, "items")
            if column in used:
                raise MappingError(
                    _("Column %(column)s is given to both %(first)s and %(second)s.")
                    % {"column": shown(column), "first": used[column], "second": code},
                    "items",
                )
            used[column] = code
        self._check_items(instrument)
        for name in ("client_column", "date_column"):
            column = getattr(self, name)
            if column is None:
                continue
            _require_column(column, columns, name)
            if column in used:
                raise MappingError(
                    _("Column %(column)s is taken already, for %(use)s.")
                    % {"column": shown(column), "use": used[column]},
                    name,
                )
            used[column] = _("the client") if name == "client_column" else _("the date")
        self._check_date(today)
        self._check_missing(instrument)

    def _check_items(self, instrument: Instrument) -> None:
        without = [item.code for item in instrument.items if item.code not in self.items]
        if without:
            raise MappingError(
                ngettext(
                    "Say which column holds item %(codes)s.",
                    "Say which columns hold the items %(codes)s.",
                    len(without),
                )
                % {"codes": _few(without)},
                "items",
            )

    def _check_date(self, today: date) -> None:
        if self.client_column is not None and self.date_column is None and self.day is None:
            raise MappingError(
                _(
                    "Answers of known clients need their date: name the column that holds it, or "
                    "give one date for the whole file."
                ),
                "date",
            )
        if self.date_column is not None and self.day is not None:
            raise MappingError(
                _("Give a column with the dates or one date for all, not both."), "date"
            )
        if self.day is not None and not EARLIEST <= self.day <= today:
            raise MappingError(
                _("The date lies in the future.")
                if self.day > today
                else _("The date is before 1900."),
                "date",
            )

    def _check_missing(self, instrument: Instrument) -> None:
        if len(self.missing) > MOST_CODES or any(len(c) > LONGEST_CODE for c in self.missing):
            raise MappingError(
                _("Give at most %(count)d codes of at most %(length)d characters each.")
                % {"count": MOST_CODES, "length": LONGEST_CODE},
                "missing",
            )
        for item in instrument.items:
            for code in self.missing & {str(value) for value in item.option_set.values}:
                raise MappingError(
                    _(
                        "%(code)s is one of the answers to %(item)s, so it cannot mean that there "
                        "is none."
                    )
                    % {"code": code, "item": item.code},
                    "missing",
                )


def suggest(columns: Iterable[str], instrument: Instrument) -> dict[str, str]:
    """{item code: column} as far as the names say: those of the items, or a run from 1 to n.

    Columns count as a run where one stem ("Q", "item_", or nothing) is numbered from 1 to the
    number of items; of several such runs the first is taken only where it is the only one.
    """
    columns = list(columns)
    by_name = {column.casefold(): column for column in columns}
    found = {
        item.code: by_name[item.code.casefold()]
        for item in instrument.items
        if item.code.casefold() in by_name
    }
    if found:
        return found
    runs: dict[str, dict[int, str]] = {}
    for column in columns:
        match = NUMBERED.fullmatch(column)
        if match:
            runs.setdefault(match["stem"].casefold(), {})[int(match["number"])] = column
    wanted = set(range(1, len(instrument.items) + 1))
    whole = [run for run in runs.values() if run.keys() == wanted]
    if len(whole) != 1:
        return {}
    return {item.code: whole[0][number] for number, item in enumerate(instrument.items, start=1)}


def _require_column(column: str, columns: list[str], place: str) -> None:
    if column not in columns:
        raise MappingError(
            _("The file has no column %(column)s.") % {"column": shown(column)}, place
        )


def _few(codes: list[str]) -> str:
    return ", ".join(codes if len(codes) <= 6 else [*codes[:5], "…"])
