"""What the lists and rows hold, how they are narrowed and paged, and what they leave behind."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from assessments.actions import assign, correct, references, respond
from assessments.measurement.movement import SCALES
from assessments.models import Assignment, Occasion, Response, Score
from assessments.wording.ladder import faults
from clinic.actions import care
from clinic.models import AuditEvent, Client
from tests import factories
from tests import factories_assessments as asked
from tests import factories_rungs as rungs
from tests.api.conftest import refusal
from tests.factories import NOW, actor
from tests.factories_movement import CLAIMS, CLINGING, GUARDED, TOWARD, WEEK, history

pytestmark = pytest.mark.django_db

LISTS = ["clients/", "assignments/", "occasions/", "responses/", "scores/"]


# --- What a row holds ---------------------------------------------------------------------------


def test_client_holds_its_fields_and_no_others(ada_program, ada, nora):
    body = ada_program.get(f"clients/{nora.pk}/").json()
    standing = body.pop("standing")
    assert body == {
        "id": str(nora.pk),
        "name": "Nora Lind",
        "date_of_birth": None,
        "email": "nora@client.example",
        "phone": None,
        "number": None,
        "note": None,
        "created_at": "2026-11-02T09:00:00Z",
        "closed_at": None,
        "carers": [{"clinician": str(ada.pk), "name": "Ada Holm"}],
    }
    assert standing == {
        "signal": "new",
        "signal_words": "Just begun",
        "signal_since": "2026-11-02T09:00:00Z",
        "reason": "No form answered yet",
        "stage": None,
        "stage_words": "No clear stage",
        "verdict": None,
        "responses": 0,
        "open_alerts": 0,
        "missed_in_a_row": 0,
        "last_response_at": None,
        "next_due_at": None,
        "last_review_at": None,
        "updated_at": "2026-11-02T09:00:00Z",
    }


def test_assignment_and_occasion_hold_their_fields(ada_program, nora, occasion):
    assignment = ada_program.get(f"assignments/{occasion.assignment_id}/").json()
    assert assignment == {
        "id": str(occasion.assignment_id),
        "client": str(nora.pk),
        "instrument": "causeway-weekly",
        "version": 1,
        "cadence": "weekly",
        "first_on": "2026-11-02",
        "ends_on": None,
        "times": None,
        "send_by_mail": True,
        "plan": {
            "id": str(occasion.assignment.plan_id),
            "send_by": "mail",
            "opens_at": "06:00",
            "weekday": None,
            "window_days": None,
            "reminder_days": [],
            "adapts": False,
        },
        "created_at": "2026-11-02T09:00:00Z",
        "ended_at": None,
    }
    assert ada_program.get(f"occasions/{occasion.pk}/").json() == {
        "id": str(occasion.pk),
        "client": str(nora.pk),
        "assignment": str(occasion.assignment_id),
        "instrument": "causeway-weekly",
        "number": 0,
        "opens_at": "2026-11-02T09:00:00Z",
        "closes_at": occasion.closes_at.isoformat().replace("+00:00", "Z"),
        "state": "open",
        "response": None,
    }


def test_response_holds_answers_and_scores_their_errors(ada_program, nora, occasion):
    sent = asked.send(occasion, value=2)
    body = ada_program.get(f"responses/{sent.pk}/").json()
    assert sorted(body) == [
        "answers", "client", "comment", "id", "instrument", "marks", "occasion", "received_at",
        "reference", "replaced_by", "source", "started_at", "submitted_at", "version", "voided_at",
    ]  # fmt: skip
    assert body["answers"] == asked.answers_to(sent.version, 2)
    assert (body["source"], body["submitted_at"]) == ("link", "2026-11-02T10:00:00Z")
    scores = ada_program.get(f"scores/?response={sent.pk}").json()["results"]
    assert {row["scale"] for row in scores} == set(SCALES)
    stored = Score.objects.get(pk=scores[0]["id"])
    assert scores[0] == {
        "id": str(stored.pk),
        "client": str(nora.pk),
        "response": str(sent.pk),
        "instrument": "causeway-weekly",
        "scale": stored.scale,
        "at": "2026-11-02T10:00:00Z",
        "value": stored.value,
        "pomp": stored.pomp,
        "sem": stored.sem,
        "answered": stored.items,
        "items": stored.items,
        "why_missing": None,
    }


def test_response_that_was_taken_out_is_in_no_list_and_says_so(ada_program, ada, nora, occasion):
    sent = asked.send(occasion, now=NOW)
    made = correct.redate_response(
        response=sent, at=NOW - timedelta(days=3), reason="Monday.", by=actor(ada), now=NOW
    )
    right = str(made.replacement_id)
    assert ada_program.ids("responses/") == [right]
    scores = ada_program.get("scores/").json()["results"]
    assert {row["response"] for row in scores} == {right}
    body = ada_program.get(f"responses/{sent.pk}/").json()
    assert (body["voided_at"], body["replaced_by"]) == ("2026-11-02T09:00:00Z", right)
    body = ada_program.get(f"responses/{right}/").json()
    assert (body["voided_at"], body["replaced_by"]) == (None, None)
    assert (body["submitted_at"], body["received_at"]) == (
        "2026-10-30T09:00:00Z", "2026-11-02T09:00:00Z",
    )  # fmt: skip
    taken_back = ada_program.get(f"occasions/{occasion.pk}/").json()
    assert (taken_back["state"], taken_back["response"]) == ("taken_back", None)
    assert ada_program.ids("occasions/?status=taken_back") == [str(occasion.pk)]
    assert str(occasion.pk) not in ada_program.ids("occasions/?status=answered")


def test_what_stands_in_another_record_is_named_to_its_own_readers(
    program, ada, ben, nora, otto, occasion
):
    sent = asked.send(occasion, now=NOW)
    made = correct.move_response(
        response=sent, to_client=otto, reason="Otto’s sheet.", by=actor(ada), now=NOW
    )
    assert program(ada).get(f"responses/{sent.pk}/").json()["replaced_by"] is None
    factories.make_care(otto, ada)
    assert program(ada).get(f"responses/{sent.pk}/").json()["replaced_by"] == str(
        made.replacement_id
    )
    assert program(ben).get(f"responses/{sent.pk}/").status_code == 404


def test_incomplete_scale_says_why_it_has_no_score(ada_program, occasion):
    ada_program.post(f"occasions/{occasion.pk}/submit/", {"answers": {"IND04": 3}})
    row = ada_program.get("scores/?scale=INT").json()["results"][0]
    assert (row["value"], row["pomp"], row["sem"]) == (None, None, None)
    assert row["why_missing"]


def test_reading_answers_is_not_having_seen_them(ada_program, occasion):
    sent = asked.send(occasion)
    ada_program.get(f"responses/{sent.pk}/")
    ada_program.get("responses/")
    sent.refresh_from_db()
    assert sent.seen_at is None


def test_draft_is_the_clients_own(ada_program, occasion):
    draft = respond.save_answers(
        occasion=occasion,
        answers={"IND04": 3},
        by=actor(occasion.client.care.get().clinician),
        now=NOW,
        source=Response.Source.LINK,
    )
    assert refusal(ada_program.get(f"responses/{draft.pk}/")) == (404, "not_found")
    assert ada_program.ids("responses/") == []
    body = ada_program.get(f"occasions/{occasion.pk}/").json()
    assert (body["state"], body["response"]) == ("open", None)


@pytest.mark.parametrize("scheme", ["", "/movement"])
def test_erased_client_is_gone_from_lists_and_says_so(ada_program, nora, occasion, scheme):
    asked.send(occasion)
    Client.objects.filter(pk=nora.pk).update(data_key=None)
    assert refusal(ada_program.get(f"clients/{nora.pk}{scheme}/")) == (410, "erased")
    assert [ada_program.ids(path) for path in LISTS] == [[]] * 5


# --- Movement -----------------------------------------------------------------------------------


@pytest.fixture
def moved(nora, clock):
    """Nora's seven weekly forms: from holding off to independence."""
    sent = history(nora, TOWARD)
    clock.move_to(NOW + 7 * WEEK)
    return sent


