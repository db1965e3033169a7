"""What the tests of asking and answering share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from assessments.models import Occasion
from assessments.views import limits
from clinic.models import Client
from tests import factories_assessments as asked
from tests.factories import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of the cast, standing still; ``clock.move_to(...)`` sets it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def fresh_limits(db) -> Iterator[None]:
    """Nobody has tried a link yet."""
    cache.clear()
    limits._local.clear()
    yield
    cache.clear()
    limits._local.clear()


@pytest.fixture
def occasion(nora: Client) -> Occasion:
    """Nora's weekly form, open now."""
    return asked.open_occasion(nora)


@pytest.fixture
def safety(nora: Client) -> Occasion:
    """Nora's safety check, open now."""
    return asked.open_occasion(nora, asked.SAFETY)


@pytest.fixture
def holder(clock, fresh_limits) -> Callable[[Occasion], Browser]:
    """``holder(occasion)`` is a browser in which the form's link was opened and started."""

    def start(occasion: Occasion, now: datetime = NOW) -> Browser:
        browser = Browser()
        answer = browser.post(reverse("form-landing", args=[asked.new_link(occasion, now)]))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/f/")
        return browser

    return start
