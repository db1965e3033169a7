"""A simulated year: every form opens and closes once, every message goes out once."""

from __future__ import annotations

import pytest

from bench import year
from tests import factories_assessments as asked
from tests.clinic.test_killing import run


@pytest.mark.slow
def test_five_weeks_over_the_clock_changes_of_spring(db):
    asked.instrument()
    sink = year.Sink()
    _took, people = year.live(clinicians=12, clients=24, weeks=5, outbox=sink)
    figures = list(year.verify(people, sink, year.START + 5 * year.WEEK))
    assert any(line.startswith("opened") for line in figures)


@pytest.mark.long
@pytest.mark.sqlite
def test_a_quarter_of_a_year_in_twelve_zones_with_a_second_process_that_delivers():
    """The whole year with all its clients is ``python -m bench.year``."""
    few = ("--clinicians", "12", "--clients", "48", "--weeks", "12", "--limit", "3600")
    assert "seconds" in run("bench.year", *few)
