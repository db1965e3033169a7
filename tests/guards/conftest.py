"""The world of the guards, built once for each module: every request in it is taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.template import Template

from tests.guards import world
from tests.guards.world import World


@pytest.fixture(scope="module")
def world_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


@pytest.fixture
def built(world_once: World, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world; what a test does in it is rolled back, and so are its browsers' cookies."""
    # As in use: under test Django notes every template with a copy of its context, which takes
    # longer than drawing the page, and nobody here asks for them.
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
    cookies = {name: browser.cookies.copy() for name, browser in world_once.browsers.items()}
    yield world_once
    for name, browser in world_once.browsers.items():
        browser.cookies = cookies[name]
