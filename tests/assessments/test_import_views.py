"""The pages of an import: choose a file, say which column is what, look, import."""

from __future__ import annotations

import gzip

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import Import, Response
from assessments.views import import_files, waiting_files
from tests import factories_assessments as asked
from tests.factories import number

pytestmark = pytest.mark.django_db

NEW = "/imports/new/"
CODES = ("SAFE01", "SAFE02", "SAFE03", "SAFE04")


@pytest.fixture(autouse=True)
def _instrument(harbour):
    asked.instrument(asked.SAFETY)
    cache.clear()


def send(browser, content: bytes | str, name: str = "answers.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return browser.post(NEW, {"instrument": asked.SAFETY, "file": file})


def csv(*rows: str, header: str = "") -> str:
    return "\n".join([header + ",".join(CODES), *rows, ""])


def chosen(first: int = 1, **changes: str) -> dict[str, str]:
    items = {f"item-{code}": str(first + place) for place, code in enumerate(CODES)}
    return {"whose": "anonymous", **items, **changes}


def confirm(browser, address: str, choice: dict[str, str], **options):
    """Look at the rows, then import what was looked at."""
    look = browser.post(address, {**choice, "do": "preview"})
    seen = look.context.get("seen", "")
    return browser.post(address, {**choice, "do": "import", "seen": seen}, **options)


def test_three_steps_lead_from_a_file_to_its_answers(pat, signed_in):
    browser = signed_in(pat)
    step = send(browser, csv("0,1,2,0", "9,0,0,0"))
    assert step.status_code == 302
    page = browser.get(step.url)
    assert [field.initial for field in page.context["form"].item_fields()] == ["1", "2", "3", "4"]
    look = browser.post(step.url, chosen(missing="9, NA", do="preview"))
    assert (look.status_code, look.context["preview"].rows) == (200, 2)
    assert [row["cells"] for row in look.context["sample"]] == [[0, 1, 2, 0], ["–", 0, 0, 0]]
    assert 'value="9, NA"' in look.content.decode()
    assert Response.objects.count() == 0
    done = confirm(browser, step.url, chosen(missing="9, NA"), follow=True)
    imported = Import.objects.get()
    assert done.redirect_chain[-1][0] == f"/imports/{imported.pk}/"
    assert (imported.created_rows, imported.by) == (2, pat.user)
    assert "answers.csv" in browser.get("/imports/").content.decode()


def test_file_is_gone_once_it_was_imported(pat, signed_in):
    browser = signed_in(pat)
    step = send(browser, csv("0,0,0,0"))
    confirm(browser, step.url, chosen())
    again = browser.post(step.url, chosen(do="import"))
    assert (again.status_code, again.url) == (302, NEW)
    assert Response.objects.count() == 1


def test_second_import_of_a_file_says_that_all_was_there(pat, signed_in):
    browser = signed_in(pat)
    for _time in range(2):
        step = send(browser, csv("0,0,0,0"))
        answer = confirm(browser, step.url, chosen(), follow=True)
    assert "Every row of this file was there already" in answer.content.decode()
    assert Import.objects.count() == 1


def test_kept_file_is_nobody_elses_and_unreadable(pat, ada, eve, signed_in):
    step = send(signed_in(pat), csv("0,0,0,3"))
    for member in (ada, eve):
        assert signed_in(member).get(step.url).url == NEW
    token = step.url.split("/")[-2]
    stored = cache.get(waiting_files.name_of(pat, import_files.PURPOSE, token))
    assert b"SAFE" not in stored
    assert b"SAFE" not in gzip.compress(b"") + bytes(stored)


@pytest.mark.parametrize(
    "content, says",
    [
        ("", "The file is empty"),
        (b"PK\x03\x04", "This is a spreadsheet"),
        (csv("0,0,0,0").encode("utf-16"), "UTF-16"),
        (b"a,a\n1,1\n", "Two columns are named a"),
        (b"x" * 1_900_001, "This file is larger than 1.9 MB"),
    ],
)
def test_file_that_cannot_be_used_is_refused_beside_its_field(pat, signed_in, content, says):
    answer = send(signed_in(pat), content)
    assert answer.status_code == 400
    assert says in answer.context["form"].errors["file"][0]
    assert f'value="{asked.SAFETY}" selected' in answer.content.decode()


def test_columns_changed_since_the_look_are_looked_at_before_anything_is_written(pat, signed_in):
    browser = signed_in(pat)
    step = send(browser, csv("5,0,0,0,9", header="x,"))
    look = browser.post(step.url, chosen(2, missing="9"))
    changed = chosen(2, missing="9 NA", do="import", seen=look.context["seen"])
    answer = browser.post(step.url, changed)
    assert (answer.status_code, answer.context["preview"].rows) == (200, 1)
    assert Response.objects.count() == 0


@pytest.mark.parametrize("do", ["preview", "import"])
def test_faults_are_listed_by_line_and_nothing_is_written(pat, signed_in, do):
    browser = signed_in(pat)
    step = send(browser, csv("0,0,0,0", "0,7,0,<b>"))
    send_it = confirm if do == "import" else browser.__class__.post
    answer = send_it(browser, step.url, chosen())
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "line 3, column SAFE02: 7 is not one of 0, 1, 2, 3." in html
    assert "&lt;b&gt; is not one of" in html
    assert (Response.objects.count(), Import.objects.count()) == (0, 0)


def put_right(browser, address: str, content: str, choice: dict[str, str], **options):
    """Send the file once more to where its mapping is."""
    file = SimpleUploadedFile("right.csv", content.encode())
    return browser.post(address, {**choice, "file": file, "do": "preview"}, **options)


def test_file_put_right_keeps_the_mapping_wherever_its_columns_lie(pat, signed_in):
    browser = signed_in(pat)
    step = send(browser, csv("2026-01-05,7,0,0,0", header="when,"))
    choice = chosen(2, date_column="1", missing="9")
    assert 'type="file"' not in browser.get(step.url).content.decode()
    assert 'type="file"' in browser.post(step.url, choice).content.decode()
    right = "SAFE04,SAFE03,SAFE02,SAFE01,when\n3,2,1,9,2026-01-05\n"
    look = put_right(browser, step.url, right, choice)
    assert (look.status_code, look.context["file"].name) == (200, "right.csv")
    moved = {field.html_name: field.value() or "" for field in look.context["form"]}
    assert [moved[f"item-{code}"] for code in CODES] == ["4", "3", "2", "1"]
    assert (moved["date_column"], moved["missing"]) == ("5", "9")
    browser.post(step.url, {**moved, "do": "import", "seen": look.context["seen"]})
    assert Response.objects.get().answers == {"SAFE02": 1, "SAFE03": 2, "SAFE04": 3}


@pytest.mark.parametrize(
    "content, says",
    [
        ("", "The file is empty"),
        ("x" * 1_900_001, "This file is larger than 1.9 MB"),
        ("SAFE01,SAFE02,SAFE04\n0,0,0\n", "This file has no column SAFE03, which is chosen below."),
    ],
)
def test_file_that_is_no_better_is_refused_and_the_first_one_stays(pat, signed_in, content, says):
    browser = signed_in(pat)
    step = send(browser, csv("0,0,0,1"))
    answer = put_right(browser, step.url, content, chosen(missing="9"))
    assert answer.status_code == 400
    assert says in answer.context["form"].errors["file"][0]
    assert 'value="9"' in answer.content.decode()
    assert confirm(browser, step.url, chosen()).status_code == 302
    assert Response.objects.get().answers["SAFE04"] == 1


def test_file_that_was_put_in_the_place_of_another_is_looked_at_before_it_is_imported(
    pat, signed_in
):
    browser = signed_in(pat)
    step = send(browser, csv("0,0,0,0"))
    seen = browser.post(step.url, chosen()).context["seen"]
    put_right(browser, step.url, csv("1,1,1,1"), chosen())
    answer = browser.post(step.url, chosen(do="import", seen=seen))
    assert (answer.status_code, answer.context["preview"].rows) == (200, 1)
    assert Response.objects.count() == 0


def test_rows_beyond_what_a_page_takes_are_refused(pat, signed_in, monkeypatch):
    monkeypatch.setattr(import_files, "MOST_ROWS", 2)
    browser = signed_in(pat)
    step = send(browser, csv("0,0,0,0", "0,0,0,1", "0,0,0,2"))
    for answer in (browser.post(step.url, chosen()), confirm(browser, step.url, chosen())):
        assert answer.status_code == 400
        assert "more than 2 rows" in answer.context["form"].errors["file"][0]
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "change, field",
    [
        ({"item-SAFE02": ""}, "item-SAFE02"),
        ({"item-SAFE02": "99"}, "item-SAFE02"),
        ({"item-SAFE02": "1"}, None),
        ({"missing": "0"}, "missing"),
        ({"date": "2999-01-01"}, "date"),
        ({"whose": "clients"}, "whose"),
    ],
)
def test_mapping_that_does_not_fit_is_refused_and_kept(pat, signed_in, change, field):
    browser = signed_in(pat)
    step = send(browser, csv("0,0,0,0"))
    answer = browser.post(step.url, chosen(**change))
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field or "__all__"]


