"""The inbox: alerts with an owner and a clock, and forms nobody has looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments.actions import respond, review
from assessments.models import Alert
from clinic.audit import Actor
from clinic.models import AuditEvent, Client
from tests import factories
from tests import factories_assessments as asked
from tests.factories import NOW, actor
from tests.factories_movement import TOWARD, history

INBOX = "/inbox/"


@pytest.fixture(autouse=True)
def afternoon(clock):
    clock.move_to(NOW + timedelta(hours=3))
    return clock


def alert_of(client: Client) -> Alert:
    """An alert raised two hours ago by one safety answer."""
    respond.submit(
        occasion=asked.open_occasion(client, asked.SAFETY),
        answers={"SAFE01": 0, "SAFE02": 1, "SAFE03": 0, "SAFE04": 2},
        by=Actor.system(practice=client.practice),
        now=NOW + timedelta(hours=1),
        source="link",
    )
    return Alert.objects.select_related("client").get(client=client)


def test_inbox_says_the_rule_the_owner_and_how_long_it_has_waited(signed_in, ada, nora):
    alert_of(nora)
    words = signed_in(ada).get(INBOX).context["alerts"][0]
    assert (words["client"], words["clock"], words["owner"], words["acknowledged"]) == (
        "Nora Lind",
        "2 hours ago",
        "Ada Holm",
        "",
    )
    assert words["message"].startswith("Says there were thoughts of doing harm")


def test_inbox_that_is_cut_says_so(signed_in, ada, nora, harbour, monkeypatch):
    monkeypatch.setattr("assessments.views.alerts.SHOWN", 1)
    other = factories.make_client(harbour, "Odd Vale", carer=ada)
    alert_of(nora)
    said = "Only the first are listed here"
    assert said not in signed_in(ada).get(INBOX).content.decode()
    alert_of(other)
    page = signed_in(ada).get(INBOX)
    assert (len(page.context["alerts"]), len(page.context["unseen"])) == (1, 1)
    assert page.content.decode().count(said) == 1


def test_cancelling_leads_back_to_where_one_came_from(signed_in, ada, nora):
    address = reverse("alert-resolve", args=[alert_of(nora).pk])
    for place, back in (("client", f"/clients/{nora.pk}/"), ("elsewhere", INBOX)):
        page = signed_in(ada).get(address, {"next": place})
        assert f'href="{back}">Cancel' in page.content.decode()


def test_inbox_shows_nothing_out_of_reach(signed_in, ada, ben, eve, nora, otto, zoe):
    alert_of(nora)
    alert_of(zoe)
    history(zoe, TOWARD[:1])
    page = signed_in(ben).get(INBOX)
    assert (page.context["alerts"], page.context["unseen"]) == ([], [])
    assert "Nothing waits for you" in page.content.decode()


def test_inbox_of_a_supervisor_has_the_alerts_but_not_the_new_forms(signed_in, ada, sue, nora):
    alert_of(nora)
    page = signed_in(sue).get(INBOX)
    assert [words["client"] for words in page.context["alerts"]] == ["Nora Lind"]
    assert page.context["unseen"] == []


def test_inbox_lists_new_forms_oldest_first_until_they_are_reviewed(
    afternoon, signed_in, harbour, ada, nora
):
    other = factories.make_client(harbour, "Ines Roth", carer=ada)
    history(other, TOWARD[:1], start=NOW - timedelta(days=3))
    asked.send(asked.open_occasion(nora))
    browser = signed_in(ada)
    unseen = browser.get(INBOX).context["unseen"]
    assert [(row["client"], row["form"]) for row in unseen] == [
        ("Ines Roth", "Weekly form"),
        ("Nora Lind", "Weekly form"),
    ]
    review.review(client=nora, by=actor(ada), now=NOW + timedelta(hours=2))
    assert [row["client"] for row in browser.get(INBOX).context["unseen"]] == ["Ines Roth"]


def test_acknowledging_tells_the_second_who_was_first(afternoon, signed_in, ada, sue, nora):
    alert = alert_of(nora)
    address = reverse("alert-acknowledge", args=[alert.pk])
    first = signed_in(sue).post(address, follow=True)
    assert "Acknowledged. It stays open" in first.content.decode()
    afternoon.move_to(NOW + timedelta(hours=3, minutes=10))
    second = signed_in(ada).post(address, follow=True)
    assert "Acknowledged by Sue Marsh, 10 minutes ago." in second.content.decode()
    alert.refresh_from_db()
    assert alert.acknowledged_by_id == sue.user_id
    assert AuditEvent.objects.filter(action="alert.acknowledge").count() == 1


def test_acknowledging_is_a_post(signed_in, ada, nora):
    alert = alert_of(nora)
    assert signed_in(ada).get(reverse("alert-acknowledge", args=[alert.pk])).status_code == 405


@pytest.mark.parametrize("place, target", [("client", "client"), ("caseload", "/caseload/")])
def test_acknowledging_leads_back_to_where_one_was(signed_in, ada, nora, place, target):
    alert = alert_of(nora)
    answer = signed_in(ada).post(reverse("alert-acknowledge", args=[alert.pk]), {"next": place})
    expected = reverse("client", args=[nora.pk]) if target == "client" else target
    assert answer.headers["Location"] == expected


def test_acknowledging_leads_nowhere_foreign(signed_in, ada, nora):
    alert = alert_of(nora)
    answer = signed_in(ada).post(
        reverse("alert-acknowledge", args=[alert.pk]), {"next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == INBOX


def test_closing_needs_a_word_on_what_was_done(signed_in, ada, nora):
    alert = alert_of(nora)
    browser = signed_in(ada)
    address = reverse("alert-resolve", args=[alert.pk])
    page = browser.post(address, {"outcome": " \u200b "})
    assert page.status_code == 422
    alert.refresh_from_db()
    assert alert.resolved_at is None
    answer = browser.post(address, {"outcome": "Rang her; safe tonight.", "next": "client"})
    assert answer.headers["Location"] == reverse("client", args=[nora.pk])
    assert "Rang her; safe tonight." in browser.get(answer.headers["Location"]).content.decode()
    assert browser.get(INBOX).context["alerts"] == []


def test_closing_twice_says_who_closed_it(signed_in, ada, sue, nora):
    alert = alert_of(nora)
    address = reverse("alert-resolve", args=[alert.pk])
    signed_in(sue).post(address, {"outcome": "Spoke with her."})
    page = signed_in(ada).post(address, {"outcome": "Me too."})
    assert page.status_code == 422
    assert "Sue Marsh closed this on 2 Nov 2026." in page.content.decode()
    alert = Alert.objects.select_related("client").get()
    assert alert.outcome == "Spoke with her."


@pytest.mark.parametrize("who, status", [("pat", 403), ("ash", 403), ("ben", 404), ("eve", 404)])
def test_alerts_are_for_those_in_reach(request, signed_in, nora, who, status):
    alert = alert_of(nora)
    browser = signed_in(request.getfixturevalue(who))
    for name in ("alert-acknowledge", "alert-resolve"):
        answer = browser.post(reverse(name, args=[alert.pk]), {"outcome": "x"})
        assert answer.status_code == status
    alert.refresh_from_db()
    assert (alert.acknowledged_at, alert.resolved_at) == (None, None)


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_costs_the_same_for_any_number_of_alerts(
    signed_in, harbour, ada, count, django_assert_num_queries
):
    for number in range(count):
        client = factories.make_client(harbour, f"Client {number}", carer=ada)
        alert_of(client)
    browser = signed_in(ada)
    browser.get(INBOX)
    # session, user, membership; alerts, new forms, rules, versions, audit event, inbox count
    with django_assert_num_queries(9):
        browser.get(INBOX)
