"""The weekly digest as it is written: once, in numbers and links, and naming nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from assessments.actions import digest
from assessments.models import Signal, Standing
from assessments.queries.digest import ASKING, CALM, FIRST, digest_counts
from assessments.tasks import write_digests
from clinic.actions import care, digests, notices, people
from clinic.models import Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor, make_client, make_member, make_practice

DUE = NOW.replace(day=9, hour=7)


def choose(member, weekday=0):
    digests.choose_digest(membership=member, weekday=weekday, by=actor(member), now=NOW)


@pytest.fixture
def wanting(ada):
    """Ada, who wants the digest on Mondays."""
    choose(ada)
    return ada


def text() -> str:
    return Notice.objects.get(kind="digest").text


def test_digest_comes_on_the_day_that_was_chosen_and_names_it(ada):
    choose(ada, weekday=3)
    assert digest.write_due_digests(now=DUE - timedelta(days=5)) == 0
    assert digest.write_due_digests(now=DUE - timedelta(days=4)) == 1
    assert "on Thursday 5 November" in text()
    assert "You get this every Thursday." in text()


def test_digest_holds_numbers_and_links_and_no_name(wanting, nora, otto):
    third = make_client(nora.practice, "Vera Vane", carer=wanting)
    make_client(nora.practice, "Wim Wolf", carer=wanting)
    standings = Standing.objects.all()
    standings.filter(client=nora).update(signal=Signal.RISK, open_alerts=2, unseen_responses=3)
    standings.filter(client=third).update(signal=Signal.OVERDUE, missed_in_a_row=4)
    standings.filter(client=otto).update(signal=Signal.WORSE, open_alerts=9)  # in Ben's care
    assert digest.write_due_digests(now=DUE) == 1
    notice = Notice.objects.get(kind="digest")
    assert (notice.recipient, notice.client, notice.due_at) == ("ada@harbour.example", None, DUE)
    assert notice.subject == "Your caseload this week"
    assert text().rstrip().splitlines() == [
        "Hello Ada Holm,",
        "",
        "your caseload at Harbour on Monday 9 November, in numbers.",
        "",
        "Clients: 3",
        "  to look at first: 1",
        "  with a question for you: 0",
        "  with forms that do not come back: 1",
        "  waiting for a review: 0",
        "  asking for nothing: 1",
        "",
        "Open in the inbox: 2",
        "Answers not looked at yet: 3",
        "Forms missed in a row, all together: 4",
        "",
        "Caseload: http://127.0.0.1:8000/caseload/",
        "Inbox: http://127.0.0.1:8000/inbox/",
        "",
        "You get this every Monday. Another day, or none: http://127.0.0.1:8000/account/",
    ]


def test_every_signal_is_counted_in_one_group():
    groups = [*FIRST, *ASKING, Signal.OVERDUE, Signal.UNREVIEWED, *CALM]
    assert sorted(groups) == sorted(Signal)


def test_supervisor_counts_those_they_read_along_with_too(sue, nora, otto):
    assert digest_counts(sue.user)["clients"] == 1


def test_closed_records_are_not_counted(ada, pat, nora):
    care.close_client(client=nora, by=actor(pat), now=NOW)
    assert digest_counts(ada.user)["clients"] == 0


def test_digest_is_written_when_it_is_due_and_once(wanting):
    assert digest.write_due_digests(now=DUE - timedelta(seconds=1)) == 0
    assert digest.write_due_digests(now=DUE) == 1
    assert digest.write_due_digests(now=DUE) == 0
    assert digest.write_due_digests(now=DUE + timedelta(days=7, seconds=-1)) == 0
    assert digest.write_due_digests(now=DUE + timedelta(days=7)) == 1


def test_digest_that_is_late_says_its_own_day(wanting):
    digest.write_due_digests(now=DUE + timedelta(days=2))
    assert "on Wednesday 11 November" in text()
    assert "You get this every Monday." in text()


def test_year_of_digests_over_both_clock_changes(wanting):
    at, written = NOW, []
    while at < NOW + timedelta(days=365):
        at += timedelta(hours=1)
        written += [at] * digest.write_due_digests(now=at)
    assert len(written) == 52
    zone = wanting.practice.zone
    assert {(w.astimezone(zone).weekday(), w.astimezone(zone).hour) for w in written} == {(0, 7)}


def test_nobody_gets_what_they_did_not_ask_for(ada, ben, nora):
    assert digest.write_due_digests(now=DUE) == 0


@pytest.mark.parametrize("why", ["inactive", "left"])
def test_digest_is_not_written_for_who_is_away(wanting, pat, why):
    if why == "left":
        people.end_membership(membership=wanting, by=actor(pat), now=NOW)
    else:
        type(wanting.user).objects.filter(pk=wanting.user_id).update(is_active=False)
    assert digest.write_due_digests(now=DUE) == 0
    assert not Notice.objects.exists()
    # Whoever comes back gets the next one on its day, and not at once what lay behind.
    type(wanting.user).objects.filter(pk=wanting.user_id).update(is_active=True)
    assert digest.write_due_digests(now=DUE - timedelta(days=5)) == 0


def test_digest_that_waits_is_taken_back_when_somebody_leaves(wanting, pat):
    digest.write_due_digests(now=DUE)
    people.end_membership(membership=wanting, by=actor(pat), now=DUE)
    assert Notice.objects.get().cancelled_at == DUE


def test_failure_leaves_the_digest_due(wanting, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(notices, "write_notice", fail)
        with pytest.raises(RuntimeError):
            digest.write_due_digests(now=DUE)
    assert digest.write_due_digests(now=DUE) == 1


def test_sweeps_at_the_same_time_write_each_digest_once(transactional_db):
    practice = make_practice("Harbour")
    for number in range(6):
        choose(make_member(practice, f"Ada {number}"))
    done = []

    def sweep():
        try:
            done.append(digest.write_due_digests(now=DUE))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == Notice.objects.filter(kind="digest").count() == 6


def test_digest_costs_the_same_for_few_and_many(wanting, django_assert_num_queries):
    for number in range(5):
        asked.give(make_client(wanting.practice, f"Client {number}", carer=wanting))
    with django_assert_num_queries(9):
        digest.write_due_digests(now=DUE)


def test_idle_sweep_asks_once(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert digest.write_due_digests(now=NOW) == 0


def test_task_writes_and_the_sweep_sends(wanting, clock, sink):
    clock.move_to(DUE)
    write_digests()
    assert notices.deliver_due(now=DUE).sent == 1
    (message,) = sink.received
    assert message["To"] == "ada@harbour.example"
