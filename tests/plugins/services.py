"""Where the suite's database and Redis come from.

``--database=sqlite`` (the default) or ``--database=postgres``. A server is taken from
``TEST_DATABASE_URL`` or ``TEST_REDIS_URL``, else from its standard local port, else started from
installed binaries in a temporary folder and stopped at the end.

Loaded by ``-p`` in pyproject.toml and not by a conftest, since the environment must be right
before pytest-django reads the settings. Workers of pytest-xdist inherit that environment.
"""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# What a developer's shell may hold and no test may depend on.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PUBLIC_URL", "DEBUG", "CAUSEWAY_DEMO")
FOREIGN += ("KEYS_FILE", "SECRET_KEY", "SECRET_KEY_FILE", "HOST", "PORT", "STATIC_ROOT")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}

# Child processes and folders of this session, ended and removed in this order.
cleanups = []


class Unavailable(Exception):
    """A service is not there and cannot be started; the message says what to install."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="the database of this run; on postgres only tests that touch the database run",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config):
    """Prepare the environment, then let pytest-django read the settings."""
    if "CAUSEWAY_TEST_SESSION" not in os.environ:
        prepare_environment(early_config.known_args_namespace.database)
    return (yield)


def prepare_environment(database: str) -> None:
    for name in FOREIGN:
        os.environ.pop(name, None)
    memory = Path("/dev/shm")
    parent = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="causeway-tests-", dir=parent))
    cleanups.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    (folder / "static").mkdir()
    os.environ["CAUSEWAY_TEST_SESSION"] = f"{database} {os.getpid()}"
    os.environ["DATA_DIR"] = str(folder)
    # Playwright's event loop runs in the thread of the test, whose ORM calls are still plain.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if database == "postgres":
        try:
            url = postgres_url()
        except Unavailable as error:
            raise pytest.UsageError(str(error)) from None
        os.environ["DATABASE_URL"] = url
    from clinic.keys import ensure_keys

    ensure_keys(folder / "keys", data_exists=False)
    if database == "postgres":
        os.environ["SECRET_KEY"] = (folder / "keys" / "secret-key").read_text().strip()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Argon2 takes a fifth of a second a time, on purpose; tests sign in often.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Hashed names need a collected folder; tools/test.sh collects, tests/guards checks every name.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    session = os.environ["CAUSEWAY_TEST_SESSION"].split()[1]
    default = settings.DATABASES["default"]
    if "sqlite" in default["ENGINE"]:
        # A file, as in real use: threads and processes each have a connection of their own.
        name = str(settings.DATA_DIR / "test.sqlite3")
    else:
        name = f"test_causeway_{session}"
        drop_despite_open_sessions()
    default.setdefault("TEST", {})["NAME"] = name


def drop_despite_open_sessions() -> None:
    """A thread of the live server may close its connection a moment after the last test."""
    from django.db.backends.postgresql.creation import DatabaseCreation

    def destroy(self, test_database_name, verbosity):
        with self._nodb_cursor() as cursor:
            name = self.connection.ops.quote_name(test_database_name)
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    DatabaseCreation._destroy_test_db = destroy


def pytest_report_header(config: pytest.Config) -> str:
    from django.db import connection

    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    return f"database: {kind}, {connection.settings_dict['TEST']['NAME']}"


def pytest_unconfigure(config: pytest.Config) -> None:
    while cleanups:
        cleanups.pop()()


# --- Which tests run on which database ----------------------------------------------------------


def touches_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    kind = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or item.get_closest_marker("postgres") is not None
        or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or (isinstance(kind, type) and issubclass(kind, TransactionTestCase))
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what this database is for. The other round runs the rest, so nothing is lost."""
    on_postgres = os.environ["CAUSEWAY_TEST_SESSION"].startswith("postgres")
    kept, left = [], []
    for item in items:
        if on_postgres:
            wanted = touches_database(item) and not item.get_closest_marker("sqlite")
        else:
            wanted = not item.get_closest_marker("postgres")
        (kept if wanted else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


# --- PostgreSQL -----------------------------------------------------------------------------------


def postgres_url() -> str:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    local = "postgres://postgres@127.0.0.1:5432/postgres"
    if port_answers(5432) and postgres_accepts(local):
        return local
    return start_postgres()


def postgres_accepts(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def start_postgres() -> str:
    """A server of its own on a free port, without durability: it lives as long as the run."""
    programs = find_postgres_programs()
    if programs is None:
        raise Unavailable(
            "No PostgreSQL: none answers on 127.0.0.1:5432 without a password, and its programs "
            "are not installed (Debian: apt install postgresql). Or name a server: "
            "TEST_DATABASE_URL=postgres://user:password@host/database"
        )
    folder = Path(tempfile.mkdtemp(prefix="causeway-postgres-"))
    cleanups.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    # The server refuses to run as root.
    user = unprivileged_user() if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    port, data = free_port(), folder / "data"
    as_user = {"user": user} if user else {}
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    run = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N"]
    subprocess.run([*run, "--encoding=UTF8", "--locale=C"], **quiet, **as_user)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    log = ["-l", str(folder / "log")]
    subprocess.run([*control, *log, "-o", options, "start"], **quiet, **as_user)
    cleanups.append(
        lambda: subprocess.run([*control, "-m", "immediate", "stop"], **quiet, **as_user)
    )
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def find_postgres_programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def unprivileged_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


# --- Redis ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The address of a Redis server, without a database number."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        return given.rstrip("/")
    if port_answers(6379):
        return "redis://127.0.0.1:6379"
    return start_redis()


def start_redis() -> str:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip(
            "No Redis: none answers on 127.0.0.1:6379 and redis-server is not installed "
            "(Debian: apt install redis-server); or name a server: TEST_REDIS_URL"
        )
    folder, port = tempfile.mkdtemp(prefix="causeway-redis-"), free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
    command += ["--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    cleanups.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    cleanups.append(lambda: (process.terminate(), process.wait(10)))
    wait_for_port(port)
    return f"redis://127.0.0.1:{port}"


@pytest.fixture
def redis_url(redis_server: str):
    """An empty database of a real Redis for this test alone; emptied again at the end."""
    import redis

    number, claim = claim_redis_database(redis_server)
    yield f"{redis_server}/{number}"
    with redis.Redis.from_url(f"{redis_server}/{number}") as connection:
        connection.flushdb()
    del claim


def claim_redis_database(server: str) -> tuple[int, str]:
    """The number of an empty database, marked as taken so that no other run takes it."""
    import redis

    claim = hashlib.sha256(f"{os.getpid()} {time.monotonic()}".encode()).hexdigest()
    for number in range(15, 0, -1):
        with redis.Redis.from_url(f"{server}/{number}") as connection:
            if connection.dbsize() == 0 and connection.set(
                "causeway-tests:claim", claim, nx=True, ex=600
            ):
                return number, claim
    pytest.fail("Every database of the Redis server holds data; TEST_REDIS_URL can name another.")


# --- Ports ------------------------------------------------------------------------------------


def port_answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not port_answers(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing answers on port {port}")
        time.sleep(0.05)
