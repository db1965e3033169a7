"""Asking, from the therapist's side: add a client, assign, links, entry by staff, reading."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments.actions import links, respond
from assessments.models import Assignment, PersonalLink, Plan, Response, Standing
from assessments.views.intake import skeleton
from clinic.actions.care import close_client
from clinic.audit import Actor
from clinic.models import AuditEvent, CareRelationship, Client, Notice
from tests import factories_assessments as asked
from tests.factories import NOW, actor

WEEK = timedelta(weeks=1)


def text_of(answer) -> str:
    return answer.content.decode()


def goes_to(answer) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "")


def token_on(page) -> str:
    return page.context["address"].split("/")[-2]


@pytest.fixture
def desk(ada, signed_in, clock) -> Browser:
    """Ada's browser."""
    return signed_in(ada)


# --- Adding a client ------------------------------------------------------------------------------


def test_clinician_becomes_the_carer_and_goes_on_to_assign(desk, ada):
    answer = desk.post("/clients/add/", {"name": "Mira Sand"})
    client = Client.objects.get()
    assert goes_to(answer) == (302, reverse("assign", args=[client.pk]))
    assert client.name == "Mira Sand"
    assert CareRelationship.objects.get(client=client).clinician == ada
    assert Standing.objects.filter(client=client).exists()


def test_front_desk_chooses_the_clinician(ash, ada, ben, signed_in):
    browser = signed_in(ash)
    assert browser.post("/clients/add/", {"name": "Mira Sand"}).status_code == 400
    answer = browser.post("/clients/add/", {"name": "Mira Sand", "clinician": str(ben.pk)})
    client = Client.objects.get()
    assert goes_to(answer) == (302, reverse("client", args=[client.pk]))
    assert CareRelationship.objects.get(client=client).clinician == ben


def test_clinician_of_another_practice_cannot_be_chosen(ash, ada, eve, signed_in):
    browser = signed_in(ash)
    answer = browser.post("/clients/add/", {"name": "Mira Sand", "clinician": str(eve.pk)})
    assert answer.status_code == 400
    assert not Client.objects.exists()


def test_clinician_who_runs_the_practice_is_chosen_beforehand(solo, signed_in):
    page = signed_in(solo).get("/clients/add/")
    assert page.context["form"]["clinician"].value() == solo.pk


def test_clinician_cannot_put_a_client_into_the_care_of_another(desk, ada, ben):
    desk.post("/clients/add/", {"name": "Mira Sand", "clinician": str(ben.pk)})
    assert CareRelationship.objects.get().clinician == ada


@pytest.mark.parametrize(
    "name", ["Nora Lind", "NORA  LIND", "nora lind", "Nóra-Lind", "Ｎｏｒａ Lind"]
)
def test_client_who_is_here_already_is_pointed_out_before_anything_is_added(desk, nora, name):
    page = desk.post("/clients/add/", {"name": name, "phone": "0161 496 0018"})
    assert page.status_code == 200
    assert "A client with this name is here already" in text_of(page)
    assert page.context["form"]["phone"].value() == "0161 496 0018"
    assert Client.objects.count() == 1
    assert desk.post("/clients/add/", {"name": name, "another_person": "on"}).status_code == 302
    assert Client.objects.count() == 2


def test_client_of_a_colleague_is_not_given_away_by_the_warning(desk, otto):
    assert desk.post("/clients/add/", {"name": "Otto Brandt"}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"name": "\u200b\u200b"},
        {"name": "x" * 121},
        {"name": "a\nb"},
        {"name": "\x00"},
        {"name": "Mira", "email": "a@[127.0.0.1]"},
        {"name": "Mira", "date_of_birth": "2026-02-30"},
        {"name": "Mira", "date_of_birth": "2200-01-01"},
    ],
)
def test_what_cannot_be_stored_is_explained_and_nothing_added(desk, typed):
    answer = desk.post("/clients/add/", {"phone": "02079460018", **typed})
    assert answer.status_code == 400
    assert answer.context["form"]["phone"].value() == "02079460018"
    assert not Client.objects.exists()


def test_skeleton_tells_people_apart_but_not_spellings():
    assert skeleton("ＮÓRA  o'Lind") == skeleton("nora olind")
    assert skeleton("Nora Lind") != skeleton("Nora Lund")
    assert skeleton("李雷") != skeleton("韩梅")


