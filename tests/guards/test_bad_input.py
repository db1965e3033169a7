"""Bad input: every field of every form, and the answers of a link, against a catalogue.

Whatever is sent, nothing answers with a server error; a refused form writes nothing and gives back
what was typed.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape

from clinic.models import AuditEvent
from tests.guards.routes import ALSO, POLICY, at_home, walk
from tests.guards.test_route_isolation import STATIC_ARGUMENTS
from tests.guards.world import World

pytestmark = pytest.mark.slow

NASTY = {
    "nothing": "",
    "blank": "   ",
    "zero width": "\u200b\u200b",
    "null byte": "a\x00b",
    "bidi": "\u202eabc\u2066",
    "line break": "a\r\nBcc: x@example.org",
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}{% now 'Y' %}",
    "quote": "'\";--",
    "very long": "x" * 100_000,
    "expanding": "\ufdfa" * 80,
    "number": "9" * 5_000,
    "infinity": "1e999",
    "not a number": "NaN",
    "other digits": "٣",
    "year one": "0001-01-01",
    "year ten thousand": "9999-12-31",
    "no such day": "2026-02-30",
    "address literal": "a@[127.0.0.1]",
    "identifier": "00000000-0000-0000-0000-000000000000",
    "elsewhere": "//evil.example",
}
# A page whose form is asked for by its address, or that posts without a form of its own.
NOT_FORMS = {"theme", "account_logout", "account_signup", "healthz"}
# Written on purpose by a refusal: failed sign-ins, limits, sessions, the trail itself.
MAY_GROW = {"AuditEvent", "Session", "Notice"}
# Of a long questionnaire a few items stand for the others, which are made by the same loop; what
# comes behind them, such as the comment, is not.
FIELDS = 10
FIRST, LAST = 3, 3


class Fields(HTMLParser):
    """The fields of a page's forms: name -> the value they come with."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name")
        if tag in ("input", "select", "textarea") and name and name != "csrfmiddlewaretoken":
            self.found.setdefault(name, given.get("value") or "")


def forms() -> list[str]:
    return [
        route.name
        for route in walk()
        if (policy := POLICY[route.name]).post and not policy.api and route.name not in NOT_FORMS
    ]


@pytest.mark.parametrize("name", forms())
def test_no_field_of_a_form_breaks_it(built: World, name: str) -> None:
    browser, address = asker(built, name)
    page = browser.get(address)
    fields = Fields(page.content.decode()).found if page.status_code == 200 else {}
    assert page.status_code < 500
    problems, before = [], counts()
    for field in chosen(list(fields or {"value": ""})):
        for title, nasty in NASTY.items():
            problem = send(browser, address, {**fields, field: nasty}, field, nasty, before)
            if problem:
                problems.append(f"{field}, {title}: {problem}")
    assert problems == []


def chosen(fields: list[str]) -> list[str]:
    return fields if len(fields) <= FIELDS else [*fields[:FIRST], *fields[-LAST:]]


def asker(built: World, name: str) -> tuple[Browser, str]:
    """Somebody who may use this form, and its address for a row of nora's practice."""
    policy = POLICY[name]
    arguments: dict[str, Any] = dict(STATIC_ARGUMENTS.get(name, {}))
    if policy.about:
        rows = built.rows["nora"]
        arguments["pk"] = rows[policy.about].pk
        arguments |= {also: rows[also].pk for also in ALSO.get(name, [])}
    if policy.form:
        return built.browsers["link_holder"], reverse(name, kwargs=arguments)
    if policy.open:
        return built.browsers["anonymous"], reverse(name, kwargs=arguments)
    for principal in ("ada", "pat", "ash"):
        if at_home(principal, "nora") and policy.post and policy.post(principal, "nora") == "in":
            return built.browsers[principal], reverse(name, kwargs=arguments)
    raise AssertionError(f"nobody may use {name}")


def counts() -> dict[str, int]:
    """How many rows each table holds, in one query: it is asked after every refusal."""
    tables = {
        model.__name__: connection.ops.quote_name(model._meta.db_table)
        for label in ("clinic", "assessments")
        for model in apps.get_app_config(label).get_models()
        if model.__name__ not in MAY_GROW
    }
    selects = [f"SELECT '{name}', COUNT(*) FROM {table}" for name, table in tables.items()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects))
        return dict(cursor.fetchall())


def send(
    browser: Browser,
    address: str,
    data: dict[str, str],
    field: str,
    nasty: str,
    before: dict[str, int],
) -> str:
    """What is wrong with the answer to one form; an empty text when nothing is."""
    cookies = browser.cookies.copy()
    with transaction.atomic():
        point = transaction.savepoint()
        answer = browser.post(address, data)
        after = counts()
        transaction.savepoint_rollback(point)
    browser.cookies = cookies
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    refused = answer.status_code >= 400 or b"aria-invalid" in answer.content
    if refused and after != before:
        return f"refused ({answer.status_code}), and yet wrote"
    html = answer.content.decode()
    if nasty.startswith("<script>") and nasty in html:
        return "gave markup back as it was"
    if b"aria-invalid" in answer.content and f'name="{field}"' in html:
        kept = escape(nasty) in html or not typed(field, html, nasty)
        return "" if kept else "lost what was typed"
    return ""


def typed(field: str, html: str, nasty: str) -> bool:
    """Whether this is a field that should show again what was typed: text, not a secret."""
    hidden = ("password", "token", "do")
    printable = nasty.isprintable() and nasty.strip() == nasty and len(nasty) < 5_000
    text = f'type="text" name="{field}"' in html or f'<textarea name="{field}"' in html
    return bool(nasty) and printable and text and not any(word in field for word in hidden)


@pytest.mark.parametrize("title", NASTY)
def test_no_body_breaks_the_saving_of_answers(built: World, title: str) -> None:
    browser, before = built.browsers["link_holder"], counts()
    bodies = [
        NASTY[title],
        f'{{"answers": {{"CDP01": {NASTY[title] or "null"}}}}}',
        "[" * 5_000,
        '{"answers": {"CDP01": 1, "CDP01": 2}}',
        '{"answers": {"CDP01": true}}',
        '{"answers": {"CDP01": 3.0}}',
        '{"answers": {"CDP01": "3"}}',
        '{"answers": {"NOPE": 1}}',
    ]
    for body in bodies:
        answer = browser.post(reverse("form-save"), body, content_type="application/json")
        assert (body[:40], 400 <= answer.status_code < 500) == (body[:40], True)
    assert counts() == before
    assert AuditEvent.objects.filter(action="response.save").count() == 0
