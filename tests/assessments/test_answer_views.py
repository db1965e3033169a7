"""Answering by personal link: from the first page to the thanks, and everything that goes wrong."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import assign, links, respond
from assessments.models import Alert, PersonalLink, Response, Score
from assessments.views import limits
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests.factories import NOW, actor

HELP = "If you need help now"
PANEL = "answer__crisis"


def landing(occasion) -> str:
    return reverse("form-landing", args=[asked.new_link(occasion)])


def choose(browser: Browser, number: int, answer: str = "", go: str = "next", query: str = ""):
    data = {"go": go, **({"answer": answer} if answer else {})}
    return browser.post(reverse("form-item", args=[number]) + query, data)


def save(browser: Browser, body, content_type="application/json"):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return browser.post("/f/save/", text, content_type=content_type)


def send(browser: Browser, **data):
    return browser.post("/f/submit/", {"revision": revision_of(browser), **data})


def revision_of(browser: Browser) -> int:
    return browser.get("/f/review/").context["form"]["revision"].value()


def goes_to(answer) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "")


def text_of(answer) -> str:
    return answer.content.decode()


def shown(answer) -> str:
    """The page without what waits in it for the script."""
    return re.sub(r"<template.*?</template>|<script.*?</script>", "", text_of(answer), flags=re.S)


# --- The whole way --------------------------------------------------------------------------------


def test_whole_form_can_be_answered_without_javascript(occasion, holder):
    browser = holder(occasion)
    assert browser.get("/f/").status_code == 200
    for number in range(1, 21):
        expected = "/f/review/" if number == 20 else f"/f/{number + 1}/"
        assert goes_to(choose(browser, number, "3")) == (303, expected)
    assert goes_to(send(browser, comment="A long week.")) == (303, "/f/done/")
    assert "Thank you" in text_of(browser.get("/f/done/"))
    response = Response.objects.get()
    assert response.answers == asked.answers_to(occasion.assignment.version, 3)
    assert response.comment == "A long week."
    assert response.source == Response.Source.LINK
    assert Score.objects.filter(response=response).count() == 4


def test_no_form_page_shows_a_name_a_result_or_the_name_of_the_instrument(safety, nora, holder):
    browser = holder(safety)
    choose(browser, 1, "0")
    pages = [browser.get(page) for page in ("/f/?from=1", "/f/2/", "/f/review/")]
    send(browser)
    pages += [browser.get("/f/done/"), browser.get("/f/2/")]
    words = ["nora", "lind", "ada", "holm", "nora@client.example", "score", "safety check"]
    for page in pages:
        text = text_of(page).lower()
        assert [word for word in words if re.search(rf"\b{word}\b", text)] == []
        title = re.search(r"<title>(.*?)</title>", text_of(page))[1]
        assert re.fullmatch(r"Your form|Question 2 of 4|Before you send it|Thank you", title), title


# --- The first page -------------------------------------------------------------------------------


def test_looking_at_a_link_changes_nothing_and_sets_no_cookie(occasion, fresh_limits, clock):
    address = landing(occasion)
    before = AuditEvent.objects.count()
    browser = Browser()
    for method in (browser.get, browser.head, browser.options):
        for _time in range(20):
            answer = method(address)
            assert answer.status_code == (405 if method == browser.options else 200)
            assert not answer.cookies
    assert not browser.cookies
    link = PersonalLink.objects.get(revoked_at=None)
    assert (link.started_at, AuditEvent.objects.count()) == (None, before)
    assert browser.post(address).status_code == 303


def test_first_page_names_neither_the_instrument_nor_the_person(safety, fresh_limits, clock):
    text = text_of(Browser().get(landing(safety)))
    assert "A form is waiting for you" in text
    assert "4 short questions." in text
    assert "afety" not in text
    assert "Nora" not in text


def test_starting_gives_a_cookie_for_this_form_alone(occasion, fresh_limits, clock):
    browser = Browser()
    address = landing(occasion)
    answer = browser.post(address)
    assert goes_to(answer) == (303, "/f/")
    cookie = answer.cookies[settings.FORM_COOKIE_NAME]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", "/")
    assert cookie["max-age"] == timedelta(hours=24).total_seconds()
    assert address.split("/")[2] not in str(answer.cookies) + str(answer.headers)
    assert "sessionid" not in answer.cookies
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert asked.events_of(occasion.assignment).count("link.open") == 1


def test_cookie_ends_soon_after_the_link_does(occasion, fresh_limits, clock):
    address = landing(occasion)
    clock.move_to(occasion.closes_at - timedelta(hours=3))
    cookie = Browser().post(address).cookies[settings.FORM_COOKIE_NAME]
    assert cookie["max-age"] == timedelta(hours=4).total_seconds()


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Referer": "http://testserver/"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Referer": "http://evil.example/"}, 403),
        ({}, 403),
    ],
)
def test_start_is_refused_where_another_site_asks_for_it(
    occasion, fresh_limits, clock, headers, status
):
    browser = Browser(enforce_csrf_checks=True)
    assert browser.post(landing(occasion), headers=headers).status_code == status
    started = PersonalLink.objects.filter(started_at__isnull=False).exists()
    assert started == (status == 303)


def test_every_other_form_page_checks_the_token_of_its_form(occasion, holder):
    browser = holder(occasion)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert choose(strict, 1, "3").status_code == 403
    assert save(strict, {"answers": {"IND04": 3}}).status_code == 403
    assert strict.post("/f/submit/", {"revision": 0}).status_code == 403
    assert not Response.objects.exists()
    strict.get("/f/1/")
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    answer = strict.post(
        "/f/save/",
        '{"answers": {"IND04": 3}}',
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 200


def test_unknown_expired_revoked_used_and_taken_back_links_get_one_page(
    nora, otto, zoe, ada, fresh_limits, clock
):
    sent = asked.open_occasion(nora)
    used = landing(sent)
    asked.send(sent)
    replaced = asked.open_occasion(otto)
    revoked = landing(replaced)
    asked.new_link(replaced)
    ended = asked.open_occasion(zoe)
    taken_back = landing(ended)
    assign.end_assignment(assignment=ended.assignment, by=actor(ada), now=NOW)
    short = asked.open_occasion(otto, asked.SAFETY)
    expired = landing(short)
    clock.move_to(NOW + timedelta(weeks=1))
    browser = Browser()
    pages = [
        browser.get(address)
        for address in (used, revoked, taken_back, expired, f"/f/{'x' * 43}/", "/f/x/")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert not browser.cookies
    assert browser.post(used).status_code == 404


def test_eleventh_wrong_link_in_a_minute_is_asked_to_wait(occasion, fresh_limits, clock):
    right = landing(occasion)
    browser = Browser()
    for number in range(10):
        assert browser.get(f"/f/{number:043}x/").status_code == 404
    answer = browser.get("/f/" + "y" * 43 + "/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    # Neither can a right one be told from a wrong one now, nor is anybody else kept waiting.
    assert browser.get(right).status_code == 429
    assert Browser(REMOTE_ADDR="192.0.2.7").get(right).status_code == 200


def test_links_that_work_are_not_counted(occasion, fresh_limits, clock):
    right = landing(occasion)
    assert {Browser().get(right).status_code for _time in range(30)} == {200}


def test_cache_that_is_down_neither_keeps_anybody_out_nor_lifts_the_limit(
    occasion, fresh_limits, clock, monkeypatch
):
    def down(*_args, **_options):
        raise OperationalError("refused")

    monkeypatch.setattr(cache, "get_many", down)
    monkeypatch.setattr(cache, "add", down)
    right = landing(occasion)
    browser = Browser()
    assert browser.get(right).status_code == 200
    statuses = [browser.get(f"/f/{number:043}x/").status_code for number in range(12)]
    assert statuses == [404] * 10 + [429] * 2
    assert limits._local


def test_member_of_staff_who_opens_a_link_is_a_holder_like_any_other(
    occasion, ada, signed_in, fresh_limits, clock
):
    browser = signed_in(ada)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    browser.post(landing(occasion))
    page = browser.get("/f/1/")
    assert page.context["user"].is_anonymous
    words = ("Ada Holm", "Caseload", "Sign out")
    assert [word for word in words if word in text_of(page)] == []
    choose(browser, 1, "3")
    event = AuditEvent.objects.get(action="response.start")
    assert (event.actor_kind, event.actor_role) == ("link", "")
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value == session
    assert Response.objects.get().entered_by is None


# --- Coming back ----------------------------------------------------------------------------------


def test_form_goes_on_at_the_first_open_question_on_another_device(occasion, holder):
    first = holder(occasion)
    choose(first, 1, "3")
    choose(first, 3, "3")
    token = asked.new_link(occasion)
    other = Browser()
    other.post(reverse("form-landing", args=[token]))
    assert goes_to(other.get("/f/")) == (303, "/f/2/")
    # The device whose link was replaced is told so, and nothing of what it gave is lost.
    answer = choose(first, 4, "3")
    assert answer.status_code == 410
    assert "newer link" in text_of(answer)
    assert Response.objects.get().answers == {"IND04": 3, "DEP06": 3}


def test_form_with_nothing_open_comes_back_at_the_last_look(occasion, holder):
    browser = holder(occasion)
    save(browser, {"answers": asked.answers_to(occasion.assignment.version)})
    assert goes_to(browser.get("/f/")) == (303, "/f/review/")


@pytest.mark.parametrize("page", ["/f/", "/f/1/", "/f/review/", "/f/done/"])
@pytest.mark.parametrize("cookie", [None, "", "x", "a:b:c", "é"])
def test_without_the_cookie_the_page_says_how_to_come_back(db, page, cookie):
    browser = Browser()
    if cookie is not None:
        browser.cookies[settings.FORM_COOKIE_NAME] = cookie
    answer = browser.get(page)
    assert answer.status_code == 403
    assert "Please open your link again" in text_of(answer)


def test_cookie_of_another_purpose_opens_nothing(occasion, db):
    from django.core import signing

    link, _token = links.issue_link(occasion=occasion, by=Actor.system(), now=NOW)
    browser = Browser()
    browser.cookies[settings.FORM_COOKIE_NAME] = signing.dumps(
        {"link": str(link.pk), "risk": False}, salt="something else"
    )
    assert browser.get("/f/1/").status_code == 403


# --- One question ---------------------------------------------------------------------------------


def test_question_can_be_left_open(occasion, holder):
    browser = holder(occasion)
    assert goes_to(choose(browser, 1)) == (303, "/f/2/")
    assert not Response.objects.exists()


def test_back_saves_what_is_chosen_and_leads_to_the_question_before(occasion, holder):
    browser = holder(occasion)
    assert goes_to(choose(browser, 2, "na", go="back")) == (303, "/f/1/")
    assert Response.objects.get().answers == {"INT09": None}
    assert goes_to(choose(browser, 1, go="back")) == (303, "/f/?from=1")
    assert browser.get("/f/?from=1").status_code == 200


def test_changing_an_answer_from_the_last_look_leads_back_to_it(occasion, holder):
    browser = holder(occasion)
    choose(browser, 5, "3")
    page = browser.get("/f/5/?then=review")
    assert 'action="/f/5/?then=review"' in text_of(page)
    assert goes_to(choose(browser, 5, "1", query="?then=review")) == (303, "/f/review/")
    assert Response.objects.get().answers == {"IND01": 1}


def test_does_not_apply_is_offered_only_where_the_item_allows_it(occasion, holder):
    browser = holder(occasion)
    assert ">Does not apply this week<" in shown(browser.get("/f/2/"))
    assert ">Does not apply this week<" not in shown(browser.get("/f/1/"))
    assert choose(browser, 1, "na").status_code == 400


@pytest.mark.parametrize(
    "answer", ["6", "-1", "3.0", " 3", "３", "٣", "true", "x" * 5000, "\x00", "<script>", "\u202e"]
)
def test_answer_that_was_not_offered_is_refused_beside_the_question(occasion, holder, answer):
    page = choose(holder(occasion), 1, answer)
    assert page.status_code == 400
    assert "Please choose one of the answers shown." in text_of(page)
    assert not Response.objects.exists()


def test_note_that_is_too_long_is_kept_and_explained(occasion, holder):
    browser = holder(occasion)
    comment = "ä" * 501
    page = browser.post("/f/1/", {"answer": "3", "note": comment, "go": "next"})
    assert page.status_code == 400
    assert comment in text_of(page)
    assert not Response.objects.exists()


@pytest.mark.parametrize("number", ["0", "21", "9" * 30, "²"])
def test_question_that_is_not_there_is_not_found(occasion, holder, number):
    assert holder(occasion).get(f"/f/{number}/").status_code == 404


def test_room_for_the_other_questions_is_nothing_to_read(occasion, holder):
    page = shown(holder(occasion).get("/f/1/"))
    first, second = (item.text for item in occasion.assignment.instrument.items[:2])
    assert f'data-text="{second}"' in page
    words = re.sub(r"<[^>]*>", " ", page)
    assert (words.count(first), words.count(second)) == (1, 0)


# --- Saving by the script -------------------------------------------------------------------------


def test_script_saves_answers_and_notes(occasion, holder):
    answer = save(holder(occasion), {"answers": {"IND04": 3}, "notes": {"IND04": "Tired."}})
    assert (answer.status_code, answer.json()) == (200, {"saved": True, "help": False})
    draft = Response.objects.get()
    assert (draft.answers, draft.item_comments) == ({"IND04": 3}, {"IND04": "Tired."})


def test_note_stands_beside_its_answer_and_is_taken_away_by_leaving_it_empty(
    occasion, holder, ada, signed_in
):
    browser = holder(occasion)
    browser.post("/f/1/", {"answer": "3", "note": "Only at work.", "go": "next"})
    assert "Only at work." in shown(browser.get("/f/1/"))
    assert "Only at work." in shown(browser.get("/f/review/"))
    browser.post("/f/2/", {"answer": "3", "note": "Hm.", "go": "next"})
    browser.post("/f/2/", {"answer": "3", "note": "", "go": "next"})
    send(browser, unusual="on")
    response = Response.objects.get()
    first = occasion.assignment.version.definition.items[0].code
    assert (response.item_comments, response.unusual) == ({first: "Only at work."}, True)
    page = text_of(signed_in(ada).get(reverse("response", args=[response.pk])))
    assert "Only at work." in page
    assert "An unusual week" in page


@pytest.mark.parametrize(
    "code, said", [(asked.WEEKLY, "an unusual week"), (asked.LONG, "an unusual time")]
)
def test_unusual_is_the_time_that_the_form_asks_about(nora, ada, holder, signed_in, code, said):
    browser = holder(asked.open_occasion(nora, code))
    choose(browser, 1, "3")
    assert f"This was {said} for me" in text_of(browser.get("/f/review/"))
    send(browser, unusual="on")
    staff = signed_in(ada)
    page = text_of(staff.get(reverse("response", args=[Response.objects.get().pk])))
    assert f"{said.capitalize()}, by the client’s own word" in page
    page = text_of(staff.get(reverse("client", args=[nora.pk])))
    assert f"{said}, by the client&#x27;s own word" in page


BAD_BODIES = [
    "",
    "null",
    "[]",
    "{}",
    "[" * 9000,
    '{"answers": ' * 3000,
    '{"answers": {"IND04": 3, "IND04": 4}}',
    '{"answers": {}, "answers": {"IND04": 3}}',
    '{"answers": {"IND04": NaN}}',
    '{"answers": {"IND04": Infinity}}',
    '{"answers": {"IND04": 1e999}}',
    '{"answers": {"IND04": 3.0}}',
    '{"answers": {"IND04": "3"}}',
    '{"answers": {"IND04": true}}',
    '{"answers": {"IND04": [3]}}',
    '{"answers": {"IND04": ' + "9" * 5000 + "}}",
    '{"answers": {"IND04": 6}}',
    '{"answers": {"IND04": -1}}',
    '{"answers": {"NOPE": 1}}',
    '{"answers": {"": 1}}',
    '{"answers": {"\\ud800": 1}}',
    '{"answers": {"IND04": null}}',
    '{"answers": ["IND04"]}',
    '{"answers": {"IND04": 3}, "score": 100}',
    '{"answers": {"IND04": 3}, "notes": {"IND04": 7}}',
    '{"answers": {"IND04": 3}, "notes": {"IND04": "\\u0000"}}',
    '{"answers": {"IND04": 3}, "notes": {"IND04": "\\ud800"}}',
    json.dumps({"answers": {"IND04": 3}, "notes": {"IND04": "x" * 501}}),
    '{"answers": {"IND04": 3}, "notes": ["IND04"]}',
    '{"answers": {"IND04": 3}, "comment": "not here"}',
    json.dumps({"answers": {"IND04": 3}, "notes": {"IND04": "x" * 30_000}}),
    b"\xff\xfe",
    "\ufeff{}",
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_script_is_told_in_a_sentence_what_cannot_be_saved(occasion, holder, body):
    answer = save(holder(occasion), body)
    assert answer.status_code == 400
    assert answer.json()["sentence"].endswith(".")
    assert not Response.objects.exists()


def test_only_json_is_read(occasion, holder):
    answer = save(holder(occasion), '{"answers": {"IND04": 3}}', content_type="text/plain")
    assert answer.status_code == 400
    assert not Response.objects.exists()


def test_script_without_a_cookie_is_told_to_open_the_link_again(db):
    answer = save(Browser(), {"answers": {"IND04": 3}})
    assert (answer.status_code, list(answer.json())) == (403, ["sentence"])


# --- Help at once ---------------------------------------------------------------------------------


@pytest.fixture
def crisis_text(harbour):
    harbour.crisis_text = "Ring 112.\nSamaritans, day and night: 116 123 (open 24/7)"
    harbour.save()


def test_help_stands_quietly_under_every_page(safety, crisis_text, holder):
    browser = holder(safety)
    for page in ("/f/", "/f/1/", "/f/review/"):
        text = shown(browser.get(page))
        assert text.count(HELP) == 1
        assert PANEL not in text
        assert text.count('<a href="tel:116123">116 123</a>') == 1


def test_help_is_shown_at_once_after_a_risk_answer(safety, crisis_text, holder):
    browser = holder(safety)
    answer = choose(browser, 2, "1")
    assert goes_to(answer) == (303, "/f/3/?help=1")
    page = shown(browser.get("/f/3/?help=1"))
    assert page.index(PANEL) < page.index("answer__question")
    assert '<a href="tel:112">112</a>' in page
    # and it does not stand in the way of every question after that
    assert PANEL not in shown(browser.get("/f/3/"))


def test_script_is_told_to_show_help_at_once(safety, holder):
    browser = holder(safety)
    assert save(browser, {"answers": {"SAFE01": 0}}).json() == {"saved": True, "help": False}
    assert save(browser, {"answers": {"SAFE02": 3}}).json() == {"saved": True, "help": True}
    data = browser.get("/f/2/").context["script"]
    assert data["help"] == {"SAFE01": 1, "SAFE02": 1, "SAFE03": 1}


def test_thanks_show_help_also_when_the_risk_answer_was_taken_back(safety, holder):
    browser = holder(safety)
    choose(browser, 2, "3")
    choose(browser, 2, "0")
    send(browser)
    assert PANEL in text_of(browser.get("/f/done/"))
    assert not Alert.objects.exists()


def test_help_on_a_form_that_was_never_sent_does_not_claim_that_the_answers_are_seen(
    safety, holder, ada
):
    browser = holder(safety)
    choose(browser, 2, "3")
    assign.end_assignment(assignment=safety.assignment, by=actor(ada), now=NOW)
    page = text_of(browser.get("/f/"))
    assert ("This form was taken back" in page, PANEL in page) == (True, True)
    assert "Your therapist can see your answers now" not in page
    assert "Your therapist has not been told of these answers" in page


def test_thanks_show_no_help_where_there_was_no_risk_answer(safety, holder):
    browser = holder(safety)
    choose(browser, 2, "0")
    send(browser)
    assert PANEL not in text_of(browser.get("/f/done/"))


def test_help_that_is_asked_for_by_address_alone_is_not_shown(safety, holder):
    assert PANEL not in shown(holder(safety).get("/f/1/?help=1"))


def test_practice_without_a_crisis_text_still_says_whom_to_call(safety, holder):
    assert "call your local emergency number" in text_of(holder(safety).get("/f/1/"))


def test_crisis_text_is_shown_as_text(safety, harbour, holder):
    harbour.crisis_text = "<script>alert(1)</script> 112"
    harbour.save()
    assert "<script>alert" not in text_of(holder(safety).get("/f/1/"))


# --- Sending --------------------------------------------------------------------------------------


def test_last_look_shows_each_answer_and_what_is_open(occasion, holder):
    browser = holder(occasion)
    choose(browser, 1, "4")
    choose(browser, 2, "na")
    page = browser.get("/f/review/")
    lines = page.context["lines"]
    assert [line.answer for line in lines[:3]] == ["Very often", "Does not apply this week", ""]
    assert (page.context["open_count"], page.context["first_open"]) == (18, 3)


def test_sending_twice_reloading_and_going_back_send_once(occasion, holder):
    browser = holder(occasion)
    choose(browser, 1, "4")
    revision = revision_of(browser)
    for _time in range(3):
        answer = browser.post("/f/submit/", {"revision": revision, "comment": "Hello."})
        assert goes_to(answer) == (303, "/f/done/")
    assert browser.get("/f/done/").status_code == 200
    for page in ("/f/", "/f/review/"):
        assert goes_to(browser.get(page)) == (303, "/f/done/")
    assert AuditEvent.objects.filter(action="response.submit").count() == 1
    assert Response.objects.get().comment == "Hello."


def test_answer_from_a_stale_tab_after_sending_changes_nothing_and_says_so(occasion, holder):
    browser = holder(occasion)
    choose(browser, 1, "4")
    send(browser)
    page = choose(browser, 1, "0")
    assert page.status_code == 409
    assert "This form was sent already" in text_of(page)
    answer = save(browser, {"answers": {"IND04": 0}})
    assert (answer.status_code, list(answer.json())) == (409, ["sentence"])
    assert Response.objects.get().answers == {"IND04": 4}


def test_last_look_that_is_out_of_date_is_shown_anew_before_anything_is_sent(occasion, holder):
    browser = holder(occasion)
    choose(browser, 1, "4")
    stale = revision_of(browser)
    choose(browser, 1, "0")  # in another tab
    page = browser.post("/f/submit/", {"revision": stale, "comment": "Typed here."})
    assert page.status_code == 409
    assert "Typed here." in text_of(page)
    assert page.context["lines"][0].answer == "Never"
    assert not Response.objects.submitted().exists()
    again = page.context["form"]["revision"].value()
    answer = browser.post("/f/submit/", {"revision": again, "comment": "Typed here."})
    assert goes_to(answer) == (303, "/f/done/")


def test_form_that_runs_out_in_the_middle_says_so_and_keeps_the_answers(occasion, holder, clock):
    near = occasion.closes_at - timedelta(minutes=1)
    clock.move_to(near)
    browser = holder(occasion, near)
    choose(browser, 1, "4")
    revision = revision_of(browser)
    clock.move_to(occasion.closes_at)
    for answer in (
        browser.get("/f/"),
        browser.get("/f/2/"),
        choose(browser, 2, "4"),
        browser.post("/f/submit/", {"revision": revision}),
    ):
        assert answer.status_code == 410
        assert "The time for this form has passed" in text_of(answer)
    assert save(browser, {"answers": {"INT09": 4}}).status_code == 410
    assert Response.objects.get().answers == {"IND04": 4}


def test_form_that_is_taken_back_in_the_middle_says_so(occasion, holder, ada):
    browser = holder(occasion)
    choose(browser, 1, "4")
    revision = revision_of(browser)
    assign.end_assignment(assignment=occasion.assignment, by=actor(ada), now=NOW)
    answer = browser.post("/f/submit/", {"revision": revision})
    assert answer.status_code == 410
    assert "This form was taken back" in text_of(answer)
    assert not Response.objects.submitted().exists()


def test_form_that_closes_between_the_look_and_the_lock_is_refused_calmly(
    occasion, holder, monkeypatch, ada
):
    browser = holder(occasion)
    choose(browser, 1, "4")
    revision = revision_of(browser)
    whole = respond.submit

    def take_back_first(**options):
        assign.end_assignment(assignment=occasion.assignment, by=actor(ada), now=NOW)
        return whole(**options)

    monkeypatch.setattr(respond, "submit", take_back_first)
    assert browser.post("/f/submit/", {"revision": revision}).status_code == 410
    assert not Response.objects.submitted().exists()


def test_form_that_closes_while_an_answer_is_saved_is_refused_calmly(
    occasion, holder, monkeypatch, ada
):
    browser = holder(occasion)
    whole = respond.save_answers

    def take_back_first(**options):
        assign.end_assignment(assignment=occasion.assignment, by=actor(ada), now=NOW)
        return whole(**options)

    monkeypatch.setattr(respond, "save_answers", take_back_first)
    assert choose(browser, 2, "4").status_code == 410
    assert save(browser, {"answers": {"INT09": 4}}).status_code == 410


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "１", "1.0"])
def test_nonsense_for_a_revision_sends_nothing(occasion, holder, revision):
    browser = holder(occasion)
    choose(browser, 1, "4")
    answer = browser.post("/f/submit/", {"revision": revision, "comment": "Kept."})
    assert answer.status_code in (400, 409, 303)
    sent = Response.objects.submitted().exists()
    assert sent == (answer.status_code == 303)


def test_empty_form_is_not_sent_and_the_page_says_why(occasion, holder):
    answer = send(holder(occasion))
    assert answer.status_code == 400
    assert "Please answer at least one question" in text_of(answer)


def test_risk_answers_raise_an_alert_when_the_form_is_sent(safety, holder, ada):
    browser = holder(safety)
    choose(browser, 2, "3")
    assert not Alert.objects.exists()
    send(browser)
    alert = Alert.objects.get()
    assert (alert.rule, alert.owner) == ("self-harm", ada)


# --- Cost -----------------------------------------------------------------------------------------


def test_form_pages_cost_a_fixed_number_of_queries(occasion, holder, django_assert_num_queries):
    browser = holder(occasion)
    choose(browser, 1, "4")
    browser.get("/f/2/")
    for page, queries in (("/f/2/", 1), ("/f/review/", 1), ("/f/?from=1", 1)):
        with django_assert_num_queries(queries):
            browser.get(page)
    with django_assert_num_queries(6):  # savepoint, lock, draft, update, release
        save(browser, {"answers": {"INT09": 4}})


def test_form_pages_load_two_style_sheets_of_the_practice_pages_and_their_own(occasion, holder):
    text = text_of(holder(occasion).get("/f/1/"))
    sheets = re.findall(r'href="[^"]*?([a-z]+)\.css"', text)
    assert sheets == ["tokens", "base", "form"]
    assert re.findall(r'<script[^>]*src="[^"]*?([a-z]+)\.js"', text) == ["saving", "answer"]
