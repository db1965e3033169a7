"""The library: every published form, and how far it may be trusted."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories_assessments as asked

LIBRARY = "/library/"


@pytest.fixture
def shelf(db):
    return [asked.instrument(code) for code in (asked.LONG, asked.WEEKLY, asked.SAFETY)]


def test_library_lists_every_form_with_its_evidence(shelf, signed_in, ada):
    rows = signed_in(ada).get(LIBRARY).context["instruments"]
    assert [(row["definition"].code, row["rung"]) for row in rows] == [
        (
            "causeway-weekly",
            "Reliability assumed, not yet estimated in this practice. No norms are used.",
        ),
        (
            "causeway-long",
            "Reliability assumed, not yet estimated in this practice. No norms are used.",
        ),
        ("safety-check", "No score: a prompt for a conversation."),
    ]


def test_library_shows_a_form_whole(shelf, signed_in, ada):
    version = shelf[1]
    page = signed_in(ada).get(reverse("library-instrument", args=[version.definition.code]))
    shown = page.content.decode()
    assert all(item.text in shown for item in version.definition.items)
    assert version.checksum in shown
    assert "Reliability .80 assumed (" in shown
    assert shown.count("counts the other way") == 6


def test_library_shows_the_rules_behind_an_alert(shelf, signed_in, ada):
    page = signed_in(ada).get(reverse("library-instrument", args=["safety-check"]))
    assert page.content.decode().count("From “On some days” on, an alert:") == 3


def test_library_says_when_it_is_empty(signed_in, ada):
    assert "No forms are published yet" in signed_in(ada).get(LIBRARY).content.decode()


def test_library_knows_no_other_form(shelf, signed_in, ada):
    assert signed_in(ada).get(reverse("library-instrument", args=["phq-9"])).status_code == 404


@pytest.mark.parametrize("who, status", [("ada", 200), ("sue", 200), ("pat", 200), ("ash", 403)])
def test_library_is_open_to_those_who_work_with_forms(shelf, request, signed_in, who, status):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(LIBRARY).status_code == status
    assert browser.get(reverse("library-instrument", args=[asked.WEEKLY])).status_code == status
