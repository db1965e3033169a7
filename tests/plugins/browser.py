"""A real Chromium for the tests marked ``browser``.

``desktop`` and ``phone`` are pages in a context of their own. Each test that opens a page fails
if the page wrote an error to the console, broke the Content-Security-Policy or threw an
exception, unless the test said beforehand that it expects it (``troubles.expect``).
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The browser finds nothing but this machine, whatever a page may ask for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
RESULTS = Path(__file__).resolve().parent.parent.parent / "test-results"
failed_call = pytest.StashKey[bool]()


def find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip(
            "No Chromium: install one (Debian: apt install chromium) or name it: "
            "CHROMIUM=/path/to/chromium"
        )
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


class Troubles:
    """What went wrong in the pages of one test."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """This test brings about an error on purpose: ``pattern`` is searched in its text."""
        self.expected.append(pattern)

    def watch(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))

    def console(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        # Asked for by the browser itself where the answer is no page and names no icon.
        if message.type == "error" and not address.endswith("/favicon.ico"):
            self.found.append(f"{message.text} ({address})")

    def unexpected(self) -> list[str]:
        return [
            text
            for text in self.found
            if not any(re.search(pattern, text) for pattern in self.expected)
        ]


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest.fixture
def new_page(
    browser: Browser, troubles: Troubles, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh context: ``new_page(width=390, height=844, javascript=False)``.

    Whatever else is given goes to Playwright's ``new_context``.
    """
    contexts = []

    def open_page(
        *, width: int = 1280, height: int = 900, javascript: bool = True, **options
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        context.on("page", troubles.watch)
        troubles.watch(page)
        return page

    yield open_page
    if request.node.stash.get(failed_call, False):
        keep_pictures([page for context in contexts for page in context.pages], request.node.name)
    for context in contexts:
        context.close()
    assert troubles.unexpected() == []


def keep_pictures(pages: list[Page], test: str) -> None:
    """What the pages showed when the test failed."""
    RESULTS.mkdir(exist_ok=True)
    for number, page in enumerate(pages, start=1):
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{test}-{number}")
        page.screenshot(path=RESULTS / f"{name}.png", full_page=True)


@pytest.fixture
def desktop(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    return new_page(width=390, height=844, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """``axe(page)`` fails on serious and critical findings of the accessibility checker."""
    checker = Axe()

    def check(page: Page) -> None:
        found = checker.run(page).response["violations"]
        grave = [
            f"{violation['id']}: {violation['help']} at {node['target']}"
            for violation in found
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]
        assert grave == []

    return check


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    if report.when == "call":
        item.stash[failed_call] = report.failed
    return report