def test_movement_holds_the_path_with_its_errors(ada_program, nora, moved):
    body = ada_program.get(f"clients/{nora.pk}/movement/").json()
    assert [point["response"] for point in body["points"]] == [str(row.pk) for row in moved]
    assert body["baseline"]["response"] == str(moved[0].pk)
    assert body["model"] == {"q": 100 / 12, "window": 4, "persistence": 2, "cut": 50.0}
    for point in body["points"]:
        assert set(point["estimates"]) == set(SCALES) == set(point["scores"])
        assert point["path"]["independence_sd"] > 0
        assert point["balance"]["standard_error"] > 0
        assert sum(point["stage_probabilities"].values()) == pytest.approx(1)
    assert body["verdict"]["code"] == "toward_independence"
    assert body["verdict"]["words"] == "Movement toward independence"
    assert body["changes"]["CDP"]["difference"] < -body["changes"]["CDP"]["margin"] < 0
    assert body["changes"]["CDP"]["beyond_error"] is True
    assert body["stage"]["code"] in ("independent", "interdependent")
    assert body["stage"]["reading"]
    assert (body["stuck"], body["worse"]) == (False, [])


def test_movement_says_what_stands_behind_it(ada_program, nora, moved):
    evidence = ada_program.get(f"clients/{nora.pk}/movement/").json()["evidence"]
    assert evidence["rung"] == 1
    assert evidence["words"].startswith("Reliability assumed, not yet estimated")
    assert "not yet estimated" in evidence["note"]


