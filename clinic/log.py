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


# The setting of this name: never a name, an answer or a token.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "clinic.log.Discreet",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "django.request": {"level": "ERROR"},
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
