"""The outbox: writing a notice, taking it back, and the sweep that sends what is due.

A notice is written in the transaction of what causes it. The sweep claims each row by a
conditional update before it hands the message over, and writes down what came of it before it
turns to the next; no transaction is open in between. A worker that dies while sending leaves a
claim that runs out: the message may then arrive twice, with the same Message-ID and the same link.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import channels
from clinic.audit import Actor
from clinic.encryption import Unreadable
from clinic.models import AuditEvent, Client, Notice, Practice

logger = logging.getLogger(__name__)

# After the first, second, ... attempt that failed for the moment.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
# Longer than one sweep may take and the last message of it.
CLAIM = timedelta(minutes=10)
CLAIM_AT_A_TIME = 10
# A message to a client that was held up for longer does not go out in quiet hours any more.
LATE = timedelta(minutes=15)
# Then another has its turn: the embedded worker does one thing at a time.
LONGEST_SWEEP_SECONDS = 60.0
SECRET_FIELDS = ["recipient", "subject", "text"]


@dataclass
class Delivered:
    """What one sweep did."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0

    @property
    def tried(self) -> int:
        return self.sent + self.postponed + self.failed


def write_notice(
    *,
    practice: Practice,
    client: Client | None = None,
    kind: str,
    about: UUID | None,
    recipient: str,
    subject: str,
    text: str,
    by: Actor,
    now: datetime,
    due_at: datetime | None = None,
    channel: str = Notice.Channel.MAIL,
) -> Notice:
    """Write a message to the outbox; call it inside the transaction of what causes it.

    ``about`` is the row the message is about. Recipient, subject and text are encrypted under
    the client's key, or the practice's for a message about nobody in care.
    """
    notice, event = prepare_notice(
        practice=practice,
        client=client,
        kind=kind,
        about=about,
        recipient=recipient,
        subject=subject,
        text=text,
        by=by,
        now=now,
        due_at=due_at,
        channel=channel,
    )
    notice.save(force_insert=True)
    event.save(force_insert=True)
    return notice


def prepare_notice(
    *,
    practice: Practice,
    client: Client | None = None,
    kind: str,
    about: UUID | None,
    recipient: str,
    subject: str,
    text: str,
    by: Actor,
    now: datetime,
    due_at: datetime | None = None,
    channel: str = Notice.Channel.MAIL,
) -> tuple[Notice, AuditEvent]:
    """As ``write_notice``, with nothing written yet: the message and its audit event."""
    notice = Notice(
        practice=practice,
        client=client,
        kind=kind,
        channel=channel,
        about=about,
        recipient=recipient,
        subject=subject,
        text=text,
        created_at=now,
        due_at=due_at or now,
    )
    notice.message_id = f"<{notice.pk}@{_own_domain()}>"
    event = audit.event(
        "notice.write",
        by=by,
        now=now,
        client=client,
        practice_id=practice.pk,
        about=notice,
        details={"kind": str(kind)},
    )
    return notice, event


def cancel_notice(*, notice: Notice, now: datetime) -> bool:
    """Take back a notice that waits; False when it was sent, failed or taken back before."""
    return _cancel(Notice.objects.filter(pk=notice.pk), now) == 1


def cancel_notices_of(*, client: Client, now: datetime) -> int:
    """Take back everything that waits for a client; returns how many."""
    return _cancel(Notice.objects.filter(client=client), now)


def cancel_notices_about(*, about: UUID, now: datetime) -> int:
    """Take back what waits about one row (an invitation, an occasion); returns how many."""
    return cancel_notices_about_any(about=[about], now=now)


def cancel_notices_about_any(*, about: Collection[UUID], now: datetime) -> int:
    """Take back what waits about any of these rows; returns how many."""
    return _cancel(Notice.objects.filter(about__in=about), now) if about else 0


def deliver_due(*, now: datetime, limit: int = 10_000) -> Delivered:
    """Send what is due. Several sweeps may run at once: each row is claimed by one of them.

    A channel that cannot be reached is left alone for the rest of the sweep, so that a server
    that is away costs one attempt of one message, and not one of each.
    """
    done = Delivered()
    if not _due(now).exists():
        return done  # the usual case, told without taking a lock
    started = time.monotonic()
    ways = channels.open_channels()
    reachable = set(ways)
    try:
        while done.tried < limit and reachable and _has_time(started):
            most = min(CLAIM_AT_A_TIME, limit - done.tried)
            some = _claim_some(now, reachable, most)
            _deliver_some(some, ways, reachable, now, done)
            if len(some) < most:
                break  # that was all: the usual case, told without asking again
    finally:
        for way in ways.values():
            way.close()
    return done


def _has_time(started: float) -> bool:
    return time.monotonic() - started <= LONGEST_SWEEP_SECONDS


