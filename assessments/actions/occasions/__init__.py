"""Occasions: written ahead, opened when they are due, closed when their time has passed.

Each sweep looks for rows that are due and claims them, locked, in one transaction with what
follows from them. So a sweep may run twice, at once with another, or be killed anywhere.
"""

from .ahead import HORIZON, extend_all_occasions, extend_occasions, first_date_after
from .single import cancel, first_reminder, open_occasion, skip_occasion
from .sweeps import close_due_occasions, open_due_occasions, remind_due

__all__ = [
    "HORIZON",
    "cancel",
    "close_due_occasions",
    "extend_all_occasions",
    "extend_occasions",
    "first_date_after",
    "first_reminder",
    "open_due_occasions",
    "open_occasion",
    "remind_due",
    "skip_occasion",
]