def test_movement_agrees_with_the_standing(ada_program, nora, moved):
    body = ada_program.get(f"clients/{nora.pk}/").json()["standing"]
    movement = ada_program.get(f"clients/{nora.pk}/movement/").json()
    assert body["verdict"] == movement["verdict"]["code"]
    assert body["stage_words"] == movement["stage"]["words"]


def test_movement_before_any_form_is_too_early(ada_program, nora):
    body = ada_program.get(f"clients/{nora.pk}/movement/").json()
    assert (body["points"], body["baseline"], body["changes"]) == ([], None, {})
    assert body["verdict"]["words"] == "Too early to say"
    assert body["stage"]["code"] is None
    assert body["evidence"] == {"rung": None, "words": None, "note": None, "scales": {}}


def test_movement_has_no_numbers_that_json_does_not_know(ada_program, nora, moved):
    text = ada_program.get(f"clients/{nora.pk}/movement/").content.decode()
    assert "NaN" not in text
    assert "Infinity" not in text


def test_movement_gives_each_scale_its_footing(ada_program, nora, moved):
    scales = ada_program.get(f"clients/{nora.pk}/movement/").json()["evidence"]["scales"]
    assert set(scales) == set(SCALES)
    assert scales["CDP"]["reliability"] == pytest.approx(0.80)
    assert (scales["CDP"]["n"], scales["CDP"]["date"]) == (None, None)
    assert scales["CDP"]["sources"][0].startswith("assumed")


def test_movement_gives_trends_and_the_platform(ada_program, nora, moved):
    body = ada_program.get(f"clients/{nora.pk}/movement/").json()
    # Of 21 pairs of seven forms, six have the start in them: no median slope.
    assert body["trends"]["CDP"]["slope"] == 0
    assert body["trends"]["CDP"]["tau"] < 0
    assert body["trends"]["CDP"]["low"] <= 0 <= body["trends"]["CDP"]["high"]
    assert body["onward"]["platform_stands"] is True
    assert body["onward"]["credited"] is False


