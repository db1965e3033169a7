"""Answering on a phone, in a real Chromium: taps, keys, a lost connection, help at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.actions import references
from assessments.actions.instruments import publish
from assessments.models import Alert, Occasion, Response
from clinic.audit import Actor
from tests import factories_assessments as asked
from tests.factories import actor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {
    "width": 390,
    "height": 844,
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
# A page does not take a tap that comes right after the question has changed.
SETTLED = 320


@pytest.fixture
def weekly(nora) -> Occasion:
    return asked.open_occasion(nora, now=timezone.now())


@pytest.fixture
def safety(nora) -> Occasion:
    return asked.open_occasion(nora, asked.SAFETY, now=timezone.now())


@pytest.fixture
def begin(live_server) -> Callable[[Page, Occasion], None]:
    """Open the link of a form and come to its first question."""

    def begin(page: Page, occasion: Occasion) -> None:
        page.goto(f"{live_server.url}/f/{asked.new_link(occasion, timezone.now())}/")
        page.get_by_role("button", name="Start").click()
        page.get_by_role("link", name="Begin").click()
        expect(page.locator(".answer__count")).to_have_text(re.compile("^1 of"))

    return begin


def live(page: Page) -> None:
    """Wait for the form's script, which may come after the first tap on a slow connection."""
    expect(page.locator("[data-moves]")).to_have_text(re.compile("^Choosing"))


def at(page: Page, number: int) -> None:
    """Wait for a question to stand there and to take taps."""
    expect(page.locator(".answer__count")).to_have_text(re.compile(rf"^{number} of"))
    page.wait_for_timeout(SETTLED)


def answers() -> dict[str, int | None]:
    return Response.objects.get().answers


def test_taps_alone_lead_through_the_form(phone, weekly, begin):
    begin(phone, weekly)
    live(phone)
    for number in range(1, 21):
        at(phone, number)
        phone.locator(".choice").nth(number % 6).tap()
    expect(phone).to_have_url(re.compile("/f/review/$"))
    phone.get_by_role("button", name="Send my answers").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    items = weekly.assignment.version.definition.items
    assert answers() == {item.code: number % 6 for number, item in enumerate(items, start=1)}


