"""Reading a calendar file: the sessions in it, and whose they are.

Knows neither the database nor the people in it: ``assessments.actions.calendars`` does.
"""

from .lines import LARGEST
from .numbers import Numbers
from .reading import AHEAD, Calendar, Session, read_calendar

__all__ = ["AHEAD", "LARGEST", "Calendar", "Numbers", "Session", "read_calendar"]
