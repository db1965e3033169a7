"""What can go wrong between the first question and the thanks: each with its sentence."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import assign, instruments, occasions
from assessments.management.commands.load_instruments import SHIPPED
from assessments.models import Response
from clinic.audit import Actor
from tests import factories_assessments as asked
from tests.factories import NOW, actor

SYSTEM = Actor.system()


def text_of(answer) -> str:
    return answer.content.decode()


def opened(token: str) -> Browser:
    browser = Browser()
    browser.post(reverse("form-landing", args=[token]))
    return browser


def choose(browser: Browser, number: int, answer: str):
    return browser.post(f"/f/{number}/", {"go": "next", "answer": answer})


def revision(browser: Browser) -> int:
    return browser.get("/f/review/").context["form"]["revision"].value()


def test_two_devices_add_to_one_form_and_the_stale_one_looks_again(occasion, clock, fresh_limits):
    token = asked.new_link(occasion)
    telephone, tablet = opened(token), opened(token)
    choose(telephone, 1, "3")
    seen = revision(telephone)
    choose(tablet, 2, "4")
    answer = telephone.post("/f/submit/", {"revision": seen})
    assert answer.status_code == 409
    assert "Your answers have changed since this page was opened" in text_of(answer)
    assert telephone.post("/f/submit/", {"revision": revision(telephone)}).status_code == 303
    assert list(Response.objects.get().answers.values()) == [3, 4]


def test_stale_tab_cannot_change_what_was_sent(occasion, clock, fresh_limits):
    token = asked.new_link(occasion)
    sent, stale = opened(token), opened(token)
    choose(sent, 1, "3")
    sent.post("/f/submit/", {"revision": revision(sent)})
    answer = choose(stale, 1, "0")
    assert answer.status_code in (303, 409)
    assert "Thank you" in text_of(stale.get("/f/done/"))
    assert list(Response.objects.get().answers.values()) == [3]


def test_double_click_and_refresh_after_sending_send_once(occasion, holder):
    browser = holder(occasion)
    choose(browser, 1, "3")
    seen = revision(browser)
    answers = [browser.post("/f/submit/", {"revision": seen}) for _click in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/f/done/"] * 2
    for _refresh in range(2):
        assert "Thank you" in text_of(browser.get("/f/done/"))
    assert Response.objects.submitted().count() == 1


def test_form_that_runs_out_in_the_middle_says_so_before_and_after_it_is_closed(
    occasion, holder, clock
):
    begun = occasion.closes_at - timedelta(minutes=5)
    clock.move_to(begun)
    browser = holder(occasion, begun)
    choose(browser, 1, "3")
    clock.move_to(occasion.closes_at)
    sentence = "what you had answered until then is kept for your therapist"
    for close in (False, True):
        if close:
            occasions.close_due_occasions(now=occasion.closes_at)
        answer = choose(browser, 2, "3")
        assert answer.status_code == 410
        assert "The time for this form has passed" in text_of(answer)
        assert sentence in text_of(answer)
    kept = Response.objects.get()
    assert (kept.partial, list(kept.answers.values())) == (True, [3])


def test_form_says_beforehand_what_becomes_of_answers_that_are_not_sent(occasion, holder):
    page = text_of(holder(occasion).get("/f/"))
    assert "what you have answered until then is kept for your therapist" in page
    assert "Monday 9 November" in page


def test_form_that_is_cancelled_in_the_middle_says_so_and_keeps_the_draft(occasion, holder, ada):
    browser = holder(occasion)
    choose(browser, 1, "3")
    assign.end_assignment(assignment=occasion.assignment, by=actor(ada), now=NOW)
    answer = choose(browser, 2, "3")
    assert answer.status_code == 410
    assert "This form was taken back" in text_of(answer)
    assert list(Response.objects.get().answers.values()) == [3]


def test_new_version_in_the_middle_leaves_the_form_as_it_was(occasion, holder):
    browser = holder(occasion)
    choose(browser, 1, "3")
    text = (SHIPPED / "causeway-weekly-1.toml").read_text(encoding="utf-8")
    newer, _new = instruments.publish(
        text=text.replace("\nversion = 1\n", "\nversion = 2\n"),
        by=SYSTEM,
        now=NOW + timedelta(minutes=1),
    )
    assert browser.get("/f/2/").status_code == 200
    choose(browser, 2, "3")
    browser.post("/f/submit/", {"revision": revision(browser)})
    response = Response.objects.get()
    assert response.version_id == occasion.assignment.version_id != newer.pk
    assert response.scores.exists()
