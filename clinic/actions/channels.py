"""The ways out of the outbox: mail by SMTP, text messages by a gateway, either into files.

A channel sends one notice at a time and keeps no state but its connection. What it cannot send it
explains in our own words, since a server's answer may repeat the address.
"""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils.translation import gettext as _

from clinic import text
from clinic.models import Notice


class NotSent(Exception):
    """A message was not accepted, and why in a sentence for people.

    ``permanent``: another attempt would not help. ``unreachable``: neither would one with another
    message at this moment. ``kind`` names what happened, for the log.
    """

    def __init__(
        self,
        sentence: str,
        *,
        permanent: bool = False,
        unreachable: bool = False,
        kind: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.unreachable = unreachable
        self.kind = kind


class Channel(Protocol):
    """One way out, for the length of one sweep."""

    def send(self, notice: Notice) -> None:
        """Hand the message over. Raises NotSent; ValueError for what is no message at all."""

    def close(self) -> None: ...


def open_channels() -> dict[str, Channel]:
    """A channel of each kind; none connects before its first message."""
    return {Notice.Channel.MAIL: Mail(), Notice.Channel.SMS: Texts()}


# --- Mail -----------------------------------------------------------------------------------------


class Mail:
    """One connection to the mail server, kept from message to message, anew after a failure."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._used = False

    def send(self, notice: Notice) -> None:
        message = _mail(notice)
        try:
            self._open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _not_opened(error) from error
        try:
            self._hand_over(message)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _not_taken(error) from error
        self._used = True
        if not isinstance(self._connection, SmtpBackend):
            self.close()  # one file a message

    def close(self) -> None:
        connection, self._connection, self._used = self._connection, None, False
        if connection is not None:
            try:
                connection.close()
            except (smtplib.SMTPException, OSError):
                return  # gone already

    def _open(self) -> None:
        if self._used and not self._is_alive():
            self.close()
        if self._connection is None:
            self._connection = get_connection()
            self._connection.open()

    def _is_alive(self) -> bool:
        """Whether a server that took a message before still listens."""
        try:
            return bool(self._connection.connection.noop()[0] == 250)
        except (smtplib.SMTPException, OSError):
            return False

    def _hand_over(self, message: EmailMessage) -> None:
        try:
            self._connection.send_messages([message])
        except smtplib.SMTPSenderRefused:
            if not self._used:
                raise
            # So many messages a connection, and no more: nothing of this one was taken.
            self.close()
            self._open()
            self._connection.send_messages([message])


def _mail(notice: Notice) -> EmailMessage:
    if notice.recipient is None or notice.subject is None:
        raise ValueError("This notice holds no message.")
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject=notice.subject,
        body=notice.text,
        from_email=formataddr((notice.practice.name, address)),
        to=[notice.recipient],
        headers={"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"},
    )


def _not_opened(error: Exception) -> NotSent:
    """Our own set-up, or a server that is away: not this message, which goes out later."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        sentence = _("Our mail server did not let us in.")
    elif isinstance(error, smtplib.SMTPException):
        sentence = _("The mail server turned us away.")
    else:
        sentence = _("The mail server could not be reached.")
    return NotSent(sentence, unreachable=True, kind=type(error).__name__)


def _not_taken(error: Exception) -> NotSent:
    kind = type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _answer in error.recipients.values()]
        if codes and all(code >= 500 for code in codes):
            sentence = _("The address was refused: it may be mistyped, or no longer exist.")
            return NotSent(sentence, permanent=True, kind=kind)
        return NotSent(_("The address was not accepted just now."), kind=kind)
    if isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500:
        return NotSent(_("The mail server refused the message."), permanent=True, kind=kind)
    # The sender is the same for every message; a time-out comes as a connection that was closed.
    for_all = isinstance(error, smtplib.SMTPSenderRefused)
    waited = isinstance(error.__context__, TimeoutError)
    sentence = _("The mail server did not accept the message just now.")
    return NotSent(sentence, unreachable=for_all or waited, kind=kind)


# --- Text messages --------------------------------------------------------------------------------


class Texts:
    """Text messages by a gateway that takes JSON; where none is set up, files in a folder."""

    def send(self, notice: Notice) -> None:
        if notice.recipient is None or notice.text is None:
            raise ValueError("This notice holds no message.")
        try:
            number = text.dialled(notice.recipient)
        except ValidationError:
            sentence = _("The telephone number on record is not complete.")
            raise NotSent(sentence, permanent=True, kind="number") from None
        message = {
            "id": notice.message_id,
            "to": number,
            "text": notice.text,
            "from": settings.SMS_FROM,
        }
        if not settings.SMS_URL:
            _write_file(settings.SMS_FILE_PATH, f"{notice.pk}.json", message)
            return
        try:
            status = _post(message)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # The last for an address or token that cannot be used at all: our own set-up again.
            sentence = _("The gateway for text messages could not be reached.")
            raise NotSent(sentence, unreachable=True, kind=type(error).__name__) from error
        if not 200 <= status < 300:
            raise _refused_by_gateway(status)

    def close(self) -> None:
        """Nothing is held open."""


def _post(message: dict[str, str]) -> int:
    """The status that the gateway answers. Redirections are not followed: they are no answer."""
    address = urlsplit(settings.SMS_URL)
    host, wait = address.hostname or "", settings.SMS_TIMEOUT
    connection: http.client.HTTPConnection
    if address.scheme == "https":
        secure = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, address.port, timeout=wait, context=secure)
    else:
        connection = http.client.HTTPConnection(host, address.port, timeout=wait)
    headers = {"Content-Type": "application/json", "Idempotency-Key": message["id"]}
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    path = address.path or "/"
    try:
        connection.request(
            "POST",
            f"{path}?{address.query}" if address.query else path,
            json.dumps(message),
            headers,
        )
        return connection.getresponse().status
    finally:
        connection.close()


# Too slow, too many.
PASSING = (408, 429)
# Our own set-up, and not this message.
NOT_LET_IN = (401, 403)


def _refused_by_gateway(status: int) -> NotSent:
    kind = f"HTTP {status}"
    if status in NOT_LET_IN:
        sentence = _("The gateway for text messages did not let us in.")
        return NotSent(sentence, unreachable=True, kind=kind)
    if 400 <= status < 500 and status not in PASSING:
        sentence = _("The gateway refused the message: the number may be wrong.")
        return NotSent(sentence, permanent=True, kind=kind)
    sentence = _("The gateway did not accept the message just now.")
    return NotSent(sentence, kind=kind)


def _write_file(folder: Path, name: str, message: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(message, indent=2, ensure_ascii=False))
    except OSError as error:
        sentence = _("The message could not be written to its file.")
        raise NotSent(sentence, unreachable=True, kind=type(error).__name__) from error
