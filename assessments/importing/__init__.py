"""Reading a file of answers: what it holds, which column is what, and what is wrong with it.

Knows neither the database nor the people in it: ``assessments.actions.importing`` does.
"""

from .errors import Faults, FaultyFile, UnreadableFile, shown
from .mapping import ColumnMapping, MappingError, suggest
from .preview import Preview, preview
from .rows import Row, read_rows
from .source import COMMAND_LIMIT, PAGE_LIMIT, Opener
from .table import DELIMITERS, Table, open_table

__all__ = [
    "COMMAND_LIMIT",
    "DELIMITERS",
    "PAGE_LIMIT",
    "ColumnMapping",
    "Faults",
    "FaultyFile",
    "MappingError",
    "Opener",
    "Preview",
    "Row",
    "Table",
    "UnreadableFile",
    "open_table",
    "preview",
    "read_rows",
    "shown",
    "suggest",
]
