"""The schema and the page made of it: complete, true, and drawn under our own policy."""

from __future__ import annotations

import json
import re
import shlex
from io import StringIO

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import get_resolver, reverse

from assessments.api import examples
from clinic.api import schema as schemas
from clinic.api.docs import Reader
from tests import factories_assessments as asked
from tests.api.conftest import Program, refusal
from tests.factories import NOW
from tests.factories_movement import TOWARD, WEEK, history

VERBS = ("get", "post", "patch")


@pytest.fixture(scope="module")
def schema():
    return json.loads(json.dumps(schemas.whole(), default=str))


def operations(schema):
    return [
        (f"{verb.upper()} {path}", operation)
        for path, entry in schema["paths"].items()
        for verb, operation in entry.items()
        if verb in VERBS
    ]


def validator(schema, part):
    """Checks a value against a part of the schema; OpenAPI's ``nullable`` said in JSON Schema."""

    def plain(node):
        if isinstance(node, list):
            return [plain(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        found = {key: plain(value) for key, value in node.items() if key != "nullable"}
        if node.get("nullable") is True:
            return {"anyOf": [found, {"type": "null"}]}
        if found.get("type") == "object" and "properties" in found:
            # What the API does not name, it does not send.
            found.setdefault("additionalProperties", False)
        return found

    whole = {**plain(part), "components": plain(schema["components"])}
    return jsonschema.Draft202012Validator(whole)


# --- The schema ---------------------------------------------------------------------------------


def test_schema_is_valid_and_without_warnings():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_what_is_claimed_of_a_score_says_what_it_rests_on(schema):
    claims = {"beyond_error", "credited", "flagged", "stuck", "worse"}
    described = {
        (kind, name): field.get("description", "")
        for kind, entry in schema["components"]["schemas"].items()
        for name, field in entry.get("properties", {}).items()
        if name in claims
    }
    assert {name for _kind, name in described} == claims
    assert [where for where, words in described.items() if not words] == []


def test_schema_names_every_endpoint_with_every_verb(schema):
    described = {name for name, _operation in operations(schema)}
    walked = set()
    for entry in get_resolver("assessments.api.urls").url_patterns:
        path = f"/api/v1/{entry.pattern._route.replace('<uuid:pk>', '{id}')}"
        for verb in VERBS:
            if hasattr(entry.callback.cls, verb):
                walked.add(f"{verb.upper()} {path}")
    assert described == walked
    assert len(described) == 16


def test_every_operation_is_described_with_an_example(schema):
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"][0] in {tag["name"] for tag in schema["tags"]}, name
        assert operation["security"] == [{"token": []}, {"session": []}], name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{name} {parameter['name']}"
        if "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["examples"], name
        for status, answer in operation["responses"].items():
            if status in ("200", "201"):
                assert answer["content"]["application/json"]["examples"], f"{name} {status}"


def test_every_operation_says_how_it_refuses(schema):
    for name, operation in operations(schema):
        expected = {"400", "401", "403", "406", "429"}
        if name.startswith(("POST", "PATCH")):
            expected |= {"409", "413", "415"}
        if "{id}" in name or name == "POST /api/v1/assignments/":
            expected |= {"404", "410"}
        refusals = {status for status in operation["responses"] if status >= "400"}
        assert refusals == expected, name


def test_examples_are_what_their_operations_say(schema):
    for name, operation in operations(schema):
        bodies = [*operation["responses"].values(), operation.get("requestBody", {})]
        for content in (body.get("content", {}).get("application/json") for body in bodies):
            for example in (content or {}).get("examples", {}).values():
                found = validator(schema, content["schema"]).iter_errors(example["value"])
                assert [error.message for error in found] == [], name


def test_error_examples_are_errors(schema):
    for answer in schema["components"]["responses"].values():
        content = answer["content"]["application/json"]
        validator(schema, content["schema"]).validate(content["example"])


@pytest.mark.django_db
def test_answers_are_what_the_schema_says(schema, ada_program, nora, clock):
    asked.instrument()
    sent = history(nora, TOWARD)
    clock.move_to(NOW + 7 * WEEK)
    new = {"client": str(nora.pk), "instrument": asked.SAFETY, "send_by_mail": False}
    asked.instrument(asked.SAFETY)
    made = ada_program.post("assignments/", new)
    occasion = made.json()["first_occasion"]
    link = ada_program.post(f"occasions/{occasion}/link/")
    submitted = ada_program.post(f"occasions/{occasion}/submit/", {"answers": {"SAFE01": 0}})
    added = ada_program.post("clients/", {"name": "Yara"})
    found = {
        ("POST", "assignments/", "201"): made,
        ("POST", "occasions/{id}/link/", "201"): link,
        ("POST", "occasions/{id}/submit/", "201"): submitted,
        ("POST", "clients/", "201"): added,
        ("PATCH", "clients/{id}/", "200"): ada_program.patch(
            f"clients/{nora.pk}/", {"phone": "02079460018"}
        ),
        ("GET", "clients/{id}/", "200"): ada_program.get(f"clients/{nora.pk}/"),
        ("GET", "clients/{id}/movement/", "200"): ada_program.get(f"clients/{nora.pk}/movement/"),
        ("GET", "assignments/{id}/", "200"): ada_program.get(f"assignments/{made.json()['id']}/"),
        ("GET", "occasions/{id}/", "200"): ada_program.get(f"occasions/{occasion}/"),
        ("GET", "responses/{id}/", "200"): ada_program.get(f"responses/{sent[0].pk}/"),
        ("POST", "assignments/{id}/end/", "200"): ada_program.post(
            f"assignments/{made.json()['id']}/end/"
        ),
        **{
            ("GET", path, "200"): ada_program.get(path + "?page_size=2")
            for path in ("clients/", "assignments/", "occasions/", "responses/", "scores/")
        },
    }
    assert len(found) == 16
    for (verb, path, status), answer in found.items():
        assert str(answer.status_code) == status, answer.content
        operation = schema["paths"][f"/api/v1/{path}"][verb.lower()]
        part = operation["responses"][status]["content"]["application/json"]["schema"]
        errors = validator(schema, part).iter_errors(answer.json())
        assert [error.message for error in errors] == [], (verb, path)


@pytest.mark.django_db
def test_example_of_an_answer_names_items_of_the_instrument():
    definition = asked.instrument().definition
    for code, value in examples.RESPONSE_VALUE["answers"].items():
        item = definition.items_by_code[code]
        assert value in item.option_set.values if value is not None else item.may_not_apply


# --- Who sees it --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_schema_needs_a_sign_in_and_a_role(program, ada, ash, signed_in):
    assert refusal(Program().get("/api/schema/")) == (401, "not_authenticated")
    assert refusal(signed_in(ash).get("/api/schema/")) == (403, "forbidden")
    answer = program(ada, "read").get("/api/schema/")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["openapi"].startswith("3.")


@pytest.mark.django_db
def test_page_sends_strangers_to_the_sign_in(signed_in, ash, client):
    answer = client.get(reverse("api-docs"))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={reverse('api-docs')}"
    assert signed_in(ash).get(reverse("api-docs")).status_code == 403
    assert client.post(reverse("api-docs")).status_code in (302, 405)


# --- The page -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_shows_every_operation(signed_in, pat, schema):
    page = signed_in(pat).get(reverse("api-docs")).content.decode()
    for name, operation in operations(schema):
        _verb, path = name.split()
        assert f"<code>{path}</code>" in page
        assert page.count(operation["summary"]) >= 2, name
        assert f'id="{operation["operationId"].replace("_", "-")}"' in page
    assert "`" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    assert "None" not in page


def test_commands_can_be_pasted_into_a_shell(schema):
    for group in Reader(schema).groups():
        for operation in group.operations:
            words = shlex.split(operation.curl.replace("\\\n", " "))
            assert words[0] == "curl"
            assert words[1].startswith("http")
            assert "{" not in words[1]
            if operation.request:
                assert json.loads(words[words.index("-d") + 1]) == json.loads(
                    operation.request.example
                )


def test_fields_are_read_as_people_say_them(schema):
    found = {field.name: field for field in Reader(schema).fields({"$ref": MOVEMENT})}
    assert found["client"].kind == "id"
    assert found["as_of"].kind == "instant"
    assert found["points"].kind == "list of objects"
    assert found["baseline"].kind == "object or null"
    assert found["changes"].kind == "mapping to object"
    verdict = {field.name: field for field in found["verdict"].inner}
    assert "not_yet_reliable" in verdict["code"].choices


MOVEMENT = "#/components/schemas/Movement"


def lend_session(page, browser, address):
    """Let a page go on with the session of a test browser."""
    name = settings.SESSION_COOKIE_NAME
    value = browser.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": address}])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_page_draws_under_our_policy(new_page, axe, live_server, signed_in, ada, width, scheme):
    """The fixture fails the test for anything the page breaks of the Content-Security-Policy."""
    page = new_page(width=width, color_scheme=scheme)
    lend_session(page, signed_in(ada), live_server.url)
    answer = page.goto(live_server.url + reverse("api-docs"))
    assert answer.status == 200
    assert "require-trusted-types-for 'script'" in answer.headers["content-security-policy"]
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    axe(page)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0
    page.get_by_role("link", name="Submit answers").click()
    assert page.url.endswith("#occasions-submit")
    assert page.get_by_role("heading", name="Submit answers").is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_page_reads_without_javascript(new_page, live_server, signed_in, ada):
    page = new_page(javascript=False)
    lend_session(page, signed_in(ada), live_server.url)
    page.goto(live_server.url + reverse("api-docs"))
    page.locator("summary", has_text="Fields of the answer 200").first.click()
    assert page.get_by_text("date_of_birth").first.is_visible()