# --- Assigning ------------------------------------------------------------------------------------


def assign_data(code=asked.WEEKLY, **options) -> dict[str, str]:
    data = {
        "instrument": str(asked.instrument(code).pk),
        "cadence": "usual",
        "first_on": NOW.date().isoformat(),
        "send_by": "mail",
        "opens_at": "06:00",
        "reminder_days_0": "2",
        "reminder_days_1": "4",
        **options,
    }
    return {name: value for name, value in data.items() if value is not None}


def said_on(browser, answer) -> str:
    """The page of forms after an answer that went there."""
    assert answer.status_code == 302
    return text_of(browser.get(answer.headers["Location"]))


def test_assigning_says_the_plan_in_a_sentence_and_that_a_mail_goes_out(desk, nora):
    address = reverse("assign", args=[nora.pk])
    answer = desk.post(address, assign_data())
    assert goes_to(answer) == (302, reverse("client-forms", args=[nora.pk]))
    shown = said_on(desk, answer)
    assert "Weekly form today, then every Monday. By mail at 06:00" in shown
    assert "The first message is on its way to nora@client.example." in shown
    assignment = Assignment.objects.select_related("plan").get()
    assert (assignment.cadence, assignment.plan.send_by) == ("weekly", "mail")
    assert assignment.plan.reminder_days == [2, 4]
    # The page sent again assigns nothing and says so.
    again = desk.post(address, assign_data())
    assert again.status_code == 400
    assert "already assigned" in text_of(again)
    assert (Assignment.objects.count(), Plan.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_link_that_is_handed_over_is_shown_once(desk, nora):
    address = reverse("assign", args=[nora.pk])
    page = desk.post(address, assign_data(send_by="hand"))
    assert page.status_code == 200
    assert "No mail was sent" in text_of(page)
    assert links.find_link(token_on(page), NOW)
    assert not Notice.objects.exists()
    again = desk.post(address, assign_data(send_by="hand"))
    assert again.status_code == 400
    assert token_on(page) not in text_of(again)
    assert token_on(page) not in str(dict(desk.session))


def test_form_for_later_shows_no_link_and_says_when_it_opens(desk, nora):
    later = (NOW.date() + timedelta(days=3)).isoformat()
    answer = desk.post(reverse("assign", args=[nora.pk]), assign_data(first_on=later))
    assert goes_to(answer) == (302, reverse("client-forms", args=[nora.pk]))
    assert "on Thursday 5 November, then every Thursday" in said_on(desk, answer)


def test_every_setting_of_a_single_form_is_kept(desk, nora):
    desk.post(
        reverse("assign", args=[nora.pk]),
        assign_data(
            cadence="two_weeks",
            times="5",
            ends_on="2027-06-30",
            send_by="sms",
            opens_at="18:30",
            weekday="3",
            window_days="6",
            reminder_days_0="3",
            reminder_days_1="",
            adapts="on",
        ),
    )
    plan = Plan.objects.get()
    assert (plan.send_by, plan.opens_at, plan.weekday) == ("sms", time(18, 30), 3)
    assert (plan.window_days, plan.reminder_days, plan.adapts) == (6, [3], True)
    row = plan.assignments.get()
    assert (row.cadence, row.times, row.ends_on) == ("two_weeks", 5, date(2027, 6, 30))


def test_form_before_sessions_waits_for_the_first_that_is_entered(desk, nora):
    data = assign_data(cadence="before_session")
    shown = said_on(desk, desk.post(reverse("assign", args=[nora.pk]), data))
    assert "before each session" in shown
    assert "The form opens with the next session entered." in shown


def test_way_that_reaches_nobody_says_so_at_the_field(ben, otto, signed_in, clock):
    browser = signed_in(ben)
    page = browser.get(reverse("assign", args=[otto.pk]))
    field = page.context["form"]["send_by"]
    assert field.value() == "hand"
    ways = dict(field.field.choices)
    assert "no address on record" in ways["mail"]
    assert "no telephone on record" in ways["sms"]
    page = browser.post(reverse("assign", args=[otto.pk]), assign_data())
    assert "No mail was sent" in text_of(page)
    assert not Notice.objects.exists()


def test_text_messages_are_proposed_where_they_alone_reach_the_client(otto, settings):
    otto.phone = "+44 20 7946 0018"
    assert links.way_to(otto) == "hand"
    settings.SMS_URL = "https://sms.example.org/send"
    assert links.way_to(otto) == "sms"
    assert links.way_to(otto, "hand") == "hand"
    otto.email = "otto@client.example"
    assert links.way_to(otto) == "mail"
    assert links.way_to(otto, "sms") == "sms"


@pytest.mark.parametrize(
    "field, value",
    [
        ("send_by", "pigeon"),
        ("opens_at", "25:00"),
        ("weekday", "9"),
        ("window_days", "31"),
        ("reminder_days_0", "x"),
        ("reminder_days_0", "20"),
    ],
)
def test_settings_that_make_no_sense_are_explained_in_the_open(desk, nora, field, value):
    page = desk.post(reverse("assign", args=[nora.pk]), assign_data(times="7", **{field: value}))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field.removesuffix("_0")]
    assert 'class="more delivery-words" open' in text_of(page)
    assert page.context["form"]["times"].value() == "7"
    assert not Plan.objects.exists()


