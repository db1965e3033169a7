"""What killing costs: ``python -m bench.killing [--redis]``.

Messages wait in the outbox while everything around it breaks: the worker's processes are killed
with SIGKILL a hundred times, the mail server refuses, hangs, and hangs up after it has taken a
message in, Redis (with ``--redis``) is emptied, stopped still and killed. Then all is well again.
Every message must have arrived, and twice only where mail itself allows it: taken in by the server
while the worker died or before it could say so. While Redis stands still, pages must answer as
fast as ever. Ends with code 1 otherwise.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.delivery import free_port
from bench.installation import arguments, installation

MESSAGES, KILLS = 3_000, 100
REDIS = "--redis"
# A message takes the server so long, so that kills fall into every part of the work.
TAKING = 0.01
LONGEST = 900.0


def main() -> None:
    with_redis = REDIS in sys.argv
    sys.argv = [word for word in sys.argv if word != REDIS]
    wanted = arguments("Kills.", messages=MESSAGES, kills=KILLS)
    with Server() as server, redis(with_redis) as broker:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
        os.environ["NOTICES_EVERY"] = "0.5"
        if broker:
            os.environ["REDIS_URL"] = broker.url
        with installation(wanted.database_url) as database:
            print(f"database, broker        {database}, {'Redis' if broker else 'embedded'}")
            from bench import delivery

            delivery.write(wanted.messages)
            print_all(ordeal(wanted.kills, server, broker))
            finish()
            print_all(verify(wanted.messages, wanted.kills, server))


def print_all(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)


# --- The ordeal -----------------------------------------------------------------------------------


def ordeal(kills: int, server: Server, broker: Redis | None) -> Iterator[str]:
    chance = random.Random(3)
    started, killed = time.monotonic(), Counter[str]()
    crew = Crew(embedded=broker is None)
    troubles = plan(kills, broker is not None)
    try:
        while sum(killed.values()) < kills and time.monotonic() - started < LONGEST:
            for trouble in troubles.pop(sum(killed.values()), ()):
                yield from suffer(trouble, server, broker)
            wait_for(server, len(server.taken) + chance.randrange(1, 25))
            time.sleep(chance.uniform(0, TAKING))
            # One in ten kills takes the whole worker, the others the process that sends.
            killed[crew.kill(whole=chance.random() < 0.1)] += 1
            killed.pop("nobody", None)
    finally:
        crew.stop()
    yield f"killed                  {dict(killed)} in {time.monotonic() - started:.0f} s"


def wait_for(server: Server, taken: int) -> None:
    """Until the worker is at it again, so that each kill meets it at work."""
    until = time.monotonic() + 20
    while len(server.taken) < taken and time.monotonic() < until:
        time.sleep(TAKING / 2)


def plan(kills: int, with_redis: bool) -> dict[int, list[str]]:
    """Which trouble comes after how many kills."""
    tenth = max(kills // 10, 1)
    found = {tenth: ["refuse"], 2 * tenth: ["hang"], 3 * tenth: ["hang up"], 5 * tenth: ["hang up"]}
    if with_redis:
        found[4 * tenth] = ["flush"]
        found[6 * tenth] = ["stand still"]
        found[8 * tenth] = ["kill redis"]
    return found


def suffer(trouble: str, server: Server, broker: Redis | None) -> Iterator[str]:
    if trouble in ("refuse", "hang", "hang up"):
        server.mode, server.left = trouble, {"refuse": 20, "hang": 1, "hang up": 5}[trouble]
    elif broker and trouble == "flush":
        broker.command("FLUSHALL")
    elif broker and trouble == "kill redis":
        broker.kill()
        time.sleep(2)
        broker.start()
    elif broker and trouble == "stand still":
        yield from pages_beside_a_redis_that_stands_still(broker)


def pages_beside_a_redis_that_stands_still(broker: Redis) -> Iterator[str]:
    """A page that counts tries, which is where a shared cache is asked."""
    with web() as address:
        well = [seconds(address) for _time in range(20)]
        broker.stand_still()
        try:
            ill = [seconds(address) for _time in range(20)]
        finally:
            broker.go_on()
    before, beside = statistics.median(well), statistics.median(ill)
    yield f"a page, ms              {before * 1000:.0f}, while Redis hangs {beside * 1000:.0f}"
    if beside > before + 1:  # the timeout of a connection to Redis is two seconds
        raise SystemExit("A page waits for Redis.")


def seconds(address: str) -> float:
    started = time.perf_counter()
    with suppress(urllib.error.HTTPError):  # an unknown link: the page that counts tries
        urllib.request.urlopen(f"{address}/f/none/", timeout=30).read()
    return time.perf_counter() - started


@contextmanager
def web() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "clinic.wsgi"]
    process = subprocess.Popen([*command, "--no-control-socket"], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _try in range(200):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/healthz", timeout=5)
                break
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


class Crew:
    """The worker, and the beat where the broker is not its own."""

    def __init__(self, *, embedded: bool) -> None:
        self.embedded = embedded
        self.log = Path(tempfile.mkdtemp(prefix="causeway-kill-")) / "worker.log"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        from clinic.management.commands import up

        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "clinic"]
        worker = [*celery, "worker", "--loglevel", "WARNING", *up.QUIET]
        commands = [[*worker, *(up.ALONE if self.embedded else up.POOL)]]
        if not self.embedded:
            commands.append([*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""])
        with self.log.open("ab") as log:
            self.processes = [
                subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
                for command in commands
            ]

    def kill(self, *, whole: bool) -> str:
        """SIGKILL to a process that sends, or to the whole worker; "nobody" while none is up.

        Without Redis the two are one.
        """
        worker = self.processes[0]
        if whole or self.embedded:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            self.stop()
            self.start()
            return "whole workers"
        children = children_of(worker.pid)
        if not children:
            return "nobody"
        with suppress(ProcessLookupError):
            os.kill(random.choice(children), signal.SIGKILL)
        return "sending processes"

    def stop(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(word) for word in text.split()]


def finish() -> None:
    """All is well again: what was claimed by the dead is free after a while, and goes out."""
    from django.utils import timezone

    from clinic.actions import notices
    from clinic.models import Notice

    now = timezone.now()
    waiting = Notice.objects.filter(sent_at=None, failed_at=None)
    for _try in range(20):
        if not waiting.exists():
            return
        now += timedelta(hours=25)  # beyond every claim, and the longest wait after a failure
        notices.deliver_due(now=now)


# --- What came of it ------------------------------------------------------------------------------


def verify(messages: int, kills: int, server: Server) -> Iterator[str]:
    from clinic.models import AuditEvent, Notice

    taken = Counter(server.taken)
    sent = set(Notice.objects.exclude(sent_at=None).values_list("message_id", flat=True))
    twice = [identifier for identifier, times in taken.items() if times > 1]
    yield f"messages                {messages}, arrived {len(taken)}, noted as sent {len(sent)}"
    yield f"arrived more than once  {len(twice)}, of them cut off after DATA {len(server.cut_off)}"
    if len(taken) != messages or set(taken) != sent:
        raise SystemExit("A message is lost.")
    if len(twice) > kills + len(server.cut_off) or max(taken.values()) > 3:
        raise SystemExit("A message was sent again without cause.")
    if AuditEvent.objects.filter(action="notice.send").count() != messages:
        raise SystemExit("The audit trail tells another number.")


class Server:
    """A mail server that takes in, refuses, hangs, or hangs up once it has taken a message in."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.cut_off: set[str] = set()
        self.mode, self.left = "", 0
        self.port = free_port()

    def __enter__(self) -> Server:
        from aiosmtpd.controller import Controller

        logging.getLogger("mail.log").propagate = False
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.controller.stop()

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        await asyncio.sleep(TAKING)
        mode = self.mode if self.left > 0 else ""
        self.left -= 1
        if mode == "refuse":
            return "451 not now"
        if mode == "hang":
            await asyncio.sleep(15)
            return "451 too late"
        head = envelope.content.partition(b"\r\n\r\n")[0].decode("ascii")
        line = next(line for line in head.splitlines() if line.startswith("Message-ID:"))
        identifier = line.partition(":")[2].strip()
        self.taken.append(identifier)
        if mode == "hang up":
            self.cut_off.add(identifier)
            server.transport.close()
        return "250 taken"


class Redis:
    """A server of our own, to be emptied, stopped and killed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _try in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)

    def command(self, word: str) -> None:
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(f"{word}\r\n".encode())
            connection.recv(100)

    def stand_still(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def redis(wanted: bool) -> Iterator[Redis | None]:
    if not wanted:
        yield None
        return
    server = Redis()
    try:
        yield server
    finally:
        server.go_on()
        server.kill()


if __name__ == "__main__":
    threading.excepthook = lambda args: None  # a connection that dies with its worker
    main()
