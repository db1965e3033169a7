"""What must never stand in a log: the tokens of links, and values that a database repeats."""

import logging
import re

TOKEN_IN_PATH = re.compile(r"(/(?:f|join|accounts/password/reset/key)/)[A-Za-z0-9_\-]{6,}")
# How PostgreSQL explains a refusal, with what was to be written: an address, a name.
REPEATED_VALUES = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


def mask(text: str) -> str:
    """``text`` with every token in a path replaced by three dots."""
    return TOKEN_IN_PATH.sub(r"\1...", text)


class Discreet(logging.Formatter):
    """Formats as usual, then masks the whole: the message and the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        return REPEATED_VALUES.sub(r"\1: ...", mask(super().format(record)))