def _deliver_some(
    some: list[Notice],
    ways: dict[str, channels.Channel],
    reachable: set[str],
    now: datetime,
    done: Delivered,
) -> None:
    """Send what was claimed, and let go of what a closed way leaves waiting."""
    for index, notice in enumerate(some):
        if notice.channel not in reachable or _is_held(notice, now):
            continue
        if not _deliver(notice, ways[notice.channel], now, done):
            reachable.remove(notice.channel)
            _let_go([row for row in some[index + 1 :] if row.channel == notice.channel])


# --- One row ------------------------------------------------------------------------------------


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.waiting()


def _due(now: datetime) -> QuerySet[Notice]:
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return _waiting().filter(free, due_at__lte=now)


def _claim_some(now: datetime, reachable: set[str], most: int) -> list[Notice]:
    """Claim up to ``most`` rows, those that have waited longest; fewer when no more are due.

    Few, since a message that is claimed is too late to take back.
    """
    due = _due(now)
    if len(reachable) < len(Notice.Channel):
        due = due.filter(channel__in=reachable)
    with transaction.atomic():
        rows = due.order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(of=("self",), skip_locked=True)
        some = list(rows.select_related("practice", "client")[:most])
        _due(now).filter(pk__in=[row.pk for row in some]).update(
            claimed_until=now + CLAIM, attempts=F("attempts") + 1
        )
    for notice in some:
        notice.attempts += 1
    return some


def _is_held(notice: Notice, now: datetime) -> bool:
    """Put off until the morning what was to reach a client by day and is late."""
    if notice.kind not in (Notice.Kind.FORM, Notice.Kind.REMINDER):
        return False
    if now - notice.created_at <= LATE or (later := notice.practice.after_quiet(now)) <= now:
        return False
    _waiting().filter(pk=notice.pk, attempts=notice.attempts).update(
        due_at=later, claimed_until=None, attempts=F("attempts") - 1
    )
    return True


def _let_go(rows: list[Notice]) -> None:
    """Give back what was claimed and not tried."""
    for row in rows:
        _waiting().filter(pk=row.pk, attempts=row.attempts).update(
            claimed_until=None, attempts=F("attempts") - 1
        )


def _deliver(notice: Notice, way: channels.Channel, now: datetime, done: Delivered) -> bool:
    """Hand one message over and write down what came of it; False where the way is closed."""
    try:
        way.send(notice)
    except channels.NotSent as problem:
        logger.warning("Notice %s was not accepted: %s", notice.pk, problem.kind)
        if problem.permanent or notice.attempts > len(BACKOFF):
            _fail(notice, problem.sentence, now)
            done.failed += 1
        else:
            _postpone(notice, problem.sentence, now)
            done.postponed += 1
        return not problem.unreachable
    except (Unreadable, ValueError) as error:
        # What stands in the row cannot be made into a message: another attempt would not help.
        logger.warning("Notice %s cannot be sent: %s", notice.pk, type(error).__name__)
        _fail(notice, _("The message could not be put together."), now)
        done.failed += 1
    else:
        _finish(notice, now)
        done.sent += 1
    return True


def _finish(notice: Notice, now: datetime) -> None:
    with transaction.atomic():
        if _close(notice, sent_at=now, problem=""):
            _note("notice.send", notice, now)


def _fail(notice: Notice, problem: str, now: datetime) -> None:
    with transaction.atomic():
        if _close(notice, failed_at=now, problem=problem):
            _note("notice.fail", notice, now)


def _postpone(notice: Notice, problem: str, now: datetime) -> None:
    # The number of attempts tells this claim from a later one, should this one have run out.
    _waiting().filter(pk=notice.pk, attempts=notice.attempts).update(
        due_at=now + BACKOFF[notice.attempts - 1], claimed_until=None, problem=problem
    )


def _close(notice: Notice, **state: datetime | str) -> bool:
    """Write the end of a notice and remove what it said; False where it had ended before."""
    wiped = dict.fromkeys(SECRET_FIELDS)
    return _waiting().filter(pk=notice.pk).update(claimed_until=None, **wiped, **state) == 1


def _cancel(rows: QuerySet[Notice], now: datetime) -> int:
    """A message that is being sent at this moment is too late to take back."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return rows.filter(free, sent_at=None, failed_at=None, cancelled_at=None).update(
        cancelled_at=now, **dict.fromkeys(SECRET_FIELDS)
    )


def _note(action: str, notice: Notice, now: datetime) -> None:
    audit.record(
        action,
        by=Actor.system(practice=notice.practice),
        now=now,
        client=notice.client,
        about=notice,
        details={"kind": notice.kind, "attempts": notice.attempts},
    )


def _own_domain() -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return address.rpartition("@")[2] or "localhost"
