"""``manage.py up``: set up what is missing, then run web and worker until a signal comes."""

import fcntl
import http.client
import os
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.db import connections, transaction

from clinic import static_files
from clinic.checks import STARTUP
from clinic.supervisor import Child, Supervisor


class Command(BaseCommand):
    help = "Start Causeway: set up what is missing, then run web and worker. Ctrl-C stops both."
    # The checks run twice, by hand: before the set-up without the database, and after it with.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--setup-only", action="store_true", help="set up what is missing, start nothing"
        )

    def handle(self, *args, setup_only: bool, **options) -> None:
        os.umask(0o077)
        started = time.monotonic()
        lock = hold(settings.DATA_DIR)
        refuse_taken_port(settings.HOST, settings.PORT)
        self.check_or_refuse()
        self.set_up()
        self.check_or_refuse(include_deployment_checks=True, databases=["default"])
        if setup_only:
            return
        self.way_in = way_in()
        connections.close_all()
        supervisor = Supervisor(
            children(),
            ready=answers,
            folder=settings.BASE_DIR,
            announce=lambda: self.announce(time.monotonic() - started),
            write=self.say,
        )
        code = supervisor.run()
        lock.close()
        sys.exit(code)

    def check_or_refuse(self, **kinds) -> None:
        try:
            self.check(tags=[STARTUP], **kinds)
        except SystemCheckError as error:
            raise CommandError(f"Causeway does not start.\n{error}") from None

    # --- Set-up -----------------------------------------------------------------------------

    def set_up(self) -> None:
        """Bring database, instruments, demonstration and static files up to date."""
        first = is_first_start()
        settings.DEMO = is_demonstration(first)
        if first:
            settings.DATA_DIR.chmod(0o700)
            self.say(f"First start: setting up {settings.DATA_DIR} (about a minute)")
        self.step("Preparing the database", migrate)
        if has_command("load_instruments"):
            self.step(
                "Loading the instruments", lambda: call_command("load_instruments", verbosity=0)
            )
        if first and settings.DEMO and has_command("seed_demo"):
            self.say("  Making the demonstration practice (once only)")
            begun = time.monotonic()
            with transaction.atomic():  # interrupted half-way, it leaves nothing half made
                call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
            self.say(f"  Making the demonstration practice: {time.monotonic() - begun:.1f} s")
        self.step("Collecting the static files", static_files.collect_if_changed)
        mark_started()

    def step(self, name: str, work: Callable[[], object]) -> None:
        begun = time.monotonic()
        work()
        taken = time.monotonic() - begun
        if taken >= 0.5:
            self.say(f"  {name}: {taken:.1f} s")

    # --- What the person sees ---------------------------------------------------------------

    def say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except BrokenPipeError:
            pass  # whoever watched has gone; the processes go on

    def announce(self, seconds: float) -> None:
        lines = ["", f"Causeway is ready after {seconds:.1f} s: {settings.PUBLIC_URL}/"]
        lines += ["", *self.way_in] if self.way_in else []
        lines += ["", "Ctrl-C stops it.", ""]
        self.say("\n".join(lines))


def hold(folder: Path) -> TextIO:
    """Make the data folder and hold it: two installations must not share one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise CommandError(
            f"Causeway already runs with the data in {folder} (process {lock.read().strip()}). "
            "Stop it first, or name another folder: DATA_DIR=other-folder make run"
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def refuse_taken_port(host: str, port: int) -> None:
    """A clear sentence now rather than a stack trace from the web server later."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CommandError(
                f"This user may not open port {port}. Choose one above 1023: PORT=8000 make run"
            ) from None
        except OSError as error:
            if error.errno == 98 or "in use" in str(error):
                raise CommandError(
                    f"Port {port} on {host} is already in use. Stop the program that uses it, "
                    f"or choose another: PORT={port + 1} make run"
                ) from None
            raise CommandError(f"Causeway cannot listen on {host}: {error.strerror}.") from None


def migrate() -> None:
    """Apply what is pending, and make the table of the cache."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def is_first_start() -> bool:
    return not (settings.DATA_DIR / "started").exists()


def is_demonstration(first: bool) -> bool:
    """What the environment says; else an untouched local start is one, and stays one."""
    marker = settings.DATA_DIR / "demo"
    if "CAUSEWAY_DEMO" in os.environ:
        chosen = settings.DEMO
    else:
        local = not settings.DATABASE_URL and not settings.TLS
        chosen = marker.exists() or (first and local)
    if first and chosen:
        marker.touch()
    return chosen


def mark_started() -> None:
    (settings.DATA_DIR / "started").touch()


def has_command(name: str) -> bool:
    return name in get_commands()


def way_in() -> list[str]:
    """Lines that say how to sign in: to the demonstration, or where nobody can yet."""
    sign_ins = demo_sign_ins()
    if sign_ins:
        width = max(len(role) for role, _, _ in sign_ins)
        lines = [f"  {role:<{width}}  {email}  {password}" for role, email, password in sign_ins]
        return ["This is a demonstration with invented people. Sign in as", *lines]
    if not get_user_model().objects.exists():
        command = f'{sys.executable} {sys.argv[0]} setup_link "Name of the practice"'
        return [
            "Nobody can sign in yet. For a link that makes the first admin, run in a second window",
            f"  DATA_DIR={settings.DATA_DIR} PUBLIC_URL={settings.PUBLIC_URL} {command}",
        ]
    return []


def demo_sign_ins() -> list[tuple[str, str, str]]:
    demonstration = "assessments.demo"  # the layer above: reached by name, never imported
    if not settings.DEMO or find_spec(demonstration) is None:
        return []
    return import_module(demonstration).sign_ins()


def children() -> list[Child]:
    """Web and worker; with a broker that both can reach, the clock stands by itself."""
    environment = {
        "CAUSEWAY_CHECKED": "1",
        "CELERY_SKIP_CHECKS": "1",
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(settings.DATA_DIR),
        "CAUSEWAY_DEMO": "1" if settings.DEMO else "0",
    }
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "clinic"]
    worker = [*celery, "worker", "--loglevel", "INFO", *QUIET]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]
    web = [sys.executable, "-m", "gunicorn", "-c", "python:clinic.gunicorn", "clinic.wsgi"]
    found = [
        Child("web", web, environment),
        Child("worker", [*worker, *(POOL if settings.REDIS_URL else ALONE)], environment),
    ]
    if settings.REDIS_URL:
        found.append(Child("beat", beat, environment))
    return found


# One installation, one worker: nobody to gossip with, and nobody to send events to.
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
POOL = ["--concurrency", "2"]
# Without Redis the tasks run in the worker itself. A child of it that is killed as it waits takes
# along the lock under which its successors wait: the worker would look alive and do nothing more.
ALONE = ["--pool", "solo"]


def answers() -> bool:
    """Does the web server answer, and without an error of its own?"""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.PORT, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
