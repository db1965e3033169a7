"""``manage.py seed_demo``: what it refuses, and what it says."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Response
from clinic.models import Practice
from tests import factories_assessments as asked


def test_command_refuses_outside_a_demonstration(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("seed_demo")
    assert not Practice.objects.exists()


def test_command_asks_for_the_instruments_first(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="load_instruments"):
        call_command("seed_demo")


@pytest.mark.parametrize("number", ["0", "-3", "many", "1.5"])
def test_command_refuses_a_number_of_clients_that_is_none(settings, number):
    settings.DEMO = True
    with pytest.raises(CommandError, match="whole number"):
        call_command("seed_demo", f"--clients={number}")


def test_command_says_what_a_large_practice_holds(db, settings):
    settings.DEMO = True
    for code in (asked.LONG, asked.WEEKLY, asked.SAFETY):
        asked.instrument(code)
    out = StringIO()
    call_command("seed_demo", clients=3, weeks=5, practices=2, stdout=out)
    written = Response.objects.count()
    assert f"3 clients in 2 practices with {written} responses" in out.getvalue()
