"""How long answering took, and the marks that are set when a form is sent."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import respond
from assessments.models import Response, Score
from tests import factories_assessments as asked
from tests.factories import NOW, actor


@pytest.fixture
def browser(occasion, holder) -> Browser:
    return holder(occasion)


def save(browser: Browser, body) -> int:
    text = body if isinstance(body, str) else json.dumps(body)
    return browser.post("/f/save/", text, content_type="application/json").status_code


def choose(browser: Browser, number: int, answer: str) -> None:
    page = browser.post(reverse("form-item", args=[number]), {"go": "next", "answer": answer})
    assert page.status_code == 303


def send(browser: Browser) -> Response:
    revision = browser.get("/f/review/").context["form"]["revision"].value()
    assert browser.post("/f/submit/", {"revision": revision}).status_code == 303
    return Response.objects.get()


def varied(occasion) -> dict[str, int | None]:
    """Answers that give no reason for a mark, apart from their time."""
    items = occasion.assignment.version.definition.items
    return {item.code: 2 + number % 2 for number, item in enumerate(items)}


def calmly(answers: dict[str, int | None]) -> dict:
    """What the script sends of answers that took their time."""
    return {"answers": answers, "seconds": dict.fromkeys(answers, 4.2)}


def codes(response: Response) -> list[str]:
    return [mark["code"] for mark in response.marks]


# --- Times of the script --------------------------------------------------------------------------


def test_times_of_one_draft_add_up_and_unknown_questions_are_left_out(browser):
    save(browser, {"answers": {"IND04": 3}, "seconds": {"IND04": 2.5, "NOPE": 4}})
    save(browser, {"answers": {"IND04": 2, "INT09": 1}, "seconds": {"IND04": 1.25, "INT09": 4}})
    assert Response.objects.get().seconds["items"] == {"IND04": 3.8, "INT09": 4.0}


@pytest.mark.parametrize(
    "seconds",
    [
        '{"IND04": NaN}',
        '{"IND04": Infinity}',
        '{"IND04": -Infinity}',
        '{"IND04": -1}',
        '{"IND04": 3600.5}',
        '{"IND04": 1e999}',
        '{"IND04": ' + "9" * 5000 + "}",
        '{"IND04": "2"}',
        '{"IND04": true}',
        '{"IND04": null}',
        '{"IND04": [1]}',
        '{"IND04": 1, "IND04": 2}',
        '{"\\ud800": 1}',
        "[]",
        "7",
        "null",
        '"x"',
        json.dumps({f"X{number}": 1 for number in range(501)}),
    ],
)
def test_times_without_sense_lose_no_answer(browser, seconds):
    assert save(browser, f'{{"answers": {{"IND04": 3}}, "seconds": {seconds}}}') == 200
    draft = Response.objects.get()
    assert (draft.answers, draft.seconds["items"]) == ({"IND04": 3}, {})


def test_time_is_no_answer(browser):
    assert save(browser, {"answers": {"IND04": 3.5}}) == 400
    assert save(browser, {"seconds": {"IND04": 3}}) == 200
    assert not Response.objects.exists()


def test_time_alone_is_kept_and_leaves_the_answers_as_they_were_looked_over(browser):
    save(browser, {"answers": {"IND04": 3}, "seconds": {"IND04": 1}})
    seen = Response.objects.get().revision
    assert save(browser, {"seconds": {"INT09": 7}}) == 200
    draft = Response.objects.get()
    assert (draft.revision, draft.seconds["items"]) == (seen, {"IND04": 1.0, "INT09": 7.0})


def test_fast_answers_are_marked_and_their_scores_are_the_same(occasion, browser, otto):
    answers = varied(occasion)
    save(browser, {"answers": answers, "seconds": dict.fromkeys(answers, 0.8)})
    response = send(browser)
    assert response.marks == [
        {"code": "too_fast", "seconds": 0.8, "basis": "items", "items": 20, "threshold": 1.5}
    ]
    slow = respond.submit(
        occasion=asked.open_occasion(otto),
        answers=answers,
        by=actor(otto.care.get().clinician),
        now=NOW,
        source=Response.Source.LINK,
    ).response
    assert slow.marks == []
    scores = [
        list(Score.objects.filter(response=r).order_by("scale").values_list("scale", "value"))
        for r in (response, slow)
    ]
    assert scores[0] == scores[1]


def test_answers_at_an_ordinary_pace_are_not_marked(occasion, browser):
    answers = varied(occasion)
    save(browser, calmly(answers))
    assert codes(send(browser)) == []


# --- Without a script -----------------------------------------------------------------------------


def test_without_a_script_the_whole_form_is_timed_without_long_pauses(occasion, browser, clock):
    for number in range(1, 21):
        clock.shift(timedelta(hours=9) if number == 11 else timedelta(seconds=6))
        choose(browser, number, str(2 + number % 2))
    clock.shift(timedelta(seconds=20))
    response = send(browser)
    # From the button of the first page on: 19 questions, a pause that counts a minute, the look.
    assert response.seconds == {"items": {}, "total": 19 * 6 + 60 + 20}
    assert codes(response) == []


def test_without_a_script_a_form_clicked_through_is_marked(occasion, browser, clock):
    for number in range(1, 21):
        clock.shift(timedelta(seconds=1))
        choose(browser, number, str(2 + number % 2))
    response = send(browser)
    assert codes(response) == ["too_fast"]
    assert (response.marks[0]["basis"], response.marks[0]["seconds"]) == ("total", 1.0)


def test_total_counts_where_the_script_saw_few_questions(occasion, browser, clock):
    save(browser, {"answers": {"IND04": 3}, "seconds": {"IND04": 0.4}})
    for number in range(2, 21):
        clock.shift(timedelta(seconds=6))
        choose(browser, number, str(2 + number % 2))
    response = send(browser)
    assert response.seconds["items"] == {"IND04": 0.4}
    assert codes(response) == []


def test_answers_that_come_at_once_after_a_lost_connection_are_not_taken_for_haste(
    occasion, browser, clock
):
    clock.shift(timedelta(minutes=3))
    save(browser, {"answers": varied(occasion)})  # by a script that measures no time yet
    response = send(browser)
    assert response.seconds["total"] == 180
    assert codes(response) == []


def test_clock_that_was_set_back_takes_nothing_off(occasion, browser, clock):
    clock.shift(timedelta(seconds=30))
    choose(browser, 1, "3")
    clock.shift(timedelta(seconds=-20))
    choose(browser, 2, "3")
    assert Response.objects.get().seconds["total"] == 30


def test_draft_from_before_times_were_kept_stays_untimed(occasion, browser, clock):
    choose(browser, 1, "3")
    draft = Response.objects.get()
    draft.seconds = None
    draft.save(update_fields=["seconds"])
    for number in range(2, 21):
        choose(browser, number, str(2 + number % 2))
    assert (send(browser).seconds, codes(Response.objects.get())) == (None, [])


@pytest.mark.parametrize("source", [Response.Source.STAFF, Response.Source.API])
def test_answers_that_others_send_have_no_times(occasion, browser, ada, source):
    answers = varied(occasion)
    save(browser, {"answers": answers, "seconds": dict.fromkeys(answers, 0.5)})
    sent = respond.submit(
        occasion=occasion, by=actor(ada), now=NOW, source=source, entered_by=ada.user
    ).response
    sent.refresh_from_db()
    assert (sent.seconds, sent.marks) == (None, [])


# --- The other marks, and where they are shown ----------------------------------------------------


def answers_with(occasion, kind: str) -> dict[str, int | None]:
    answers = varied(occasion)
    items = occasion.assignment.version.definition.items
    if kind == "all_same":
        return dict.fromkeys(answers, 2)
    if kind == "long_string":
        return {**answers, **{item.code: 3 for item in items[4:15]}}
    if kind == "acquiescence":
        paired = {item.code for item in items if item.pair}
        return {code: 5 if code in paired else value for code, value in answers.items()}
    return dict(list(answers.items())[:12])


@pytest.mark.parametrize(
    "kind, note, sentence",
    [
        ("all_same", "all answers the same", "All 20 answers were the same, although some"),
        ("long_string", "many equal answers in a row", "answers in a row were the same, from"),
        ("acquiescence", "opposites answered alike", "mostly agreed with alike"),
        ("missing", "many questions left open", "8 of 20 questions were left open"),
    ],
)
def test_mark_is_shown_as_a_question_on_the_pages_of_the_therapist(
    occasion, browser, ada, nora, signed_in, kind, note, sentence
):
    save(browser, calmly(answers_with(occasion, kind)))
    response = send(browser)
    assert kind in codes(response)
    therapist = signed_in(ada)
    page = therapist.get(reverse("response", args=[response.pk])).content.decode()
    assert "About how it was answered" in page
    assert sentence in page
    for name in ("client", "client-forms"):
        assert f"How it was answered: {note}" in " ".join(
            therapist.get(reverse(name, args=[nora.pk])).content.decode().split()
        )


def test_equal_answers_throughout_are_said_once(occasion, browser, ada, signed_in):
    save(browser, calmly(answers_with(occasion, "all_same")))
    response = send(browser)
    assert codes(response) == ["long_string", "all_same"]
    page = signed_in(ada).get(reverse("response", args=[response.pk]))
    assert len(page.context["marks"]) == 1


def test_form_without_marks_says_nothing_of_how_it_was_answered(
    occasion, browser, ada, nora, signed_in
):
    save(browser, calmly(varied(occasion)))
    response = send(browser)
    assert response.marks == []
    therapist = signed_in(ada)
    for name, row in (("response", response), ("client", nora), ("client-forms", nora)):
        page = therapist.get(reverse(name, args=[row.pk])).content.decode()
        assert "ow it was answered" not in page


def test_client_reads_nothing_of_marks_or_times(occasion, browser):
    save(browser, {"answers": answers_with(occasion, "all_same"), "seconds": {"IND04": 0.25}})
    send(browser)
    page = browser.get("/f/done/").content.decode()
    assert "worth asking" not in page
    assert "answered" not in page.lower().replace("unanswered", "")


def test_times_are_ciphertext_in_the_database(occasion, browser):
    from django.db import connection

    save(browser, {"answers": {"IND04": 3}, "seconds": {"IND04": 2.5}})
    with connection.cursor() as cursor:
        cursor.execute("SELECT seconds FROM assessments_response")
        assert b"IND04" not in bytes(cursor.fetchone()[0])
