"""The verbs: adding and changing clients, assigning, links, submitting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from assessments.models import Alert, Assignment, PersonalLink, Response, Score
from clinic.actions import care
from clinic.models import AuditEvent, Client, Notice
from tests import factories, factories_wording
from tests import factories_assessments as asked
from tests.api.conftest import Program, new_token, refusal
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db


# --- Adding a client ----------------------------------------------------------------------------


def test_client_is_added_in_ones_own_care(ada_program, ada):
    sent = {
        "name": " Nora\u200b  Lind ",
        "date_of_birth": "1991-04-18",
        "email": "NORA@Example.org",
        "phone": "+44 20 7946 0018",
        "note": "Ring after four.\r\nNot on Fridays.",
    }
    answer = ada_program.post("clients/", sent)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["name"], body["email"]) == ("Nora Lind", "nora@example.org")
    assert body["note"] == "Ring after four.\nNot on Fridays."
    assert body["carers"] == [{"clinician": str(ada.pk), "name": "Ada Holm"}]
    assert body["standing"]["signal"] == "new"
    assert ada_program.get(f"clients/{body['id']}/").json() == body
    events = AuditEvent.objects.filter(client_id=body["id"], actor_kind="token")
    assert set(events.values_list("action", flat=True)) == {
        "client.add",
        "care.start",
        "client.read",
    }


def test_client_needs_no_more_than_a_name(ada_program):
    body = ada_program.post("clients/", {"name": "Nora", "email": None, "phone": ""}).json()
    assert [body[name] for name in ("date_of_birth", "email", "phone", "note")] == [None] * 4


def test_same_request_twice_adds_one_client(ada_program):
    assert ada_program.post("clients/", {"name": "Zoë Lind"}).status_code == 201
    answer = ada_program.post("clients/", {"name": "ZOE  lind"})
    assert refusal(answer) == (409, "same_name")
    assert list(answer.json()["fields"]) == ["name"]
    assert Client.objects.count() == 1
    answer = ada_program.post("clients/", {"name": "Zoe Lind", "another_person": True})
    assert answer.status_code == 201


def test_name_in_another_practice_is_not_revealed(ada_program, zoe):
    assert ada_program.post("clients/", {"name": zoe.name}).status_code == 201


def test_admin_names_the_carer(program, pat, ada, eve):
    sender = program(pat)
    without = sender.post("clients/", {"name": "Nora"})
    assert refusal(without) == (400, "invalid")
    assert list(without.json()["fields"]) == ["clinician"]
    for stranger in (pat.pk, eve.pk, uuid4()):
        answer = sender.post("clients/", {"name": "Nora", "clinician": str(stranger)})
        assert list(answer.json()["fields"]) == ["clinician"]
    answer = sender.post("clients/", {"name": "Nora", "clinician": str(ada.pk)})
    assert answer.status_code == 201
    assert answer.json()["carers"][0]["clinician"] == str(ada.pk)
    assert answer.json()["standing"] is None


def test_clinician_does_not_choose_a_colleague(ada_program, ben):
    answer = ada_program.post("clients/", {"name": "Nora", "clinician": str(ben.pk)})
    assert list(answer.json()["fields"]) == ["clinician"]
    assert not Client.objects.exists()


# --- Changing one -------------------------------------------------------------------------------


def test_only_what_is_sent_changes(ada_program, nora):
    answer = ada_program.patch(f"clients/{nora.pk}/", {"phone": "020 7946 0018", "email": None})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["name"], body["phone"], body["email"]) == ("Nora Lind", "020 7946 0018", None)
    event = AuditEvent.objects.get(action="client.edit")
    assert (event.fields, event.actor_kind) == (["email", "phone"], "token")


def test_empty_change_is_refused(ada_program, nora):
    assert refusal(ada_program.patch(f"clients/{nora.pk}/", {})) == (400, "invalid")
    assert refusal(ada_program.send("PATCH", f"clients/{nora.pk}/")) == (400, "invalid")


def test_change_that_meets_another_is_told(ada_program, nora, ada, monkeypatch):
    genuine = care.identity_version

    def overtaken(client):
        version = genuine(client)
        monkeypatch.setattr(care, "identity_version", genuine)
        person = dict.fromkeys(care.IDENTITY) | {"name": "Nora Lund"}
        care.edit_client(client=client, by=actor(ada), now=NOW, **person)
        return version

    monkeypatch.setattr(care, "identity_version", overtaken)
    answer = ada_program.patch(f"clients/{nora.pk}/", {"phone": "020 7946 0018"})
    assert refusal(answer) == (409, "changed_meanwhile")
    nora.refresh_from_db()
    assert (nora.name, nora.phone) == ("Nora Lund", None)


# --- Assigning ----------------------------------------------------------------------------------


def test_assigning_gives_the_link_this_once(ada_program, nora):
    asked.instrument()
    answer = ada_program.post(
        "assignments/",
        {"client": str(nora.pk), "instrument": "causeway-weekly", "send_by_mail": False},
    )
    body = answer.json()
    assert answer.status_code == 201
    assert (body["cadence"], body["first_on"], body["mailed"]) == ("weekly", "2026-11-02", False)
    path = body["link"].removeprefix(settings.PUBLIC_URL)
    assert Browser().get(path).status_code == 200
    token = path.split("/")[2]
    for again in ("assignments/", f"assignments/{body['id']}/", "occasions/"):
        assert token not in ada_program.get(again).content.decode()
    shown = ada_program.get(f"occasions/{body['first_occasion']}/").json()
    assert shown["state"] == "open"


def test_assigning_by_mail_writes_the_mail(ada_program, nora):
    asked.instrument()
    answer = ada_program.post(
        "assignments/", {"client": str(nora.pk), "instrument": "causeway-weekly"}
    )
    assert answer.json()["mailed"] is True
    assert Notice.objects.filter(kind=Notice.Kind.FORM).count() == 1


def test_assigning_for_later_has_no_link_yet(ada_program, nora):
    asked.instrument()
    sent = {
        "client": str(nora.pk),
        "instrument": "causeway-weekly",
        "cadence": "two_weeks",
        "first_on": "2026-11-09",
        "ends_on": "2026-12-31",
    }
    body = ada_program.post("assignments/", sent).json()
    assert (body["link"], body["cadence"], body["ends_on"]) == (None, "two_weeks", "2026-12-31")


def test_plan_says_how_a_form_goes_out(ada_program, nora):
    asked.instrument()
    plan = {
        "send_by": "hand",
        "opens_at": "18:30",
        "weekday": 3,
        "window_days": 6,
        "reminder_days": [4, 2],
        "adapts": True,
    }
    sent = {"client": str(nora.pk), "instrument": "causeway-weekly", "times": 5, "plan": plan}
    body = ada_program.post("assignments/", sent).json()
    assert (body["times"], body["first_on"], body["send_by_mail"]) == (5, "2026-11-05", False)
    shown = ada_program.get(f"assignments/{body['id']}/").json()["plan"]
    assert shown == {"id": shown["id"], **plan, "reminder_days": [2, 4]}


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"times": 0}, "times"),
        ({"times": "5"}, "times"),
        ({"times": True}, "times"),
        ({"plan": []}, "plan"),
        ({"plan": {"pigeon": 1}}, "plan"),
        ({"plan": {"send_by": "pigeon"}}, "plan"),
        ({"plan": {"opens_at": "24:00"}}, "plan"),
        ({"plan": {"opens_at": "06:00\n"}}, "plan"),
        ({"plan": {"weekday": 7}}, "plan"),
        ({"plan": {"window_days": 31}}, "plan"),
        ({"plan": {"reminder_days": [1, 2, 3, 4]}}, "plan"),
        ({"plan": {"reminder_days": ["1"]}}, "plan"),
        ({"send_by_mail": True, "plan": {"send_by": "sms"}}, "send_by_mail"),
    ],
)
def test_plan_that_makes_no_sense_is_refused_at_its_field(ada_program, nora, wrong, field):
    asked.instrument()
    sent = {"client": str(nora.pk), "instrument": "causeway-weekly", **wrong}
    answer = ada_program.post("assignments/", sent)
    assert refusal(answer) == (400, "invalid")
    assert [name.split(".")[0] for name in answer.json()["fields"]] == [field]


def test_same_assignment_twice_is_one(ada_program, nora):
    asked.instrument()
    sent = {"client": str(nora.pk), "instrument": "causeway-weekly"}
    assert ada_program.post("assignments/", sent).status_code == 201
    again = ada_program.post("assignments/", sent)
    assert refusal(again) == (409, "refused")
    assert list(again.json()["fields"]) == ["instrument"]
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize(
    "change, status, field",
    [
        ({"instrument": "nothing"}, 400, "instrument"),
        ({"cadence": "daily"}, 400, "cadence"),
        ({"first_on": "2026-11-01"}, 409, "first_on"),
        ({"first_on": "2026-02-30"}, 400, "first_on"),
        ({"first_on": "9999-12-31"}, 409, "first_on"),
        ({"ends_on": "2026-11-01"}, 409, "ends_on"),
        ({"ends_on": "0001-01-01"}, 409, "ends_on"),
        ({"ends_on": "9999-12-31"}, 409, "ends_on"),
    ],
)
def test_assignment_that_makes_no_sense_is_refused(ada_program, nora, change, status, field):
    asked.instrument()
    sent = {"client": str(nora.pk), "instrument": "causeway-weekly", **change}
    answer = ada_program.post("assignments/", sent)
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    assert not Assignment.objects.exists()


def test_form_without_wording_is_refused_with_what_to_do(ada_program, nora, pat):
    version = factories_wording.tea()
    sent = {"client": str(nora.pk), "instrument": factories_wording.CODE}
    answer = ada_program.post("assignments/", sent)
    sentence = (
        "The wording of Tea break has not been loaded here yet, and without it nothing can be "
        "asked. Whoever runs the practice can load it in the library."
    )
    assert refusal(answer) == (409, "refused")
    assert answer.json()["fields"] == {"instrument": [sentence]}
    assert not Assignment.objects.exists()
    factories_wording.load(pat, version)
    assert ada_program.post("assignments/", sent).status_code == 201


def test_assignment_ends_once_and_again_without_harm(ada_program, occasion):
    path = f"assignments/{occasion.assignment_id}/end/"
    first = ada_program.post(path)
    assert (first.status_code, first.json()["ended_at"]) == (200, "2026-11-02T09:00:00Z")
    assert ada_program.post(path, {}).json() == first.json()
    assert AuditEvent.objects.filter(action="assignment.end").count() == 1
    closed = ada_program.post(f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 1}})
    assert refusal(closed) == (409, "refused")


# --- Links --------------------------------------------------------------------------------------


def test_new_link_is_shown_once_and_ends_the_one_before(ada_program, occasion):
    before = asked.new_link(occasion)
    answer = ada_program.post(f"occasions/{occasion.pk}/link/")
    body = answer.json()
    assert (answer.status_code, body["mailed"]) == (201, False)
    assert Browser().get(body["link"].removeprefix(settings.PUBLIC_URL)).status_code == 200
    assert Browser().get(f"/f/{before}/").status_code == 404
    assert PersonalLink.objects.filter(revoked_at=None).count() == 1
    assert AuditEvent.objects.filter(action="link.create", actor_kind="token").count() == 1


def test_new_link_goes_by_mail_where_that_is_wished(ada_program, occasion):
    path = f"occasions/{occasion.pk}/link/"
    assert ada_program.post(path, {"send_by_mail": True}).json()["mailed"] is True
    Client.objects.filter(pk=occasion.client_id).update(email=None)
    assert ada_program.post(path, {"send_by_mail": True}).json()["mailed"] is False


def test_no_link_to_a_form_that_was_sent(ada_program, occasion):
    asked.send(occasion)
    assert refusal(ada_program.post(f"occasions/{occasion.pk}/link/")) == (409, "refused")


# --- Submitting ---------------------------------------------------------------------------------


def test_submit_scores_and_is_entered_by_its_member(ada_program, ada, occasion):
    answers = asked.answers_to(occasion.assignment.version, 3)
    answer = ada_program.post(
        f"occasions/{occasion.pk}/submit/", {"answers": answers, "comment": " A quiet week. "}
    )
    body = answer.json()
    assert (answer.status_code, body["answers"]) == (201, answers)
    assert (body["source"], body["comment"]) == ("api", "A quiet week.")
    stored = Response.objects.get()
    assert (str(stored.pk), stored.entered_by) == (body["id"], ada.user)
    assert Score.objects.filter(response=stored).count() == 4
    event = AuditEvent.objects.get(action="response.submit")
    assert (event.actor_kind, event.details["source"]) == ("token", "api")


def test_same_answers_again_give_the_same_and_write_nothing(ada_program, occasion):
    path = f"occasions/{occasion.pk}/submit/"
    sent = {"answers": {"IND04": 3, "INT09": None}}
    first = ada_program.post(path, sent)
    before = AuditEvent.objects.count()
    again = ada_program.post(path, {"answers": dict(reversed(sent["answers"].items()))})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Response.objects.count() == 1
    assert Score.objects.count() == 4
    assert AuditEvent.objects.count() == before


def test_same_answers_long_after_still_give_the_same(ada_program, occasion, clock):
    path = f"occasions/{occasion.pk}/submit/"
    first = ada_program.post(path, {"answers": {"IND04": 3}})
    clock.move_to(NOW + timedelta(days=90))
    again = ada_program.post(path, {"answers": {"IND04": 3}})
    assert (again.status_code, again.json()) == (200, first.json())


def test_other_answers_are_refused_and_the_first_stand(ada_program, occasion):
    path = f"occasions/{occasion.pk}/submit/"
    ada_program.post(path, {"answers": {"IND04": 3}})
    answer = ada_program.post(path, {"answers": {"IND04": 4}})
    assert refusal(answer) == (409, "already_submitted")
    assert Response.objects.get().answers == {"IND04": 3}


def test_submit_lies_on_top_of_what_the_client_saved(ada_program, occasion):
    from assessments.actions import respond

    respond.save_answers(
        occasion=occasion,
        answers={"IND04": 1, "DEP06": 2},
        by=actor(occasion.client.care.get().clinician),
        now=NOW,
        source=Response.Source.LINK,
    )
    body = ada_program.post(f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 5}}).json()
    assert body["answers"] == {"IND04": 5, "DEP06": 2}


def test_submit_raises_alerts(ada_program, nora):
    safety = asked.open_occasion(nora, asked.SAFETY, cadence="once")
    answers = asked.answers_to(safety.assignment.version, 3)
    assert (
        ada_program.post(f"occasions/{safety.pk}/submit/", {"answers": answers}).status_code == 201
    )
    assert Alert.objects.exists()
    assert ada_program.get(f"clients/{nora.pk}/").json()["standing"]["signal"] == "risk"


@pytest.mark.parametrize(
    "answers, field",
    [
        ({"IND04": 6}, "answers.IND04"),
        ({"IND04": -1}, "answers.IND04"),
        ({"NOPE": 1}, "answers.NOPE"),
        ({"ind04": 1}, "answers.ind04"),
        ({"IND04": None}, "answers.IND04"),
        ({"IND04": True}, "answers.IND04"),
        ({"IND04": "3"}, "answers.IND04"),
        ({"IND04": "٣"}, "answers.IND04"),
        ({"IND04": 3.0}, "answers.IND04"),
        ({"IND04": [3]}, "answers.IND04"),
        ({"IND04": {"value": 3}}, "answers.IND04"),
        ({"": 3}, "answers."),
        ({"IND04 ": 3}, "answers.IND04 "),
        ({"__class__": 3}, "answers.__class__"),
        ({}, "answers"),
        ([], "answers"),
        (None, "answers"),
        ("IND04", "answers"),
        ({f"X{number}": 1 for number in range(501)}, "answers"),
    ],
)
def test_answer_that_the_form_does_not_allow_is_named(ada_program, occasion, answers, field):
    answer = ada_program.post(f"occasions/{occasion.pk}/submit/", {"answers": answers})
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == [field]
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "moment, word",
    [(timedelta(days=-1), "opens"), (timedelta(days=8), "passed")],
)
def test_form_out_of_its_time_is_refused(ada_program, nora, clock, moment, word):
    occasion = asked.open_occasion(nora)
    clock.move_to(NOW + moment)
    # The token was made at NOW, so it works a day before as well.
    answer = ada_program.post(f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 1}})
    assert refusal(answer) == (409, "refused")
    assert word in answer.json()["message"]


def test_closed_record_takes_no_answers(ada_program, ada, nora, occasion):
    care.close_client(client=nora, by=actor(ada), now=NOW)
    answer = ada_program.post(f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 1}})
    assert refusal(answer) == (409, "refused")


def test_failing_audit_event_undoes_the_submit(ada, occasion, monkeypatch):
    from clinic import audit

    genuine = audit.record

    def broken(action, **rest):
        if action == "response.submit":
            raise RuntimeError("the trail is full")
        return genuine(action, **rest)

    monkeypatch.setattr(audit, "record", broken)
    sender = Program(new_token(ada)[1], raise_request_exception=False)
    answer = sender.post(f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 1}})
    assert refusal(answer) == (500, "server_error")
    assert "trail" not in answer.content.decode()
    assert not Response.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_form_submitted_by_six_at_once_is_one_response(ada, occasion):
    value = new_token(ada)[1]
    together = Barrier(6)

    def send(_number):
        try:
            together.wait(10)
            return Program(value).post(
                f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 3}}
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Response.objects.count() == 1
    assert Score.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_different_submits_at_once_one_stands(ada, occasion):
    value = new_token(ada)[1]
    together = Barrier(2)

    def send(option):
        try:
            together.wait(10)
            return Program(value).post(
                f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": option}}
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, (1, 5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Response.objects.count() == 1


def test_nothing_of_another_practice_is_touched(ada_program, zoe):
    foreign = asked.open_occasion(zoe)
    ada_program.post(f"occasions/{foreign.pk}/submit/", {"answers": {"IND04": 1}})
    ada_program.post(f"occasions/{foreign.pk}/link/")
    ada_program.patch(f"clients/{zoe.pk}/", {"name": "Taken"})
    zoe.refresh_from_db()
    assert zoe.name == "Zoe Falk"
    assert not Response.objects.exists()


def test_assistant_may_not_use_the_api(ash, nora, signed_in):
    answer = signed_in(ash).get(f"/api/v1/clients/{nora.pk}/")
    assert refusal(answer) == (403, "forbidden")


def test_member_list_of_an_admin_has_every_client(program, pat, nora, otto, zoe, harbour):
    closed = factories.make_client(harbour, "Nobody Cares")
    assert set(program(pat).ids("clients/")) == {str(c.pk) for c in (nora, otto, closed)}
