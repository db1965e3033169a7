"""Who reaches what through the API: every address, for every role, with a token of each."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.models.ids import new_id
from tests import factories
from tests import factories_assessments as asked
from tests.api.conftest import Program, refusal
from tests.factories import NOW

pytestmark = pytest.mark.django_db

# What each address answers about nora to her carer, her carer's supervisor, the practice's admin,
# an assistant, a clinician of the same practice, and one of another.
ROLES = ("ada", "sue", "pat", "solo", "ash", "ben", "eve")
ABOUT_NORA = {
    "GET clients/{client}/": (200, 200, 200, 200, 403, 404, 404),
    "PATCH clients/{client}/": (200, 403, 200, 200, 403, 404, 404),
    "GET clients/{client}/movement/": (200, 200, 403, 403, 403, 404, 404),
    "GET assignments/{assignment}/": (200, 200, 403, 403, 403, 404, 404),
    "POST assignments/{assignment}/end/": (200, 403, 403, 403, 403, 404, 404),
    "GET occasions/{occasion}/": (200, 200, 403, 403, 403, 404, 404),
    "POST occasions/{occasion}/link/": (201, 403, 403, 403, 403, 404, 404),
    "POST occasions/{occasion}/submit/": (201, 403, 403, 403, 403, 404, 404),
    "GET responses/{response}/": (200, 200, 403, 403, 403, 404, 404),
    "POST assignments/": (201, 403, 403, 403, 403, 404, 404),
}
LISTS = {
    "clients/": (1, 1, 1, 1, 403, 0, 0),
    "assignments/": (2, 2, 403, 0, 403, 0, 0),
    "occasions/": (7, 7, 403, 0, 403, 0, 0),
    "responses/": (1, 1, 403, 0, 403, 0, 0),
    "scores/": (4, 4, 403, 0, 403, 0, 0),
}


@pytest.fixture
def nora_rows(nora) -> dict[str, Any]:
    """Nora's form of last week, answered, and the one that is open."""
    sent = asked.send(asked.open_occasion(nora, asked.LONG, cadence="once"))
    waiting = asked.open_occasion(nora)
    return {
        "client": nora.pk,
        "assignment": waiting.assignment_id,
        "occasion": waiting.pk,
        "response": sent.pk,
    }


def body_for(address: str, client: Any) -> dict[str, Any] | None:
    if address.endswith("submit/"):
        return {"answers": {"IND04": 3}}
    if address.startswith("PATCH"):
        return {"phone": "02079460018"}
    if address == "POST assignments/":
        return {"client": str(client), "instrument": asked.SAFETY}
    return None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", ABOUT_NORA)
def test_role_gets_what_its_reach_gives(request, program, nora_rows, address, role):
    asked.instrument(asked.SAFETY)
    sender = program(request.getfixturevalue(role))
    method, path = address.split()
    answer = sender.send(method, path.format(**nora_rows), body_for(address, nora_rows["client"]))
    expected = dict(zip(ROLES, ABOUT_NORA[address], strict=True))[role]
    assert answer.status_code == expected, answer.content
    if expected >= 400:
        assert b"Nora" not in answer.content


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", LISTS)
def test_lists_hold_what_the_role_reaches(request, program, nora_rows, path, role):
    answer = program(request.getfixturevalue(role)).get(path)
    expected = dict(zip(ROLES, LISTS[path], strict=True))[role]
    got = len(answer.json()["results"]) if answer.status_code == 200 else answer.status_code
    assert got == expected


@pytest.mark.parametrize("address", ABOUT_NORA)
def test_nobody_gets_anything_without_a_token(nora_rows, address):
    method, path = address.split()
    answer = Program().send(method, path.format(**nora_rows), {})
    assert refusal(answer) == (401, "not_authenticated")


@pytest.mark.parametrize("address", ABOUT_NORA)
def test_what_is_out_of_reach_answers_like_what_is_not_there(program, ben, nora_rows, address):
    asked.instrument(asked.SAFETY)
    method, path = address.split()
    missing = dict.fromkeys(nora_rows, new_id())
    sender = program(ben)
    foreign = sender.send(method, path.format(**nora_rows), body_for(address, nora_rows["client"]))
    absent = sender.send(method, path.format(**missing), body_for(address, missing["client"]))
    assert refusal(foreign) == refusal(absent) == (404, "not_found")
    assert foreign.content == absent.content
    assert sorted(foreign.headers.items()) == sorted(absent.headers.items())


@pytest.mark.parametrize(
    "pk", [2**70, "0", "-1", "abc", "%ff", "%00", "..%2f", "1' or '1'='1", "٣", "x" * 3000]
)
@pytest.mark.parametrize(
    "path", ["clients/{}/", "clients/{}/movement/", "responses/{}/", "occasions/{}/submit/"]
)
def test_identifier_that_is_none_is_not_found(ada_program, nora, path, pk):
    answer = ada_program.send("POST" if "submit" in path else "GET", path.format(pk), {})
    assert refusal(answer) == (404, "not_found")
    absent = ada_program.get(f"clients/{new_id()}/")
    assert answer.content == absent.content


