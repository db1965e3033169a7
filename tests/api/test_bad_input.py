"""What anybody might send: always an answer with a sentence, never a 500, and nothing written."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, OperationalError

from assessments.models import Assignment, Response
from clinic.models import AuditEvent, Client
from tests import factories_assessments as asked
from tests.api.conftest import Program, dumped, new_token, refusal

pytestmark = pytest.mark.django_db

NASTY = [
    "", " ", "\t", "\u200b", "\u202e", "\x00", "a\x00b", "a\nb", "a\r\nBcc: x",
    "x" * 121, "é" * 5000, 7, 7.5, True, False, None, [], {}, ["Nora"], {"name": "Nora"},
]  # fmt: skip

HARMLESS = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    "'; DROP TABLE clinic_client; --",
    "=1+1",
    "ﷺ",
    "👩‍👧",
    "Ⅷ",
]


@pytest.fixture
def writes(db):
    """How many rows a request has written, the audit trail of reading apart."""
    models = (Client, Assignment, Response, AuditEvent)
    before = [model.objects.count() for model in models]
    return lambda: [
        model.objects.count() - count for model, count in zip(models, before, strict=True)
    ]


@pytest.mark.parametrize("name", NASTY, ids=lambda value: repr(value)[:20])
def test_name_that_is_none_is_refused_beside_its_field(ada_program, writes, name):
    before = writes()
    answer = ada_program.post("clients/", {"name": name})
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == ["name"]
    assert writes() == before


@pytest.mark.parametrize("name", HARMLESS)
def test_name_that_only_looks_dangerous_is_a_name(ada_program, name):
    body = ada_program.post("clients/", {"name": name}).json()
    assert ada_program.get(f"clients/{body['id']}/").json()["name"] == body["name"]
    assert body["name"]


@pytest.mark.parametrize(
    "field, value",
    [
        ("date_of_birth", "2026-02-30"),
        ("date_of_birth", "2027-01-01"),
        ("date_of_birth", "0001-01-01"),
        ("date_of_birth", "1899-12-31"),
        ("date_of_birth", "9999-12-31"),
        ("date_of_birth", "١٩٩١-٠٤-١٨"),
        ("date_of_birth", "19910418"),
        ("date_of_birth", "18/04/1991"),
        ("date_of_birth", "1991-04-18T00:00:00Z"),
        ("date_of_birth", " 1991-04-18"),
        ("date_of_birth", 19910418),
        ("date_of_birth", ""),
        ("email", "nobody"),
        ("email", "a@[127.0.0.1]"),
        ("email", "a@127.0.0.1"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("email", "a@" + "b" * 300 + ".example"),
        ("email", 5),
        ("phone", "x" * 41),
        ("phone", ["1"]),
        ("phone", "ask her mother"),
        ("note", "x" * 1001),
        ("note", {"text": "x"}),
        ("another_person", "true"),
        ("another_person", 1),
        ("another_person", None),
        ("clinician", "me"),
        ("clinician", 7),
        ("clinician", 2**50),
        ("clinician", "{0195a1c2-7d00-7a31-9c1b-2f6f4c0d8e11}"),
    ],
)
def test_field_that_is_wrong_is_refused_beside_it(ada_program, writes, field, value):
    before = writes()
    answer = ada_program.post("clients/", {"name": "Nora", field: value})
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == [field]
    assert writes() == before


@pytest.mark.parametrize(
    "field",
    ["id", "practice", "practice_id", "created_at", "closed_at", "data_key", "owner", "score",
     "carers", "standing", "is_staff", "NAME", "name ", "", "__proto__", "ﬁeld"],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["add", "edit"])
def test_field_that_is_not_known_is_refused(ada_program, nora, writes, verb, field):
    before = writes()
    sent = {"name": "Nora", field: "x"}
    if verb == "add":
        answer = ada_program.post("clients/", sent)
    else:
        answer = ada_program.patch(f"clients/{nora.pk}/", sent)
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == [field]
    assert writes() == before


@pytest.mark.parametrize(
    "path, body",
    [
        ("assignments/", {"id": "x"}),
        ("assignments/", {"version": 1}),
        ("assignments/", {"practice": "x"}),
        ("occasions/{occasion}/submit/", {"score": 100}),
        ("occasions/{occasion}/submit/", {"id": "x"}),
        ("occasions/{occasion}/submit/", {"source": "link"}),
        ("occasions/{occasion}/submit/", {"submitted_at": "2026-01-01T00:00:00Z"}),
        ("occasions/{occasion}/link/", {"token": "x"}),
        ("assignments/{assignment}/end/", {"ended_at": None}),
    ],
)
def test_field_that_is_not_ones_to_set_is_refused(ada_program, nora, occasion, writes, path, body):
    before = writes()
    good = {"client": str(nora.pk), "instrument": asked.WEEKLY} if path == "assignments/" else {}
    if path.endswith("submit/"):
        good = {"answers": {"IND04": 1}}
    named = path.format(occasion=occasion.pk, assignment=occasion.assignment_id)
    answer = ada_program.post(named, {**good, **body})
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == list(body)
    assert writes() == before


# --- Bodies -------------------------------------------------------------------------------------

DEEP = b'{"name":' + b"[" * 5000 + b"]" * 5000 + b"}"
BODIES = {
    "nested without end": DEEP,
    "nested and never closed": b"[" * 10_000,
    "objects nested without end": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "a key twice": b'{"name": "Nora", "name": "Otto"}',
    "a key twice within": b'{"name": "Nora", "x": {"a": 1, "a": 2}}',
    "a key twice by escape": b'{"name": "Nora", "n\\u0061me": "Otto"}',
    "an infinite number": b'{"name": 1e999}',
    "infinity below": b'{"name": -1e999}',
    "not a number": b'{"name": NaN}',
    "infinity": b'{"name": Infinity}',
    "a number of 5000 digits": b'{"name": ' + b"9" * 5000 + b"}",
    "a fraction of 5000 digits": b'{"name": 0.' + b"9" * 5000 + b"}",
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "half a pair as a key": b'{"\\udfff": 1}',
    "not UTF-8": b'{"name": "\xff"}',
    "Latin-1": '{"name": "Zoë"}'.encode("latin-1"),
    "UTF-16": '{"name": "Nora"}'.encode("utf-16"),
    "a surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "Nora"}',
    "a list": b'[{"name": "Nora"}]',
    "a text": b'"Nora"',
    "a number alone": b"7",
    "null": b"null",
    "nothing but space": b"  ",
    "cut off": b'{"name": "No',
    "two objects": b'{"name": "Nora"}{"name": "Otto"}',
    "single quotes": b"{'name': 'Nora'}",
    "a comma too many": b'{"name": "Nora",}',
    "a comment": b'{"name": "Nora"} // x',
    "a NUL": b'{"name": "Nora"}\x00',
    "a raw line break in a text": b'{"name": "No\nra"}',
    "a form": b"name=Nora",
    "XML": b"<client><name>Nora</name></client>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_body_that_is_not_strict_json_is_refused(ada_program, writes, body):
    before = writes()
    answer = ada_program.post("clients/", body)
    assert answer.status_code == 400, answer.content
    assert refusal(answer)[1] in ("parse_error", "invalid")
    assert writes() == before


def test_nesting_up_to_the_limit_is_read(ada_program):
    deepest = b'{"name":' + b"[" * 31 + b"]" * 31 + b"}"
    assert list(ada_program.post("clients/", deepest).json()["fields"]) == ["name"]
    deeper = b'{"name":' + b"[" * 32 + b"]" * 32 + b"}"
    assert refusal(ada_program.post("clients/", deeper)) == (400, "parse_error")


def test_brackets_in_a_text_are_no_nesting(ada_program):
    name = "[" * 50 + '\\"' + "{" * 40
    assert ada_program.post("clients/", {"name": name}).status_code == 201


@pytest.mark.parametrize("size", [100_001, 999_999, 30_000_000])
def test_body_that_is_too_long_is_refused(ada_program, writes, size):
    before = writes()
    body = b'{"name": "' + b"x" * size + b'"}'
    assert refusal(ada_program.post("clients/", body)) == (413, "too_large")
    assert writes() == before


@pytest.mark.parametrize(
    "kind, status",
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ('application/json; charset="UTF-8"', 201),
        ("APPLICATION/JSON", 201),
        ("application/json; charset=utf-7", 400),
        ("application/json; charset=zzz", 400),
        ("application/json; charset=utf-16", 400),
        ("application/json;;;charset", 400),
        ("application/xml", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("multipart/form-data", 415),
        ("text/plain", 415),
        ("text/json", 415),
        ("application/vnd.api+json", 415),
        ("junk", 415),
        ("*/*", 415),
        ("", 415),
        ("application/json, text/plain", 415),
    ],
)
def test_content_type_is_json_in_utf8(ada_program, kind, status):
    answer = ada_program.send("POST", "clients/", {"name": "Nora"}, content_type=kind)
    assert answer.status_code == status, answer.content
    if status != 201:
        refusal(answer)


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "text/html, */*;q=0.1", "application/*"]
)
def test_accept_that_allows_json_gets_it(ada_program, nora, accept):
    answer = ada_program.send("GET", "clients/", accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "junk", "", ";;;", "application/json/x"]
)
def test_accept_that_allows_no_json_is_told_in_json(ada_program, nora, accept):
    answer = ada_program.send("GET", "clients/", accept=accept)
    assert refusal(answer) == (406, "not_acceptable")
    assert answer.headers["Content-Type"] == "application/json"


# --- Parameters ---------------------------------------------------------------------------------

LISTS = ["clients/", "assignments/", "occasions/", "responses/", "scores/"]


@pytest.mark.parametrize("path", [*LISTS, "clients/{nora}/", "clients/{nora}/movement/"])
@pytest.mark.parametrize(
    "query",
    ["x=1", "format=json", "format=api", "client__practice=1", "client__name=x", "_method=DELETE",
     "limit=5", "offset=5", "search=x", "q=", "Client=1", "created_at__gte=1", "%00=1", "=1"],
)  # fmt: skip
def test_parameter_that_is_not_known_is_refused(ada_program, nora, path, query):
    answer = ada_program.get(f"{path.format(nora=nora.pk)}?{query}")
    assert refusal(answer) == (400, "invalid")


@pytest.mark.parametrize(
    "query",
    [
        "client=x", "client=", "client=7", f"client={2**70}", "client=%00", "client='",
        "instrument=%00", "instrument=", "instrument=" + "x" * 61,
        "since=2026-02-30", "since=0001-01-01", "until=9999-12-31", "since=yesterday", "since=",
        "since=2026-11-02T00:00:00Z", "since=02/11/2026", "since=%D9%A3", "since=1899-12-31",
        "until=2200-01-01", "since=%00", "since=20261102",
        "page_size=0", "page_size=-1", "page_size=x", "page_size=1e3", "page_size=", "page_size=٣",
        "page_size=" + "9" * 5000, "page_size=1.0", "page_size=%2B1", "cursor=", "ordering=",
        "client=x&client=y", "page_size=1&page_size=2",
    ],
)  # fmt: skip
def test_parameter_that_is_wrong_is_refused(ada_program, nora, query):
    answer = ada_program.get(f"assignments/?{query}")
    assert refusal(answer) == (400, "invalid")
    assert list(answer.json()["fields"]) == [query.split("=")[0]]


@pytest.mark.parametrize(
    "quote", ["'", '"', "`", "\\", "%25", "_", ";", "--", "/*", "\u2019", "%F0%9F"]
)
@pytest.mark.parametrize(
    "parameter", ["client", "instrument", "status", "since", "ordering", "cursor", "page_size"]
)
def test_quote_in_a_parameter_breaks_nothing(ada_program, nora, parameter, quote):
    assert ada_program.get(f"assignments/?{parameter}={quote}").status_code in (200, 400)


@pytest.mark.parametrize("name", ["%", "_", "x" * 100, "(a+)+$", "\\", "%25%25"])
def test_search_takes_a_pattern_for_a_name(ada_program, nora, name):
    assert ada_program.ids(f"clients/?name={name}") == []


def test_search_that_is_too_long_is_refused(ada_program, nora):
    assert refusal(ada_program.get("clients/?name=" + "x" * 101)) == (400, "invalid")


@pytest.mark.parametrize("path", ["clients/", "assignments/", "occasions/{pk}/submit/"])
def test_verb_takes_no_parameter(ada_program, occasion, writes, path):
    before = writes()
    answer = ada_program.post(f"{path.format(pk=occasion.pk)}?page_size=1", {"name": "Nora"})
    assert refusal(answer) == (400, "invalid")
    assert writes() == before


# --- Faults that are ours -----------------------------------------------------------------------


def test_words_of_the_database_are_never_repeated(ada, monkeypatch):
    def clash(**_arguments):
        raise IntegrityError('Key (name)=(Nora Lind) already exists in "clinic_client"')

    monkeypatch.setattr("assessments.api.endpoints.clients.add_client", clash)
    answer = Program(new_token(ada)[1]).post("clients/", {"name": "Nora"})
    assert refusal(answer) == (409, "conflict")
    assert b"clinic_client" not in answer.content
    assert b"Lind" not in answer.content


def test_database_that_is_away_is_503(ada, monkeypatch):
    def away(**_arguments):
        raise OperationalError("could not connect to server at 10.0.0.7")

    monkeypatch.setattr("assessments.api.endpoints.clients.add_client", away)
    answer = Program(new_token(ada)[1]).post("clients/", {"name": "Nora"})
    assert refusal(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert b"10.0.0.7" not in answer.content


def test_fault_of_ours_is_raised_to_whoever_runs_the_tests(ada, monkeypatch):
    def broken(**_arguments):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("assessments.api.endpoints.clients.add_client", broken)
    with pytest.raises(ZeroDivisionError):
        Program(new_token(ada)[1]).post("clients/", {"name": "Nora"})
    quiet = Program(new_token(ada)[1], raise_request_exception=False)
    answer = quiet.post("clients/", {"name": "Nora"})
    assert refusal(answer) == (500, "server_error")
    assert b"secret" not in answer.content


def test_headers_of_the_pages_stand_on_answers_too(ada_program, nora):
    for answer in (ada_program.get("clients/"), ada_program.get("nothing/")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "require-trusted-types-for" in answer.headers["Content-Security-Policy"]


def test_text_comes_back_as_it_is(ada_program):
    name = "Zoë 李 👩‍👧"
    answer = ada_program.post("clients/", dumped({"name": name}))
    assert name.replace("\u200d", "") in json.loads(answer.content)["name"]
