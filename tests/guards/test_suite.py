"""The suite's own machinery: it starts what is missing, admits what it skips, stays at home."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins import services
from tests.plugins.honesty import NetworkUsed

ROOT = Path(__file__).resolve().parent.parent.parent
SKIPPING = """
import pytest
def test_runs(): pass
def test_skipped(): pytest.skip("no such thing here")
@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""


@pytest.fixture
def own_cleanups(monkeypatch):
    """What a service starts is stopped at the end of the test, not of the session."""
    cleanups: list = []
    monkeypatch.setattr(services, "cleanups", cleanups)
    yield
    while cleanups:
        cleanups.pop()()


def run_suite(folder: Path, text: str, **environment: str) -> subprocess.CompletedProcess:
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    kept = {key: value for key, value in os.environ.items() if key != "CI"}
    plugins = ["-p", "tests.plugins.honesty", "-p", "no:django", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, str(folder)],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
    )


def test_skipped_test_is_named_with_its_reason(tmp_path):
    run = run_suite(tmp_path, SKIPPING)
    assert run.returncode == 0
    assert "Not run here, and why" in run.stdout
    assert "1 test: no such thing here" in run.stdout


def test_skipped_test_fails_in_continuous_integration(tmp_path):
    run = run_suite(tmp_path, SKIPPING, CI="true")
    assert run.returncode == 1
    assert "With CI=true nothing is skipped, but this was: no such thing here" in run.stdout
    assert "1 failed, 1 passed, 1 xfailed" in run.stdout


def test_skipped_module_fails_in_continuous_integration(tmp_path):
    text = "import pytest\npytest.importorskip('there_is_no_such_module')\n"
    assert run_suite(tmp_path, text, CI="true").returncode == 2
    assert run_suite(tmp_path, text).returncode == 5


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443), ("2001:db8::1", 80)])
def test_network_beyond_this_machine_is_refused(address):
    with pytest.raises(NetworkUsed):
        socket.create_connection(address, timeout=0.1)


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


@pytest.mark.slow
@pytest.mark.sqlite
def test_postgres_is_started_where_none_answers(own_cleanups):
    import psycopg

    if services.find_postgres_programs() is None:
        pytest.skip("PostgreSQL's programs are not installed (Debian: apt install postgresql)")
    url = services.start_postgres()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_redis_is_started_where_none_answers(own_cleanups):
    import redis

    with redis.Redis.from_url(services.start_redis()) as connection:
        assert connection.ping()


def test_redis_database_is_claimed_once(redis_server):
    import redis

    claims = [services.claim_redis_database(redis_server)[0] for _ in range(2)]
    for number in claims:
        with redis.Redis.from_url(f"{redis_server}/{number}") as connection:
            connection.flushdb()
    assert len(set(claims)) == 2
