"""Correcting from the page of a response: three ways, each asked about once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assessments.models import Correction, Response
from clinic.models import AuditEvent
from tests import factories
from tests import factories_assessments as asked
from tests.factories import NOW

LATER = NOW + timedelta(hours=3)
SURE = {"sure": "1"}


def text_of(page) -> str:
    return " ".join(page.content.decode().split())


@pytest.fixture
def sven(harbour, ada):
    """Another client in ada's care."""
    return factories.make_client(harbour, "Sven Aas", carer=ada)


@pytest.fixture
def sent(occasion) -> Response:
    return asked.send(occasion, now=NOW)


@pytest.fixture
def desk(clock, ada, signed_in):
    """Ada at her desk, three hours later."""
    clock.move_to(LATER)
    return signed_in(ada)


def way(name: str, response: Response) -> str:
    return reverse(f"response-{name}", args=[response.pk])


def page_of(browser, response) -> str:
    return text_of(browser.get(reverse("response", args=[response.pk])))


# --- The three ways -------------------------------------------------------------------------------


def test_answers_page_leads_to_the_three_ways(desk, sent):
    assert way("correct", sent) in page_of(desk, sent)
    page = text_of(desk.get(way("correct", sent)))
    for name in ("move", "redate", "void"):
        assert way(name, sent) in page
    assert "Weekly form of 2 November 2026, under Nora Lind." in page


def test_moving_names_both_people_and_the_form_before_it_is_done(desk, sent, sven):
    data = {"client": str(sven.pk), "reason": "Two sheets <mixed> up."}
    page = desk.post(way("move", sent), data)
    words = text_of(page)
    assert page.status_code == 200
    assert "Move these answers to Sven Aas?" in words
    assert "<dd>Nora Lind</dd>" in words
    assert "<dd>Weekly form</dd>" in words
    assert "Two sheets &lt;mixed&gt; up." in words
    assert not Correction.objects.exists()
    answer = desk.post(way("move", sent), {**data, **SURE})
    copy = Response.objects.submitted().get()
    assert (copy.client, answer.headers["Location"]) == (sven, reverse("response", args=[copy.pk]))
    assert Correction.objects.get().reason == "Two sheets <mixed> up."


@pytest.mark.parametrize(("name", "ticked"), [("move", True), ("void", None)])
def test_client_may_be_asked_for_the_form_again_while_its_time_lasts(
    desk, sent, sven, nora, clock, name, ticked
):
    page = desk.get(way(name, sent))
    assert "Ask Nora Lind for this form again; it stays open until Monday 9 November" in (
        text_of(page)
    )
    assert page.context["form"]["again"].value() == ticked
    data = {"client": str(sven.pk), "reason": "Mixed up.", "again": "on"}
    sure = desk.post(way(name, sent), data)
    assert "Ask Nora Lind for this form again" in text_of(sure)
    assert sure.context["form"]["again"].as_hidden() in sure.content.decode()
    desk.post(way(name, sent), {**data, "again": "True", **SURE})
    assert nora.occasions.filter(opens_at=LATER).count() == 1


def test_form_is_not_asked_for_again_unasked_or_too_late(desk, sent, nora, ada, clock, signed_in):
    clock.move_to(sent.occasion.closes_at)
    browser = signed_in(ada)
    assert "for this form again" not in text_of(browser.get(way("void", sent)))
    clock.move_to(LATER)
    before = nora.occasions.count()
    desk.post(way("void", sent), {"reason": "Sent twice.", "again": "False", **SURE})
    assert nora.occasions.count() == before


def test_true_date_and_time_are_taken_on_the_practices_clock(desk, sent):
    data = {"on": "2026-10-20", "clock": "18:30", "reason": "Dated wrongly."}
    assert "Tuesday 20 October 2026, 18:30" in text_of(desk.post(way("redate", sent), data))
    desk.post(way("redate", sent), {**data, **SURE})
    # Summer time ended on the 25th.
    true_time = datetime(2026, 10, 20, 17, 30, tzinfo=UTC)
    assert Response.objects.submitted().get().submitted_at == true_time


@pytest.mark.parametrize(
    ("day", "hour"), [("2026-10-20", datetime(2026, 10, 20, 11, tzinfo=UTC)), ("2026-11-02", LATER)]
)
def test_day_without_a_time_is_noon_and_today_is_now(desk, sent, day, hour):
    data = {"on": day, "clock": "", "reason": "Dated wrongly."}
    desk.post(way("redate", sent), {**data, **SURE})
    assert Response.objects.submitted().get().submitted_at == hour


def test_answers_taken_out_say_so_and_why(desk, sent):
    answer = desk.post(way("void", sent), {"reason": "A child pressed the buttons.", **SURE})
    assert answer.headers["Location"] == reverse("response", args=[sent.pk])
    words = page_of(desk, sent)
    assert "Ada Holm took these answers out on 2 November 2026, 12:00." in words
    assert "The reason: A child pressed the buttons." in words
    assert "What stands here counts nowhere." in words
    assert "This form gives no score" not in words
    assert way("correct", sent) not in words


