"""Personal links: one works at a time, and it opens one form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.actions import assign, links
from assessments.actions.links import LinkState, NewerLink
from clinic.actions import Refused
from clinic.actions.care import close_client
from clinic.audit import Actor
from clinic.models import Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor

SYSTEM = Actor.system()


def test_new_link_replaces_the_one_before_and_its_waiting_mail(nora):
    assigned = asked.give(nora)
    waiting = Notice.objects.get()
    token = asked.new_link(assigned.first)
    assert links.find_link(assigned.token, NOW) is None
    assert links.find_link(token, NOW).occasion_id == assigned.first.pk
    waiting.refresh_from_db()
    assert (waiting.cancelled_at, waiting.text) == (NOW, None)


def test_tokens_of_many_links_are_all_different_and_long(occasion):
    tokens = {asked.new_link(occasion) for _time in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}


def test_page_that_is_sent_twice_makes_one_link(occasion):
    known = links.newest_link(occasion)
    links.replace_link(occasion=occasion, known=known, by_mail=True, by=SYSTEM, now=NOW)
    with pytest.raises(NewerLink):
        links.replace_link(occasion=occasion, known=known, by_mail=True, by=SYSTEM, now=NOW)
    assert occasion.links.count() == 2
    assert Notice.objects.filter(cancelled_at=None).count() == 1


def test_link_by_mail_without_an_address_is_made_but_not_sent(otto):
    occasion = asked.open_occasion(otto)
    _link, token, notice = links.send_link(occasion=occasion, by=SYSTEM, now=NOW)
    assert links.find_link(token, NOW)
    assert notice is None


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_link_opens_nothing_once_the_window_has_closed(occasion, late):
    token = asked.new_link(occasion)
    assert links.find_link(token, occasion.closes_at - timedelta(seconds=1))
    assert links.find_link(token, occasion.closes_at + late) is None


def test_link_opens_nothing_once_revoked_sent_taken_back_or_closed(nora, otto, zoe, ada, ben):
    def token_and_occasion(client):
        occasion = asked.open_occasion(client)
        return occasion, asked.new_link(occasion)

    first, token = token_and_occasion(nora)
    assert links.revoke_links(occasion=first, by=SYSTEM, now=NOW) == 1
    assert links.revoke_links(occasion=first, by=SYSTEM, now=NOW) == 0
    assert links.find_link(token, NOW) is None

    asked.send(first)
    with pytest.raises(Refused):
        asked.new_link(first)

    second, token = token_and_occasion(otto)
    assign.end_assignment(assignment=second.assignment, by=actor(ben), now=NOW)
    assert links.find_link(token, NOW) is None

    third, token = token_and_occasion(zoe)
    close_client(client=zoe, by=actor(ada), now=NOW)
    assert links.find_link(token, NOW) is None
    with pytest.raises(Refused):
        asked.new_link(third)


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "\ud800", "a" * 5000, "../../etc"])
def test_nonsense_opens_nothing(occasion, token):
    assert links.find_link(token, NOW) is None


def test_holder_of_a_started_link_can_be_told_what_became_of_it(occasion):
    link, _token = links.issue_link(occasion=occasion, by=SYSTEM, now=NOW)

    def state(now=NOW):
        return links.state_of(links.find_held(link.pk), now)

    assert state() is LinkState.OPEN
    assert state(occasion.closes_at) is LinkState.EXPIRED
    asked.new_link(occasion)
    assert state() is LinkState.TAKEN_BACK
    asked.send(occasion)
    assert state() is LinkState.SENT
    assert state(occasion.closes_at + timedelta(days=30)) is LinkState.SENT