def test_how_it_goes_out_is_closed_and_in_words_until_it_is_asked_for(desk, nora):
    asked.instrument()
    page = desk.get(reverse("assign", args=[nora.pk]))
    assert 'class="more delivery-words">' in text_of(page)
    assert "By mail at 06:00, open until the next one, reminders after 2 and 4 days." in text_of(
        page
    )


@pytest.mark.parametrize(
    "field, value",
    [
        ("instrument", ""),
        ("instrument", "x"),
        ("instrument", "00000000-0000-0000-0000-000000000000"),
        ("cadence", "hourly"),
        ("cadence", ""),
        ("first_on", ""),
        ("first_on", "0001-01-01"),
        ("first_on", "9999-12-31"),
        ("first_on", "2026-02-30"),
        ("first_on", "٢٠٢٦-١١-٠٢"),
        ("first_on", "2026-11-01"),
        ("ends_on", "2026-11-01"),
        ("ends_on", "9999-12-31"),
        ("times", "0"),
        ("times", "x"),
    ],
)
def test_what_cannot_be_assigned_is_explained_beside_the_field(desk, nora, field, value):
    page = desk.post(reverse("assign", args=[nora.pk]), assign_data(**{field: value}))
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert not Assignment.objects.exists()


def test_cards_say_what_is_measured_first_and_what_is_not_known(desk, nora):
    for code in (asked.LONG, asked.WEEKLY, asked.SAFETY):
        asked.instrument(code)
    page = desk.get(reverse("assign", args=[nora.pk]))
    codes = [card["definition"].code for card in page.context["cards"]]
    assert codes == [asked.WEEKLY, asked.LONG, asked.SAFETY]
    assert text_of(page).count("has not yet been validated") == 2


def test_closed_record_gets_no_form(desk, nora, ada):
    close_client(client=nora, by=actor(ada), now=NOW)
    page = desk.post(reverse("assign", args=[nora.pk]), assign_data())
    assert page.status_code == 400
    assert not Assignment.objects.exists()


# --- Forms and links ------------------------------------------------------------------------------


def test_forms_of_a_closed_record_offer_nothing_that_would_be_refused(desk, nora, ada):
    asked.give(nora)
    address = reverse("client-forms", args=[nora.pk])
    assert "New link" in text_of(desk.get(address))
    close_client(client=nora, by=actor(ada), now=NOW)
    page = text_of(desk.get(address))
    assert "This record is closed" in page
    offered = ("New link", "Stop the link", "Enter answers", "Leave out")
    assert [words for words in offered if words in page] == []


def test_forms_show_what_came_what_is_open_and_what_is_to_come(ada, nora, signed_in, clock):
    assignment = asked.give(nora).assignment
    response = asked.send(assignment.occasions.get(number=0))
    clock.move_to(NOW + 2 * WEEK)
    [card] = signed_in(ada).get(reverse("client-forms", args=[nora.pk])).context["running"]
    given = card.given
    assert [(e.occasion.number, e.state) for e in given.past] == [(1, "missed"), (0, "answered")]
    assert [(e.occasion.number, e.state) for e in given.open] == [(2, "open")]
    assert [e.occasion.number for e in given.coming] == [3, 4, 5]
    assert given.past[1].response == response


