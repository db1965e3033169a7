"""What every page of the practice shows of this app: how much waits in the inbox, and words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from assessments import queries
from assessments.wording import ladder
from clinic.models import reach
from clinic.roles import Permission


def inbox_count(request: HttpRequest) -> dict[str, Any]:
    """``inbox_count``: asked for by the navigation, so that a page without one costs no query."""
    user = getattr(request, "user", None)
    if not reach.has_general(user, Permission.SEE_CASELOAD):
        return {}
    count: Callable[[], int] = cache(lambda: queries.inbox_count(user))
    return {"inbox_count": count, "inbox_url": reverse("inbox")}


def evidence_words(request: HttpRequest) -> dict[str, Any]:
    """``words_of_evidence``: sentences that no template may hold itself, made when asked for."""
    return {
        "words_of_evidence": {
            "battery_note": ladder.battery_note,
            "glossary": ladder.glossary,
            "caution": ladder.caution,
        }
    }
