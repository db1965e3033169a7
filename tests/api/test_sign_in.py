"""Who gets in: tokens and their scopes, sessions with CSRF, the rate limit."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.middleware.csrf import get_token
from django.test import Client as Browser
from django.test import RequestFactory

from assessments.actions import respond
from assessments.models import Response
from clinic.actions import people, tokens
from clinic.audit import Actor
from clinic.models import ApiToken, AuditEvent, Client
from clinic.roles import Role
from tests.api.conftest import Program, new_token, refusal
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db

TODAY = {"name": "Somebody New"}


def test_token_acts_for_its_member(ada_program, ada, nora, otto):
    assert ada_program.ids("clients/") == [str(nora.pk)]
    event = AuditEvent.objects.latest("id")
    assert (event.actor_kind, event.actor_id, event.actor_role) == (
        "token",
        ada.user_id,
        "clinician",
    )
    assert (event.route, event.address) == ("api-clients", "127.0.0.1")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer cw_unknown",
        "Bearer cw_" + "x" * 5000,
        "bearer {value}",
        "BEARER {value}",
        "Token {value}",
        "Bearer  {value}",
        "Bearer {value} ",
        "Bearer {value} {value}",
        "Basic {value}",
        "{value}",
        "Bearer \udcff",
        "Bearer ﷺ",
    ],
)
def test_anything_but_a_good_token_is_answered_with_401(ada, nora, header):
    _token, value = new_token(ada)
    sender = Program()
    if header is not None:
        sent = header.format(value=value).encode("utf-8", "surrogateescape").decode("latin-1")
        sender.browser.defaults["HTTP_AUTHORIZATION"] = sent
    answer = sender.get("clients/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Causeway API"'
    assert refusal(answer)[1] in ("not_authenticated", "token_refused")
    assert b"Nora" not in answer.content


def test_bad_token_is_refused_whatever_session_comes_with_it(ada, nora):
    sender = Program("cw_unknown")
    sender.browser.force_login(ada.user)
    assert refusal(sender.get("clients/")) == (401, "token_refused")


def test_revoked_token_stops_at_once(ada, nora):
    token, value = new_token(ada)
    assert Program(value).get("clients/").status_code == 200
    tokens.revoke_token(token=token, by=actor(ada), now=NOW)
    assert refusal(Program(value).get("clients/")) == (401, "token_refused")


def test_expired_token_stops_to_the_second(ada, clock):
    _token, value = new_token(ada, life=timedelta(hours=1))
    clock.move_to(NOW + timedelta(minutes=59, seconds=59))
    assert Program(value).get("clients/").status_code == 200
    clock.move_to(NOW + timedelta(hours=1))
    assert refusal(Program(value).get("clients/")) == (401, "token_refused")


def test_token_ends_with_the_membership(ada, pat, nora):
    value = new_token(ada)[1]
    people.end_membership(membership=ada, by=actor(pat), now=NOW)
    assert refusal(Program(value).get("clients/")) == (401, "token_refused")


def test_token_ends_with_the_account(ada, nora):
    value = new_token(ada)[1]
    ada.user.is_active = False
    ada.user.save(update_fields=["is_active"])
    assert refusal(Program(value).get("clients/")) == (401, "token_refused")


def test_token_loses_what_its_member_loses(ada, nora):
    value = new_token(ada)[1]
    ada.role = Role.ASSISTANT
    ada.save(update_fields=["role"])
    assert refusal(Program(value).get("clients/")) == (403, "forbidden")


# --- Scopes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scopes, reads, writes",
    [
        (["read"], 200, 403),
        (["write"], 403, 201),
        (["read", "write"], 200, 201),
        (["export"], 403, 403),
        ([], 403, 403),
        (["READ", "Write"], 403, 403),
        (["read ", " write"], 403, 403),
        (["read:clients", "write/"], 403, 403),
        (["readwrite"], 403, 403),
        (["*"], 403, 403),
    ],
)
def test_scopes_count_letter_for_letter(ada, scopes, reads, writes):
    token, value = new_token(ada)
    ApiToken.objects.filter(pk=token.pk).update(scopes=scopes)
    sender = Program(value)
    assert sender.get("clients/").status_code == reads
    assert sender.send("HEAD", "clients/").status_code == reads
    assert sender.post("clients/", TODAY).status_code == writes


def test_token_that_only_writes_is_shown_nothing_that_was_there(program, ada, nora, occasion):
    writer = program(ada, "write")
    changed = writer.patch(f"clients/{nora.pk}/", {"phone": "02079460018"})
    assert (changed.status_code, changed.content) == (204, b"")
    ended = writer.post(f"assignments/{occasion.assignment_id}/end/")
    assert (ended.status_code, ended.content) == (204, b"")
    nora.refresh_from_db()
    assert nora.phone == "02079460018"


def test_token_that_only_writes_sees_nothing_of_a_form_it_sends(program, ada, occasion):
    respond.save_answers(
        occasion=occasion,
        answers={"CDP01": 4},
        comment="Saved by the client.",
        by=Actor.system(),
        now=NOW,
        source=Response.Source.LINK,
    )
    writer, path = program(ada, "write"), f"occasions/{occasion.pk}/submit/"
    sent = writer.post(path, {"answers": {"IND04": 3}})
    assert (sent.status_code, sent.content) == (204, b"")
    assert Response.objects.get().answers == {"CDP01": 4, "IND04": 3}
    again = writer.post(path, {"answers": {"CDP01": 4, "IND04": 3}})
    assert (again.status_code, again.content) == (204, b"")


def test_event_names_the_token_that_was_used(ada):
    token, value = new_token(ada)
    Program(value).get("clients/")
    event = AuditEvent.objects.latest("id")
    assert (event.actor_id, event.details["token"]) == (ada.user_id, str(token.pk))


def test_token_is_noted_as_used_once_a_minute(ada, clock):
    token, value = new_token(ada)
    for seconds, noted in [(0, 0), (59, 0), (61, 61)]:
        clock.move_to(NOW + timedelta(seconds=seconds))
        Program(value).get("clients/")
        token.refresh_from_db()
        assert token.last_used_at == NOW + timedelta(seconds=noted)


# --- Sessions -----------------------------------------------------------------------------------


def test_session_reads(signed_in, ada, nora):
    answer = signed_in(ada).get("/api/v1/clients/")
    assert [row["id"] for row in answer.json()["results"]] == [str(nora.pk)]
    assert AuditEvent.objects.latest("id").actor_kind == "user"


def test_session_writes_only_with_the_csrf_token(ada):
    sender = Program(enforce_csrf_checks=True)
    sender.browser.force_login(ada.user)
    assert refusal(sender.post("clients/", TODAY)) == (403, "csrf")
    assert not Client.objects.exists()
    request = RequestFactory().get("/")
    secret = get_token(request)
    sender.browser.cookies["csrf"] = request.META["CSRF_COOKIE"]
    answer = sender.send("POST", "clients/", TODAY, **{"x-csrftoken": secret})
    assert answer.status_code == 201


def test_token_needs_no_csrf_token(ada):
    sender = Program(new_token(ada)[1], enforce_csrf_checks=True)
    assert sender.post("clients/", TODAY).status_code == 201


def test_link_holder_is_nobody_here(nora, occasion):
    from django.urls import reverse

    from tests import factories_assessments as asked

    browser = Browser()
    browser.post(reverse("form-landing", args=[asked.new_link(occasion)]))
    assert refusal(browser.get("/api/v1/clients/")) == (401, "not_authenticated")


# --- The rate limit -----------------------------------------------------------------------------


def test_token_may_ask_so_many_times_a_minute(program, ada, ben, clock):
    sender, other = program(ada, "read"), program(ben, "read")
    codes = {sender.get("clients/").status_code for _ in range(120)}
    assert codes == {200}
    answer = sender.get("clients/")
    assert refusal(answer) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "60"
    assert other.get("clients/").status_code == 200
    clock.move_to(NOW + timedelta(seconds=61))
    assert sender.get("clients/").status_code == 200


def test_limit_holds_and_nobody_is_kept_out_while_the_cache_is_down(program, ada, monkeypatch):
    def down(*_arguments, **_options):
        raise OperationalError("refused")

    monkeypatch.setattr(cache, "get", down)
    sender = program(ada, "read")
    codes = [sender.get("clients/").status_code for _ in range(121)]
    assert codes == [200] * 120 + [429]
