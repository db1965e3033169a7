"""Estimating what a practice's answers say: whose answers count, and when it is worked out."""

from __future__ import annotations

import csv
import gzip
import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assessments.actions import psychometrics
from assessments.models import Psychometrics, Response
from assessments.tasks import estimate_psychometrics
from clinic.models import Client
from tests import factories
from tests import factories_assessments as asked
from tests import factories_psychometrics as many
from tests.assessments.test_instrument_versions import adopted
from tests.factories import NOW
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def version():
    return asked.instrument(asked.WEEKLY)


@pytest.fixture
def sheets(version):
    return many.sheets(version.definition, 60)


def compute(practice, version, now=LATER):
    return psychometrics.compute(practice=practice, version=version, now=now)


def test_row_holds_the_figures_and_what_they_rest_on(harbour, version, sheets):
    many.answered_by(harbour, version, sheets)
    row = compute(harbour, version)
    assert (row.practice, row.version, row.responses, row.computed_at) == (
        harbour,
        version,
        60,
        LATER,
    )
    assert row.result["basis"] == {
        "responses": 60,
        "people": 60,
        "anonymous": 60,
        "marked": 0,
        "erased": 0,
        "unreadable": 0,
        "first_on": "2026-11-02",
        "last_on": "2026-11-02",
        "versions": [1],
    }
    assert row.result["scales"]["IND"]["n"] == 60
    assert 0 < row.result["scales"]["IND"]["alpha"]["value"] < 1


def test_figures_follow_from_the_rows_alone(harbour, version, sheets):
    many.answered_by(harbour, version, sheets)
    first = compute(harbour, version).result
    assert compute(harbour, version, LATER + timedelta(days=1)).result == first
    assert Psychometrics.objects.count() == 1


def test_practice_without_answers_has_figures_of_nobody(harbour, version):
    row = compute(harbour, version)
    assert (row.responses, row.result["people"]) == (0, 0)
    assert row.result["scales"]["IND"] == {"n": 0, "incomplete": 0, "items": 6}


def test_answers_of_another_practice_never_count(harbour, elsewhere, version, sheets):
    many.answered_by(harbour, version, sheets[:50])
    alone = compute(harbour, version).result
    many.answered_by(elsewhere, version, sheets[50:])
    assert compute(harbour, version).result == alone
    assert compute(elsewhere, version).result["people"] == 10


def test_closed_records_and_anonymous_rows_count(harbour, version, sheets):
    many.answered_by(harbour, version, sheets[:30], anonymous=True)
    named = many.answered_by(harbour, version, sheets[30:], anonymous=False)
    everyone = compute(harbour, version).result
    Client.objects.filter(pk__in=[client.pk for client in named]).update(
        closed_at=LATER, closed_by=factories.make_user("Cora Closing")
    )
    assert everyone["people"] == 60
    assert compute(harbour, version).result == everyone


def test_later_answers_of_the_same_person_add_no_row(harbour, version, sheets):
    clients = many.answered_by(harbour, version, sheets)
    once = compute(harbour, version).result
    for client in clients[:5]:
        many.again(client, version, sheets[0])
    twice = compute(harbour, version).result
    assert twice["basis"]["responses"] == 65
    assert (twice["people"], twice["scales"]) == (once["people"], once["scales"])


def test_drafts_do_not_count(harbour, version, sheets):
    clients = many.answered_by(harbour, version, sheets[:1])
    draft = many.again(clients[0], version, sheets[1])
    Response.objects.filter(pk=draft.pk).delete()
    Response.objects.create(
        client=clients[0],
        occasion=draft.occasion,
        version=version,
        source=Response.Source.LINK,
        answers=dict(sheets[1]),
        started_at=NOW,
    )
    assert compute(harbour, version).responses == 1


def test_answers_to_an_adopted_version_are_answers_to_the_same_questions(
    harbour, version, sheets, pat
):
    """A person with answers to both is still one row, by the earlier."""
    own = adopted(version, pat)
    clients = many.answered_by(harbour, version, sheets[:40])
    many.answered_by(harbour, own, sheets[40:])
    many.again(clients[0], own, sheets[1])
    row = compute(harbour, own)
    assert row.version == version
    assert row.result["people"] == 60
    assert row.result["basis"]["versions"] == [1, 2]
    assert compute(harbour, version).pk == row.pk


def test_erased_answers_are_left_out_and_counted(harbour, version, sheets):
    clients = many.answered_by(harbour, version, sheets)
    Client.objects.filter(pk=clients[0].pk).update(data_key=None)
    row = compute(harbour, version)
    assert row.result["people"] == 59
    assert row.result["basis"]["erased"] == 1


def test_answers_that_cannot_be_decrypted_are_left_out_and_counted(harbour, version, sheets):
    clients = many.answered_by(harbour, version, sheets)
    of_another = Client.objects.get(pk=clients[1].pk).data_key
    Client.objects.filter(pk=clients[0].pk).update(data_key=of_another)
    row = compute(harbour, version)
    assert row.result["people"] == 59
    assert row.result["basis"]["unreadable"] == 1


