"""Mail over one connection, and text messages by a gateway that behaves, refuses and stalls."""

import asyncio
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection

from clinic.actions import channels, notices
from clinic.actions.notices import BACKOFF, Delivered
from clinic.audit import Actor
from clinic.models import Notice
from tests.factories import NOW, make_practice

SMS, MAIL = Notice.Channel.SMS, Notice.Channel.MAIL


def write(practice, recipient="nora@client.example", channel=MAIL, **kwargs) -> Notice:
    return notices.write_notice(
        practice=practice,
        kind=Notice.Kind.FORM,
        about=None,
        recipient=recipient,
        subject="" if channel == SMS else "A form is waiting for you",
        text="A form is waiting: https://example.org/f/secret/",
        by=Actor.system(practice=practice),
        now=NOW,
        channel=channel,
        **kwargs,
    )


def write_text(practice, number="+44 20 7946 0018", **kwargs) -> Notice:
    return write(practice, number, SMS, **kwargs)


def again(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


# --- One connection -----------------------------------------------------------------------------


def test_all_messages_of_a_sweep_go_over_one_connection(harbour, sink):
    for number in range(7):
        write(harbour, f"m{number}@client.example")
    assert notices.deliver_due(now=NOW) == Delivered(sent=7)
    assert sink.connections == 1
    write(harbour)
    notices.deliver_due(now=NOW)
    assert sink.connections == 2


def test_connection_is_opened_anew_after_a_refusal(harbour, sink):
    sink.recipient_answer = "550 5.1.1 unknown"
    for _number in range(2):
        write(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(failed=2)
    assert sink.connections == 2


def test_server_that_takes_so_many_messages_a_connection_gets_all_in_one_sweep(harbour, sink):
    sink.most_a_connection = 2
    for number in range(5):
        write(harbour, f"m{number}@client.example")
    assert notices.deliver_due(now=NOW) == Delivered(sent=5)
    assert sink.connections == 3
    assert len({message["Message-ID"] for message in sink.received}) == len(sink.received) == 5


def test_server_that_closes_after_each_message_gets_all_in_one_sweep(harbour, sink):
    def close(server):
        asyncio.get_running_loop().call_soon(server.transport.close)

    sink.after_data_answer = close
    for number in range(3):
        write(harbour, f"m{number}@client.example")
    assert notices.deliver_due(now=NOW) == Delivered(sent=3)
    assert len({message["Message-ID"] for message in sink.received}) == len(sink.received) == 3


def test_server_that_is_away_costs_one_attempt_of_one_message(harbour, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    rows = [write(harbour, due_at=NOW - timedelta(minutes=number)) for number in range(3)]
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert [again(row).attempts for row in rows] == [0, 0, 1]


@pytest.mark.parametrize("answer", ["550 5.7.1 not you", "451 4.3.0 not now"])
def test_refused_sender_fails_no_message(harbour, sink, answer):
    sink.sender_answer = answer
    rows = [write(harbour), write(harbour)]
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert {again(row).failed_at for row in rows} == {None}
    sink.sender_answer = "250 OK"
    assert notices.deliver_due(now=NOW + BACKOFF[0]) == Delivered(sent=2)


def test_server_that_stalls_is_left_alone_for_the_rest_of_the_sweep(harbour, sink, gateway):
    async def hang(server):
        await asyncio.sleep(2)

    sink.before_data_answer = hang
    for _number in range(3):
        write(harbour)
    write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(sent=1, postponed=1)
    assert len(gateway.received) == 1


def test_what_came_of_a_message_is_committed_before_the_next_is_sent(transactional_db, monkeypatch):
    practice = make_practice("Harbour")
    rows = [write(practice, due_at=NOW - timedelta(minutes=5 - number)) for number in range(3)]
    seen = []

    def look():
        try:
            sent = dict(Notice.objects.values_list("pk", "sent_at"))
            seen.append([sent[row.pk] is not None for row in rows])
        finally:
            connection.close()

    def send(self, notice):
        other_process = threading.Thread(target=look)
        other_process.start()
        other_process.join()

    monkeypatch.setattr(channels.Mail, "send", send)
    assert notices.deliver_due(now=NOW) == Delivered(sent=3)
    assert seen == [[False, False, False], [True, False, False], [True, True, False]]


def test_end_of_a_notice_is_written_once_though_its_claim_ran_out(harbour):
    """A slow worker comes to the end of what another sweep has given up meanwhile."""
    notice = write(harbour)
    Notice.objects.filter(pk=notice.pk).update(failed_at=NOW, recipient=None, text=None)
    notices._finish(notice, NOW)
    kept = again(notice)
    assert (kept.failed_at, kept.sent_at) == (NOW, None)
    notices._postpone(notice, "late", NOW)
    assert again(notice).due_at == NOW


def test_every_mail_is_written_to_a_file(harbour, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    for _number in range(3):
        write(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(sent=3)
    # Django names a file by the second and the connection, so that two may share one.
    written = "".join(file.read_text() for file in tmp_path.iterdir())
    assert written.count("Message-ID:") == 3


# --- Text messages ------------------------------------------------------------------------------


def test_text_message_is_posted_with_the_key_of_its_notice(harbour, gateway, sink):
    notice = write_text(harbour, "+44 (0)20 7946-0018")
    assert notices.deliver_due(now=NOW) == Delivered(sent=1)
    assert gateway.received == [
        {
            "id": notice.message_id,
            "to": "+442079460018",
            "text": "A form is waiting: https://example.org/f/secret/",
            "from": "Harbour",
        }
    ]
    (headers,) = gateway.headers
    assert headers["Idempotency-Key"] == notice.message_id
    assert headers["Authorization"] == "Bearer secret-token"
    assert headers["Content-Type"] == "application/json"
    assert gateway.paths == ["/send?account=7"]
    assert sink.received == []
    kept = again(notice)
    assert (kept.sent_at, kept.recipient, kept.text) == (NOW, None, None)


def test_gateway_without_a_token_gets_none(harbour, gateway, settings):
    settings.SMS_TOKEN = ""
    write_text(harbour)
    notices.deliver_due(now=NOW)
    assert gateway.headers[0]["Authorization"] is None


@pytest.mark.parametrize("status", [400, 402, 404, 410, 422])
def test_gateway_that_refuses_fails_the_message_at_once(harbour, gateway, status):
    gateway.status = status
    notice = write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(failed=1)
    assert again(notice).problem == "The gateway refused the message: the number may be wrong."
    assert again(notice).text is None


@pytest.mark.parametrize("status", [301, 302, 307, 408, 429, 500, 502, 503])
def test_gateway_that_cannot_now_is_asked_again_with_the_same_key(harbour, gateway, status):
    gateway.status = status
    notice = write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert again(notice).problem == "The gateway did not accept the message just now."
    gateway.status = 200
    assert notices.deliver_due(now=NOW + BACKOFF[0]) == Delivered(sent=1)
    assert [message["id"] for message in gateway.received] == [notice.message_id] * 2
    assert gateway.paths == ["/send?account=7"] * 2  # no redirection was followed


@pytest.mark.parametrize("status", [401, 403])
def test_token_that_no_longer_holds_fails_no_message(harbour, gateway, status):
    gateway.status = status
    rows = [write_text(harbour), write_text(harbour)]
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert {again(row).failed_at for row in rows} == {None}
    assert len(gateway.received) == 1


def test_gateway_that_stalls_or_is_away_is_left_after_the_time_limit(harbour, gateway, settings):
    gateway.pause = 1.6
    first, second = write_text(harbour), write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    settings.SMS_URL = "http://127.0.0.1:9/"
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert {again(row).problem for row in (first, second)} == {
        "The gateway for text messages could not be reached."
    }


def test_address_of_a_gateway_that_cannot_be_used_fails_no_message(harbour, settings):
    settings.SMS_URL = "https://[gateway"
    notice = write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)
    assert again(notice).failed_at is None


def test_number_that_cannot_be_dialled_fails_with_a_clear_sentence(harbour, gateway):
    notice = write_text(harbour, "ask her mother")
    assert notices.deliver_due(now=NOW) == Delivered(failed=1)
    assert again(notice).problem == "The telephone number on record is not complete."
    assert gateway.received == []


def test_without_a_gateway_text_messages_become_files(harbour, settings, tmp_path):
    settings.SMS_URL, settings.SMS_FILE_PATH = "", tmp_path / "sms"
    notice = write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(sent=1)
    (file,) = (tmp_path / "sms").iterdir()
    message = json.loads(file.read_text())
    assert (message["id"], message["to"]) == (notice.message_id, "+442079460018")
    (tmp_path / "file").write_text("in the way")
    settings.SMS_FILE_PATH = tmp_path / "file"
    write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(postponed=1)


def test_mail_that_cannot_be_reached_holds_up_no_text_message(harbour, gateway, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    for _number in range(3):
        write(harbour, due_at=NOW - timedelta(hours=1))
    write_text(harbour)
    assert notices.deliver_due(now=NOW) == Delivered(sent=1, postponed=1)


# --- The outbox grows ---------------------------------------------------------------------------


def test_sweep_reads_the_index_of_what_waits_and_not_the_outbox(harbour):
    Notice.objects.bulk_create(
        Notice(
            practice=harbour,
            kind=Notice.Kind.FORM,
            message_id=f"<{number}@example.org>",
            created_at=NOW,
            due_at=NOW,
            sent_at=NOW,
        )
        for number in range(3000)
    )
    for _number in range(3):
        write(harbour)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clinic_notice")
    for rows in (
        notices._due(NOW).order_by("due_at", "pk")[:1],
        notices._waiting().filter(about__in=[harbour.pk]),
    ):
        plan = rows.explain()
        assert "notice_waiting" in plan
        assert "Seq Scan" not in plan
        assert "SCAN clinic_notice\n" not in f"{plan}\n"
