"""What a sweep asks of the database: the same for one row and for many, of one practice or more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.actions import occasions, standing
from assessments.models import Occasion, Standing
from clinic.models import Client, Notice
from tests.assessments.test_plans import DAY, TODAY, make, part
from tests.factories import NOW, make_client, make_practice

pytestmark = pytest.mark.django_db

NOON = NOW + DAY + timedelta(hours=3)


def give(practices: int, each: int = 1) -> None:
    """A form that opens tomorrow and a reminder the day after, for clients of such practices."""
    for number in range(practices):
        practice = make_practice(f"Practice {number}")
        for place in range(each):
            client = make_client(practice, f"Client {number} {place}", email="n@client.example")
            make(client, part(first_on=TODAY + DAY), reminder_days=[1])


def queries_of(sweep, expected: int, **options) -> int:
    with CaptureQueriesContext(connection) as found:
        assert sweep(**options) == expected
    statements = [row["sql"] for row in found.captured_queries]
    return len([sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE"))])


@pytest.fixture(params=[(1, 1), (3, 2)], ids=["one", "six of three practices"])
def given(request) -> int:
    """How many forms open, of how many practices."""
    give(*request.param)
    practices, each = request.param
    return practices * each


def test_opening_asks_the_same_for_one_and_for_many(given):
    assert queries_of(occasions.open_due_occasions, given, now=NOON) == 8
    assert Notice.objects.count() == given


def test_reminding_asks_the_same_for_one_and_for_many(given):
    occasions.open_due_occasions(now=NOON)
    assert queries_of(occasions.remind_due, given, now=NOON + DAY) == 8
    assert Notice.objects.filter(kind="reminder").count() == given


def test_closing_asks_the_same_for_one_and_for_many(given):
    occasions.open_due_occasions(now=NOON)
    over = NOW + 9 * DAY
    assert Occasion.objects.filter(closes_at__lte=over).count() == given
    assert queries_of(occasions.close_due_occasions, given, now=over) == 5


def test_standings_ask_the_same_for_one_and_for_many(given):
    occasions.open_due_occasions(now=NOON)
    over = NOW + 9 * DAY
    assert queries_of(standing.refresh_stale, given, now=over) == 10
    kept = Standing.objects.exclude(stale_at=None).get(client=Client.objects.first())
    worked_out = list(Standing.objects.filter(pk=kept.pk).values())
    standing.refresh(client=kept.client, now=over)
    assert list(Standing.objects.filter(pk=kept.pk).values()) == worked_out
