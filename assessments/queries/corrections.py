"""What was put right, as the page of a response tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assessments.models import Correction, Response


@dataclass(frozen=True)
class Trace:
    """A correction beside one of its two responses; ``other`` is the one at the other end, where
    this reader may see it."""

    correction: Correction
    other: Response | None

    @property
    def reason(self) -> str:
        """Why. Of a move, it is for readers of the record that it was written in."""
        if self.other is not None and self.other.pk == self.correction.response_id:
            self.correction.client = self.other.client
        return str(self.correction.reason)


def traces(user: Any, response: Response) -> tuple[Trace | None, Trace | None]:
    """What took a response out, and what put it here: three queries at most."""
    found = Correction.objects.filter(Q(response=response) | Q(replacement=response))
    out = here = None
    for correction in found.select_related("by"):
        takes_out = correction.response_id == response.pk
        wanted = correction.replacement_id if takes_out else correction.response_id
        seen = Response.objects.visible_to(user).select_related("client")
        trace = Trace(correction, seen.filter(pk=wanted).first() if wanted else None)
        if takes_out:
            correction.client = response.client  # whose data key is unwrapped once
            out = trace
        else:
            here = trace
    return out, here
