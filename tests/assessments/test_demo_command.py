"""``manage.py seed_demo``: what it refuses, and what it says."""

from __future__ import annotations

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from assessments.demo.people import CLIENTS
from assessments.models import Response
from clinic.models import Practice


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


def test_guide_names_clients_of_the_demonstration():
    guide = (settings.BASE_DIR / "docs" / "guide" / "README.md").read_text(encoding="utf-8")
    table = guide.partition("| client | shows |\n|---|---|\n")[2].partition("\n\n")[0]
    named = [row.split("|")[1].partition("(")[0].strip() for row in table.splitlines()]
    assert len(named) == 11
    assert set(named) <= {person.name for person in CLIENTS}


def test_command_says_what_a_large_practice_holds(db, settings):
    settings.DEMO = True
    call_command("load_instruments", verbosity=0)
    out = StringIO()
    call_command("seed_demo", clients=3, weeks=5, practices=2, stdout=out)
    written = Response.objects.count()
    assert f"3 clients in 2 practices with {written} responses" in out.getvalue()
