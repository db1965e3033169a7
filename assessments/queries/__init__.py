"""Reads that more than one page, task or action needs.

Whoever takes a user sees only what that user may see; whoever takes a client checks no access.
"""

from .caseload_page import (
    PAGE_SIZE,
    CaseloadFilter,
    CaseloadPage,
    caseload,
    caseload_clients,
    events_before,
    own_care,
)
from .client_record import Record, ScoreRow, record
from .inbox import inbox_count, open_alerts, unseen_responses
from .instruments import newest_version, newest_versions, rule_messages, versions_of
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
)

__all__ = [
    "BASELINE_WITHIN",
    "LONG_FORM",
    "PAGE_SIZE",
    "WEEK",
    "CaseloadFilter",
    "CaseloadPage",
    "Record",
    "ScoreRow",
    "Sitting",
    "between",
    "caseload",
    "caseload_clients",
    "current_episode",
    "events_before",
    "follow",
    "gather",
    "inbox_count",
    "newest_version",
    "newest_versions",
    "open_alerts",
    "own_care",
    "record",
    "rule_messages",
    "sittings",
    "unseen_responses",
    "versions_of",
]
