"""Plans: what a client is given, how it goes out, and every change of it.

A change touches the future alone. What an assignment has opened stays as it was; an assignment
whose schedule changes is ended and another takes over, so that both can be seen.
"""

from .changing import (
    RECURRING,
    change_plan,
    goes_on_from,
    limits_of,
    recurs,
    refused_limits,
    take_over,
)
from .making import Made, first_date, make_plan
from .pausing import end_plan, pause_all_plans, pause_plan, resume_due_plans, resume_plan
from .running import locked
from .says import (
    CLIENT_PAUSES,
    NOTE_LENGTH,
    client_resumes,
    client_says,
    note_what_client_said,
    what_client_said,
)
from .settings import Limits, Part, Settings, require_sensible

__all__ = [
    "CLIENT_PAUSES",
    "NOTE_LENGTH",
    "RECURRING",
    "Limits",
    "Made",
    "Part",
    "Settings",
    "change_plan",
    "client_resumes",
    "client_says",
    "end_plan",
    "first_date",
    "goes_on_from",
    "limits_of",
    "locked",
    "make_plan",
    "note_what_client_said",
    "pause_all_plans",
    "pause_plan",
    "recurs",
    "refused_limits",
    "require_sensible",
    "resume_due_plans",
    "resume_plan",
    "take_over",
    "what_client_said",
]