def test_movement_gives_prompts_with_their_figures_and_words(ada_program, nora, clock):
    sent = history(nora, CLAIMS)
    clock.move_to(NOW + 7 * WEEK)
    (prompt,) = ada_program.get(f"clients/{nora.pk}/movement/").json()["prompts"]
    assert prompt["code"] == "mistaken_autonomy"
    assert prompt["figures"]["probability"] > 0.8
    assert prompt["response"] == str(sent[1].pk)
    assert prompt["question"].endswith("?")
    assert "probably both high" in prompt["why"]


def test_movement_gives_segments_and_turning_points(ada_program, ada, nora, clock):
    story = [*[CLINGING] * 6, *[GUARDED] * 6, *[CLINGING] * 6, *[GUARDED] * 6]
    history(nora, story)
    clock.move_to(NOW + len(story) * WEEK)
    body = ada_program.get(f"clients/{nora.pk}/movement/").json()
    assert body["pendulum"]["reversals"] == 2
    assert len(body["pendulum"]["turning_points"]) == 4
    at = NOW + 20.5 * WEEK
    references.set_reference(
        client=nora, kind="partner", label=None, by=actor(ada), now=at, same=False
    )
    body = ada_program.get(f"clients/{nora.pk}/movement/").json()
    assert [part["forms"] for part in body["segments"]] == [21, 3]
    assert body["pendulum"]["turning_points"] == []
    assert body["verdict"]["reading"].endswith("since the change on 25 Mar.")


@pytest.mark.parametrize("rung, outcome", [(0, None), (1, None), (2, None), (3, "recovered")])
def test_movement_gives_other_questionnaires_by_their_rung(ada_program, nora, clock, rung, outcome):
    rungs.score(nora, rungs.published(rungs.tide(rung)), [20, 6])
    clock.move_to(NOW + 3 * WEEK)
    (found,) = ada_program.get(f"clients/{nora.pk}/movement/").json()["instruments"]
    assert (found["first"], found["last"], found["maximum"]) == (20, 6, 27)
    assert found["outcome"] == outcome
    assert (found["change"] is None) == (rung == 0)
    assert found["evidence"]["rung"] == rung
    said = " ".join([found["words"], *found["facts"], found["evidence"]["words"]])
    assert faults(said, rung) == []


# --- Narrowing ----------------------------------------------------------------------------------


@pytest.fixture
def caseload(ada, nora, harbour):
    """Nora with a weekly form answered; Yara, closed, with a safety check that nobody ended."""
    asked.send(asked.open_occasion(nora))
    yara = factories.make_client(harbour, "Yara Ólafs", carer=ada)
    asked.open_occasion(yara, asked.SAFETY, cadence="once")
    care.close_client(client=yara, by=actor(ada), now=NOW)
    return {"nora": nora, "yara": yara}


@pytest.mark.parametrize(
    "query, found",
    [
        ("", ["nora", "yara"]),
        ("?status=open", ["nora"]),
        ("?status=closed", ["yara"]),
        ("?name=olafs", ["yara"]),
        ("?name=YARA%20o", ["yara"]),
        ("?name=Quinn", []),
        ("?since=2026-11-02&until=2026-11-02", ["nora", "yara"]),
        ("?since=2026-11-03", []),
        ("?until=2026-11-01", []),
    ],
)
def test_clients_are_narrowed(ada_program, caseload, query, found):
    ids = ada_program.ids(f"clients/{query}")
    assert sorted(ids) == sorted(str(caseload[name].pk) for name in found)


def test_client_is_found_by_the_number_of_the_practice(ada_program, nora, otto, zoe):
    for client in (nora, otto, zoe):
        factories.number(client, "N 7" if client == nora else f"N {client.name}")
    assert ada_program.ids("clients/?number=n%20%207") == [str(nora.pk)]
    for other in ("7", "N Otto Brandt", f"N {zoe.name}", "x" * 100):
        assert ada_program.ids(f"clients/?number={other}") == []