def test_clinician_imports_for_clients_in_their_care_only(ada, nora, otto, signed_in):
    for client, value in ((nora, "7"), (otto, "8")):
        number(client, value)
    browser = signed_in(ada)
    choice = chosen(2, whose="clients", client_column="1", date="2026-03-01")
    step = send(browser, csv("7,0,0,0,0", "8,0,0,0,0", header="who,"))
    answer = confirm(browser, step.url, choice)
    assert "line 3, column who: no client within your reach" in answer.content.decode()
    step = send(browser, csv("7,3,3,3,3", header="who,"))
    done = confirm(browser, step.url, choice, follow=True)
    assert Response.objects.get().client == nora
    page = done.content.decode()
    assert "Known clients, by the column “<bdi>who</bdi>”" in page
    assert "<dd>1 March 2026</dd>" in page
    # Long ago by now: no alert, but a line that leads to it.
    assert [row.client_id for row in done.context["to_read"]] == [nora.pk]
    assert "Nora Lind" in done.content.decode()


def test_past_danger_names_nobody_to_who_runs_the_practice(ada, pat, nora, signed_in):
    number(nora, "7")
    step = send(signed_in(ada), csv("7,3,3,3,3", header="who,"))
    choice = chosen(2, whose="clients", client_column="1", date="2026-03-01")
    confirm(signed_in(ada), step.url, choice)
    page = signed_in(pat).get(f"/imports/{Import.objects.get().pk}/").content.decode()
    assert "They are of clients whose answers you do not see." in page
    assert "Nora" not in page
