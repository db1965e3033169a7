"""Real data that lie beside the project where it is built, and are no part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """A file of that folder; without it the test is skipped, and says so."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout, in shared/data")
    return path
