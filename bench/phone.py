"""A form on a phone with a slow connection: ``python -m bench.phone``.

What a visit weighs, and how long a client waits: for the page of the link, for the words before
the questions, for the first question, for all of these together, and from an answer to the next
question; the first time, and again once such a form was sent, when the words are left out. Every
visit is by a browser that has seen nothing before; the figures are medians. Needs Chromium
(``CHROMIUM=/path`` names one). Ends with code 1 where a limit is broken.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from statistics import median
from typing import Any

from bench.installation import arguments, installation
from bench.serve import serve

FORMS = ("causeway-weekly", "causeway-long")
FIRST, AGAIN = "first time", "again"
PHONE = {
    "viewport": {"width": 390, "height": 664},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 3,
}
# Slow 4G, as browsers mean it: milliseconds, and bits a second.
LATENCY, DOWN, UP = 150, 1_600_000, 750_000
# How many times slower than this machine the phone is.
SLOWER = 4
BYTES, SECONDS = 100_000, 1.0
ANSWERS = 5
WAITS = ("link", "introduction", "question", "in all", "script", "answer")

# Seconds from the press, or the address, to the first words of the page.
PAINTED = """() => new Promise((tell) => new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName("first-contentful-paint")) tell(entry.startTime / 1000);
}).observe({ type: "paint", buffered: true }))"""
TAKES_TAPS = """() => {
  const { textContent, dataset } = document.querySelector("[data-moves]");
  return textContent === dataset.moves && performance.now() / 1000;
}"""
# Keeps the seconds from each tap on an answer to the next question.
WATCH_ANSWERS = """() => {
  window.waits = [];
  let pressed;
  addEventListener("pointerdown", () => (pressed = performance.now()), true);
  new MutationObserver(() => waits.push((performance.now() - pressed) / 1000)).observe(
    document.querySelector(".answer__question"), { childList: true, subtree: true });
}"""
# A page does not take a tap that comes right after the question has changed.
SETTLED = 350


def main() -> None:
    wanted = arguments("A form on a phone with a slow connection.", visits=5)
    with installation(wanted.database_url) as database:
        addresses = {
            (code, time): make_links(code, wanted.visits, sent_before=time == AGAIN)
            for time in (FIRST, AGAIN)
            for code in FORMS
        }
        (warming,) = make_links(FORMS[0], 1, sent_before=False)
        with serve("clinic.wsgi:application") as port, chromium() as browser:
            site = f"http://127.0.0.1:{port}"
            visit(browser, site + warming)  # the server has imported what it needs
            found = {
                form: [visit(browser, site + path) for path in paths]
                for form, paths in addresses.items()
            }
    print(f"{database}, {wanted.visits} visits to each form; limits {BYTES} bytes, {SECONDS} s")
    broken = False
    for (code, time), visits in found.items():
        figures = {name: median(one[name] for one in visits) for name in visits[0]}
        waits = ", ".join(f"{name} {figures[name]:.2f} s" for name in WAITS if name in figures)
        print(f"{code:<16} {time:<11} {figures['bytes']:.0f} bytes; {waits}")
        broken |= figures["bytes"] > BYTES or figures["question"] > SECONDS
    if broken:
        raise SystemExit(1)


def visit(browser: Any, address: str) -> dict[str, float]:
    """One client who opens a link, begins, and answers some questions."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    phone = context.new_cdp_session(page)
    sizes: list[float] = []
    phone.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    phone.send("Network.enable")
    phone.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": DOWN / 8,
            "uploadThroughput": UP / 8,
        },
    )
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    found = {}
    page.goto(address)
    found["link"] = page.evaluate(PAINTED)
    page.wait_for_load_state("networkidle")  # while it is read
    page.get_by_role("button", name="Start").tap()
    page.wait_for_url(re.compile("/f/(1/)?$"))
    if page.url.endswith("/f/"):
        found["introduction"] = page.evaluate(PAINTED)
        page.wait_for_load_state("networkidle")
        page.get_by_role("link", name="Begin").tap()
        page.wait_for_url("**/f/1/")
    found["question"] = page.evaluate(PAINTED)
    found["in all"] = sum(found.values())
    found["script"] = page.wait_for_function(TAKES_TAPS).json_value()
    found["bytes"] = sum(sizes)
    page.evaluate(WATCH_ANSWERS)
    for number in range(1, ANSWERS + 1):
        page.locator(".choice").nth(2).tap()
        page.wait_for_url(f"**/f/{number + 1}/")
        page.wait_for_timeout(SETTLED)
    found["answer"] = median(page.evaluate("waits"))
    context.close()
    return found


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    program = next((path for path in map(shutil.which, filter(None, names)) if path), None)
    if program is None:
        raise SystemExit("No Chromium: install one, or name it: CHROMIUM=/path/to/chromium")
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


def make_links(code: str, count: int, *, sent_before: bool) -> list[str]:
    """The addresses of as many open forms of one new client, who sent one before or none."""
    from django.core.management import call_command
    from django.db import connections
    from django.urls import reverse
    from django.utils import timezone

    from assessments.actions import clients, links, plans, respond
    from assessments.models import InstrumentVersion, Occasion, Response, SendBy
    from clinic.audit import Actor
    from clinic.models import Practice

    if not Practice.objects.exists():
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("seed_demo", clients=4, weeks=4, stdout=StringIO())
    now, by = timezone.now(), Actor.system("console")
    practice = Practice.objects.earliest("created_at", "pk")
    client = clients.add_client(practice=practice, name="Robin Vale", by=by, now=now)
    version = InstrumentVersion.objects.get(instrument__code=code, practice=None)
    part = plans.Part(version, "weekly", now.astimezone(practice.zone).date())
    made = plans.make_plan(
        client=client, parts=[part], settings=plans.Settings(send_by=SendBy.HAND), by=by, now=now
    )
    if sent_before:
        answers = {item.code: item.options[0].value for item in version.definition.items}
        respond.submit(
            occasion=made.assigned[0].first,
            answers=answers,
            by=by,
            now=now,
            source=Response.Source.LINK,
        )
    paths = []
    for number in range(count):
        occasion = Occasion.objects.create(
            assignment=made.assigned[0].assignment,
            client=client,
            number=10_000 + number,
            opens_at=now - timedelta(minutes=count - number),
            closes_at=now + timedelta(days=3),
            opened_at=now,
        )
        _link, token = links.issue_link(occasion=occasion, by=by, now=now)
        paths.append(reverse("form-landing", args=[token]))
    connections.close_all()
    return paths


if __name__ == "__main__":
    main()