def test_who_sent_the_form_before_begins_at_once_and_can_still_read_what_it_is_about(
    new_page, weekly, live_server
):
    asked.send(weekly, now=timezone.now())
    following = weekly.assignment.occasions.filter(number=1)
    following.update(opens_at=timezone.now(), opened_at=timezone.now())
    page = new_page(**PHONE, javascript=False)
    page.goto(f"{live_server.url}/f/{asked.new_link(following.get(), timezone.now())}/")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".answer__count")).to_have_text("1 of 20")
    about = page.get_by_role("link", name="About this form")
    assert about.bounding_box()["height"] >= 44
    about.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you begin")
    page.get_by_role("link", name="Begin").click()
    expect(page.locator(".answer__count")).to_have_text("1 of 20")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_form_is_accessible(new_page, safety, live_server, axe, troubles, scheme):
    troubles.expect("404")
    page = new_page(**PHONE, color_scheme=scheme)

    def check(heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.goto(f"{live_server.url}/f/{asked.new_link(safety, timezone.now())}/")
    check("A form is waiting for you")
    page.get_by_role("button", name="Start").click()
    check("Before you begin")
    page.get_by_role("link", name="Begin").click()
    at(page, 1)
    page.locator(".choice").nth(1).tap()
    expect(page.locator("#help")).to_be_visible()
    check("Someone in my life made me feel unsafe.")
    # Help is shown before the answer is saved; the look over below is to show it.
    expect(page.locator(".answer__saved")).to_have_text("Saved")
    page.goto(f"{live_server.url}/f/review/")
    check("Before you send it")
    page.get_by_role("button", name="Send my answers").click()
    check("Thank you")
    page.goto(f"{live_server.url}/f/{'x' * 43}/")
    check("This link does not open a form")


def test_form_works_without_javascript(new_page, safety, begin):
    page = new_page(**PHONE, javascript=False)
    begin(page, safety)
    for number in range(1, 5):
        expect(page.locator(".answer__count")).to_have_text(f"{number} of 4")
        page.locator(".choice").nth(0).click()
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert answers() == dict.fromkeys(["SAFE01", "SAFE02", "SAFE03", "SAFE04"], 0)


def test_keys_choose_and_move(desktop, weekly, begin):
    begin(desktop, weekly)
    live(desktop)
    desktop.keyboard.press("4")  # chooses and moves on
    at(desktop, 2)
    assert desktop.evaluate("document.activeElement.className") == "answer__question"
    desktop.keyboard.press("ArrowDown")  # arrows choose and stay
    desktop.keyboard.press("ArrowDown")
    expect(desktop.locator(".answer__saved")).to_have_text("Saved")
    at(desktop, 2)
    desktop.keyboard.press("Enter")
    at(desktop, 3)
    desktop.go_back()
    at(desktop, 2)
    expect(desktop.locator("input:checked")).to_have_value("1")
    assert answers() == {"IND04": 3, "INT09": 1}


def test_enter_means_next_without_javascript_too(new_page, weekly, begin):
    page = new_page(javascript=False)
    begin(page, weekly)
    page.locator("input").nth(1).focus()
    page.locator("[name=answer]").nth(2).check()
    page.locator("[name=answer]").nth(2).press("Enter")
    expect(page).to_have_url(re.compile("/f/2/$"))


def test_answer_chosen_before_the_script_has_come_is_saved(phone, weekly, begin):
    waiting = []
    phone.route("**/answer.js", lambda route: waiting.append(route))
    begin(phone, weekly)
    phone.locator(".choice").nth(2).tap()
    assert not Response.objects.exists()
    for route in waiting:
        route.continue_()
    expect(phone.locator(".answer__saved")).to_have_text("Saved")
    phone.get_by_role("button", name="Next").tap()
    at(phone, 2)
    assert answers() == {"IND04": 2}


def test_second_tap_of_a_shaky_thumb_does_not_answer_the_next_question(phone, weekly, begin):
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    phone.evaluate(
        """() => new MutationObserver((_changes, observer) => {
          observer.disconnect();
          const option = document.querySelectorAll(".choice input")[2];
          option.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
          option.click();
        }).observe(document.querySelector(".answer__question"), { childList: true })"""
    )
    phone.locator(".choice").nth(2).tap()
    at(phone, 2)
    phone.wait_for_timeout(600)
    expect(phone.locator(".answer__count")).to_have_text("2 of 20")
    assert answers() == {"IND04": 2}


def test_answers_given_without_a_connection_are_sent_once_it_is_back(
    phone, weekly, begin, troubles
):
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    phone.context.set_offline(True)
    phone.locator(".choice").nth(2).tap()
    expect(phone.locator(".answer__saved")).to_have_text("Not saved yet: 1. Trying again …")
    phone.get_by_role("button", name="Next").tap()
    at(phone, 2)
    phone.locator(".choice").nth(3).tap()
    assert not Response.objects.exists()
    phone.context.set_offline(False)
    expect(phone.locator(".answer__saved")).to_have_text("Saved")
    assert answers() == {"IND04": 2, "INT09": 3}
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0


def test_note_belongs_to_its_answer(phone, weekly, begin):
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    phone.get_by_text("Add a note about this answer").tap()
    phone.locator("#id_note").fill("Only at work.")
    phone.get_by_role("button", name="Next").tap()
    at(phone, 2)
    expect(phone.locator("#id_note")).to_have_value("")
    phone.get_by_role("button", name="Back").tap()
    at(phone, 1)
    expect(phone.locator("#id_note")).to_be_visible()
    expect(phone.locator("#id_note")).to_have_value("Only at work.")
    expect(phone.locator(".answer__saved")).to_have_text("Saved")
    assert Response.objects.get().item_comments == {"IND04": "Only at work."}


def test_leaving_with_answers_that_are_not_saved_asks_first(phone, weekly, begin, troubles):
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    phone.context.set_offline(True)
    phone.locator(".choice").nth(2).tap()
    expect(phone.locator(".answer__saved")).to_have_text("Not saved yet: 1. Trying again …")
    asked_first = []
    phone.on("dialog", lambda dialog: (asked_first.append(dialog.type), dialog.dismiss()))
    phone.close(run_before_unload=True)
    phone.wait_for_timeout(500)
    assert asked_first == ["beforeunload"]


def test_help_appears_at_once_and_the_form_waits(phone, safety, begin):
    begin(phone, safety)
    live(phone)
    at(phone, 1)
    phone.locator(".choice").nth(0).tap()
    at(phone, 2)
    phone.locator(".choice").nth(2).tap()
    panel = phone.locator("#help")
    expect(panel).to_be_in_viewport()
    expect(panel.get_by_role("heading")).to_be_focused()
    phone.wait_for_timeout(1000)
    expect(phone.locator(".answer__count")).to_have_text("2 of 4")
    phone.get_by_role("button", name="Next").tap()
    at(phone, 3)
    expect(panel).to_have_count(0)


def test_help_appears_without_a_connection_too(phone, safety, begin, troubles):
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    begin(phone, safety)
    live(phone)
    at(phone, 1)
    phone.context.set_offline(True)
    phone.locator(".choice").nth(1).tap()
    expect(phone.locator("#help")).to_be_in_viewport()


def test_form_that_was_sent_in_another_window_says_so(phone, safety, begin, troubles):
    troubles.expect("409")
    begin(phone, safety)
    live(phone)
    at(phone, 1)
    asked.send(safety, value=0, now=timezone.now())
    phone.locator(".choice").nth(1).tap()
    expect(phone.get_by_role("alert")).to_contain_text("This form was sent already")
    expect(phone.get_by_role("button", name="Next")).to_be_disabled()
    assert not Alert.objects.exists()


def test_going_back_in_a_form_that_was_sent_elsewhere_offers_no_question(
    phone, safety, begin, troubles
):
    troubles.expect("409")
    begin(phone, safety)
    live(phone)
    at(phone, 1)
    phone.locator(".choice").nth(0).tap()
    at(phone, 2)
    asked.send(safety, value=0, now=timezone.now())
    phone.locator(".choice").nth(0).tap()
    expect(phone.get_by_role("alert")).to_contain_text("This form was sent already")
    phone.go_back()
    expect(phone.get_by_role("heading", name="This form was sent already")).to_be_visible()
    assert phone.locator(".choice").count() == 0


def test_options_are_large_and_stay_where_they_are(phone, weekly, begin):
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    boxes = [choice.bounding_box() for choice in phone.locator(".choice").all()]
    assert min(box["height"] for box in boxes) >= 48
    phone.locator(".choice").nth(2).tap()
    expect(phone.locator(".answer__saved")).to_have_text("Saved")
    at(phone, 2)
    assert phone.locator(".choice").nth(0).bounding_box() == boxes[0]


def test_whom_to_think_of_stands_only_above_questions_about_a_relationship(phone, nora, ada, begin):
    now = timezone.now()
    name = {"kind": "partner", "label": "Sam", "by": actor(ada), "now": now}
    references.set_reference(client=nora, **name)
    begin(phone, asked.open_occasion(nora, now=now))
    live(phone)
    at(phone, 1)
    whom = phone.get_by_text("Think of your current partner, Sam.")
    expect(whom).to_be_hidden()
    first = phone.locator(".choice").nth(0).bounding_box()
    phone.locator(".choice").nth(0).tap()
    at(phone, 2)
    expect(whom).to_be_visible()
    assert phone.locator(".choice").nth(0).bounding_box() == first
    phone.get_by_role("button", name="Back").tap()
    at(phone, 1)
    expect(whom).to_be_hidden()


def test_headless_visitor_that_presses_nothing_uses_nothing_up(desktop, weekly, live_server):
    address = f"{live_server.url}/f/{asked.new_link(weekly, timezone.now())}/"
    for _time in range(3):
        desktop.goto(address)
        desktop.wait_for_timeout(200)
    assert desktop.context.cookies() == []
    assert not Response.objects.exists()
    assert weekly.links.filter(started_at__isnull=False).count() == 0


def test_address_of_the_link_is_not_passed_on(desktop, weekly, live_server):
    token = asked.new_link(weekly, timezone.now())
    seen = []
    desktop.on("request", lambda request: seen.append((request.url, request.all_headers())))
    desktop.goto(f"{live_server.url}/f/{token}/")
    desktop.get_by_role("button", name="Start").click()
    desktop.get_by_role("link", name="Begin").click()
    expect(desktop.locator(".answer__count")).to_have_text("1 of 20")
    later = [headers for url, headers in seen if token not in url]
    assert len(later) >= 5
    assert [headers for headers in later if token in str(headers)] == []


def go_through(page: Page, per_question: int = 0) -> None:
    """Answer the weekly form question by question, and send it."""
    for number in range(1, 21):
        at(page, number)
        page.wait_for_timeout(per_question)
        page.locator(".choice").nth(number % 6).tap()
    page.get_by_role("button", name="Send my answers").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_form_tapped_through_is_marked_as_very_fast(phone, weekly, begin):
    begin(phone, weekly)
    live(phone)
    go_through(phone)
    response = Response.objects.get()
    assert len(response.seconds["items"]) == 20
    assert 0 < max(response.seconds["items"].values()) < 5
    assert [mark["code"] for mark in response.marks] == ["too_fast"]
    assert response.marks[0]["basis"] == "items"


HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_time_counts_while_the_page_is_seen_and_again_on_coming_back(phone, weekly, begin):
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    phone.evaluate(HIDE, True)
    phone.wait_for_timeout(3000)
    phone.evaluate(HIDE, False)
    phone.locator(".choice").nth(2).tap()
    at(phone, 2)
    first = Response.objects.get().seconds["items"]["IND04"]
    assert first < 2.5
    phone.get_by_role("button", name="Back").tap()
    at(phone, 1)
    phone.wait_for_timeout(1000)
    phone.locator(".choice").nth(3).tap()
    at(phone, 2)
    assert Response.objects.get().seconds["items"]["IND04"] > first + 0.9


def test_time_of_an_answer_that_waited_for_a_connection_is_not_lost(phone, weekly, begin, troubles):
    troubles.expect("ERR_INTERNET_DISCONNECTED")
    begin(phone, weekly)
    live(phone)
    at(phone, 1)
    phone.wait_for_timeout(1200)
    phone.context.set_offline(True)
    phone.locator(".choice").nth(2).tap()
    expect(phone.locator(".answer__saved")).to_have_text("Not saved yet: 1. Trying again …")
    phone.context.set_offline(False)
    expect(phone.locator(".answer__saved")).to_have_text("Saved")
    assert Response.objects.get().seconds["items"]["IND04"] > 1.2


def test_form_without_javascript_is_timed_as_a_whole(new_page, weekly, begin):
    page = new_page(**PHONE, javascript=False)
    begin(page, weekly)
    for number in range(1, 21):
        expect(page.locator(".answer__count")).to_have_text(f"{number} of 20")
        page.locator(".choice").nth(number % 6).click()
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    response = Response.objects.get()
    assert response.seconds["items"] == {}
    assert 0 < response.seconds["total"] < 60


# --- Nothing moves, nothing weighs ----------------------------------------------------------------

WATCH_SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    shifts.push(entry.sources.map(({ node }) => node?.className || node?.nodeName));
  }
}).observe({ type: "layout-shift", buffered: true });"""


WIDTHS = (320, 344, 360, 375, 390, 412, 430)
# Chooses at each question in turn, from the first to the last; gives where things stand at each.
WALK = """async () => {
  const { help } = JSON.parse(document.getElementById("form-data").textContent);
  const next = document.querySelector(".answer__bar [value=next]");
  const top = (name) => document.querySelector(name).getBoundingClientRect().top + scrollY;
  const frame = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
  const { max } = document.querySelector("progress");
  const found = [];
  for (let number = 1; number <= max; number++) {
    const inputs = document.querySelectorAll(".choice input");
    const chosen = Object.keys(help).length ? 0 : number % inputs.length; // help is to move things
    inputs[chosen].click(); // by no pointer, so that it moves nowhere
    await frame();
    const tops = [".choice", ".answer__comment", ".answer__bar"].map(top);
    found.push([...tops, document.documentElement.scrollHeight].map(Math.round).join(" "));
    if (number < max) next.click();
    await frame();
  }
  return found;
}"""
# Two kinds of answers, the one many and short, the other few and long; questions alike in length
# and not in lines.
SHAPES = {
    "Partly": "Partly, and only when somebody asked me to, which happened less than I had hoped",
    "I kept help away.": "I am a mild man and I will fill in a tall list in a dim inn on an isle.",
    "I hid a feeling.": "Wholeheartedly overcommitting notwithstanding everything wholeheartedly.",
    "I gave way.": "Disproportionately uncommunicative acquaintanceships overwhelmed me.",
}


@pytest.fixture
def shapes(nora) -> Occasion:
    text = Path("tests/measurement/small-form.toml").read_text(encoding="utf-8")
    for old, new in SHAPES.items():
        assert old in text
        text = text.replace(old, new)
    now, by = timezone.now(), Actor.system(practice=nora.practice)
    version, _new = publish(text=text, by=by, now=now)
    given = asked.give_version(
        client=nora, version=version, cadence="once", first_on=now.date(), by=by, now=now
    )
    return given.first


@pytest.mark.parametrize("text_size", [16, 20, 28])
@pytest.mark.parametrize("form", [asked.WEEKLY, asked.LONG, asked.SAFETY, "shapes"])
def test_nothing_moves_while_answering(
    new_page, nora, ada, begin, live_server, request, form, text_size
):
    now = timezone.now()
    references.set_reference(client=nora, kind="partner", label="Sam", by=actor(ada), now=now)
    shapes = form == "shapes"
    occasion = request.getfixturevalue(form) if shapes else asked.open_occasion(nora, form, now=now)
    page = new_page(**PHONE)
    page.add_init_script(WATCH_SHIFTS)
    page.route("**/f/save/", lambda route: route.fulfill(json={"saved": True, "help": False}))
    sizes = {"fontSizes": {"standard": text_size}}
    page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)
    begin(page, occasion)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 664})
        page.goto(f"{live_server.url}/f/1/")
        live(page)
        root = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
        assert page.evaluate(root) == text_size
        places = page.evaluate(WALK)
        assert len(places) == len(occasion.assignment.instrument.items)
        assert (width, set(places)) == (width, {places[0]})
        assert (width, page.evaluate("shifts")) == (width, [])


def test_every_option_is_in_sight_above_the_buttons_of_a_phone(new_page, nora, ada, begin):
    now = timezone.now()
    references.set_reference(client=nora, kind="partner", label="Sam", by=actor(ada), now=now)
    page = new_page(**{**PHONE, "height": 664})  # what the bars of its browser leave
    begin(page, asked.open_occasion(nora, now=now))
    live(page)
    page.get_by_role("button", name="Next").click()
    at(page, 2)
    boxes = [choice.bounding_box() for choice in page.locator(".choice").all()]
    assert len(boxes) == 7
    assert min(box["height"] for box in boxes) >= 44
    bar = page.locator(".answer__bar").bounding_box()
    assert max(box["y"] + box["height"] for box in boxes) <= bar["y"]


THUMBS = """() => Array.from(
  document.querySelectorAll("main :is(a, button, summary, label.choice, input[type=checkbox])"),
  (found) => found.closest(".answer__unusual") ?? found,
).filter((found) => !found.closest(".visually-hidden"))
 .map((found) => [found.textContent.trim(), found.getBoundingClientRect().height])
 .filter(([, height]) => height < 44)"""
SMALLEST = """() => Math.min(...Array.from(
  document.querySelectorAll("body *"),
  (found) => (found.childNodes.length ? parseFloat(getComputedStyle(found).fontSize) : 99),
))"""


def test_everything_to_press_is_as_large_as_a_thumb_and_no_text_is_tiny(phone, weekly, live_server):
    site = live_server.url
    phone.goto(f"{site}/f/{asked.new_link(weekly, timezone.now())}/")

    def check(heading: str) -> None:
        expect(phone.get_by_role("heading", level=1)).to_have_text(heading)
        assert phone.evaluate(THUMBS) == []
        assert phone.evaluate(SMALLEST) >= 13

    check("A form is waiting for you")
    phone.get_by_role("button", name="Start").click()
    check("Before you begin")
    phone.get_by_role("link", name="Begin").click()
    check("I worked on a goal that I had chosen for myself.")
    for path, heading in (("review", "Before you send it"), ("pause", "Pause or stop the forms")):
        phone.goto(f"{site}/f/{path}/")
        check(heading)


def test_whole_form_can_be_sent_by_keyboard_alone(desktop, weekly, live_server):
    def press(name: str, role: str) -> None:
        while not desktop.evaluate(
            "([role, name]) => document.activeElement.matches(role)"
            " && document.activeElement.textContent.trim() === name",
            [role, name],
        ):
            desktop.keyboard.press("Tab")
        desktop.keyboard.press("Enter")

    desktop.goto(f"{live_server.url}/f/{asked.new_link(weekly, timezone.now())}/")
    press("Start", "button")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Before you begin")
    press("Begin", "a")
    live(desktop)
    for number in range(1, 21):
        at(desktop, number)
        desktop.keyboard.press(str(number % 6 + 1))
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Before you send it")
    press("Send my answers", "button")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert list(answers().values()) == [number % 6 for number in range(1, 21)]


def test_script_of_the_questions_comes_while_the_introduction_is_read(phone, weekly, live_server):
    seen = []
    phone.on("request", lambda request: seen.append(request.url))
    phone.goto(f"{live_server.url}/f/{asked.new_link(weekly, timezone.now())}/")
    phone.get_by_role("button", name="Start").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Before you begin")
    phone.wait_for_load_state("networkidle")
    scripts = {url.rpartition("/")[2] for url in seen if url.endswith(".js")}
    assert scripts == {"saving.js", "answer.js"}


def test_first_visit_weighs_little(phone, nora, begin):
    """Not even compressed as much as a photograph: the long form, up to its first question."""
    received = []
    network = phone.context.new_cdp_session(phone)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    begin(phone, asked.open_occasion(nora, asked.LONG, now=timezone.now()))
    live(phone)
    assert len(received) >= 8
    assert sum(received) < 100_000
