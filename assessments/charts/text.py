"""How wide a text is, without a font: what label placement and wrapping stand on.

The widths are the mean of two common sans faces, in hundredths of an em. That is a little more than
the system fonts of the page need, so what fits here fits there.
"""

from __future__ import annotations

from functools import lru_cache

_FIRST = 32
_WIDTHS = (
    *(30, 34, 40, 70, 60, 92, 72, 23, 36, 36, 45, 71, 30, 35, 30, 31, 60, 60, 60, 60, 60, 60),
    *(60, 60, 60, 60, 31, 31, 71, 71, 71, 55, 101, 68, 68, 71, 75, 65, 60, 78, 74, 29, 40, 66),
    *(56, 85, 74, 79, 64, 79, 71, 65, 61, 73, 68, 97, 68, 64, 65, 34, 31, 34, 66, 53, 42, 59),
    *(60, 53, 60, 59, 32, 60, 60, 25, 25, 54, 25, 90, 60, 59, 60, 60, 37, 51, 34, 60, 55, 77),
    *(55, 55, 51, 49, 30, 49, 71),
)
_BOLD = 1.1
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def _hundredths(text: str) -> int:
    total = 0
    for character in text:
        code = ord(character)
        if code < _FIRST + len(_WIDTHS):
            total += _WIDTHS[code - _FIRST] if code >= _FIRST else 0
        elif code < 0x2E80:
            total += 66
        else:
            total += 102
    return total


def width(text: str, size: float, bold: bool = False) -> float:
    """Estimated width of one line at this type size, in the same unit."""
    return _hundredths(text) * size * (_BOLD if bold else 1.0) / 100


def wrap(text: str, size: float, limit: float, bold: bool = False, lines: int = 3) -> list[str]:
    """Words filled greedily into lines within the limit; what is too long ends in an ellipsis."""
    wrapped: list[str] = []
    current = ""
    for word in text.split():
        longer = f"{current} {word}" if current else word
        if current and width(longer, size, bold) > limit:
            wrapped.append(current)
            current = word
        else:
            current = longer
    wrapped.append(current)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], " ".join(wrapped[lines - 1 :])]
    return [shorten(part, size, limit, bold) for part in wrapped]


def shorten(text: str, size: float, limit: float, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with an ellipsis; "" if nothing fits."""
    if width(text, size, bold) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + ELLIPSIS, size, bold) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS if low else ""
