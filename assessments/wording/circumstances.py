"""How a form came to be, where that matters to whoever reads its figures."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments.measurement.definition import Instrument
from assessments.models import Response


def circumstances(response: Response, instrument: Instrument) -> list[str]:
    """In a few words each: an unusual time, what ran out unsent, what came from paper, words said.

    ``response.has_words`` says whether the client wrote anything (``queries.record``).
    """
    found = []
    if response.unusual:
        found.append(
            _("an unusual week, by the client's own word")
            if instrument.asks_about_a_week
            else _("an unusual time, by the client's own word")
        )
    if response.partial:
        found.append(_("not sent: kept as it stood when its time ran out"))
    if response.source == Response.Source.STAFF:
        late = response.received_at != response.submitted_at
        found.append(_("entered by staff from paper") if late else _("entered by staff"))
    if getattr(response, "has_words", False):
        found.append(_("with the client's own words"))
    return found