def test_identifier_in_capitals_names_nothing(ada_program, nora):
    assert ada_program.get(f"clients/{str(nora.pk).upper()}/").status_code == 404


def test_identity_is_all_that_an_admin_sees(program, pat, nora, occasion):
    asked.send(occasion)
    sender = program(pat)
    one = sender.get(f"clients/{nora.pk}/").json()
    assert (one["name"], one["standing"]) == ("Nora Lind", None)
    assert sender.get("clients/").json()["results"] == [one]


def test_clinical_extras_come_client_by_client(program, solo, nora):
    """Who cares for one client and runs the practice sees where that one stands, and no other."""
    own = factories.make_client(solo.practice, "Own Client", carer=solo)
    rows = program(solo).get("clients/").json()["results"]
    assert {row["id"]: row["standing"] is not None for row in rows} == {
        str(nora.pk): False,
        str(own.pk): True,
    }


def test_care_that_ends_ends_access(program, ada, nora, pat):
    from clinic.actions import care

    sender = program(ada)
    assert sender.get(f"clients/{nora.pk}/").status_code == 200
    relationship = nora.care.get()
    care.end_care(relationship=relationship, by=factories.actor(pat), now=NOW)
    assert sender.get(f"clients/{nora.pk}/").status_code == 404
    assert sender.ids("clients/") == []


def test_nested_rows_are_found_by_their_own_client_alone(program, ada, ben, nora, otto):
    foreign = asked.open_occasion(otto)
    sender = program(ada)
    assert sender.ids(f"occasions/?client={otto.pk}") == []
    assert sender.ids(f"occasions/?assignment={foreign.assignment_id}") == []


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_method_override_is_not_heard(ada_program, nora, header):
    answer = ada_program.send("GET", f"clients/{nora.pk}/", **{header: "PATCH"})
    assert answer.status_code == 200
    answer = ada_program.send(
        "POST", f"clients/{nora.pk}/", {"phone": "02079460018"}, **{header: "PATCH"}
    )
    assert refusal(answer) == (405, "method_not_allowed")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "FOO", "DISPATCH"])
def test_verb_that_is_not_there_is_405_and_says_nothing_else(ada_program, nora, method):
    answer = ada_program.send(method, f"clients/{nora.pk}/", {})
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, PATCH"
    assert b"Nora" not in answer.content


def test_head_is_get_without_the_body(ada_program, nora):
    whole = ada_program.get(f"clients/{nora.pk}/")
    head = ada_program.send("HEAD", f"clients/{nora.pk}/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/clients/",
        "/api/v1/clients",
        "/api/v1/clients.json",
        "/api/v1/clients/.json",
        "/api/v1//clients/",
        "/api/v1/clients/?/../",
        "/api/v1/Clients/",
        "/api/schema",
        "/api/anything/at/all",
    ],
)
def test_other_address_is_the_same_404(ada_program, path):
    answer = ada_program.get(path)
    if "?" in path:
        assert refusal(answer) == (400, "invalid")
        return
    assert refusal(answer) == (404, "not_found")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content == ada_program.get(f"clients/{new_id()}/").content


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_address_is_the_same_404_for_every_method(method):
    assert refusal(Program().send(method, "/api/nothing/", b"{")) == (404, "not_found")


def test_every_endpoint_states_a_policy_for_each_of_its_verbs():
    from django.urls import get_resolver

    from clinic.api.urls import Unknown
    from tests.guards.routes import walk

    assert [route.name for route in walk() if route.name.startswith("api-")]
    views = {
        entry.pattern._route or "": entry.callback.cls
        for entry in patterns(get_resolver().url_patterns)
        if hasattr(entry.callback, "cls") and entry.callback.cls is not Unknown
    }
    assert len(views) == 14
    for view in views.values():
        verbs = {name.upper() for name in ("get", "post", "patch") if hasattr(view, name)}
        assert set(view.policy) == verbs, view


def patterns(found):
    for entry in found:
        if hasattr(entry, "url_patterns"):
            yield from patterns(entry.url_patterns)
        else:
            yield entry


def test_view_without_a_policy_is_denied_to_everybody(ada):
    from django.test import RequestFactory
    from rest_framework.views import APIView

    class Forgotten(APIView):
        def get(self, request):
            raise AssertionError("never reached")

    from tests.api.conftest import new_token

    header = {"authorization": f"Bearer {new_token(ada)[1]}"}
    answer = Forgotten.as_view()(RequestFactory().get("/", headers=header))
    assert answer.status_code == 403