@pytest.mark.parametrize(
    "path, count",
    [
        ("assignments/?client={nora}", 1),
        ("assignments/?client={yara}", 1),
        ("assignments/?instrument=causeway-weekly", 1),
        ("assignments/?instrument=nothing", 0),
        ("assignments/?status=running", 2),
        ("assignments/?status=ended", 0),
        ("assignments/?since=2026-11-03", 0),
        ("occasions/?client={nora}&status=answered", 1),
        ("occasions/?client={nora}&status=coming", 5),
        ("occasions/?client={nora}&status=open", 0),
        ("occasions/?client={yara}&status=open", 1),
        ("occasions/?status=missed", 0),
        ("occasions/?status=taken_back", 0),
        ("occasions/?instrument=safety-check", 1),
        ("occasions/?client={nora}&since=2026-11-09&until=2026-11-09", 1),
        ("responses/?client={nora}", 1),
        ("responses/?client={yara}", 0),
        ("responses/?instrument=safety-check", 0),
        ("responses/?until=2026-11-01", 0),
        ("responses/?since=2026-11-02", 1),
        ("scores/?client={nora}", 4),
        ("scores/?scale=CDP", 1),
        ("scores/?scale=cdp", 0),
        ("scores/?instrument=causeway-weekly&since=2026-11-02&until=2026-11-02", 4),
    ],
)
def test_rows_are_narrowed(ada_program, caseload, path, count):
    named = path.format(**{name: client.pk for name, client in caseload.items()})
    assert len(ada_program.ids(named)) == count


def test_status_of_an_occasion_is_the_state_it_shows(ada_program, ada, nora, clock):
    first = asked.open_occasion(nora)
    asked.send(first)
    clock.move_to(NOW + timedelta(days=15))
    for status in ("answered", "missed", "open", "coming"):
        rows = ada_program.get(f"occasions/?status={status}").json()["results"]
        assert rows
        assert {row["state"] for row in rows} == {status}
    assign.end_assignment(assignment=first.assignment, by=actor(ada), now=NOW + timedelta(days=15))
    rows = ada_program.get("occasions/?status=taken_back").json()["results"]
    assert {row["state"] for row in rows} == {"taken_back"}
    assert ada_program.ids("occasions/?status=open") == []


def test_days_are_those_of_the_practice(program, eve, zoe, clock):
    """Elsewhere lies in Berlin, where the second of November begins at 23:00 UTC on the first."""
    Client.objects.filter(pk=zoe.pk).update(created_at=NOW.replace(day=1, hour=23, minute=30))
    sender = program(eve)
    assert sender.ids("clients/?since=2026-11-02") == [str(zoe.pk)]
    assert sender.ids("clients/?until=2026-11-01") == []


# --- Paging -------------------------------------------------------------------------------------


def walk(program, path):
    """The identifiers of every page, page by page."""
    pages = []
    while path:
        body = program.get(path).json()
        pages.append([row["id"] for row in body["results"]])
        parts = urlsplit(body["next"] or "")
        path = f"{parts.path}?{parts.query}" if body["next"] else None
    return pages


@pytest.mark.parametrize(
    "path", ["occasions/?page_size=3", "occasions/?page_size=3&ordering=-opens_at"]
)
def test_pages_hold_every_row_once_and_in_order(ada_program, nora, path):
    asked.open_occasion(nora)
    asked.give(nora, asked.LONG, cadence="four_weeks")
    pages = walk(ada_program, path)
    rows = [pk for page in pages for pk in page]
    whole = ada_program.ids(path.replace("page_size=3", "page_size=200"))
    assert [len(page) for page in pages] == [3] * (len(whole) // 3) + [len(whole) % 3] * (
        len(whole) % 3 > 0
    )
    assert rows == whole
    assert len(set(rows)) == Occasion.objects.count()


