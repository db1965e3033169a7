"""Importing answers: all or nothing, no doubles, whose answers they become, and who hears of it."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count

from assessments.actions import correct, importing
from assessments.importing import ColumnMapping, FaultyFile, Row, open_table, suggest
from assessments.measurement.reliability import alpha
from assessments.models import (
    Alert,
    Assignment,
    Import,
    Occasion,
    Response,
    Score,
    Standing,
)
from clinic.actions import Refused
from clinic.models import AuditEvent, Client, Episode, reach
from clinic.roles import Permission
from tests import factories_assessments as asked
from tests.assessments.test_concurrency import at_once
from tests.factories import NOW, actor, make_client, number
from tests.shared_data import shared

pytestmark = pytest.mark.django_db

WRITTEN = (Client, Episode, Assignment, Occasion, Response, Score, Import, Alert)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


def content(*rows: str, header: str = "") -> bytes:
    codes = [item.code for item in asked.instrument(asked.SAFETY).definition.items]
    return "\n".join([header + ",".join(codes), *rows, ""]).encode()


def run(practice, file: bytes, by, **options):
    version = asked.instrument(options.pop("code", asked.SAFETY))
    table = open_table(lambda: io.BytesIO(file))
    scope = options.pop("reach", None)
    mapping = ColumnMapping(items=suggest(table.columns, version.definition), **options)
    return importing.import_file(
        practice=practice,
        version=version,
        table=table,
        mapping=mapping,
        by=by,
        now=NOW,
        file_name="answers.csv",
        reach=scope,
    )


# --- Anonymous rows -----------------------------------------------------------------------------


def test_anonymous_rows_become_submitted_responses_of_nobody(harbour, pat):
    report = run(harbour, content("0,0,0,0", "3,,1,0", ",,,"), actor(pat))
    assert (report.rows, report.created, report.skipped) == (3, 3, 0)
    responses = list(Response.objects.all())
    assert sorted(len(response.answers) for response in responses) == [0, 3, 4]
    for response in responses:
        assert response.source == "import"
        assert response.submitted_at == NOW
        assert response.client.anonymous
        assert response.client.name == ""
        assert response.occasion.assignment.ended_by == pat.user
    assert Standing.objects.count() == 0
    assert Alert.objects.count() == 0


def test_anonymous_clients_are_in_no_list_and_at_no_address(harbour, pat, solo, signed_in):
    run(harbour, content("0,0,0,0"), actor(pat))
    client = Client.objects.get(anonymous=True)
    for member in (pat, solo):
        browser = signed_in(member)
        assert browser.get(f"/clients/{client.pk}/").status_code == 404
        assert list(browser.get("/clients/").context["clients"]) == []


def test_rows_without_enough_answers_say_why_they_have_no_score(harbour, pat):
    weekly = asked.instrument(asked.WEEKLY).definition
    codes = [item.code for item in weekly.items]
    file = f"{','.join(codes)}\n{',' * (len(codes) - 1)}\n".encode()
    run(harbour, file, actor(pat), code=asked.WEEKLY)
    scores = Score.objects.all()
    assert len(scores) == len(weekly.scales)
    assert all(score.value is None and score.why_missing and not score.answered for score in scores)
    assert Response.objects.get().marks[0]["code"] == "missing"


def test_second_run_writes_nothing_but_its_event(harbour, pat):
    file = content("0,0,0,0", "0,0,0,0", "1,,,")
    run(harbour, file, actor(pat))
    before = counts()
    report = run(harbour, file, actor(pat))
    assert (report.created, report.skipped, report.imported) == (0, 3, None)
    assert counts() == before
    assert AuditEvent.objects.filter(action="import.finish").count() == 2


def test_longer_file_adds_only_what_is_new(harbour, pat):
    run(harbour, content("0,0,0,0", "1,,,"), actor(pat))
    report = run(harbour, content("0,0,0,0", "1,,,", "0,0,0,0", "2,,,"), actor(pat))
    assert (report.created, report.skipped) == (2, 2)
    assert Response.objects.count() == 4


def test_equal_answers_of_people_told_apart_by_another_column_are_two(harbour, pat):
    file = content("f,0,0,0,0", "m,0,0,0,0", header="sex,")
    run(harbour, file, actor(pat))
    other = content("m,0,0,0,0", "x,0,0,0,0", header="sex,")
    assert run(harbour, other, actor(pat)).created == 1


def test_another_practice_imports_the_same_file_for_itself(harbour, elsewhere, pat, eve):
    file = content("0,0,0,0")
    run(harbour, file, actor(pat))
    assert run(elsewhere, file, actor(eve)).created == 1


def test_order_of_columns_and_form_of_the_file_make_no_second_row(harbour, pat):
    run(harbour, content("0,1,2,3"), actor(pat))
    codes = [item.code for item in asked.instrument(asked.SAFETY).definition.items]
    turned = "\t".join(codes[::-1]) + "\n3\t2\t1\t0\n"
    assert run(harbour, gzip.compress(turned.encode()), actor(pat)).created == 0


def test_row_that_was_corrected_is_known_and_not_taken_in_again(harbour, ada, nora, otto):
    number(nora, "7")
    number(otto, "8")
    file = known("7,2026-01-05,0,0,0,0", "7,2026-01-06,0,0,0,0", "7,2026-01-07,0,0,0,0")
    run(harbour, file, actor(ada), **KNOWN)
    first, second, third = Response.objects.order_by("submitted_at")
    said = {"reason": "Taken in wrongly.", "by": actor(ada), "now": NOW}
    correct.void_response(response=first, **said)
    moved = correct.move_response(response=second, to_client=otto, **said).replacement
    correct.redate_response(response=third, at=third.submitted_at - timedelta(days=30), **said)
    assert (moved.source, moved.imported, moved.client) == ("import", second.imported, otto)
    before = counts()
    report = run(harbour, file, actor(ada), **KNOWN)
    assert (report.created, report.skipped) == (0, 3)
    # The file with its mistake put right has nothing new either.
    right = known("8,2026-01-06,0,0,0,0", "7,2025-12-08,0,0,0,0")
    assert run(harbour, right, actor(ada), **KNOWN).created == 0
    assert counts() == before


def test_other_answers_in_place_of_corrected_ones_are_a_fault(harbour, ada, nora):
    number(nora, "7")
    run(harbour, known("7,2026-01-05,0,0,0,0"), actor(ada), **KNOWN)
    correct.void_response(
        response=Response.objects.get(), reason="Not hers.", by=actor(ada), now=NOW
    )
    with pytest.raises(FaultyFile) as caught:
        run(harbour, known("7,2026-01-05,1,0,0,0"), actor(ada), **KNOWN)
    assert "taken out by a correction" in caught.value.faults.lines()[0]


# --- All or nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize("column", [False, True])
def test_fault_in_the_last_line_leaves_nothing(harbour, ada, nora, column):
    number(nora, "7")
    head = "who," if column else ""
    given = {"client_column": "who", "day": date(2026, 3, 1)} if column else {}
    rows = [f"{'7,' if column else ''}0,0,0,0"] if column else ["0,0,0,0"] * 1_200
    file = content(*rows, f"{'8,' if column else ''}0,0,0,{'0' if column else '9'}", header=head)
    before = counts()
    with pytest.raises(FaultyFile) as caught:
        run(harbour, file, actor(ada), **given)
    assert caught.value.faults.count == 1
    assert caught.value.faults.lines()[0].startswith(f"line {len(rows) + 2}, column ")
    assert counts() == before


def test_rows_that_turn_out_faulty_while_writing_are_taken_back(harbour, pat):
    """Whoever calls the action with rows of their own is held to the same."""
    from assessments.importing import Faults

    version, faults = asked.instrument(asked.SAFETY), Faults()

    def rows():
        for line in range(2, 1_200):
            yield Row(line, None, NOW, "", {}, {})
        faults.add(1_200, "no.")

    before = counts()
    with pytest.raises(FaultyFile):
        importing.import_responses(
            practice=harbour,
            version=version,
            rows=rows(),
            mapping=ColumnMapping(items={}),
            by=actor(pat),
            now=NOW,
            file_name="x",
            digest="",
            faults=faults,
        )
    assert counts() == before


# --- Known clients ------------------------------------------------------------------------------


def known(*rows: str) -> bytes:
    return content(*rows, header="who,when,")


KNOWN = {"client_column": "who", "date_column": "when"}


def test_answers_go_to_whoever_has_the_number(harbour, ada, nora, otto):
    number(nora, "N 7")
    number(otto, "8")
    rows = ("n  7,2026-01-05,0,0,0,0", "8,2026-01-05,1,0,0,0", "N 7,2026-02-05T10:00,0,0,0,1")
    report = run(harbour, known(*rows), actor(ada), **KNOWN)
    assert (report.created, report.clients) == (3, 2)
    mine = Response.objects.filter(client=nora).order_by("submitted_at")
    assert [response.submitted_at for response in mine] == [
        datetime(2026, 1, 5, 12, tzinfo=UTC),
        datetime(2026, 2, 5, 10, tzinfo=UTC),
    ]
    assignment = Assignment.objects.get(client=nora)
    assert assignment.first_on == date(2026, 1, 5)
    assert Standing.objects.get(client=nora).responses == 2
    assert AuditEvent.objects.filter(action="response.import", client_id=nora.pk).count() == 1


def test_care_begins_with_the_first_answers(harbour, ada, nora):
    number(nora, "7")
    run(harbour, known("7,2026-01-05,0,0,0,0"), actor(ada), **KNOWN)
    assert Episode.objects.get(client=nora).started_at == datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize("value, spoken", [("9", "9"), ("7", "7")])
def test_number_that_leads_to_nobody_in_reach_is_a_fault_of_its_line(
    harbour, ada, otto, zoe, value, spoken
):
    """Otto is Ben's, Zoe is another practice's: to Ada both are nobody."""
    number(otto, "7")
    number(zoe, "9")
    scope = reach.clients_with(ada.user, Permission.ENTER_ANSWERS)
    with pytest.raises(FaultyFile) as caught:
        run(harbour, known(f"{value},2026-01-05,0,0,0,0"), actor(ada), reach=scope, **KNOWN)
    [sentence] = caught.value.faults.lines()
    assert sentence.startswith(
        f"line 2, column who: no client within your reach has the number {spoken}."
    )


def test_second_run_of_known_answers_skips_them(harbour, ada, nora):
    number(nora, "7")
    file = known("7,2026-01-05,0,0,0,0", "7,2026-11-02,0,0,0,0")
    run(harbour, file, actor(ada), **KNOWN)
    number(nora, "70")  # a number that was corrected leads to the same person
    again = known("70,2026-01-05,0,0,0,0", "70,2026-11-02,0,0,0,0", "70,2026-11-01,0,0,0,0")
    report = run(harbour, again, actor(ada), **KNOWN)
    assert (report.created, report.skipped) == (1, 2)


@pytest.mark.parametrize("first", ["stored", "file"])
def test_other_answers_of_one_client_at_one_time_are_a_fault(harbour, ada, nora, first):
    number(nora, "7")
    rows = ["7,2026-01-05,0,0,0,0", "7,2026-01-05,1,0,0,0"]
    if first == "stored":
        run(harbour, known(rows.pop(0)), actor(ada), **KNOWN)
    with pytest.raises(FaultyFile) as caught:
        run(harbour, known(*rows), actor(ada), **KNOWN)
    assert f"line {len(rows) + 1}: " in caught.value.faults.lines()[0]
    assert Response.objects.count() == (first == "stored")


def test_fresh_risk_raises_an_alert_and_an_old_one_is_reported(harbour, ada, nora):
    number(nora, "7")
    recent, old = NOW - timedelta(days=29), NOW - timedelta(days=31)
    rows = [f"7,{at:%Y-%m-%d},3,3,3,3" for at in (recent, old)]
    report = run(harbour, known(*rows), actor(ada), **KNOWN)
    assert report.past_risks == [3]
    assert report.alerts == Alert.objects.count() > 0
    assert {alert.response.submitted_at.date() for alert in Alert.objects.all()} == {recent.date()}
    past = report.imported.mapping["past_risks"]
    assert [Response.objects.get(pk=pk).submitted_at.date() for pk in past] == [old.date()]
    seen = Response.objects.filter(seen_at=None).values_list("submitted_at", flat=True)
    assert [at.date() for at in seen] == [recent.date()]


def test_anonymous_rows_are_never_found_by_a_number(harbour, ada):
    client = number(make_client(harbour, "Left over"), "7")
    Client.objects.filter(pk=client.pk).update(anonymous=True)
    with pytest.raises(FaultyFile):
        run(harbour, known("7,2026-01-05,0,0,0,0"), actor(ada), **KNOWN)


# --- Two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_one(harbour, pat):
    file = content(*[f"{n % 4},{n // 4 % 4},0,0" for n in range(600)])
    asked.instrument(asked.SAFETY)
    found = at_once(*[lambda: run(harbour, file, actor(pat))] * 2)
    assert Response.objects.count() == 600
    created = [one.created for one in found if not isinstance(one, Exception)]
    assert sorted(created) in ([600], [0, 600])
    assert all(isinstance(one, Refused) for one in found if isinstance(one, Exception))


@pytest.mark.django_db(transaction=True)
def test_end_of_an_import_is_not_cut_off_as_a_request_would_be(harbour, pat):
    if connection.vendor != "postgresql":
        return

    def longest_statement() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    file = content("0,1,2,3")
    before = longest_statement()
    with transaction.atomic():
        run(harbour, file, actor(pat))
        assert longest_statement() == "5min"
    assert longest_statement() == before != "5min"


# --- The command --------------------------------------------------------------------------------


def command(path: Path, *more: str) -> str:
    out = io.StringIO()
    call_command(
        "import_responses", str(path), "--practice", "Harbour", *more, stdout=out, stderr=out
    )
    return out.getvalue()


@pytest.fixture
def file(tmp_path, harbour) -> Path:
    asked.instrument(asked.SAFETY)
    path = tmp_path / "answers.csv"
    path.write_bytes(content("0,0,0,9", "1,0,0,0"))
    return path


def test_preview_says_how_rows_are_understood_and_writes_nothing(file):
    before = counts()
    said = command(file, "--instrument", "safety", "--anonymous", "--missing", "9", "--preview")
    assert "2 rows can be imported, 1 of them complete, 0 without any answer." in said
    assert "Nothing has been imported." in said
    assert counts() == before


def test_faults_are_printed_with_their_lines_and_end_in_failure(file, capsys):
    with pytest.raises(CommandError, match="Nothing has been imported: 1 faults"):
        command(file, "--instrument", asked.SAFETY, "--anonymous")
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "more, says",
    [
        (["--instrument", "causeway", "--anonymous"], "Name one instrument|There are"),
        (["--instrument", asked.SAFETY, "--anonymous", "--map", "nonsense"], "COLUMN=ITEM"),
        (["--instrument", asked.SAFETY, "--anonymous", "--map", "A=SAFE01"], "no column A"),
        (["--instrument", asked.SAFETY, "--anonymous", "--date", "soon"], "2020-01-31"),
        (["--instrument", asked.SAFETY, "--client-column", "SAFE01"], "taken already"),
        (["--instrument", asked.SAFETY, "--anonymous", "--practice", "Nowhere"], "no practice"),
    ],
)
def test_command_says_what_it_cannot_use(file, more, says):
    asked.instrument(asked.WEEKLY)
    asked.instrument(asked.LONG)
    with pytest.raises(CommandError, match=says):
        command(file, *more)


def test_command_makes_a_practice_only_when_asked(file):
    said = command(
        file,
        "--instrument=safety-check",
        "--anonymous",
        "--missing=9",
        "--practice=Research",
        "--create-practice",
    )
    assert "2 rows imported into Research" in said


# --- The real file ------------------------------------------------------------------------------


@pytest.mark.slow
def test_open_rosenberg_answers_give_the_published_alpha(db):
    answers = shared("rosenberg-answers.csv.gz")
    asked.instrument("rses")
    call = SimpleNamespace(out=io.StringIO())
    given = [str(answers), "--instrument=rosenberg", "--practice=Open answers", "--create-practice"]
    call_command("import_responses", *given, "--anonymous", "--missing=0", stdout=call.out)
    assert "47974 rows imported into Open answers, 0 were there already" in call.out.getvalue()
    [imported] = Import.objects.annotate(stored=Count("responses"))
    assert (imported.rows, imported.created_rows, imported.stored) == (47974, 47974, 47974)
    keyed = imported.version.definition.scales[0].keyed_items
    complete = [
        [5 - answers[item.code] if item.reverse else answers[item.code] for item in keyed]
        for response in Response.objects.select_related("client").iterator(2_000)
        if len(answers := response.answers) == len(keyed)
    ]
    assert len(complete) == 46546
    assert alpha(complete) == pytest.approx(0.9140152, abs=1e-7)