def test_number_of_queries_of_the_forms_is_fixed(
    ada, nora, signed_in, clock, django_assert_num_queries
):
    def look():
        browser = signed_in(ada)
        browser.get(reverse("client-forms", args=[nora.pk]))  # writes the session
        with django_assert_num_queries(13):
            browser.get(reverse("client-forms", args=[nora.pk]))

    asked.give(nora)
    look()
    asked.give(nora, asked.LONG)
    safety = asked.give(nora, asked.SAFETY).assignment
    for occasion in safety.occasions.filter(number__lt=3):
        asked.send(occasion, value=0, now=occasion.opens_at + timedelta(hours=1))
    clock.move_to(NOW + 3 * WEEK)
    look()


def test_new_link_is_shown_once_and_takes_the_place_of_the_old(desk, nora):
    assigned = asked.give(nora)
    address = reverse("occasion-link", args=[assigned.first.pk])
    known = str(links.newest_link(assigned.first))
    page = desk.post(address, {"known": known})
    assert "No mail was sent" in text_of(page)
    assert links.find_link(token_on(page), NOW)
    assert links.find_link(assigned.token, NOW) is None
    # The same page sent again makes no other link, so that the first goes on working.
    again = desk.post(address, {"known": known})
    assert goes_to(again) == (302, reverse("client-forms", args=[nora.pk]))
    assert links.find_link(token_on(page), NOW)
    assert PersonalLink.objects.count() == 2


def test_new_link_goes_by_mail_where_that_is_wished(desk, nora):
    occasion = asked.open_occasion(nora, send_by="hand")
    page = desk.post(
        reverse("occasion-link", args=[occasion.pk]),
        {"known": str(links.newest_link(occasion)), "go": "mail"},
    )
    assert "on its way to nora@client.example" in text_of(page)
    assert Notice.objects.get().recipient == "nora@client.example"


