"""Servers on this machine that take messages, and behave as a test asks them to."""

from __future__ import annotations

import email
import email.policy
import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.plugins.services import free_port


class Sink:
    """A mail server. ``*_answer`` is what it answers to MAIL, RCPT and after DATA."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.connections = 0
        self.sender_answer = "250 OK"
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"
        self.before_data_answer: Any = None
        self.after_data_answer: Any = None
        # So many messages a connection, as some servers have it.
        self.most_a_connection = 1_000

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if not self.sender_answer.startswith("250"):
            return self.sender_answer
        session.taken = getattr(session, "taken", 0) + 1
        if session.taken > self.most_a_connection:
            return "421 4.7.0 too many messages in this connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.received.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        if self.before_data_answer is not None:
            await self.before_data_answer(server)
        if self.after_data_answer is not None:
            self.after_data_answer(server)
        return self.data_answer


@contextmanager
def mail_server(settings: Any):
    """A sink that the settings lead to."""
    sink = Sink()

    def connected() -> SMTP:
        sink.connections += 1
        return SMTP(sink, hostname="sink.example", enable_SMTPUTF8=True)

    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.factory = connected
    controller.start()
    sink.connections = 0  # the controller tries the port itself
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 1
    try:
        yield sink
    finally:
        controller.stop()


class Gateway:
    """A gateway for text messages, which answers with ``status`` after ``pause`` seconds."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        self.paths: list[str] = []
        self.status = 202
        self.pause = 0.0


@contextmanager
def text_gateway(settings: Any):
    """A gateway that the settings lead to."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.received.append(json.loads(body))
            gateway.headers.append(self.headers)
            gateway.paths.append(self.path)
            time.sleep(gateway.pause)
            self.send_response(gateway.status)
            if 300 <= gateway.status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/send?account=7"
    settings.SMS_TOKEN, settings.SMS_FROM, settings.SMS_TIMEOUT = "secret-token", "Harbour", 1
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
