"""A device of the practice in the client's hands, and from one form on to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from assessments.actions import hand_over, plans
from assessments.models import PersonalLink, Response
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests.factories import NOW, PASSWORD

HANDED = settings.HANDED_COOKIE_NAME


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def handed(ada, occasion, signed_in, clock, fresh_limits):
    """Ada's browser after she has handed it over for Nora's weekly form."""
    browser = signed_in(ada)
    answer = browser.post(reverse("occasion-hand-over", args=[occasion.pk]))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/f/who/")
    return browser


def test_hand_over_asks_first_and_names_the_client(ada, occasion, signed_in, clock):
    page = text_of(signed_in(ada).get(reverse("occasion-hand-over", args=[occasion.pk])))
    assert "Hand this device to Nora Lind?" in page
    assert not PersonalLink.objects.filter(handed_over=True).exists()


def test_handed_over_device_is_signed_out_and_opens_nothing_but_the_form(handed, nora):
    for address in ("/", "/caseload/", f"/clients/{nora.pk}/", "/api/v1/clients/", "/nowhere/"):
        answer = handed.get(address)
        assert answer.status_code == 403
        assert "Only the form opens here" in text_of(answer)
        assert "Nora" not in text_of(answer)
    assert handed.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert handed.get("/accounts/login/").status_code == 200
    assert handed.get("/f/who/").status_code == 200


def test_link_of_somebody_else_does_not_open_on_it(handed, otto):
    token = asked.new_link(asked.open_occasion(otto))
    assert handed.get(reverse("form-landing", args=[token])).status_code == 403


def test_name_is_asked_for_before_the_form_opens(handed):
    for address in ("/f/", "/f/1/", "/f/review/", "/f/pause/"):
        assert handed.get(address).headers["Location"] == "/f/who/"
    page = text_of(handed.get("/f/who/"))
    assert "Are you Nora L.?" in page
    assert "Lind" not in page


def test_right_person_answers_and_gives_the_device_back(handed):
    assert handed.post("/f/who/", {"go": "yes"}).headers["Location"] == "/f/"
    for number in range(1, 21):
        handed.post(f"/f/{number}/", {"go": "next", "answer": "3"})
    revision = handed.get("/f/review/").context["form"]["revision"].value()
    handed.post("/f/submit/", {"revision": revision})
    assert "Please give the device back now." in text_of(handed.get("/f/done/"))
    assert Response.objects.get().source == Response.Source.DEVICE
    assert handed.get("/caseload/").status_code == 403  # the lock stays


def test_wrong_person_opens_nothing_and_leaves_a_trace(handed):
    page = handed.post("/f/who/", {"go": "no"})
    assert "Please give the device back" in text_of(page)
    assert handed.get("/f/").status_code == 410
    assert AuditEvent.objects.filter(action="link.wrong_person").count() == 1
    assert PersonalLink.objects.get(handed_over=True).revoked_at == NOW


def test_sign_in_ends_the_lock(handed, ada):
    handed.post("/accounts/login/", {"login": ada.user.email, "password": PASSWORD})
    assert handed.get("/caseload/").status_code == 200
    assert handed.cookies[HANDED].value == ""
    assert handed.get("/f/").status_code in (200, 303)


def test_trail_says_who_handed_which_form_over(handed, ada, nora):
    event = AuditEvent.objects.get(action="link.hand_over")
    assert (event.actor_id, event.client_id) == (ada.user_id, nora.pk)
    assert event.object_id == PersonalLink.objects.get(handed_over=True).pk


def test_links_that_were_sent_go_on_working(handed, occasion):
    assert occasion.links.filter(revoked_at=None, handed_over=False).count() == 1


def test_forgotten_device_stops_being_the_form(handed, clock):
    handed.post("/f/who/", {"go": "yes"})
    clock.move_to(NOW + hand_over.LONGEST)
    assert handed.get("/f/").status_code == 410


def test_made_up_cookie_locks_nothing(ada, signed_in, clock):
    browser = signed_in(ada)
    browser.cookies[HANDED] = "handed"
    assert browser.get("/caseload/").status_code == 200
    browser.logout()
    browser.cookies[HANDED] = "handed"
    assert browser.get("/caseload/").status_code == 302


def test_form_that_cannot_be_filled_in_is_not_handed_over(occasion):
    asked.send(occasion, now=NOW)
    with pytest.raises(Refused):
        hand_over.hand_over(occasion=occasion, by=Actor.system(), now=NOW)


# --- The next form --------------------------------------------------------------------------------


@pytest.fixture
def two_forms(nora):
    parts = [
        plans.Part(asked.instrument(code), cadence, NOW.date())
        for code, cadence in ((asked.SAFETY, "once"), (asked.WEEKLY, "weekly"))
    ]
    made = plans.make_plan(
        client=nora, parts=parts, settings=plans.Settings(), by=Actor.system(), now=NOW
    )
    return sorted((given.first for given in made.assigned), key=lambda row: row.pk)


def test_forms_announced_together_follow_one_another(two_forms, holder):
    first, second = two_forms
    first.refresh_from_db()
    if first.told_with_id is not None:
        first, second = second, first
    browser = holder(first)
    asked.send(first, value=1, now=NOW)
    assert "One more form is waiting" in text_of(browser.get("/f/done/"))
    assert browser.post("/f/next/").headers["Location"] == "/f/"
    way_on = AuditEvent.objects.filter(action="link.create").latest("pk")
    assert (way_on.client_id, way_on.object_id) == (second.client_id, second.links.latest("pk").pk)
    assert browser.get("/f/").status_code == 200
    asked.send(second, value=1, now=NOW + timedelta(minutes=1))
    page = text_of(browser.get("/f/done/"))
    assert "One more form" not in page
    # Pressed twice, or too late, it leads back to the thanks.
    assert browser.post("/f/next/").headers["Location"] == "/f/done/"


def test_form_of_another_message_is_not_offered(occasion, nora, holder):
    asked.open_occasion(nora, asked.SAFETY)
    browser = holder(occasion)
    asked.send(occasion, now=NOW)
    assert "One more form" not in text_of(browser.get("/f/done/"))


# --- Not now, and no more -------------------------------------------------------------------------


def test_client_pauses_from_the_first_page_and_takes_it_back(occasion, nora, fresh_limits, client):
    address = reverse("form-landing", args=[asked.new_link(occasion)])
    with asked_at(NOW):
        assert client.post(address, {"go": "pause"}).headers["Location"] == "/f/pause/"
        assert client.post("/f/pause/", {"choice": "2", "note": "Holiday"}).status_code == 303
        page = text_of(client.get("/f/pause/"))
        assert "The forms are paused until 16 November" in page
        plan = nora.plans.get()
        assert (plan.client_note, plan.paused_at) == ("Holiday", NOW)
        client.post("/f/resume/")
        plan.refresh_from_db()
        assert (plan.paused_at, plan.client_said) == (None, "")


def test_client_stops_and_is_told_so(occasion, nora, holder):
    browser = holder(occasion)
    browser.post("/f/pause/", {"choice": "stop"})
    assert "You will get no more forms" in text_of(browser.get("/f/pause/"))
    assert nora.plans.get().ended_at == NOW


@pytest.mark.parametrize("choice", ["", "3", "x" * 200, "-1"])
def test_choice_that_is_none_keeps_what_was_written(occasion, holder, choice):
    page = holder(occasion).post("/f/pause/", {"choice": choice, "note": "A long week."})
    assert page.status_code == 400
    assert "Please choose one of these." in text_of(page)
    assert "A long week." in text_of(page)


def asked_at(moment):
    import time_machine

    return time_machine.travel(moment, tick=False)
