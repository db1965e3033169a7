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
from .client_forms import Entry, Given, given_to
from .client_record import Record, ScoreRow, record, scores_of, sittings_of
from .inbox import inbox_count, open_alerts, unseen_responses
from .instruments import covers, newest_version, newest_versions, rule_messages, versions_of
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
from .running import Running, running, waiting

__all__ = [
    "BASELINE_WITHIN",
    "LONG_FORM",
    "PAGE_SIZE",
    "WEEK",
    "CaseloadFilter",
    "CaseloadPage",
    "Entry",
    "Given",
    "Record",
    "Running",
    "ScoreRow",
    "Sitting",
    "asks_about_a_relationship",
    "batteries_of",
    "between",
    "caseload",
    "caseload_clients",
    "covers",
    "current_episode",
    "events_before",
    "find_reference",
    "follow",
    "gather",
    "given_to",
    "has_relational_answers",
    "in_force",
    "in_force_at",
    "inbox_count",
    "newest_version",
    "newest_versions",
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
    "sittings",
    "sittings_of",
    "sittings_of_episode",
    "unseen_responses",
    "versions_of",
    "waiting",
]
