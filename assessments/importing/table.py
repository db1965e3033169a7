"""From lines to rows of cells: delimiter, header, quotes, and the same number of cells in each."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .errors import Faults, UnreadableFile, shown
from .source import COMMAND_LIMIT, Opener, open_lines

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
MOST_COLUMNS = 1_000
MOST_ROWS = 1_000_000
LONGEST_NAME = 200
LONGEST_CELL = 10_000


@dataclass(frozen=True)
class Table:
    """A file whose header was read: its columns by name, and how to read the rest."""

    opener: Opener
    delimiter: str
    columns: tuple[str, ...]
    limit: int
    most_rows: int

    def rows(self, faults: Faults) -> Iterator[tuple[int, list[str]]]:
        """Each row below the header with the line it begins on; read anew at every call.

        A row with too few or too many cells is noted in ``faults`` and left out; so is an empty
        line, silently. Raises UnreadableFile where the rest of the file cannot be read.
        """
        width, found = len(self.columns), 0
        for number, (line, cells) in enumerate(records(self.opener, self.delimiter, self.limit)):
            if number == 0 or not cells:
                continue
            found += 1
            if found > self.most_rows:
                raise UnreadableFile(
                    _("The file has more than %(limit)d rows, which is the most at once.")
                    % {"limit": self.most_rows}
                )
            if len(cells) != width:
                faults.add(
                    line,
                    _("%(cells)d cells where the header has %(columns)d.")
                    % {"cells": len(cells), "columns": width},
                )
                continue
            yield line, cells


def open_table(
    opener: Opener,
    delimiter: str | None = None,
    limit: int = COMMAND_LIMIT,
    most_rows: int = MOST_ROWS,
) -> Table:
    """Read the header. ``delimiter`` is found in it where none is given.

    Raises UnreadableFile for a file without a header of distinct names, and for one that
    ``open_lines`` refuses.
    """
    if delimiter is None:
        delimiter = _delimiter_of(next(open_lines(opener, limit), (0, ""))[1])
    _line, header = next(records(opener, delimiter, limit), (0, []))
    columns = tuple(name.strip() for name in header)
    _check_header(columns)
    return Table(opener, delimiter, columns, limit, most_rows)


def records(opener: Opener, delimiter: str, limit: int) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins on, an empty line as no cells.

    The limit of a cell also ends what a quotation mark that is never closed would swallow.
    """
    at = 0

    def lines() -> Iterator[str]:
        nonlocal at
        for number, line in open_lines(opener, limit):
            at = number
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        begins = at + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableFile(
                _(
                    "Line %(line)d: a quotation mark is opened and not closed, or closed in the "
                    "middle of a cell."
                )
                % {"line": begins}
            ) from None
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise UnreadableFile(
                _("Line %(line)d has a cell of more than %(limit)d characters.")
                % {"line": begins, "limit": LONGEST_CELL}
            )
        yield begins, cells


def _delimiter_of(header: str) -> str:
    """What stands most often in the header, outside of quotes; a comma where nothing does."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for character in header:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in counts:
            counts[character] += 1
    return max(counts, key=lambda delimiter: counts[delimiter])


def _check_header(columns: tuple[str, ...]) -> None:
    if not columns or not any(columns):
        raise UnreadableFile(
            _("The file is empty or its first line is. The first line names the columns.")
        )
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFile(
            _("The file has more than %(limit)d columns.") % {"limit": MOST_COLUMNS}
        )
    for number, name in enumerate(columns, start=1):
        if not name:
            raise UnreadableFile(
                _("Column %(number)d has no name in the first line.") % {"number": number}
            )
        if len(name) > LONGEST_NAME:
            raise UnreadableFile(
                _("The name of column %(number)d is longer than %(limit)d characters.")
                % {"number": number, "limit": LONGEST_NAME}
            )
    twice = [name for name, count in Counter(map(str.casefold, columns)).items() if count > 1]
    if twice:
        raise UnreadableFile(
            _("Two columns are named %(name)s. Give each a name of its own.")
            % {"name": shown(twice[0])}
        )
    if all(name.lstrip("+-").isdigit() for name in columns) and not _counts_up(columns):
        raise UnreadableFile(
            _(
                "The first line holds figures, not names. Put a line above it that names the "
                "columns."
            )
        )


def _counts_up(columns: tuple[str, ...]) -> bool:
    return list(columns) == [str(number) for number in range(1, len(columns) + 1)]
