"""Programs that use the API, and a clock that stands still."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser

from assessments.models import Occasion
from clinic.actions import tokens
from clinic.models import Client, Membership
from tests import factories_assessments as asked
from tests.factories import NOW, actor

V1 = "/api/v1/"


class Program:
    """A program with a token, or with any other header; paths are below ``/api/v1/``."""

    def __init__(self, value: str | None = None, **options: Any) -> None:
        self.browser = Browser(**options)
        self.headers = {"authorization": f"Bearer {value}"} if value else {}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = body if isinstance(body, bytes) else b"" if body is None else dumped(body)
        address = path if path.startswith("/") else V1 + path
        kind = headers.pop("content_type", "application/json")
        return self.browser.generic(
            method, address, content, content_type=kind, headers={**self.headers, **headers}
        )

    def get(self, path: str) -> HttpResponse:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("POST", path, body)

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self.send("PATCH", path, body)

    def ids(self, path: str) -> list[str]:
        """The identifiers on a page of a list."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]


def dumped(body: Any) -> bytes:
    return json.dumps(body).encode()


def new_token(member: Membership, *scopes: str, life: timedelta = timedelta(days=365)) -> Any:
    """A token with its value."""
    return tokens.create_token(
        membership=member,
        name="program",
        scopes=scopes or ("read", "write"),
        expires_at=NOW + life,
        by=actor(member),
        now=NOW,
    )


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller | None]:
    """The time of the cast, standing still; ``clock.move_to(...)`` sets it. Not for browsers."""
    if request.node.get_closest_marker("browser"):
        yield None
        return
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def no_requests_counted(request: pytest.FixtureRequest) -> None:
    """The rate limit begins anew, where a test has a database to count in."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()


@pytest.fixture
def program(db: None) -> Callable[..., Program]:
    """``program(ada, "read")`` acts for ada; without scopes it reads and writes."""
    return lambda member, *scopes: Program(new_token(member, *scopes)[1])


@pytest.fixture
def ada_program(program: Callable[..., Program], ada: Membership) -> Program:
    return program(ada)


@pytest.fixture
def occasion(nora: Client) -> Occasion:
    """Nora's weekly form, open now."""
    return asked.open_occasion(nora)


def refusal(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of an answer that has the shape of an error."""
    body = answer.json()
    assert sorted(body) == ["code", "fields", "message"], body
    assert body["message"]
    return answer.status_code, body["code"]