def test_rows_of_one_moment_are_paged_too(ada_program, ada, harbour):
    for number in range(7):
        factories.make_client(harbour, f"Client {number}", carer=ada)
    rows = [pk for page in walk(ada_program, "clients/?page_size=2") for pk in page]
    assert rows == [str(pk) for pk in Client.objects.order_by("pk").values_list("pk", flat=True)]


def test_row_added_while_paging_neither_hides_nor_repeats_another(ada_program, ada, harbour):
    for number in range(4):
        factories.make_client(harbour, f"Client {number}", carer=ada)
    first = ada_program.get("clients/?page_size=2&ordering=-created_at").json()
    newcomer = factories.make_client(harbour, "Newcomer", carer=ada)
    Client.objects.filter(pk=newcomer.pk).update(created_at=NOW + timedelta(hours=1))
    parts = urlsplit(first["next"])
    second = ada_program.get(f"{parts.path}?{parts.query}").json()
    ids = {row["id"] for page in (first, second) for row in page["results"]}
    assert (len(ids), second["next"]) == (4, None)


def test_page_size_is_fifty_and_two_hundred_at_most(ada_program, ada, harbour):
    for number in range(51):
        factories.make_client(harbour, f"Client {number}", carer=ada)
    assert len(ada_program.ids("clients/")) == 50
    assert len(ada_program.ids("clients/?page_size=200")) == 51
    assert refusal(ada_program.get("clients/?page_size=201")) == (400, "invalid")


def test_next_keeps_what_was_asked_for(ada_program, ada, harbour):
    for number in range(3):
        factories.make_client(harbour, f"Client {number}", carer=ada)
    following = ada_program.get("clients/?page_size=2&status=open").json()["next"]
    assert following.startswith("http://testserver/api/v1/clients/?")
    assert "status=open" in following
    assert "page_size=2" in following


def test_cursor_opens_nothing_that_is_out_of_reach(program, ada, ben, nora, otto, harbour):
    factories.make_client(harbour, "Another", carer=ada)
    following = program(ada).get("clients/?page_size=1").json()["next"]
    parts = urlsplit(following)
    foreign = program(ben).get(f"{parts.path}?{parts.query}").json()
    assert {row["id"] for row in foreign["results"]} <= {str(otto.pk)}


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "{}",
        "WyJjIl0",
        "bnVsbA",
        "W10",
        "%F0%9F%98%80",
        "a" * 5000,
        "../..",
        "WzEsMiwzXQ",
    ],
)
def test_cursor_that_is_none_is_refused(ada_program, nora, cursor):
    assert refusal(ada_program.get(f"clients/?cursor={cursor}")) == (400, "invalid")


def test_cursor_of_another_order_is_refused(ada_program, ada, harbour):
    for number in range(2):
        factories.make_client(harbour, f"Client {number}", carer=ada)
    following = urlsplit(ada_program.get("clients/?page_size=1").json()["next"])
    answer = ada_program.get(f"clients/?{following.query}&ordering=-created_at")
    assert refusal(answer) == (400, "invalid")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "ordering",
    ["name", "client__practice__name", "pk", "id", "?", "created_at'", "-", "", "--created_at",
     "created_at,opens_at", "data_key", "1;--", "x" * 3000],
)  # fmt: skip
def test_order_is_one_of_those_named(ada_program, nora, path, ordering):
    assert refusal(ada_program.get(f"{path}?ordering={ordering}")) == (400, "invalid")


# --- The audit trail ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_list_leaves_one_event_with_what_it_showed(ada_program, ada, nora, harbour, path):
    other = factories.make_client(harbour, "Yara", carer=ada)
    for client in (nora, other):
        asked.send(asked.open_occasion(client))
    before = AuditEvent.objects.latest("id").pk
    ids = ada_program.ids(path)
    event = AuditEvent.objects.get(pk__gt=before)
    shown = event.details["clients" if path == "clients/" else "ids"]
    assert (event.action, shown) == (f"{path.rstrip('s/')}.list", ids)
    assert sorted(event.details["clients"]) == sorted([str(nora.pk), str(other.pk)])


