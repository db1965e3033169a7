"""What must never stand in a log: the tokens of personal links, invitations and resets."""

import logging
import re

TOKEN_IN_PATH = re.compile(r"(/(?:f|join|accounts/password/reset/key)/)[A-Za-z0-9_\-]{6,}")


def mask(text: str) -> str:
    """``text`` with every token in a path replaced by three dots."""
    return TOKEN_IN_PATH.sub(r"\1...", text)


class MaskTokens(logging.Filter):
    """Masks tokens in whatever is logged; the record passes in every case."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask(record.getMessage())
        record.args = ()
        return True
