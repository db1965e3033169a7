"""The colours of charts: readable in light and dark, and told apart without seeing red or green."""

import re
from itertools import combinations
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent.parent / "static" / "css"
STAGES = (
    "mixed",
    "dependent",
    "counter-dependent",
    "transitional",
    "relational-ahead",
    "independent",
    "interdependent",
    "none",
)
SCALES = ("scale-cdp", "scale-ind", "scale-dep", "scale-int")
# Three times what is just noticed. The four never share a plot and are always named: colour helps,
# words decide.
APART = 7
# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB
BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def blocks(name: str, selector: str) -> list[dict[str, str]]:
    """The custom properties of every rule with this selector."""
    source = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.S)
    found = re.findall(re.escape(selector) + r"\s*\{([^}]*)\}", source)
    return [dict(re.findall(r"--([\w-]+):\s*([^;]+);", body)) for body in found]


def palette(theme: str) -> dict[str, str]:
    """The tokens as they stand on a screen in this theme."""
    tokens: dict[str, str] = {}
    for name in ("tokens.css", "charts.css"):
        tokens |= blocks(name, ":root")[0]
        if theme == "dark":
            tokens |= blocks(name, ':root[data-theme="dark"]')[0]
    return tokens


def linear(colour: str) -> tuple[float, float, float]:
    digits = colour.strip().lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


def contrast(a: str, b: str) -> float:
    def luminance(colour: str) -> float:
        red, green, blue = linear(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    rows = (
        (0.4124 / 0.95047, 0.3576 / 0.95047, 0.1805 / 0.95047),
        (0.2126, 0.7152, 0.0722),
        (0.0193 / 1.08883, 0.1192 / 1.08883, 0.9505 / 1.08883),
    )

    def bent(value: float) -> float:
        return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116

    x, y, z = (bent(max(0.0, sum(f * c for f, c in zip(row, rgb, strict=True)))) for row in rows)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(a: str, b: str, matrix: tuple[tuple[float, ...], ...]) -> float:
    """CIE 1976 distance as a colour-blind person sees it."""

    def seen(colour: str) -> tuple[float, float, float]:
        rgb = linear(colour)
        red, green, blue = (
            min(1.0, max(0.0, sum(f * c for f, c in zip(row, rgb, strict=True)))) for row in matrix
        )
        return lab((red, green, blue))

    return sum((u - v) ** 2 for u, v in zip(seen(a), seen(b), strict=True)) ** 0.5


themes = pytest.mark.parametrize("theme", ["light", "dark"])


@themes
def test_marks_stand_out_from_the_ground(theme):
    colours = palette(theme)
    marks = [*SCALES, *(f"age-{n}" for n in range(1, 7)), "edge", "accent"]
    pale = {
        (mark, ground): round(contrast(colours[mark], colours[ground]), 2)
        for mark in marks
        for ground in ("paper", "surface")
        if contrast(colours[mark], colours[ground]) < 3
    }
    assert pale == {}


@themes
def test_words_are_readable_where_they_stand(theme):
    colours = palette(theme)
    pairs = [(f"stage-{s}-text", f"stage-{s}") for s in STAGES]
    pairs += [("ink", f"stage-{s}-tint") for s in STAGES]
    pairs += [(scale, ground) for scale in SCALES for ground in ("paper", "surface")]
    pairs += [(ink, g) for ink in ("ink", "ink-soft") for g in ("paper", "surface", "accent-soft")]
    hard = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in pairs
        if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    }
    assert hard == {}


@themes
def test_path_ages_in_even_steps_away_from_the_ground(theme):
    colours = palette(theme)
    ages = [contrast(colours[f"age-{n}"], colours["paper"]) for n in range(1, 7)]
    assert ages == sorted(ages)


@themes
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_scales_differ_for_colour_blind_eyes(theme, blindness):
    colours = palette(theme)
    close = {
        pair: round(difference(colours[pair[0]], colours[pair[1]], BLINDNESS[blindness]), 1)
        for pair in combinations(SCALES, 2)
        if difference(colours[pair[0]], colours[pair[1]], BLINDNESS[blindness]) < APART
    }
    assert close == {}


def test_dark_by_system_and_dark_by_choice_are_the_same():
    by_system = blocks("charts.css", ':root:not([data-theme="light"])')
    assert by_system == blocks("charts.css", ':root[data-theme="dark"]')


def test_rules_name_no_colour():
    source = re.sub(r"/\*.*?\*/", "", (CSS / "charts.css").read_text(), flags=re.S)
    rules = re.sub(r"--[\w-]+:[^;]+;", "", source)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []


def test_every_class_that_is_drawn_has_a_rule():
    charts = CSS.parent.parent / "assessments" / "charts"
    drawn = {
        name
        for module in charts.glob("*.py")
        for name in re.findall(r"\bchart-[a-z]+(?:-[a-z]+)*(?:--[a-z-]+)?\b", module.read_text())
    }
    ruled = set(re.findall(r"\.(chart-[\w-]+)", (CSS / "charts.css").read_text()))
    # Families whose last part is filled in, and hooks for the script.
    open_ended = {"chart-age", "chart-label", "chart-scale", "chart-stage", "chart-tint"}
    assert drawn - ruled - open_ended <= {"chart-between"}