@pytest.mark.parametrize("path", LISTS)
def test_list_about_one_client_stands_in_their_history(ada_program, nora, occasion, path):
    asked.send(occasion)
    before = AuditEvent.objects.latest("id").pk
    ids = ada_program.ids(path)
    event = AuditEvent.objects.get(pk__gt=before)
    assert (event.action, event.client_id, event.details["ids"]) == ("client.read", nora.pk, ids)


def test_rows_leave_one_event_each(ada_program, nora, occasion):
    sent = asked.send(occasion)
    paths = {
        f"clients/{nora.pk}/": "client.read",
        f"clients/{nora.pk}/movement/": "client.read",
        f"assignments/{occasion.assignment_id}/": "client.read",
        f"occasions/{occasion.pk}/": "client.read",
        f"responses/{sent.pk}/": "response.read",
    }
    for path, action in paths.items():
        before = AuditEvent.objects.latest("id").pk
        assert ada_program.get(path).status_code == 200
        event = AuditEvent.objects.get(pk__gt=before)
        assert (event.action, event.client_id, event.actor_kind) == (action, nora.pk, "token")


def test_refused_read_leaves_no_trace_of_having_read(program, ben, nora):
    before = AuditEvent.objects.latest("id").pk
    sender = program(ben)
    sender.get(f"clients/{nora.pk}/")
    events = AuditEvent.objects.filter(pk__gt=before).exclude(action="token.create")
    assert not events.exists()


def test_trail_repeats_no_name_and_no_answer(ada_program, nora, occasion):
    asked.send(occasion)
    for path in LISTS:
        ada_program.get(path)
    ada_program.get("clients/?name=nora")
    for event in AuditEvent.objects.all():
        assert "nora" not in f"{event.details}{event.fields}{event.route}".lower()


# --- Cost ---------------------------------------------------------------------------------------

# The token; the count of requests, kept in the cache table (six); the audit event. Beside them
# stands what the list itself needs.
KEPT = 8
COSTS = {"clients/": 3, "assignments/": 1, "occasions/": 1, "responses/": 1, "scores/": 1}


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize("path", COSTS)
def test_list_costs_the_same_for_any_number_of_rows(
    ada_program, ada, harbour, path, count, django_assert_num_queries
):
    for number in range(count):
        client = factories.make_client(harbour, f"Client {number}", carer=ada)
        history(client, [GUARDED])
        asked.give(client, asked.SAFETY, cadence="once")
    ada_program.get(path)
    with django_assert_num_queries(KEPT + COSTS[path]):
        rows = ada_program.get(f"{path}?page_size=200").json()["results"]
    assert len(rows) >= count


@pytest.mark.parametrize("count", [1, 3, 30])
def test_client_and_movement_cost_the_same_for_any_number_of_forms(
    ada_program, nora, count, django_assert_num_queries
):
    history(nora, [GUARDED] * count)
    ada_program.get(f"clients/{nora.pk}/")
    with django_assert_num_queries(KEPT + 3):
        ada_program.get(f"clients/{nora.pk}/")
    rungs.score(nora, rungs.published(rungs.tide(1)), [20] * count)
    with django_assert_num_queries(KEPT + 4):
        body = ada_program.get(f"clients/{nora.pk}/movement/").json()
    assert len(body["points"]) == count


def test_rows_of_the_fixtures_are_many_enough_to_leak(caseload, otto):
    """The tests above would see a leak: there are rows of others to leak."""
    asked.send(asked.open_occasion(otto))
    assert Assignment.objects.exclude(client__in=caseload.values()).exists()
