"""What tests of pages in a browser share: how a page shows, and the way through it by Tab."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

View = tuple[int, str]
# Contrast depends on the scheme alone and room on the width alone.
PHONE: View = (390, "dark")
DESK: View = (1280, "light")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOST_STOPS = 40
NAME = """() => {
  const here = document.activeElement;
  if (here === document.body) return "";
  const name = here.getAttribute("aria-label") || here.labels?.[0]?.textContent || here.textContent;
  return (name || "").trim().replace(/\\s+/g, " ");
}"""


def shows_well(
    page: Page, heading: str, axe: Callable[[Page], None], views: tuple[View, ...] = (PHONE,)
) -> None:
    """The page with this heading fits a desk and a phone, and passes axe in these views."""
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    for view in (DESK, PHONE):
        width, scheme = view
        page.set_viewport_size({"width": width, "height": 900})
        wider = page.evaluate(WIDER)
        assert wider == 0, f"{heading}: {wider} pixels wider than a window of {width}"
        if view in views:
            # With motion, a colour would be measured half way from one scheme to the other.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            axe(page)


def tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until what is called ``name`` has the focus; the names of all stops on the way."""
    way: list[str] = []
    while len(way) < MOST_STOPS:
        page.keyboard.press("Tab")
        way.append(page.evaluate(NAME))
        if way[-1] == name:
            return way
    raise AssertionError(f"{name} is not among the first {MOST_STOPS} stops: {way}")