def test_what_was_typed_is_kept_when_something_is_to_be_changed(desk, sent, sven):
    data = {"client": str(sven.pk), "reason": "Mixed up."}
    page = desk.post(way("move", sent), {**data, "back": "1"})
    assert page.status_code == 200
    form = page.context["form"]
    assert (form["client"].value(), form["reason"].value()) == (str(sven.pk), "Mixed up.")
    assert not form.errors


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("move", {"client": ""}, "Please choose a client."),
        ("move", {"client": "00000000-0000-0000-0000-000000000000"}, "one of your clients"),
        ("move", {"reason": " "}, "Please say in a few words why."),
        ("redate", {"on": "2026-11-03"}, "This date lies in the future."),
        ("redate", {"on": "1866-11-03"}, "Please check the year"),
        ("redate", {"clock": "25:00"}, "Please write the time as 14:30."),
        ("redate", {"clock": "13:00"}, "This lies in the future."),
        ("redate", {"clock": "09:00"}, "The answers have this date already."),
        ("void", {"reason": "no"}, "Please say in a few words why."),
        ("void", {"reason": "x" * 501}, "500 characters"),
    ],
)
def test_mistake_is_named_beside_its_field_and_nothing_is_written(
    desk, sent, sven, name, change, sentence
):
    data = {"client": str(sven.pk), "on": "2026-11-02", "clock": "08:00", "reason": "Mixed up."}
    page = desk.post(way(name, sent), {**data, **change, **SURE})
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert list(page.context["form"].errors) == list(change)[:1] or "clock" in change
    assert not Correction.objects.exists()


def test_second_correction_is_told_of_the_first(desk, sent):
    for _time in range(2):
        answer = desk.post(way("void", sent), {"reason": "Sent twice.", **SURE}, follow=True)
    assert "These answers were corrected already, on 2 November 2026, 12:00 by Ada Holm." in (
        text_of(answer)
    )
    assert Correction.objects.count() == 1
    for name in ("correct", "move", "redate", "void"):
        assert desk.get(way(name, sent)).status_code == 302


def test_draft_has_no_such_page(desk, occasion, holder):
    holder(occasion).post("/f/1/", {"answer": "5", "go": "next"})
    draft = Response.objects.get()
    for name in ("correct", "move", "redate", "void"):
        assert desk.get(way(name, draft)).status_code == 404


# --- Who sees what --------------------------------------------------------------------------------


def test_only_clients_in_ones_own_care_are_offered(desk, sent, sven, otto, zoe, pat):
    page = text_of(desk.get(way("move", sent)))
    assert "Sven Aas" in page
    for name in ("Nora Lind</option>", "Otto Brandt", "Zoe Falk"):
        assert name not in page
    answer = desk.post(way("move", sent), {"client": str(otto.pk), "reason": "His.", **SURE})
    assert answer.status_code == 400
    assert not Correction.objects.exists()


def test_people_of_one_name_are_told_apart(desk, sent, harbour, ada):
    for value in ("17", "18"):
        factories.number(factories.make_client(harbour, "Sven Aas", carer=ada), value)
    page = text_of(desk.get(way("move", sent)))
    assert "Sven Aas, 17</option>" in page
    assert "Sven Aas, 18</option>" in page


def test_both_pages_of_a_move_tell_of_it_and_lead_to_each_other(desk, sent, sven):
    desk.post(way("move", sent), {"client": str(sven.pk), "reason": "Mixed up.", **SURE})
    copy = Response.objects.submitted().get()
    before = page_of(desk, sent)
    assert "Ada Holm moved these answers on 2 November 2026, 12:00 to the client they" in before
    assert "The answers under Sven Aas" in before
    assert reverse("response", args=[copy.pk]) in before
    after = page_of(desk, copy)
    assert "moved these answers here on 2 November 2026, 12:00 from another record." in after
    assert "The reason: Mixed up." in after
    assert reverse("response", args=[sent.pk]) in after


def test_other_record_stays_unnamed_to_whoever_may_not_see_it(
    desk, sent, sven, sue, ben, signed_in
):
    desk.post(way("move", sent), {"client": str(sven.pk), "reason": "Of Nora’s.", **SURE})
    copy = Response.objects.submitted().get()
    factories.make_care(sven, ben)
    page = page_of(signed_in(ben), copy)
    assert "from another record." in page
    for word in ("Nora", "The reason:", str(sent.pk)):
        assert word not in page
    sven.care.filter(clinician__user__name="Ada Holm").update(ended_at=LATER, ended_by=sue.user)
    page = page_of(signed_in(sue), sent)
    assert "to the client they belong to" in page
    assert "The reason: Of Nora’s." in page
    for word in ("Sven", str(copy.pk), way("correct", sent)):
        assert word not in page


def test_both_histories_say_what_was_done(desk, sent, nora, sven):
    desk.post(way("move", sent), {"client": str(sven.pk), "reason": "Mixed up.", **SURE})
    here = text_of(desk.get(reverse("client-history", args=[nora.pk])))
    there = text_of(desk.get(reverse("client-history", args=[sven.pk])))
    assert "moved the answers of a form to the client they belong to" in here
    assert "moved the answers of a form here from another record" in there


def test_list_of_forms_shows_what_was_corrected_and_what_stands(desk, sent, nora):
    desk.post(way("redate", sent), {"on": "2026-10-20", "reason": "Dated wrongly.", **SURE})
    page = text_of(desk.get(reverse("client-forms", args=[nora.pk])))
    assert f'<a href="{reverse("response", args=[sent.pk])}">Corrected' in page
    assert "taken out on 2 Nov 2026" in page
    copy = Response.objects.submitted().get()
    assert f'<a href="{reverse("response", args=[copy.pk])}">Answered' in page
    assert "Nothing is sent." in page


# --- Their cost -----------------------------------------------------------------------------------


@pytest.mark.parametrize("clients", [1, 3])
def test_pages_cost_the_same_however_many_clients_there_are(
    desk, sent, harbour, ada, clients, django_assert_num_queries
):
    for number in range(clients):
        factories.make_client(harbour, f"Sven {number}", carer=ada)
    desk.get(way("move", sent))
    with django_assert_num_queries(7):
        desk.get(way("move", sent))
    listed = AuditEvent.objects.filter(action="client.list").last()
    assert len(listed.details["clients"]) == clients