@pytest.mark.parametrize("known", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_for_the_known_link_makes_none(desk, nora, known):
    occasion = asked.open_occasion(nora)
    answer = desk.post(reverse("occasion-link", args=[occasion.pk]), {"known": known})
    assert answer.status_code == 302
    assert PersonalLink.objects.count() == 1


def test_link_to_a_form_that_was_sent_is_refused_calmly(desk, nora):
    occasion = asked.open_occasion(nora)
    asked.send(occasion)
    answer = desk.post(
        reverse("occasion-link", args=[occasion.pk]), {"known": str(links.newest_link(occasion))}
    )
    assert "This form was sent already." in text_of(desk.get(answer.headers["Location"]))


def test_link_can_be_stopped(desk, nora):
    assigned = asked.give(nora)
    address = reverse("occasion-link-revoke", args=[assigned.first.pk])
    for _time in range(2):
        assert desk.post(address).status_code == 302
    assert links.find_link(assigned.token, NOW) is None
    assert asked.events_of(assigned.assignment).count("link.revoke") == 1


def test_ending_asks_first_and_changes_nothing_by_looking(desk, nora):
    assignment = asked.give(nora).assignment
    address = reverse("assignment-end", args=[assignment.pk])
    assert "End “Weekly form” for Nora Lind?" in text_of(desk.get(address))
    assignment.refresh_from_db()
    assert assignment.ended_at is None
    for _time in range(2):
        assert goes_to(desk.post(address)) == (302, reverse("client-forms", args=[nora.pk]))
    assignment.refresh_from_db()
    assert assignment.ended_at == NOW
    assert desk.get(address).status_code == 302


# --- Entry by staff -------------------------------------------------------------------------------


def sheet(version, value="3", day=NOW, **options) -> dict[str, str]:
    answers = {f"item-{item.code}": value for item in version.definition.items}
    return {**answers, "answered_on": f"{day:%Y-%m-%d}", **options}


def test_answers_from_paper_are_scored_and_say_who_entered_them(desk, nora, ada):
    occasion = asked.open_occasion(nora)
    version = occasion.assignment.version
    answer = desk.post(
        reverse("occasion-enter", args=[occasion.pk]),
        sheet(version, **{"item-INT09": "na", "comment": "Wrote in the margin."}),
    )
    response = Response.objects.get()
    assert goes_to(answer) == (302, reverse("response", args=[response.pk]))
    assert response.answers == {**asked.answers_to(version, 3), "INT09": None}
    assert (response.source, response.entered_by) == ("staff", ada.user)
    page = text_of(desk.get(answer.headers["Location"]))
    assert "Entered by staff: Ada Holm" in page
    assert "Wrote in the margin." in page


def test_question_that_was_skipped_is_asked_about_and_all_typed_is_kept(desk, nora):
    occasion = asked.open_occasion(nora)
    address = reverse("occasion-enter", args=[occasion.pk])
    data = sheet(occasion.assignment.version, comment="Kept.")
    del data["item-IND01"], data["item-INT09"]
    page = desk.post(address, data)
    assert page.status_code == 400
    assert "Questions 2, 5 have no answer." in text_of(page)
    assert page.context["form"]["item-IND04"].value() == "3"
    assert "Kept." in text_of(page)
    assert not Response.objects.exists()
    assert desk.post(address, {**data, "leave_open": "on"}).status_code == 302
    assert len(Response.objects.get().answers) == 18


@pytest.mark.parametrize(
    "change", [{"item-IND04": "6"}, {"item-IND04": "na"}, {"comment": "x" * 2001}]
)
def test_sheet_with_a_mistake_saves_nothing(desk, nora, change):
    occasion = asked.open_occasion(nora)
    data = sheet(occasion.assignment.version, **change)
    page = desk.post(reverse("occasion-enter", args=[occasion.pk]), data)
    assert page.status_code == 400
    assert not Response.objects.exists()


def test_empty_sheet_saves_nothing(desk, nora):
    occasion = asked.open_occasion(nora)
    page = desk.post(reverse("occasion-enter", args=[occasion.pk]), {"leave_open": "on"})
    assert page.status_code == 400
    assert "Please answer at least one question." in text_of(page)


def test_what_the_client_began_is_filled_in_and_its_reading_recorded(desk, nora, holder):
    occasion = asked.open_occasion(nora)
    holder(occasion).post("/f/1/", {"answer": "5", "go": "next"})
    page = desk.get(reverse("occasion-enter", args=[occasion.pk]))
    assert page.context["form"]["item-IND04"].value() == "5"
    assert AuditEvent.objects.filter(action="response.read").count() == 1


def test_sheet_that_was_answered_meanwhile_is_refused_and_the_first_answers_stand(desk, nora):
    occasion = asked.open_occasion(nora)
    asked.send(occasion, value=2, now=NOW)
    address = reverse("occasion-enter", args=[occasion.pk])
    page = desk.post(address, sheet(occasion.assignment.version))
    assert page.status_code == 400
    assert "The first answers stand." in text_of(page)
    response = Response.objects.get()
    assert response.answers["IND04"] == 2
    assert goes_to(desk.get(address)) == (302, reverse("response", args=[response.pk]))


def test_sheet_sent_twice_is_one_response(desk, nora):
    occasion = asked.open_occasion(nora)
    address = reverse("occasion-enter", args=[occasion.pk])
    found = {goes_to(desk.post(address, sheet(occasion.assignment.version))) for _time in range(2)}
    assert found == {(302, reverse("response", args=[Response.objects.get().pk]))}
    assert AuditEvent.objects.filter(action="response.submit").count() == 1


def test_form_that_is_not_open_cannot_be_entered(desk, nora, clock):
    occasion = asked.give(nora, first_on=(NOW + timedelta(days=3)).date()).first
    answer = desk.post(
        reverse("occasion-enter", args=[occasion.pk]), sheet(occasion.assignment.version)
    )
    assert goes_to(answer) == (302, reverse("client-forms", args=[nora.pk]))
    assert not Response.objects.exists()


# --- One response ---------------------------------------------------------------------------------


def test_response_shows_answers_in_words_and_scores_with_their_error(desk, nora):
    response = asked.send(asked.open_occasion(nora), value=4)
    page = desk.get(reverse("response", args=[response.pk]))
    lines, scales = page.context["lines"], page.context["scales"]
    assert {line.answer for line in lines} == {"Very often"}
    assert [line.scale.code for line in scales] == ["DEP", "CDP", "IND", "INT"]
    for line in scales:
        assert line.margin == pytest.approx(1.96 * line.score.sem)
    assert "has not yet been validated" in text_of(page)


def test_reading_a_response_leaves_one_event_and_marks_it_as_seen(desk, nora):
    response = asked.send(asked.open_occasion(nora), now=NOW)
    for _time in range(2):
        desk.get(reverse("response", args=[response.pk]))
    response.refresh_from_db()
    assert response.seen_at == NOW
    assert Standing.objects.get(client=nora).unseen_responses == 0
    assert AuditEvent.objects.filter(action="response.read", object_id=response.pk).count() == 2


def test_supervisor_reads_along_without_marking_anything_as_seen(sue, nora, signed_in):
    response = asked.send(asked.open_occasion(nora))
    assert signed_in(sue).get(reverse("response", args=[response.pk])).status_code == 200
    response.refresh_from_db()
    assert response.seen_at is None


def test_scale_with_too_few_answers_says_so_instead_of_a_figure(desk, nora):
    occasion = asked.open_occasion(nora)
    response = respond.submit(
        occasion=occasion, answers={"IND04": 3}, by=Actor.system(), now=NOW, source="link"
    ).response
    page = text_of(desk.get(reverse("response", args=[response.pk])))
    assert "No figure: at least 5 answers are needed." in page
    assert "left open" in page


def test_draft_cannot_be_read_as_a_response(desk, nora, holder):
    occasion = asked.open_occasion(nora)
    holder(occasion).post("/f/1/", {"answer": "5", "go": "next"})
    assert desk.get(reverse("response", args=[Response.objects.get().pk])).status_code == 404


def test_risk_answers_are_pointed_out(desk, nora):
    occasion = asked.open_occasion(nora, asked.SAFETY)
    response = respond.submit(
        occasion=occasion, answers={"SAFE02": 2}, by=Actor.system(), now=NOW, source="link"
    ).response
    page = desk.get(reverse("response", args=[response.pk]))
    assert page.context["risk_items"] == {"SAFE02"}
    assert "Says there were thoughts of doing harm to themselves." in text_of(page)
    assert "This form gives no score." in text_of(page)


def test_comment_of_a_client_is_shown_as_text(desk, nora):
    response = respond.submit(
        occasion=asked.open_occasion(nora),
        answers={"IND04": 2},
        comment="<script>alert(1)</script>{{7*7}}",
        by=Actor.system(),
        now=NOW,
        source="link",
    ).response
    page = text_of(desk.get(reverse("response", args=[response.pk])))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, status",
    [("ada", 200), ("sue", 403), ("pat", 403), ("ash", 403), ("ben", 404), ("eve", 404)],
)
def test_only_who_cares_for_the_client_asks(
    request, nora, sue, pat, ash, ben, eve, signed_in, clock, who, status
):
    occasion = asked.open_occasion(nora)
    browser = signed_in(request.getfixturevalue(who))
    pages = [
        reverse("assign", args=[nora.pk]),
        reverse("occasion-enter", args=[occasion.pk]),
        reverse("assignment-end", args=[occasion.assignment.pk]),
    ]
    assert [browser.get(page).status_code for page in pages] == [status] * 3
    known = str(links.newest_link(occasion))
    made = browser.post(reverse("occasion-link", args=[occasion.pk]), {"known": known})
    assert made.status_code == status
    assert PersonalLink.objects.count() == (2 if status == 200 else 1)


@pytest.mark.parametrize(
    "who, status",
    [("ada", 200), ("sue", 200), ("pat", 403), ("ash", 403), ("ben", 404), ("eve", 404)],
)
def test_only_who_may_see_answers_sees_forms_and_responses(
    request, nora, sue, pat, ash, ben, eve, signed_in, clock, who, status
):
    response = asked.send(asked.open_occasion(nora))
    browser = signed_in(request.getfixturevalue(who))
    pages = [reverse("client-forms", args=[nora.pk]), reverse("response", args=[response.pk])]
    assert [browser.get(page).status_code for page in pages] == [status] * 2


def test_day_before_the_practice_wakes_up_counts_by_its_own_zone(eve, zoe, signed_in, clock):
    """Half past eleven at night in London is tomorrow in Berlin."""
    clock.move_to(NOW.replace(hour=23, minute=30))
    page = signed_in(eve).get(reverse("assign", args=[zoe.pk]))
    assert page.context["form"]["first_on"].value() == date(2026, 11, 3)
