"""The pages on which a practice words its messages."""

import pytest

from clinic.models import MessageWording, Notice
from tests import factories_assessments as asked

HERE = "/messages/wording/form/mail/"
GOOD = "Something waits for you at $practice: $link"


@pytest.fixture
def shipped(db):
    """Two forms that a practice may give."""
    return [asked.instrument(code) for code in ("phq-9", "safety-check")]


def test_pages_show_what_clients_get(pat, signed_in):
    page = signed_in(pat).get("/messages/wording/")
    assert page.status_code == 200
    assert [row["url"] for row in page.context["rows"]] == [
        f"/messages/wording/{kind}/{channel}/"
        for channel in ("mail", "sms")
        for kind in ("form", "reminder")
    ]
    text = page.content.decode()
    assert text.count("Our words.") == 4
    assert "a form from Harbour is waiting for you" in text
    assert "$" not in text


def test_words_are_looked_at_without_being_used(pat, signed_in):
    page = signed_in(pat).post(HERE, {"do": "preview", "subject": "", "text": GOOD})
    assert page.status_code == 200
    assert page.context["shown"].text.startswith("Something waits for you at Harbour: http")
    assert page.context["form"]["text"].value() == GOOD
    assert not MessageWording.objects.exists()


def test_words_are_used_and_given_up(pat, nora, signed_in):
    browser = signed_in(pat)
    assert browser.post(HERE, {"do": "save", "subject": "", "text": GOOD}).url == (
        "/messages/wording/"
    )
    asked.open_occasion(nora)
    notice = Notice.objects.get(client=nora)
    assert notice.text.startswith("Something waits for you at Harbour: http")
    assert "Your own words, since" in browser.get("/messages/wording/").content.decode()
    assert browser.get(HERE).context["form"]["text"].value() == GOOD
    assert browser.post(HERE, {"do": "reset"}).url == "/messages/wording/"
    assert not MessageWording.objects.exists()


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"text": ""}, "text"),
        ({"text": "\u200b"}, "text"),
        ({"text": "No link"}, "text"),
        ({"text": "$link $foo"}, "text"),
        ({"text": f"{GOOD} about your PHQ-9"}, "text"),
        ({"text": f"{GOOD} the safety check"}, "text"),
        ({"text": f"{GOOD} dep\u200bression"}, "text"),
        ({"text": GOOD + "x" * 1000}, "text"),
        ({"text": f"{GOOD}\x00"}, "text"),
        ({"subject": "x" * 81}, "subject"),
        ({"subject": "two\nlines"}, "subject"),
        ({"subject": "$link"}, "subject"),
    ],
)
@pytest.mark.parametrize("do", ["save", "preview"])
def test_bad_words_are_kept_on_the_page_and_not_used(pat, signed_in, shipped, do, typed, field):
    data = {"do": do, "subject": "", "text": GOOD, **typed}
    page = signed_in(pat).post(HERE, data)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == data[field]
    assert page.context["shown"] is None
    assert not MessageWording.objects.exists()


def test_what_cannot_be_seen_is_left_out(pat, signed_in):
    signed_in(pat).post(HERE, {"do": "save", "text": "Open\u200b \u202e$link\r\n\r\nBye"})
    assert MessageWording.objects.get().text == "Open $link\n\nBye"


def test_text_message_has_no_subject(pat, signed_in):
    page = signed_in(pat).get("/messages/wording/reminder/sms/")
    assert list(page.context["form"].fields) == ["text"]


@pytest.mark.parametrize("path", ["form/pigeon", "alert/mail", "invitation/mail", "x/y"])
def test_other_messages_have_no_page(pat, signed_in, path):
    assert signed_in(pat).get(f"/messages/wording/{path}/").status_code == 404


@pytest.mark.parametrize("who", ["ada", "sue", "ash"])
def test_words_are_for_those_who_run_the_practice(request, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/messages/wording/").status_code == 403
    assert browser.post(HERE, {"do": "save", "text": GOOD}).status_code == 403


def test_words_of_another_practice_stay_theirs(pat, solo, elsewhere, signed_in):
    signed_in(pat).post(HERE, {"do": "save", "text": GOOD})
    assert MessageWording.objects.get().practice_id == pat.practice_id
    assert signed_in(solo).get(HERE).context["form"]["text"].value() == GOOD
