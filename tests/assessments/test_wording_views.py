"""The pages about a wording: loading it in two steps, what the library and a client's forms say."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from assessments.actions import respond
from assessments.forms.wording_file import skeleton, written
from assessments.management.commands.load_instruments import SHIPPED
from assessments.measurement.definition import DefinitionError, Use, WordingTexts, read_wording
from assessments.models import Assignment, InstrumentVersion, Response, Wording
from clinic.audit import Actor
from tests import factories_assessments as asked
from tests import factories_wording as made
from tests.factories import NOW

PAGE = f"/library/{made.CODE}/wording/"
SHELF = sorted(path.stem.rsplit("-", 1)[0] for path in SHIPPED.glob("*.toml"))


@pytest.fixture
def tea(db) -> InstrumentVersion:
    return made.tea()


@pytest.fixture
def desk(clock, tea, pat, signed_in):
    return signed_in(pat)


def upload(browser, content=None, **fields):
    content = made.file_of() if content is None else content
    data = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("tea.toml", data, content_type="text/plain")
    return browser.post(PAGE, {"file": file, "source": "Drawer two", **fields})


class Hidden(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden":
            self.found[given["name"]] = given.get("value") or ""


def sent_on(page) -> dict[str, str]:
    """What the second step of a page sends, with line ends as a browser sends them."""
    fields = Hidden(page.content.decode()).found
    fields.pop("csrfmiddlewaretoken", None)
    return {name: value.replace("\n", "\r\n") for name, value in fields.items()}


# --- Loading by the page ------------------------------------------------------------------------


def test_page_says_whose_the_wording_is_and_what_may_be_done_with_it(desk):
    shown = desk.get(PAGE).content.decode()
    assert "belong to The Tea Board" in shown
    assert "Nobody asks for anything." in shown
    assert "No wording yet." in shown
    assert f'href="{PAGE}skeleton/"' in shown


@pytest.mark.parametrize("content", [made.file_of(), made.questionnaire()], ids=["toml", "fhir"])
def test_file_is_shown_before_it_is_used(desk, tea, pat, content):
    page = upload(desk, content)
    shown = page.content.decode()
    assert page.status_code == 200
    assert all(text in shown for text in (*made.ITEMS, *made.QUESTIONS, "3 Three cups"))
    assert shown.count("counts the other way") == 1
    assert not Wording.objects.exists()
    assert desk.post(PAGE, sent_on(page)).url == PAGE
    wording = Wording.objects.get()
    assert (wording.practice, wording.source) == (pat.practice, "Drawer two")
    assert [item.text for item in tea.worded(wording).items] == list(made.QUESTIONS)
    assert "can be assigned now" in desk.get(PAGE).content.decode()


def test_history_names_who_loaded_what_from_where(desk, tea, pat):
    made.load(pat, tea, source="First drawer")
    made.load(pat, tea, made.file_of(made.words("Other")), source="Second drawer")
    shown = desk.get(PAGE).content.decode()
    assert shown.index("Second drawer") < shown.index("First drawer")
    assert shown.count("Pat Quill") >= 2
    assert shown.count(">in use<") == 1


def test_texts_with_quotes_lines_and_markup_survive_the_second_step(desk, tea):
    texts = ('She said "tea".', "Back\\slash & <b>bold</b>", "Größe – 茶")
    content = made.file_of(texts, introduction='Line one\nLine "two"')
    page = upload(desk, content)
    assert "<b>bold</b>" not in page.content.decode()
    desk.post(PAGE, sent_on(page))
    instrument = tea.worded(Wording.objects.get())
    assert tuple(item.text for item in instrument.items) == texts
    assert instrument.introduction == 'Line one\nLine "two"'


def test_changed_texts_are_pointed_out(desk, tea, pat):
    made.load(pat, tea)
    page = upload(desk, made.file_of(("I drank tea.", *made.QUESTIONS[1:])))
    assert page.content.decode().count(">changed<") == 1
    assert "Those that run already go on" in page.content.decode()


def test_texts_that_are_in_use_already_are_not_loaded_again(desk, tea, pat):
    made.load(pat, tea)
    page = desk.get(upload(desk).url)
    assert "in use already, since 2 November 2026" in page.content.decode()
    assert Wording.objects.count() == 1


def test_second_step_pressed_twice_loads_once(desk):
    fields = sent_on(upload(desk))
    desk.post(PAGE, fields)
    assert desk.post(PAGE, fields).url == PAGE
    assert Wording.objects.count() == 1


@pytest.mark.parametrize(
    "content, problems",
    [
        (made.file_of(made.QUESTIONS[:2], made.LABELS[:2]), 2),
        ("nothing = [", 1),
        (b"\xff\xfe\x00", 1),
        ("{" * 3000, 1),
        ('{"resourceType": "Patient"}', 1),
        (made.file_of(("\u202eabc", "a\x00b", "x" * 5000)), 3),
    ],
)
def test_file_that_does_not_fit_is_refused_with_every_reason_and_keeps_what_was_typed(
    desk, content, problems
):
    page = upload(desk, content)
    assert page.status_code == 400
    assert len(page.context["problems"]) == problems
    assert 'value="Drawer two"' in page.content.decode()
    assert not Wording.objects.exists()


def test_file_that_is_empty_is_refused(desk):
    page = upload(desk, b"")
    assert (page.status_code, "This file is empty." in page.content.decode()) == (400, True)


def test_file_that_is_far_too_large_is_refused(desk):
    page = upload(desk, b"#" * 1_000_001)
    assert (page.status_code, "larger than 1 MB" in page.content.decode()) == (400, True)


def test_source_has_to_be_said_where_the_file_is_silent(desk):
    page = upload(desk, made.questionnaire(), source="")
    assert page.status_code == 400
    assert "source" in page.context["form"].errors


@pytest.mark.parametrize(
    "change",
    [
        {"content": "x = ["},
        {"content": ""},
        {"content": "a\x00b"},
        {"content": made.file_of(made.QUESTIONS[:1])},
        {"source": "x" * 400},
        {"file_name": "x" * 400},
    ],
)
def test_second_step_checks_again_what_it_is_sent(desk, change):
    page = desk.post(PAGE, {**sent_on(upload(desk)), **change})
    assert page.status_code == 400
    assert page.context["problems"]
    assert not Wording.objects.exists()


# --- Licences -----------------------------------------------------------------------------------


def test_licence_without_alteration_asks_for_the_statement(clock, pat, signed_in):
    made.tea(Use.NO_ALTERATION)
    browser = signed_in(pat)
    page = upload(browser)
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["unaltered"])
    shown = upload(browser, unaltered="on")
    fields = sent_on(shown)
    assert browser.post(PAGE, {**fields, "unaltered": ""}).status_code == 400
    assert not Wording.objects.exists()
    assert browser.post(PAGE, fields).status_code == 302
    assert Wording.objects.exists()


def test_licence_without_alteration_refuses_another_order(clock, pat, signed_in):
    made.tea(Use.NO_ALTERATION)
    page = upload(signed_in(pat), made.questionnaire((1, 0, 2)), unaltered="on")
    assert page.status_code == 400
    assert "no alteration" in page.content.decode()


def test_non_commercial_licence_is_first_settled_in_the_settings(clock, pat, signed_in):
    made.tea(Use.NON_COMMERCIAL)
    browser = signed_in(pat)
    shown = browser.get(PAGE).content.decode()
    assert 'type="file"' not in shown
    assert 'href="/practice/"' in shown
    assert upload(browser).status_code == 400
    pat.practice.non_commercial = True
    pat.practice.save(update_fields=["non_commercial"])
    assert 'type="file"' in browser.get(PAGE).content.decode()


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, status", [("pat", 200), ("solo", 200), ("ada", 403), ("sue", 403), ("ash", 403)]
)
def test_only_who_runs_the_practice_loads_a_wording(tea, request, signed_in, who, status):
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(PAGE).status_code == status
    assert browser.get(f"{PAGE}skeleton/").status_code == status
    assert upload(browser).status_code == status


def test_form_with_its_own_wording_has_no_such_page(desk):
    asked.instrument()
    assert desk.get("/library/causeway-weekly/wording/").status_code == 404
    assert desk.post("/library/causeway-weekly/wording/").status_code == 404


def test_wording_of_another_practice_is_never_shown(desk, tea, eve, nora, ada, signed_in):
    made.load(eve, tea, made.file_of(made.words("Elsewhere only")), source="Elsewhere drawer")
    addresses = [PAGE, "/library/", f"/library/{made.CODE}/"]
    for browser in (desk, signed_in(ada)):
        for address in (*addresses, reverse("assign", args=[nora.pk])):
            shown = browser.get(address).content.decode()
            assert "Elsewhere only" not in shown
            assert "Elsewhere drawer" not in shown


# --- The empty file -----------------------------------------------------------------------------


def test_empty_file_can_be_filled_in_and_loaded(desk, tea):
    answer = desk.get(f"{PAGE}skeleton/")
    assert 'filename="tea-break-1-wording.toml"' in answer.headers["Content-Disposition"]
    text = answer.content.decode()
    with pytest.raises(DefinitionError):
        read_wording(text, tea.definition)
    for code, question in zip(made.ITEMS, made.QUESTIONS, strict=True):
        text = text.replace(f'{code} = ""', f'{code} = "{question}"')
    for value, label in zip(made.VALUES, made.LABELS, strict=True):
        text = text.replace(f'"",  # {value}\n', f'"{label}",  # {value}\n')
    text = text.replace('source = ""', 'source = "Typed in"')
    assert read_wording(text, tea.definition).items["TEA03"] == "I burned my tongue."


@pytest.mark.parametrize("code", SHELF)
def test_every_shipped_form_without_wording_has_an_empty_file_that_fits(db, code):
    definition = asked.instrument(code).definition
    if definition.has_wording:
        return
    texts = WordingTexts(
        introduction=None,
        items={item.code: f"Made up {item.code}" for item in definition.items},
        options={
            one.code: tuple(
                one.first_label or "Lowest" if index == 0 else f"Made up {index}"
                for index in range(len(one.options))
            )
            for one in definition.option_sets
        },
    )
    assert read_wording(written(definition, texts, "Made up"), definition).items == texts.items
    assert skeleton(definition).count('""') >= len(definition.items)


# --- The library --------------------------------------------------------------------------------


def test_library_says_what_can_be_assigned_here_and_what_cannot(tea, pat, ada, signed_in):
    asked.instrument()
    made.tea(Use.NON_COMMERCIAL, code="herbal-tea")

    def status():
        rows = signed_in(ada).get("/library/").context["instruments"]
        return {row["definition"].code: row["status"]["text"] for row in rows}

    unloaded = "Wording not loaded: scored from imported answers, not assigned"
    assert status() == {
        "causeway-weekly": "Can be assigned",
        "herbal-tea": "For non-commercial practices only",
        "tea-break": unloaded,
    }
    pat.practice.non_commercial = True
    pat.practice.save(update_fields=["non_commercial"])
    made.load(pat, tea)
    assert status() == {
        "causeway-weekly": "Can be assigned",
        "herbal-tea": unloaded,
        "tea-break": "Can be assigned",
    }


def test_library_leads_whoever_runs_the_practice_to_what_is_missing(tea, pat, ada, signed_in):
    asked.instrument()
    made.tea(Use.NON_COMMERCIAL, code="herbal-tea")
    shown = signed_in(ada).get("/library/").content.decode()
    assert "Whoever runs the practice loads a wording here, from a file." in shown
    assert PAGE not in shown
    browser = signed_in(pat)
    shown = browser.get("/library/").content.decode()
    assert "“Load the wording” takes a file" in shown
    assert (shown.count(PAGE), shown.count("Practice settings<span")) == (1, 1)
    made.load(pat, tea)
    assert PAGE not in browser.get("/library/").content.decode()


def test_library_speaks_of_no_wording_where_every_form_has_its_own(pat, signed_in):
    asked.instrument()
    shown = signed_in(pat).get("/library/").content.decode()
    assert "Causeway forms" in shown
    assert "Questionnaires of others" not in shown


def test_form_leads_to_an_import_of_answers_to_it(tea, ada, signed_in):
    browser = signed_in(ada)
    address = f"/imports/new/?instrument={made.CODE}"
    assert address in browser.get(f"/library/{made.CODE}/").content.decode()
    assert f'value="{made.CODE}" selected' in browser.get(address).content.decode()


def test_form_without_wording_shows_codes_and_who_can_load_it(tea, ada, pat, signed_in):
    address = f"/library/{made.CODE}/"
    shown = signed_in(ada).get(address).content.decode()
    assert "Counts TEA01, TEA02, TEA03. The other way: TEA02." in shown
    assert "0, 1, 3" in shown
    assert "Item 3 (TEA03)" in shown
    assert "Whoever runs the practice can load it" in shown
    assert PAGE not in shown
    assert PAGE in signed_in(pat).get(address).content.decode()


def test_form_with_loaded_wording_shows_its_texts(tea, ada, pat, signed_in):
    made.load(pat, tea)
    shown = signed_in(ada).get(f"/library/{made.CODE}/").content.decode()
    assert all(text in shown for text in made.QUESTIONS)
    assert "From “Three cups” on, an alert: Ask about the kettle." in shown


def test_what_publications_say_stands_with_its_source(db, ada, signed_in):
    browser = signed_in(ada)
    definition = asked.instrument("phq-9").definition
    shown = browser.get("/library/phq-9/").content.decode()
    scale = definition.scales[0]
    assert all(escape(band.label) in shown for band in scale.bands)
    assert all(escape(c.name) in shown and escape(c.source) in shown for c in scale.cutoffs)
    assert "6 points or more: larger than error there" in shown
    assert "LOINC 44249-1" in shown
    asked.instrument("who-5")
    well = browser.get("/library/who-5/").content.decode()
    assert "times 4, from 0 to 100" in well
    assert "0–48" in well
    asked.instrument("core-10")
    assert "People at large: mean 4.7" in browser.get("/library/core-10/").content.decode()


class Empty(HTMLParser):
    """Elements that should say something and do not."""

    SAYING = frozenset(
        ["dd", "dt", "li", "td", "th", "h1", "h2", "h3", "strong", "option", "label"]
    )
    SAYING |= {"caption", "legend", "summary", "button", "a"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[list] = []
        self.empty: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes) -> None:
        if tag in self.SAYING:
            self.open.append([tag, "", self.getpos()])
        elif tag in ("input", "svg") and self.open:
            self.open[-1][1] += "#"

    def handle_data(self, data) -> None:
        if "“”" in data:
            self.empty.append(f"quotes at {self.getpos()}")
        for entry in self.open:
            entry[1] += data.strip()

    def handle_endtag(self, tag) -> None:
        if tag in self.SAYING and self.open and self.open[-1][0] == tag:
            _tag, text, place = self.open.pop()
            if not text:
                self.empty.append(f"{tag} at {place}")


def test_search_for_empty_texts_finds_them():
    assert Empty("<dl><dt>Said</dt><dd> </dd></dl><p>From “” on</p>").empty == [
        "dd at (1, 17)",
        "quotes at (1, 35)",
    ]


@pytest.mark.parametrize("code", [*SHELF, made.CODE])
def test_no_page_of_the_library_prints_an_empty_text(pat, signed_in, code):
    version = made.tea() if code == made.CODE else asked.instrument(code)
    browser = signed_in(pat)
    addresses = ["/library/", f"/library/{code}/"]
    if not version.definition.has_wording:
        addresses.append(f"/library/{code}/wording/")
    for address in addresses:
        assert Empty(browser.get(address).content.decode()).empty == [], address


# --- Assigning, answering, reading --------------------------------------------------------------


def test_assign_page_says_what_is_not_available_instead_of_offering_it(tea, ada, nora, signed_in):
    weekly = asked.instrument()
    made.tea(Use.NON_COMMERCIAL, code="herbal-tea")
    browser = signed_in(ada)
    address = reverse("assign", args=[nora.pk])
    page = browser.get(address)
    shown = page.content.decode()
    assert [card["definition"].code for card in page.context["cards"]] == ["causeway-weekly"]
    assert f'value="{weekly.pk}"' in shown
    assert f'value="{tea.pk}"' not in shown
    assert len(page.context["not_yet"]) == 2
    assert "The wording of Tea break has not been loaded here yet" in shown
    fields = {"instrument": tea.pk, "cadence": "usual", "first_on": "2030-01-01"}
    fields |= {"send_by": "hand", "opens_at": "06:00"}
    refused = browser.post(address, fields)
    assert refused.status_code == 400
    assert "has not been loaded here yet" in str(refused.context["form"].errors["instrument"])
    assert not Assignment.objects.exists()


def test_who_also_runs_the_practice_is_led_to_the_library(tea, solo, signed_in, clock):
    from tests.factories import make_client

    client = make_client(solo.practice, "Ina Berg", carer=solo)
    shown = signed_in(solo).get(reverse("assign", args=[client.pk])).content.decode()
    assert "Go to the library" in shown


def test_client_is_asked_with_the_wording_of_the_assignment(tea, pat, nora, ada, holder, signed_in):
    made.load(pat, tea)
    occasion = asked.give_version(
        client=nora,
        version=tea,
        cadence="weekly",
        first_on=NOW.date(),
        by=Actor.system(practice=nora.practice),
        now=NOW,
    ).first
    made.load(pat, tea, made.file_of(made.words("Later"), ("None", "One", "Three")))
    browser = holder(occasion)
    asked_first = browser.get("/f/1/").content.decode()
    assert made.QUESTIONS[0] in asked_first
    assert "Three cups" in asked_first
    browser.post("/f/1/", {"answer": "3"})
    assert made.QUESTIONS[1] in browser.get("/f/review/").content.decode()
    staff = signed_in(ada)
    sheet = staff.get(reverse("occasion-enter", args=[occasion.pk])).content.decode()
    assert all(text in sheet for text in made.QUESTIONS)
    asked.send(occasion, 1)
    response = Response.objects.get(occasion=occasion)
    shown = staff.get(reverse("response", args=[response.pk])).content.decode()
    assert all(text in shown for text in made.QUESTIONS)
    assert "A cup" in shown
    assert "Later" not in asked_first + sheet + shown


def test_answers_without_wording_stand_by_number_and_value(tea, pat, nora, ada, signed_in):
    """As those of an import do: their assignment has no wording."""
    made.load(pat, tea)
    occasion = asked.give_version(
        client=nora,
        version=tea,
        cadence="weekly",
        first_on=NOW.date(),
        by=Actor.system(practice=nora.practice),
        now=NOW,
    ).first
    Assignment.objects.filter(pk=occasion.assignment_id).update(wording=None)
    occasion.refresh_from_db()
    response = respond.submit(
        occasion=occasion,
        answers={"TEA01": 1, "TEA03": 3},
        by=Actor.system(practice=nora.practice),
        now=NOW,
        source=Response.Source.LINK,
    ).response
    page = signed_in(ada).get(reverse("response", args=[response.pk]))
    assert [(line.text, line.answer) for line in page.context["lines"]] == [
        ("Item 1", "1"),
        ("Item 2", ""),
        ("Item 3", "3"),
    ]
    shown = page.content.decode()
    assert "each item stands by its number" in shown
    assert not Empty(shown).empty
