"""Reading a calendar file: the sessions in it, and whose they are.

Knows neither the database nor the people in it: ``assessments.actions.calendars`` does.
"""

from .lines import LARGEST
from .numbers import Numbers
from .reading import BACK, Calendar, Session, read_calendar

__all__ = ["BACK", "LARGEST", "Calendar", "Numbers", "Session", "read_calendar"]
