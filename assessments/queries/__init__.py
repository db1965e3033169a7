"""Reads that more than one page, task or action needs.

Whoever takes a user sees only what that user may see; whoever takes a client checks no access.
"""

from .batteries import batteries_of, parts_to_give
from .caseload_page import (
    PAGE_SIZE,
    CaseloadFilter,
    CaseloadPage,
    caseload,
    caseload_clients,
    events_before,
    own_care,
)
from .client_forms import Entry, Given, given_to, last_sent
from .client_record import Record, ScoreRow, record, scores_of, sittings_of
from .coming import Coming, Due, coming
from .inbox import inbox_count, open_alerts, unseen_responses
from .instruments import covers, newest_version, newest_versions, rule_messages, versions_of
from .moments import Kind, Moment, moments
from .path import (
    BASELINE_WITHIN,
    LONG_FORM,
    WEEK,
    Sitting,
    between,
    current_episode,
    follow,
    gather,
    sittings,
    sittings_of_episode,
)
from .pauses import end_of_pause, is_passed_over
from .references import (
    asks_about_a_relationship,
    find_reference,
    has_relational_answers,
    in_force,
    in_force_at,
    references,
    relational_items,
    series_of,
)
from .running import Running, Tally, running, tallies, tallies_of, waiting
from .ways import address_for
from .windows import GIVEN_ANEW, next_window, on_one_day, session_windows, windows_after

__all__ = [
    "BASELINE_WITHIN",
    "GIVEN_ANEW",
    "LONG_FORM",
    "PAGE_SIZE",
    "WEEK",
    "CaseloadFilter",
    "CaseloadPage",
    "Coming",
    "Due",
    "Entry",
    "Given",
    "Kind",
    "Moment",
    "Record",
    "Running",
    "ScoreRow",
    "Sitting",
    "Tally",
    "address_for",
    "asks_about_a_relationship",
    "batteries_of",
    "between",
    "caseload",
    "caseload_clients",
    "coming",
    "covers",
    "current_episode",
    "end_of_pause",
    "events_before",
    "find_reference",
    "follow",
    "gather",
    "given_to",
    "has_relational_answers",
    "in_force",
    "in_force_at",
    "inbox_count",
    "is_passed_over",
    "last_sent",
    "moments",
    "newest_version",
    "newest_versions",
    "next_window",
    "on_one_day",
    "open_alerts",
    "own_care",
    "parts_to_give",
    "record",
    "references",
    "relational_items",
    "rule_messages",
    "running",
    "scores_of",
    "series_of",
    "session_windows",
    "sittings",
    "sittings_of",
    "sittings_of_episode",
    "tallies",
    "tallies_of",
    "unseen_responses",
    "versions_of",
    "waiting",
    "windows_after",
]
