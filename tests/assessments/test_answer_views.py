"""Answering by personal link: from the first page to the thanks, and everything that goes wrong."""

from __future__ import annotations

from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Response, Score
from tests import factories_assessments as asked


def item_page(browser: Browser, number: int, **data):
    return browser.post(reverse("form-item", args=[number]), data)


def test_whole_form_can_be_answered_without_javascript(occasion, holder):
    browser = holder(occasion)
    assert browser.get("/f/").status_code == 200
    for number in range(1, 21):
        answer = item_page(browser, number, answer="3", go="next", comment="")
        expected = "/f/review/" if number == 20 else f"/f/{number + 1}/"
        assert (answer.status_code, answer.headers["Location"]) == (303, expected)
    page = browser.get("/f/review/")
    revision = page.context["form"]["revision"].value()
    answer = browser.post("/f/submit/", {"revision": revision, "comment": "A long week."})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/f/done/")
    assert "Thank you" in browser.get("/f/done/").content.decode()
    response = Response.objects.get()
    assert response.answers == asked.answers_to(occasion.assignment.version, 3)
    assert response.comment == "A long week."
    assert response.source == Response.Source.LINK
    assert Score.objects.filter(response=response).count() == 4
