"""One small instrument that uses every part of the format, as text to alter and as parsed.

These tests need no Django and no database; on their own they run with
``python -m pytest -c /dev/null --confcutdir=tests/measurement -p no:django tests/measurement``.
"""

from pathlib import Path

import pytest
from hypothesis import settings

from assessments.measurement.definition import Instrument, parse

settings.register_profile("measurement", deadline=None, database=None, derandomize=True)
settings.load_profile("measurement")

TEXT = Path(__file__).with_name("small-form.toml").read_text()


@pytest.fixture(scope="session")
def text() -> str:
    return TEXT


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return parse(TEXT)
