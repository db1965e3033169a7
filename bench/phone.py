"""A form on a phone with a slow connection: ``python -m bench.phone``.

What a first visit weighs, and how long a client waits: for the page of the link, for the words
before the questions, for the first question, and from an answer to the next question. Every visit
is by a browser that has seen nothing before; the figures are medians. Needs Chromium
(``CHROMIUM=/path`` names one). Ends with code 1 where a limit is broken.
"""

import os
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
WAITS = ("link", "introduction", "question", "script", "answer")

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
        addresses = {code: make_links(code, wanted.visits) for code in FORMS}
        with serve("clinic.wsgi:application") as port, chromium() as browser:
            site = f"http://127.0.0.1:{port}"
            found = {
                code: [visit(browser, site + path) for path in paths]
                for code, paths in addresses.items()
            }
    print(f"{database}, {wanted.visits} visits to each form; limits {BYTES} bytes, {SECONDS} s")
    broken = False
    for code, visits in found.items():
        figures = {name: median(one[name] for one in visits) for name in visits[0]}
        waits = ", ".join(f"{name} {figures[name]:.2f} s" for name in WAITS)
        print(f"{code:<16} {figures['bytes']:.0f} bytes; {waits}")
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
    page.get_by_role("button", name="Start").tap()
    page.wait_for_url("**/f/")
    found["introduction"] = page.evaluate(PAINTED)
    page.wait_for_load_state("networkidle")  # while it is read
    page.get_by_role("link", name="Begin").tap()
    page.wait_for_url("**/f/1/")
    found["question"] = page.evaluate(PAINTED)
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


def make_links(code: str, count: int) -> list[str]:
    """The addresses of as many open forms, of one client of a small practice."""
    from django.core.management import call_command
    from django.db import connections
    from django.urls import reverse
    from django.utils import timezone

    from assessments.actions import links
    from assessments.models import Assignment, Occasion
    from clinic.audit import Actor

    if not Assignment.objects.exists():
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("seed_demo", clients=4, weeks=4, stdout=StringIO())
    now = timezone.now()
    found = Assignment.objects.filter(version__instrument__code=code, client__closed_at=None)
    assignment = found.select_related("client").earliest("created_at", "pk")
    paths = []
    for number in range(count):
        occasion = Occasion.objects.create(
            assignment=assignment,
            client=assignment.client,
            number=10_000 + number,
            opens_at=now - timedelta(minutes=count - number),
            closes_at=now + timedelta(days=3),
            opened_at=now,
        )
        _link, token = links.issue_link(occasion=occasion, by=Actor.system("console"), now=now)
        paths.append(reverse("form-landing", args=[token]))
    connections.close_all()
    return paths


if __name__ == "__main__":
    main()
