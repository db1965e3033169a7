"""The caseload: who is on it, in which order, why, and at what price."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import queries
from assessments.actions import alerts, respond, review, standing
from assessments.models import Signal, Standing
from clinic.actions import care
from clinic.audit import Actor
from clinic.encryption import EncryptedField
from clinic.models import AuditEvent, Client
from tests import factories
from tests import factories_assessments as asked
from tests.factories import NOW, actor
from tests.factories_movement import STEADY, SWING, TOWARD, end_of, history

CASELOAD = "/caseload/"


def names(response):
    return [row["name"] for row in response.context["rows"]]


def say_unsafe(client):
    """One safety answer that meets one rule."""
    occasion = asked.open_occasion(client, asked.SAFETY)
    respond.submit(
        occasion=occasion,
        answers={"SAFE01": 1, "SAFE02": 0, "SAFE03": 0, "SAFE04": 2},
        by=Actor.system(practice=client.practice),
        now=NOW + timedelta(hours=1),
        source="link",
    )


@pytest.fixture
def later(clock):
    clock.move_to(end_of(TOWARD))
    return clock


def test_caseload_shows_only_clients_in_clinical_reach(later, signed_in, ada, nora, otto, zoe):
    assert names(signed_in(ada).get(CASELOAD)) == ["Nora Lind"]


def test_caseload_of_a_supervisor_can_be_narrowed(later, signed_in, harbour, sue, nora):
    factories.make_client(harbour, "Ines Roth", carer=sue)
    browser = signed_in(sue)
    assert sorted(names(browser.get(CASELOAD))) == ["Ines Roth", "Nora Lind"]
    assert names(browser.get(CASELOAD, {"whose": "mine"})) == ["Ines Roth"]
    assert names(browser.get(CASELOAD, {"whose": "supervised"})) == ["Nora Lind"]


@pytest.mark.parametrize("who", ["pat", "ash"])
def test_caseload_is_refused_to_those_who_see_no_answers(request, signed_in, nora, who):
    assert signed_in(request.getfixturevalue(who)).get(CASELOAD).status_code == 403


def test_caseload_puts_the_urgent_first_and_says_why(later, signed_in, harbour, ada, nora):
    calm = factories.make_client(harbour, "Calm Wells", carer=ada)
    swung = factories.make_client(harbour, "Swung Hart", carer=ada)
    for client, story in ((nora, TOWARD), (calm, STEADY[:4]), (swung, SWING)):
        history(client, story)
        review.review(client=client, by=actor(ada), now=end_of(TOWARD))
    page = signed_in(ada).get(CASELOAD)
    assert [(row["name"], row["signal"], row["reason"]) for row in page.context["rows"]] == [
        (
            "Swung Hart",
            "worse",
            "Swing into counter-dependence: dependence down 60 (error 23), "
            "counter-dependence up 60 (error 20)",
        ),
        (
            "Nora Lind",
            "improved",
            "Moved toward independence: counter-dependence down 60 (error 20), "
            "independence up 60 (error 20)",
        ),
        ("Calm Wells", "expected", "Nothing stands out"),
    ]
    assert page.context["summary"] == "1 of 3 clients ask for a look."
    label = r"Balance over the last 7 forms: from \d+ to \d+, give or take \d+"
    assert re.search(label, page.content.decode())


def test_caseload_says_that_nothing_is_wrong_with_an_empty_one(signed_in, ada):
    page = signed_in(ada).get(CASELOAD)
    assert "No clients yet" in page.content.decode()


def test_caseload_filters_by_signal(later, signed_in, harbour, ada, nora):
    swung = factories.make_client(harbour, "Swung Hart", carer=ada)
    history(swung, SWING)
    browser = signed_in(ada)
    assert names(browser.get(CASELOAD, {"signal": int(Signal.WORSE)})) == ["Swung Hart"]
    empty = browser.get(CASELOAD, {"signal": int(Signal.STUCK)})
    assert names(empty) == []
    assert "Nobody here by this filter" in empty.content.decode()


def test_caseload_keeps_closed_records_apart(later, signed_in, harbour, ada, nora):
    gone = factories.make_client(harbour, "Gone West", carer=ada)
    care.close_client(client=gone, by=actor(ada), now=NOW + timedelta(days=1))
    browser = signed_in(ada)
    assert names(browser.get(CASELOAD)) == ["Nora Lind"]
    assert names(browser.get(CASELOAD, {"state": "closed"})) == ["Gone West"]


@pytest.mark.parametrize("text", ["LIND", "nora l", "lind nora", "Nóra"])
def test_caseload_finds_by_name_without_case_and_accents(signed_in, harbour, ada, nora, text):
    factories.make_client(harbour, "Paul Berg", carer=ada)
    assert names(signed_in(ada).get(CASELOAD, {"name": text})) == ["Nora Lind"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("N 7", ["Nora Lind"]), (" n  7 ", ["Nora Lind"]), ("7", []), ("O 9", []), ("N 7 nora", [])],
)
def test_caseload_finds_a_client_by_their_whole_number(signed_in, ada, nora, otto, text, found):
    factories.number(nora, "N 7")
    factories.number(otto, "O 9")
    assert names(signed_in(ada).get(CASELOAD, {"name": text})) == found


def test_caseload_search_finds_nobody_out_of_reach(signed_in, ada, nora, otto, zoe):
    for name in ("Otto", "Zoe"):
        page = signed_in(ada).get(CASELOAD, {"name": name})
        assert names(page) == []
        assert f"{name} " not in page.content.decode().replace(f"“{name}”", "")


@pytest.mark.parametrize(
    "query",
    [
        {"after": "nonsense"},
        {"after": "10~2026-01-01~x"},
        {"after": "9" * 400 + "~2026-01-01T00:00:00+00:00~" + "0" * 32},
        {"before": "10~9999-99-99T00:00:00+00:00~01a20bd0-3f55-7ec7-896e-8008a2a8e397"},
        {"signal": "x"},
        {"signal": "99999999999999999999"},
        {"whose": "everybody"},
        {"state": "\x00"},
        {"name": "\x00"},
        {"name": "a" * 5000},
    ],
)
def test_caseload_takes_a_broken_address_calmly(signed_in, ada, nora, query):
    assert signed_in(ada).get(CASELOAD, query).status_code == 200


def test_caseload_pages_through_everybody_once_and_back(monkeypatch, signed_in, harbour, ada):
    monkeypatch.setattr("assessments.queries.caseload_page.PAGE_SIZE", 3)
    everybody = [factories.make_client(harbour, f"Client {n}", carer=ada).name for n in range(8)]
    browser = signed_in(ada)
    page = browser.get(CASELOAD)
    pages = [names(page)]
    while page.context["next_url"]:
        page = browser.get(page.context["next_url"])
        pages.append(names(page))
    assert [len(shown) for shown in pages] == [3, 3, 2]
    assert sorted(name for shown in pages for name in shown) == sorted(everybody)
    back = browser.get(page.context["previous_url"])
    assert names(back) == pages[1]
    first = browser.get(back.context["previous_url"])
    assert names(first) == pages[0]
    assert first.context["previous_url"] == ""


def test_caseload_leaves_one_event_with_the_clients_shown(signed_in, ada, nora, otto):
    signed_in(ada).get(CASELOAD)
    events = list(AuditEvent.objects.filter(action="caseload.read"))
    assert [event.details for event in events] == [{"clients": [str(nora.pk)]}]


def test_caseload_offers_to_acknowledge_an_alert_once(later, signed_in, ada, nora):
    say_unsafe(nora)
    browser = signed_in(ada)
    row = browser.get(CASELOAD).context["rows"][0]
    assert (row["signal"], row["waits"]) == ("risk", True)
    assert "Nobody has acknowledged it yet." in row["detail"]
    browser.post(row["acknowledge_url"], {"next": "caseload"})
    row = browser.get(CASELOAD).context["rows"][0]
    assert (row["signal"], row["waits"], row["acknowledge_url"]) == ("risk", False, "")


def test_caseload_puts_an_alert_that_nobody_has_seen_above_an_acknowledged_one(
    later, signed_in, harbour, ada, nora
):
    other = factories.make_client(harbour, "Odd Vale", carer=ada)
    for client in (nora, other):
        say_unsafe(client)
    alerts.acknowledge(alert=nora.alerts.get(), by=actor(ada), now=NOW + timedelta(hours=2))
    browser = signed_in(ada)
    assert names(browser.get(CASELOAD)) == ["Odd Vale", "Nora Lind"]
    assert names(browser.get(CASELOAD, {"signal": int(Signal.RISK)})) == ["Odd Vale"]
    seen = browser.get(CASELOAD, {"signal": int(Signal.RISK_SEEN)}).context["rows"]
    assert [(row["name"], row["waits"]) for row in seen] == [("Nora Lind", False)]


def test_caseload_pages_from_unseen_alerts_to_acknowledged_ones(
    later, signed_in, harbour, ada, nora, monkeypatch
):
    monkeypatch.setattr("assessments.queries.caseload_page.PAGE_SIZE", 1)
    other = factories.make_client(harbour, "Odd Vale", carer=ada)
    for client in (nora, other):
        say_unsafe(client)
    alerts.acknowledge(alert=nora.alerts.get(), by=actor(ada), now=NOW + timedelta(hours=2))
    browser = signed_in(ada)
    first = browser.get(CASELOAD)
    second = browser.get(first.context["next_url"])
    back = browser.get(second.context["previous_url"])
    assert [names(page) for page in (first, second, back)] == [
        ["Odd Vale"],
        ["Nora Lind"],
        ["Odd Vale"],
    ]


def test_caseload_narrowed_to_nobody_does_not_say_that_there_are_no_clients(signed_in, sue, nora):
    page = signed_in(sue).get(CASELOAD, {"whose": "mine"}).content.decode()
    assert ("Nobody here by this filter" in page, "No clients yet" in page) == (True, False)


def test_caseload_knows_an_event_by_the_day_of_the_practice(nora, ada):
    """Late in the evening in Auckland it is the day before in UTC."""
    with timezone.override("Pacific/Auckland"):
        begun = datetime(2026, 11, 23, 20, tzinfo=UTC)  # the 24th in Auckland
        nora.standing.signal_since = begun
        review.add_event(
            client=nora, on=date(2026, 11, 23), text="moved out", by=actor(ada), now=begun
        )
        assert queries.events_before([nora.standing]).keys() == {nora.pk}


def test_caseload_shows_an_erased_record_as_one(signed_in, ada, nora):
    Client.objects.filter(pk=nora.pk).update(data_key=None)
    browser = signed_in(ada)
    assert names(browser.get(CASELOAD)) == ["Erased record"]
    assert names(browser.get(CASELOAD, {"name": "nora"})) == []


def test_caseload_order_page_explains_every_signal(signed_in, ada):
    page = signed_in(ada).get(reverse("caseload-order"))
    assert len(page.context["signals"]) == len(Signal)


def make_caseload(practice, carer, count):
    """Clients with a swing each, in bulk: the standing of one, given to all."""
    first = factories.make_client(practice, "Client 0", carer=carer)
    history(first, SWING)
    review.add_event(
        client=first, on=NOW.date(), text="separated", by=actor(carer), now=end_of(SWING)
    )
    model = Standing.objects.get(client=first)
    for number in range(1, count):
        client = factories.make_client(practice, f"Client {number}", carer=carer)
        Standing.objects.filter(client=client).update(
            signal=model.signal, reasons=model.reasons, trace=model.trace, responses=7
        )


@pytest.mark.parametrize("count", [1, 3, 30, pytest.param(300, marks=pytest.mark.slow)])
def test_caseload_costs_the_same_for_any_number_of_clients(
    later, signed_in, harbour, ada, count, django_assert_num_queries
):
    make_caseload(harbour, ada, count)
    browser = signed_in(ada)
    browser.get(CASELOAD)
    # session, user, membership; counts, page, events before, audit event, inbox count
    with django_assert_num_queries(8):
        page = browser.get(CASELOAD)
    assert len(page.context["rows"]) == min(count, queries.PAGE_SIZE)


def test_caseload_decrypts_no_more_than_the_names_it_shows(monkeypatch, signed_in, harbour, ada):
    factories.make_client(harbour, "One", carer=ada, email="one@client.example", note="secret")
    opened = []
    genuine = EncryptedField.open
    monkeypatch.setattr(
        EncryptedField, "open", lambda f, *rest: opened.append(f.name) or genuine(f, *rest)
    )
    signed_in(ada).get(CASELOAD)
    assert opened == ["name"]


def test_refreshing_a_standing_twice_gives_the_same(later, ada, nora):
    history(nora, SWING)
    at = end_of(SWING)
    first = standing.refresh(client=nora, now=at).reasons
    assert standing.refresh(client=nora, now=at).reasons == first


def test_navigation_counts_what_waits(later, signed_in, ada, nora):
    history(nora, TOWARD[:2])
    with CaptureQueriesContext(connection) as captured:
        page = signed_in(ada).get(CASELOAD)
    counting = [
        query for query in captured if "unseen_responses" in query["sql"] and "SUM" in query["sql"]
    ]
    assert len(counting) == 1
    assert '<span class="count">2<' in page.content.decode()
