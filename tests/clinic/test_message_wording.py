"""A practice's own words for its messages, and what they may not be."""

import pytest

from clinic.actions import Refused, message_wording, messages
from clinic.actions.messages import OURS
from clinic.models import AuditEvent, MessageWording, Notice
from tests.factories import NOW, actor

FORM, REMINDER = Notice.Kind.FORM, Notice.Kind.REMINDER
MAIL, SMS = Notice.Channel.MAIL, Notice.Channel.SMS
GOOD = "Dear all,\n\n$practice asks you for a few answers: $link\n\nUntil $until."


def word(pat, text=GOOD, subject="", channel=MAIL, forbidden=("PHQ-9", "Weekly form", "k10")):
    return message_wording.set_wording(
        practice=pat.practice,
        kind=FORM,
        channel=channel,
        subject=subject,
        text=text,
        forbidden=forbidden,
        by=actor(pat),
        now=NOW,
    )


def said(practice, kind=FORM, channel=MAIL):
    own = messages.wordings_of(practice)
    link, until = "https://x.example/f/t/", "Monday"
    return messages.message(practice, kind, channel, own, link=link, until=until)


def test_own_words_take_the_place_of_ours(pat, harbour):
    word(pat, subject="A note from $practice")
    message = said(harbour)
    assert message.subject == "A note from Harbour"
    assert message.text == (
        "Dear all,\n\nHarbour asks you for a few answers: https://x.example/f/t/\n\nUntil Monday."
    )
    ours = str(OURS[REMINDER, MAIL][0])
    assert said(harbour, REMINDER).subject == ours  # the other kinds stay as they are
    event = AuditEvent.objects.get(action="message_wording.set")
    assert (event.actor_id, event.details) == (pat.user_id, {"kind": "form", "channel": "mail"})


def test_empty_subject_leaves_ours(pat, harbour):
    word(pat)
    assert said(harbour).subject == str(OURS[FORM, MAIL][0])


def test_words_are_changed_in_place_and_given_up_again(pat, harbour):
    word(pat)
    word(pat, "Look: $link")
    assert MessageWording.objects.get().text == "Look: $link"
    by = actor(pat)
    arguments = {"practice": harbour, "kind": FORM, "channel": MAIL, "by": by, "now": NOW}
    assert message_wording.reset_wording(**arguments) is True
    assert said(harbour).text.startswith("Hello,")
    assert message_wording.reset_wording(**arguments) is False
    assert AuditEvent.objects.filter(action="message_wording.reset").count() == 1


def test_words_of_one_practice_are_not_those_of_another(pat, harbour, elsewhere):
    word(pat)
    assert said(elsewhere).text.startswith("Hello,")


@pytest.mark.parametrize("kind, channel", OURS)
def test_our_own_words_keep_the_bounds(harbour, kind, channel):
    subject, text = map(str, OURS[kind, channel])
    assert message_wording.faults(harbour, kind, channel, subject, text, ["Safety check"]) == []


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "${link} from ${practice}",
        "At 3.30pm, i.e. soon, open $link. Thank you.",
        "Nr. 5 z.B. $link",
        "Your week 10 is here: $link",  # "k 10" within it is no K10
        "A weekly, formal note: $link",
        "The score: $link".replace("score", "underscored"),
    ],
)
def test_words_within_the_bounds_are_taken(pat, text):
    assert word(pat, text).text == text


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("A form is waiting.", "Please keep $link in it"),
        ("A form is waiting: link", "Please keep $link in it"),
        ("$$link", "Please keep $link in it"),
        ("$Link and $link", "“$Link” means nothing here"),
        ("$name, look: $link", "“$name” means nothing here"),
        ("${client}: $link", "“$client” means nothing here"),
        ("For 5 $: $link", "“$” means nothing here"),
        ("$$ $link", "“$$” means nothing here"),
        ("$linked: $link", "“$linked” means nothing here"),
        ("$link or https://evil.example/", "“https://evil.example/” looks like an address"),
        ("$link or http://1.2.3.4/x", "“http://1.2.3.4/x” looks like an address"),
        ("$link or WWW.evil", "“WWW.evil” looks like an address"),
        ("$link or evil.example", "“evil.example” looks like an address"),
        ("$link or ann@evil.example", "“ann@evil.example” looks like an address"),
        ("$link.now", "“link.now” looks like an address"),
        ("$practice.com $link", "“practice.com” looks like an address"),
        ("$link javascript://x", "“javascript://x” looks like an address"),
        ("How is your Depression? $link", "“Depression” may not stand in a message"),
        ("Depressed? $link", "“Depressed” may not stand in a message"),
        ("your therapist asks: $link", "“therapist” may not stand in a message"),
        ("self harm: $link", "“self harm” may not stand in a message"),
        ("SCORES! $link", "“SCORES” may not stand in a message"),
        ("the PHQ-9: $link", "“PHQ-9” may not stand in a message"),
        ("the phq 9: $link", "“phq 9” may not stand in a message"),
        ("the phq9: $link", "“phq9” may not stand in a message"),
        ("the weekly\nform: $link", "“weekly\nform” may not stand in a message"),
        ("K-10: $link", "“K-10” may not stand in a message"),
        ("$link " + "x" * 1000, "With everything put in, this is"),
    ],
)
def test_words_beyond_the_bounds_are_refused_with_what_is_wrong(pat, text, sentence):
    with pytest.raises(Refused) as refusal:
        word(pat, text)
    assert refusal.value.field == "text"
    assert str(refusal.value).startswith(sentence)
    assert not MessageWording.objects.exists()


@pytest.mark.parametrize(
    "subject, sentence",
    [
        ("$link", "Please keep $link out of the subject"),
        ("Your anxiety form", "“anxiety” may not stand in a message"),
        ("evil.example", "“evil.example” looks like an address"),
        ("$who", "“$who” means nothing here"),
    ],
)
def test_subject_has_bounds_of_its_own(pat, subject, sentence):
    with pytest.raises(Refused) as refusal:
        word(pat, subject=subject)
    assert (refusal.value.field, str(refusal.value)[: len(sentence)]) == ("subject", sentence)


def test_text_message_is_counted_with_everything_put_in(pat, harbour):
    room = 300 - len(message_wording.preview(harbour, FORM, SMS, "", "$link ").text)
    word(pat, "$link " + "x" * room, channel=SMS)
    with pytest.raises(Refused, match="this is 301 characters long"):
        word(pat, "$link " + "x" * (room + 1), channel=SMS)


def test_link_of_the_preview_opens_nothing_and_is_as_long_as_a_real_one(harbour, client):
    from clinic.tokens import new_token

    text = message_wording.preview(harbour, FORM, SMS, "", "$link").text
    path = text.removeprefix("http://127.0.0.1:8000")
    assert len(path) == len(f"/f/{new_token()}/")
    assert client.get(path).status_code == 404


def test_every_fault_is_found_at_once(harbour):
    found = message_wording.faults(harbour, FORM, MAIL, "Risk", "Your score at x.example")
    assert [fault.field for fault in found] == ["text", "subject", "text", "text"]
