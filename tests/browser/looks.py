"""What tests of pages in a browser share: how a page shows, and the way through it by Tab."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

# Contrast depends on the scheme alone and room on the width alone.
VIEWS = ((390, "dark"), (1280, "light"))
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOST_STOPS = 40
NAME = """() => {
  const here = document.activeElement;
  if (here === document.body) return "";
  const name = here.getAttribute("aria-label") || here.labels?.[0]?.textContent || here.textContent;
  return (name || "").trim().replace(/\\s+/g, " ");
}"""


def shows_well(page: Page, heading: str, axe: Callable[[Page], None]) -> None:
    """The page with this heading fits every width and passes axe."""
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        # With motion, a colour would be measured half way from one scheme to the other.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        axe(page)
        wider = page.evaluate(WIDER)
        assert wider == 0, f"{heading}: {wider} pixels wider than a window of {width}"


def tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until what is called ``name`` has the focus; the names of all stops on the way."""
    way: list[str] = []
    while len(way) < MOST_STOPS:
        page.keyboard.press("Tab")
        way.append(page.evaluate(NAME))
        if way[-1] == name:
            return way
    raise AssertionError(f"{name} is not among the first {MOST_STOPS} stops: {way}")
