"""How long answering took: added up beside a draft, and what it says once the form is sent.

Two times are kept, since each fails where the other holds. ``items`` are the seconds a question was
before the eyes, as the form's script measured them. ``total`` is the server's own: from one saved
answer to the next and to sending, without long pauses; it needs no script.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assessments.measurement import quality
from assessments.models import Response

# Whatever two answers lie further apart than this was a pause.
LONGEST_BETWEEN = 60.0
TENTHS = 1

Seconds = Mapping[str, float]


def added(
    response: Response,
    seconds: Seconds,
    *,
    since: datetime | None,
    now: datetime,
    answers: int = 1,
) -> dict[str, Any] | None:
    """The times of a draft with what was measured since its last answer. Changes nothing.

    ``seconds`` by item code; codes that the instrument does not have are left out. ``since`` is
    when answering began, for the first answer of a draft; without it the total is the sum of
    ``seconds``. ``answers`` is how many came at once, as after a lost connection. A draft that was
    begun untimed stays so: half a total would look like haste. Call it before new answers are put
    on the draft.
    """
    kept = response.seconds
    # Nobody who types answers in from paper, and no program, shows how long the client took.
    if response.source not in Response.BY_THE_CLIENT:
        return None
    if kept is None:
        if response.answers or (since is None and not seconds):
            return None
        kept = {"items": {}, "total": 0.0}
    known = response.version.definition.items_by_code
    fresh = {code: float(spent) for code, spent in seconds.items() if code in known}
    items = dict(kept["items"])
    for code, spent in fresh.items():
        items[code] = round(items.get(code, 0.0) + spent, TENTHS)
    before = datetime.fromisoformat(kept["until"]) if "until" in kept else since
    if before is None:
        passed = sum(fresh.values())
    else:
        longest = LONGEST_BETWEEN * max(answers, 1)
        passed = min(max((now - before).total_seconds(), 0.0), longest)
    total = round(kept["total"] + passed, TENTHS)
    return {"items": items, "total": total, "until": now.isoformat()}


def closed(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """What stays of a draft's times once the form is sent."""
    return None if kept is None else {"items": kept["items"], "total": kept["total"]}


def marks_of(response: Response) -> list[dict[str, Any]]:
    """What is notable about how a form was answered, as ``Response.marks`` keeps it."""
    found = quality.marks(response.version.definition, response.answers, _spent(response))
    return [{"code": str(mark.code), **mark.figures} for mark in found]


def _spent(response: Response) -> quality.Seconds:
    """The time of each question where the script saw enough of them, else of the whole form."""
    if response.seconds is None:
        return None
    items: dict[str, float] = response.seconds["items"]
    total: float = response.seconds["total"]
    given = [code for code, value in response.answers.items() if value is not None]
    timed = sum(code in items for code in given)
    return items if timed and timed >= quality.TIMED_SHARE * len(given) else total
