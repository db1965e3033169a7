"""charts.js in a real browser, under the policy of the product: the delight, and its manners."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessments.charts import plane, ribbon, series
from assessments.charts.chart import responsive
from tests.charts.reading import walk, week

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
SCRIPT = STATIC / "js" / "charts.js"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
ADDRESS = "http://127.0.0.1:9/"

browser_only = pytest.mark.browser


def charts_page() -> str:
    points = walk(26)
    stages = [
        ribbon.RibbonSegment(week(0), week(13), "counter-dependent", "Counter-dependent"),
        ribbon.RibbonSegment(week(13), week(26), "independent", "Independent"),
    ]
    span = (week(0), week(26))
    pictures = [
        responsive(plane.draw(points, prefix="map"), plane.draw(points, prefix="mapc", width=358)),
        ribbon.draw(stages, span=span, width=760).svg,
    ]
    for scale, value in (("cdp", "cdp"), ("ind", "ind")):
        forms = [
            series.SeriesPoint(p.at, getattr(p, value), 8.9, getattr(p, value), 4.5) for p in points
        ]
        drawn = series.draw(forms, scale=scale, span=span, prefix=scale)
        pictures.append(drawn.svg)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="stylesheet" href="/css/tokens.css">'
        '<link rel="stylesheet" href="/css/charts.css">'
        '<script type="module" src="/js/charts.js"></script></head><body><main><h1>Charts</h1>'
        f"{''.join(pictures)}</main></body></html>"
    )


def serve(page):
    def answer(route):
        name = route.request.url.removeprefix(ADDRESS)
        if not name:
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html"}
            route.fulfill(body=charts_page(), headers=headers)
        elif (STATIC / name).is_file():
            route.fulfill(path=STATIC / name)
        else:
            route.fulfill(status=204)

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    return page


def centre(locator):
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@browser_only
def test_hover_lights_the_same_moment_in_every_chart(desktop):
    page = serve(desktop)
    point = page.locator("#cdp-title, svg[data-chart=series]").first.locator(".chart-point").nth(9)
    page.mouse.move(*centre(point))
    expect(page.locator(".chart-tip")).to_contain_text("27 Jul 2026")
    expect(page.locator(".chart-tip")).to_contain_text("58, give or take 17")
    expect(page.locator(".chart-wide .chart-ring--linked")).to_have_count(1)
    expect(page.locator("svg[data-chart=ribbon] .chart-cursor")).to_have_count(1)
    expect(page.locator(".chart-readout")).to_have_text(["54"])


@browser_only
def test_leaving_the_chart_puts_everything_back(desktop):
    page = serve(desktop)
    page.mouse.move(*centre(page.locator("svg[data-chart=series]").first))
    expect(page.locator(".chart-tip")).to_be_visible()
    page.mouse.move(1270, 2)
    expect(page.locator(".chart-tip")).to_be_hidden()
    expect(page.locator(".chart-cursor")).to_have_count(0)


@browser_only
def test_keyboard_walks_through_time_with_one_stop_a_chart(desktop):
    page = serve(desktop)
    name = "document.activeElement.getAttribute('aria-label')"
    page.keyboard.press("Tab")
    assert page.evaluate(name).startswith("16 Nov 2026. Counter-dependence 36")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(name).startswith("9 Nov 2026")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(name).startswith("25 May 2026")
    expect(page.locator(".chart-tip")).to_contain_text("25 May 2026")
    page.keyboard.press("Tab")
    assert page.evaluate(name).startswith("Independent")
    page.keyboard.press("Escape")
    expect(page.locator(".chart-tip")).to_be_hidden()


@browser_only
def test_touch_shows_a_point_and_the_tooltip_stays_on_the_screen(phone):
    page = serve(phone)
    chart = page.locator("svg[data-chart=plane]:visible")
    last = centre(chart.locator(".chart-point").last)
    page.touchscreen.tap(*last)
    tip = page.locator(".chart-tip")
    expect(tip).to_contain_text("16 Nov 2026")
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] >= 0


@browser_only
def test_phone_shows_the_compact_map_and_the_desk_the_wide_one(desktop, phone):
    for page, shown in ((desktop, "map-title"), (phone, "mapc-title")):
        visible = serve(page).locator("svg[data-chart=plane]:visible")
        assert visible.count() == 1
        assert shown.removesuffix("-title") in visible.locator("clipPath").first.get_attribute("id")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@browser_only
def test_charts_pass_the_accessibility_checker(desktop, phone, axe):
    for page in (desktop, phone):
        serve(page)
        axe(page)


@browser_only
def test_without_javascript_every_chart_is_one_named_image(new_page, axe):
    page = serve(new_page(javascript=False))
    roles = page.locator("svg[data-chart]").evaluate_all("all => all.map(e => e.role)")
    assert set(roles) == {"img"}


def test_script_uses_no_sink_that_parses_markup():
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|eval\(|new Function"
    assert re.findall(sinks, SCRIPT.read_text()) == []
