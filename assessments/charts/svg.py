"""A small escaping SVG writer.

Every attribute value and every text goes through `escape`; numbers are printed with at most one
decimal. There is no `style` attribute and no event handler, and asking for one is an error: colours
come from classes and `static/css/charts.css`, so the strict Content-Security-Policy holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEEDS_ESCAPE = re.compile("[&<>\"'\t\n\r]")
_PLAIN = re.compile("[^\x00-\x1f&<>\"'\ud800-\udfff\ufffe\uffff]*\\Z")
_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_names: dict[str, str] = {}

AttributeValue = str | float | int | None


class Markup(str):
    """SVG or HTML that is already escaped; Django and Jinja print it as it is."""

    __slots__ = ()

    def __html__(self) -> Markup:
        return self


def escape(text: str) -> str:
    """The text safe inside an attribute or an element; characters XML forbids are dropped."""
    if _PLAIN.match(text):
        return text
    text = _NOT_IN_XML.sub("", text)
    return _NEEDS_ESCAPE.sub(lambda found: _ENTITIES[found[0]], text)


def number(value: float) -> str:
    """At most one decimal, no trailing zero, never "-0". Raises ValueError unless finite."""
    text = f"{value:.1f}"
    if text[-2:] == ".0":
        return text[:-2] if text != "-0.0" else "0"
    if not isfinite(value):
        raise ValueError("A chart needs finite numbers.")
    return text


def _attribute_name(key: str) -> str:
    name = key.rstrip("_").replace("_", "-")
    if not _ATTRIBUTE.match(name) or name == "style" or name.lower().startswith("on"):
        raise ValueError(f"{key!r} is not an attribute a chart may carry.")
    _names[key] = name
    return name


def tag(name: str, content: str = "", /, **attributes: AttributeValue) -> str:
    """One element. `content` is SVG already; attributes are escaped, None leaves one out.

    Python names become SVG names: `class_` is class, `stroke_width` is stroke-width.
    """
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is None:
            continue
        printed = escape(value) if isinstance(value, str) else number(value)
        parts.append(f'{_names.get(key) or _attribute_name(key)}="{printed}"')
    start = " ".join(parts)
    return f"{start}>{content}</{name}>" if content else f"{start}/>"


def text(words: str, x: float, y: float, /, **attributes: AttributeValue) -> str:
    """A text element at (x, y), baseline at y."""
    return tag("text", escape(words) or " ", x=x, y=y, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def circle(x: float, y: float, radius: float, class_: str) -> str:
    """A circle; charts draw hundreds, so it is written in one go."""
    place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
    return f'<circle {place} class="{escape(class_)}"/>'


def path(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    """The `d` of a polyline, or of a polygon when closed."""
    drawn = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    if not drawn:
        return ""
    return f"M{drawn}Z" if closed else f"M{drawn}"


def checked_prefix(prefix: str) -> str:
    """The prefix of all ids of one chart. Raises ValueError unless a plain identifier."""
    if not _PREFIX.match(prefix):
        raise ValueError(f"{prefix!r} cannot start an id: use letters, digits, - and _.")
    return prefix
