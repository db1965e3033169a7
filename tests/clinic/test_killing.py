"""Nothing is lost, and nothing sent twice without cause, whatever is killed: by real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent.parent
# The hundred kills under 3,000 messages are ``python -m bench.killing``.
FEW = ("--messages", "300", "--kills", "10")
# What the process started here must find out for itself.
OWN = ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "CAUSEWAY_TEST_SESSION")


def run(*arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def empty_database() -> str:
    """The address of a database of its own beside that of this run."""
    import psycopg

    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"causeway_killing_{os.getpid()}"
    with psycopg.connect(url._replace(scheme="postgresql").geturl(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    yield url._replace(path=f"/{name}").geturl()
    with psycopg.connect(url._replace(scheme="postgresql").geturl(), autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.sqlite
def test_embedded_worker_that_is_killed_again_and_again_loses_nothing():
    assert "arrived 300, noted as sent 300" in run("bench.killing", *FEW)


@pytest.mark.postgres
@pytest.mark.redis
def test_workers_killed_beside_a_redis_that_breaks_lose_nothing(empty_database, db):
    said = run("bench.killing", "--redis", "--database-url", empty_database, *FEW)
    assert "arrived 300, noted as sent 300" in said