# --- When ---------------------------------------------------------------------------------------


def due():
    return [(practice.name, version.version) for practice, version in psychometrics.changed()]


def test_what_changed_is_due_and_then_is_not(harbour, version, sheets, pat):
    assert due() == []
    clients = many.answered_by(harbour, version, sheets[:3])
    assert due() == [("Harbour", 1)]
    compute(harbour, version)
    assert due() == []
    # Sent long ago, taken in today.
    many.answered_by(harbour, version, sheets[3:4], at=NOW - timedelta(days=400))
    assert due() == [("Harbour", 1)]
    compute(harbour, version)
    Client.objects.filter(pk=clients[0].pk).update(data_key=None)
    assert due() == [("Harbour", 1)]
    compute(harbour, version)
    many.again(clients[1], adopted(version, pat), sheets[1])
    assert due() == [("Harbour", 1)]
    compute(harbour, version)
    assert due() == []
    # As many answers as before, and the newest of the same day.
    Response.objects.filter(client=clients[2]).update(voided_at=NOW)
    many.answered_by(harbour, version, sheets[4:5])
    assert due() == [("Harbour", 1)]
    compute(harbour, version)
    assert due() == []


def test_answers_that_were_taken_out_do_not_count(harbour, version, sheets):
    clients = many.answered_by(harbour, version, sheets[:3])
    Response.objects.filter(client=clients[0]).update(voided_at=NOW)
    row = compute(harbour, version)
    assert (row.responses, row.result["state"]["corrected"]) == (2, 1)
    Response.objects.update(voided_at=NOW)
    assert due() == [("Harbour", 1)]
    assert psychometrics.answered() == []


def test_task_works_out_every_practice(harbour, elsewhere, version, sheets):
    many.answered_by(harbour, version, sheets[:3])
    many.answered_by(elsewhere, version, sheets[3:5])
    estimate_psychometrics()
    assert sorted(Psychometrics.objects.values_list("responses", flat=True)) == [2, 3]
    computed = set(Psychometrics.objects.values_list("computed_at", flat=True))
    estimate_psychometrics()
    assert set(Psychometrics.objects.values_list("computed_at", flat=True)) == computed


def test_failing_one_keeps_no_other_waiting_and_tells_nothing(
    harbour, elsewhere, version, sheets, monkeypatch, caplog
):
    many.answered_by(harbour, version, sheets[:3])
    many.answered_by(elsewhere, version, sheets[3:5])
    real = psychometrics.compute

    def failing(*, practice, version, now):
        if practice == harbour:
            raise ValueError("the answer was 4")
        return real(practice=practice, version=version, now=now)

    monkeypatch.setattr(psychometrics, "compute", failing)
    with caplog.at_level(logging.ERROR):
        assert psychometrics.compute_changed(now=LATER) == 1
    assert Psychometrics.objects.get().practice == elsewhere
    assert "ValueError" in caplog.text
    assert "the answer" not in caplog.text


def test_sweep_stops_in_time_and_the_next_goes_on(harbour, elsewhere, version, sheets):
    many.answered_by(harbour, version, sheets[:3])
    many.answered_by(elsewhere, version, sheets[3:5])
    assert psychometrics.compute_changed(now=LATER, seconds=-1) == 0
    assert psychometrics.compute_changed(now=LATER) == 2


# --- The command --------------------------------------------------------------------------------


def run(**options):
    out = StringIO()
    call_command("compute_psychometrics", stdout=out, **options)
    return out.getvalue()


def test_command_works_out_what_changed(harbour, version, sheets):
    many.answered_by(harbour, version, sheets[:3])
    assert run() == "Weekly form, version 1, at Harbour: 3 forms of 3 people\n"
    assert run() == "Nothing has changed.\n"
    assert "3 forms" in run(practice="Harbour", instrument=asked.WEEKLY)


def test_command_says_what_is_not_there(harbour, version):
    for options in (
        {"instrument": "nothing"},
        {"practice": "Nowhere"},
        {"practice": "Harbour", "instrument": asked.WEEKLY},
    ):
        with pytest.raises(CommandError):
            run(**options)


# --- Real answers -------------------------------------------------------------------------------


def test_real_answers_have_the_alpha_that_is_known_of_them(harbour):
    """A tenth of the file; the whole is bench work."""
    answers = shared("rosenberg-answers.csv.gz")
    version = asked.instrument("rses")
    codes = [item.code for item in version.definition.items]
    with gzip.open(answers, "rt") as file:
        reader = csv.reader(file, delimiter="\t" if "\t" in file.readline() else ",")
        rows = [row[:10] for row in reader][:2_000]
    sheets = [
        {code: int(cell) for code, cell in zip(codes, row, strict=True) if cell in "1234"}
        for row in rows
    ]
    many.answered_by(harbour, version, sheets)
    complete = [sheet for sheet in sheets if len(sheet) == 10]
    found = compute(harbour, version).result["scales"]["RSES"]
    assert found["n"] == len(complete)
    assert found["alpha"]["value"] == pytest.approx(0.914, abs=0.01)
