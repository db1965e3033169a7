"""The outbox against a mail server that behaves, refuses, stalls and hangs up."""

import email
import email.policy
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections

from clinic.actions import channels, notices
from clinic.actions.notices import BACKOFF, Delivered
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice
from tests.factories import NOW, make_client, make_practice


def write(practice, client=None, recipient="nora@client.example", **kwargs) -> Notice:
    return notices.write_notice(
        practice=practice,
        client=client,
        kind=Notice.Kind.FORM,
        about=None,
        recipient=recipient,
        subject="A form is waiting for you",
        text="Open https://example.org/f/secret-token/\n",
        by=Actor.system(practice=practice),
        now=NOW,
        **kwargs,
    )


def again(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def text_of(message: email.message.EmailMessage) -> str:
    return message.get_content().replace("\r\n", "\n")


# --- Sent ---------------------------------------------------------------------------------------


def test_due_notice_is_sent_with_its_fixed_headers(harbour, nora, sink):
    notice = write(harbour, nora)
    assert notices.deliver_due(now=NOW) == Delivered(sent=1)
    (message,) = sink.received
    assert message["To"] == "nora@client.example"
    assert message["From"] == "Harbour <no-reply@localhost>"
    assert message["Subject"] == "A form is waiting for you"
    assert message["Message-ID"] == f"<{notice.pk}@localhost>" == notice.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert text_of(message) == "Open https://example.org/f/secret-token/\n"


def test_sent_notice_keeps_no_recipient_subject_or_text(harbour, nora, sink):
    notice = write(harbour, nora)
    notices.deliver_due(now=NOW)
    kept = again(notice)
    assert (kept.recipient, kept.subject, kept.text) == (None, None, None)
    assert (kept.sent_at, kept.claimed_until, kept.attempts, kept.problem) == (NOW, None, 1, "")
    event = AuditEvent.objects.get(action="notice.send")
    assert (event.client_id, event.object_id, event.practice_id) == (
        nora.pk,
        notice.pk,
        harbour.pk,
    )


def test_sent_notice_is_not_sent_again(harbour, sink):
    write(harbour)
    notices.deliver_due(now=NOW)
    assert notices.deliver_due(now=NOW + timedelta(days=1)) == Delivered()
    assert len(sink.received) == 1


def test_notice_waits_until_it_is_due(harbour, sink):
    write(harbour, due_at=NOW + timedelta(hours=1))
    assert notices.deliver_due(now=NOW + timedelta(minutes=59)) == Delivered()
    assert notices.deliver_due(now=NOW + timedelta(hours=1)) == Delivered(sent=1)


def test_sweep_sends_no_more_than_its_limit_oldest_first(harbour, sink):
    for minutes in (3, 1, 2):
        write(
            harbour, recipient=f"m{minutes}@client.example", due_at=NOW + timedelta(minutes=minutes)
        )
    later = NOW + timedelta(hours=1)
    assert notices.deliver_due(now=later, limit=2) == Delivered(sent=2)
    assert [message["To"] for message in sink.received] == [
        "m1@client.example",
        "m2@client.example",
    ]


def test_name_of_the_practice_cannot_add_a_header(db, sink):
    practice = make_practice("Harbour\r\nBcc: spy@example.org")
    notice = write(practice)
    assert notices.deliver_due(now=NOW) == Delivered(failed=1)
    assert sink.received == []
    assert again(notice).problem == "The message could not be put together."


def test_non_ascii_text_arrives_as_written(db, sink):
    practice = make_practice("Praxis Grün")
    notices.write_notice(
        practice=practice,
        kind=Notice.Kind.FORM,
        about=None,
        recipient="a@client.example",
        subject="Für Sie: 你好",
        text="Grüße ✓\n",
        by=Actor.system(),
        now=NOW,
    )
    notices.deliver_due(now=NOW)
    (message,) = sink.received
    assert (message["From"], message["Subject"]) == (
        "Praxis Grün <no-reply@localhost>",
        "Für Sie: 你好",
    )
    assert text_of(message) == "Grüße ✓\n"


# --- Refused, postponed -------------------------------------------------------------------------


def test_greylisting_is_tried_again_by_growing_pauses_and_given_up_at_last(harbour, sink):
    sink.recipient_answer = "451 4.7.1 try again later"
    notice, now, waits = write(harbour), NOW, []
    for _attempt in BACKOFF:
        assert notices.deliver_due(now=now) == Delivered(postponed=1)
        waits.append(again(notice).due_at - now)
        assert notices.deliver_due(now=again(notice).due_at - timedelta(seconds=1)) == Delivered()
        now = again(notice).due_at
    assert tuple(waits) == BACKOFF
    assert notices.deliver_due(now=now) == Delivered(failed=1)
    kept = again(notice)
    assert (kept.failed_at, kept.attempts, kept.text) == (now, 7, None)
    assert kept.problem == "The address was not accepted just now."


def test_greylisted_notice_arrives_at_the_second_attempt(harbour, sink):
    sink.recipient_answer = "451 4.7.1 try again later"
    notice = write(harbour)
    notices.deliver_due(now=NOW)
    sink.recipient_answer = "250 OK"
    assert notices.deliver_due(now=NOW + BACKOFF[0]) == Delivered(sent=1)
    assert again(notice).problem == ""


@pytest.mark.parametrize(
    "recipient_answer, data_answer, problem",
    [
        (
            "550 5.1.1 nora@client.example unknown",
            "250 OK",
            "The address was refused: it may be mistyped, or no longer exist.",
        ),
        ("250 OK", "554 5.7.1 no", "The mail server refused the message."),
    ],
)
def test_permanent_refusal_fails_at_once_in_our_own_words(
    harbour, sink, recipient_answer, data_answer, problem
):
    sink.recipient_answer, sink.data_answer = recipient_answer, data_answer
    notice = write(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(failed=1)
    kept = again(notice)
    assert (kept.failed_at, kept.attempts, kept.problem, kept.text) == (NOW, 1, problem, None)
    assert AuditEvent.objects.filter(action="notice.fail", object_id=notice.pk).count() == 1


def test_silent_server_is_left_after_the_time_limit(harbour, sink):
    async def hang(server):
        import asyncio

        await asyncio.sleep(3)

    sink.before_data_answer = hang
    notice = write(harbour)
    started = time.monotonic()
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert time.monotonic() - started < 2.5
    assert again(notice).problem == "The mail server did not accept the message just now."


def test_hanging_up_after_the_message_may_double_it_with_the_same_id(harbour, sink):
    async def hang_up(server):
        server.transport.abort()

    sink.before_data_answer = hang_up
    write(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    sink.before_data_answer = None
    assert notices.deliver_due(now=NOW + BACKOFF[0]) == Delivered(sent=1)
    first, second = sink.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


def test_no_server_at_all_postpones(harbour, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    notice = write(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert again(notice).problem == "The mail server could not be reached."


def test_one_bad_address_does_not_hold_up_the_others(harbour, sink):
    write(harbour, recipient="two@client.example\nlines")
    write(harbour, recipient="fine@client.example")
    assert notices.deliver_due(now=NOW) == Delivered(sent=1, failed=1)
    assert [message["To"] for message in sink.received] == ["fine@client.example"]


def test_notice_of_an_erased_client_fails_without_stopping_the_sweep(harbour, nora, sink):
    notice = write(harbour, nora)
    type(nora).objects.filter(pk=nora.pk).update(data_key=None)
    write(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(sent=1, failed=1)
    assert again(notice).failed_at == NOW


# --- Late ---------------------------------------------------------------------------------------

NIGHT, MORNING = NOW.replace(hour=22), NOW.replace(day=3, hour=8)


def test_message_to_a_client_that_was_held_up_waits_for_the_morning(harbour, sink):
    notice = write(harbour)
    assert notices.deliver_due(now=NIGHT) == Delivered()
    kept = again(notice)
    assert (kept.due_at, kept.claimed_until, kept.attempts) == (MORNING, None, 0)
    assert notices.deliver_due(now=MORNING) == Delivered(sent=1)


def test_message_that_was_refused_at_night_is_tried_again_in_the_morning(harbour, sink):
    sink.recipient_answer = "451 4.7.1 try again later"
    notice = notices.write_notice(
        practice=harbour,
        kind=Notice.Kind.REMINDER,
        about=None,
        recipient="nora@client.example",
        subject="By hand",
        text="At once",
        by=Actor.system(practice=harbour),
        now=NIGHT,
    )
    # Sent by hand it goes at once, and again soon after; then it is left until the morning.
    assert notices.deliver_due(now=NIGHT) == Delivered(postponed=1)
    assert notices.deliver_due(now=NIGHT + BACKOFF[0]) == Delivered(postponed=1)
    assert notices.deliver_due(now=NIGHT + timedelta(minutes=6)) == Delivered(postponed=1)
    assert notices.deliver_due(now=NIGHT + timedelta(minutes=36)) == Delivered()
    assert again(notice).due_at == MORNING


@pytest.mark.parametrize("kind", ["account", "invitation", "alert", "digest"])
def test_message_to_a_colleague_is_not_held(harbour, sink, kind):
    notice = write(harbour)
    Notice.objects.filter(pk=notice.pk).update(kind=kind)
    assert notices.deliver_due(now=NIGHT) == Delivered(sent=1)


# --- Taken back ---------------------------------------------------------------------------------


def test_cancelled_notice_is_not_sent_and_keeps_nothing(harbour, sink):
    notice = write(harbour)
    assert notices.cancel_notice(notice=notice, now=NOW) is True
    assert notices.deliver_due(now=NOW) == Delivered()
    assert (again(notice).text, again(notice).cancelled_at) == (None, NOW)
    assert notices.cancel_notice(notice=notice, now=NOW) is False


def test_notice_on_its_way_cannot_be_taken_back(harbour):
    notice = write(harbour)
    Notice.objects.filter(pk=notice.pk).update(claimed_until=NOW + timedelta(minutes=5))
    assert notices.cancel_notice(notice=notice, now=NOW) is False
    assert again(notice).cancelled_at is None


def test_closing_a_record_takes_back_what_waits_for_the_client(harbour, nora, pat, otto):
    from clinic.actions import care
    from tests.factories import actor

    waiting, other = write(harbour, nora), write(harbour, otto)
    care.close_client(client=nora, by=actor(pat), now=NOW)
    assert again(waiting).cancelled_at == NOW
    assert again(other).cancelled_at is None


# --- Claims -------------------------------------------------------------------------------------


def test_claim_of_a_worker_that_died_runs_out(harbour, sink):
    notice = write(harbour)
    Notice.objects.filter(pk=notice.pk).update(claimed_until=NOW + timedelta(minutes=5), attempts=1)
    assert notices.deliver_due(now=NOW + timedelta(minutes=4)) == Delivered()
    assert notices.deliver_due(now=NOW + timedelta(minutes=5)) == Delivered(sent=1)
    assert again(notice).attempts == 2


def test_no_transaction_is_open_while_the_mail_server_is_asked(transactional_db, monkeypatch):
    open_then = []

    def send(self, notice):
        open_then.append(connection.in_atomic_block)

    monkeypatch.setattr(channels.Mail, "send", send)
    write(make_practice("Harbour"))
    assert notices.deliver_due(now=NOW) == Delivered(sent=1)
    assert open_then == [False]


def test_sweeps_at_the_same_time_send_each_notice_once(transactional_db, sink):
    practice = make_practice("Harbour")
    client = make_client(practice, "Nora Lind")
    for number in range(12):
        write(practice, client, recipient=f"m{number}@client.example")
    done: list[Delivered] = []

    def sweep():
        try:
            done.append(notices.deliver_due(now=NOW))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts.sent for counts in done) == 12
    assert sorted(message["To"] for message in sink.received) == sorted(
        f"m{number}@client.example" for number in range(12)
    )


def test_idle_sweep_takes_no_lock(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert notices.deliver_due(now=NOW) == Delivered()


def test_task_sweeps_the_outbox(harbour, mailoutbox):
    from clinic.tasks import sweep_notices

    notice = write(harbour, due_at=NOW)
    with time_machine.travel(NOW, tick=False):
        sweep_notices()
    assert [message.to for message in mailoutbox] == [["nora@client.example"]]
    assert again(notice).sent_at is not None
