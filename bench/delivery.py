"""How fast the outbox is delivered, whatever its length: ``python -m bench.delivery``.

Messages to a mail server on this machine that takes everything in: by one worker, by four at once,
and by one beside a million messages that were sent before. Each worker is a process that runs the
sweep until nothing is due, as the task does. Ends with code 1 where a message is lost or doubled,
or where the long outbox makes a sweep more than half as slow again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from bench.installation import arguments, installation

MESSAGES, SENT_BEFORE, WORKERS = 1_000, 1_000_000, 4
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SLOWEST = 1.5


def main() -> None:
    wanted = arguments("Delivery of the outbox.", messages=MESSAGES, before=SENT_BEFORE)
    with Sink() as sink:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
        with installation(wanted.database_url) as database:
            print(f"database                {database}")
            one = measure(sink, wanted.messages, 1)
            print(f"one worker              {one:.0f} messages/s")
            four = measure(sink, wanted.messages, WORKERS)
            print(f"{WORKERS} workers               {four:.0f} messages/s, {four / one:.2f} x")
            long_outbox(wanted.before)
            later = measure(sink, wanted.messages, 1)
            print(f"beside {wanted.before:,} sent  {later:.0f} messages/s, {later / one:.2f} x")
    if later * SLOWEST < one:
        raise SystemExit("The length of the outbox makes it slow.")


def measure(sink: Sink, messages: int, workers: int) -> float:
    """Messages a second, from the first claim to the last acceptance."""
    write(messages)
    before = len(sink.taken)
    context = multiprocessing.get_context("spawn")
    ready, go = context.Barrier(workers + 1), context.Event()
    crew = [context.Process(target=work, args=(ready, go)) for _ in range(workers)]
    for worker in crew:
        worker.start()
    ready.wait()
    started = time.perf_counter()
    go.set()
    for worker in crew:
        worker.join()
    seconds = time.perf_counter() - started
    taken = Counter(sink.taken[before:])
    if len(taken) != messages or set(taken.values()) != {1}:
        raise SystemExit(f"{len(taken)} of {messages} messages, {sum(taken.values())} sendings")
    return messages / seconds


def work(ready: Any, go: Any) -> None:
    import django

    django.setup()
    from django.db import connection

    from clinic.actions import notices

    connection.ensure_connection()
    ready.wait()
    go.wait()
    while notices.deliver_due(now=NOW).sent:
        pass


def write(messages: int) -> None:
    """So many messages that are due, to one client."""
    from django.db import transaction

    from clinic.actions import notices
    from clinic.audit import Actor
    from clinic.models import Client, Notice, Practice

    practice = Practice.objects.first()
    if practice is None:
        # Without quiet hours, in which whatever is late would wait: figures have no time of day.
        practice = Practice.objects.create(
            name="Harbour", time_zone="UTC", created_at=NOW, quiet_from=None, quiet_until=None
        )
        practice.make_data_key()
        practice.save()
    client = Client.objects.first()
    if client is None:
        client = Client(practice=practice, name="Nora Lind", created_at=NOW)
        client.make_data_key()
        client.save()
    with transaction.atomic():
        made = [
            notices.prepare_notice(
                practice=practice,
                client=client,
                kind=Notice.Kind.FORM,
                about=None,
                recipient="nora@example.org",
                subject="A form is waiting for you",
                text="Open https://example.org/f/token/\n",
                by=Actor.system(practice=practice),
                now=NOW,
            )
            for _number in range(messages)
        ]
        Notice.objects.bulk_create([notice for notice, _event in made], batch_size=500)


def long_outbox(rows: int) -> None:
    """Rows as they are left by messages that were sent."""
    from django.db import connection

    from clinic.models import Notice, Practice

    practice = Practice.objects.get()
    done = [
        Notice(practice=practice, kind="form", created_at=NOW, due_at=NOW, sent_at=NOW, attempts=1)
        for _number in range(10_000)
    ]
    for start in range(0, rows, len(done)):
        from clinic.models.ids import new_id

        for notice in done:
            notice.pk = new_id()
            notice.message_id = f"<{notice.pk}@localhost>"
        Notice.objects.bulk_create(done[: rows - start], batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Sink:
    """A mail server in a thread that takes in everything and keeps the Message-IDs."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.port = 0

    def __enter__(self) -> Sink:
        logging.getLogger("mail.log").propagate = False
        from aiosmtpd.controller import Controller

        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        head = envelope.content.partition(b"\r\n\r\n")[0].decode("ascii")
        line = next(line for line in head.splitlines() if line.startswith("Message-ID:"))
        self.taken.append(line)
        return "250 taken"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
