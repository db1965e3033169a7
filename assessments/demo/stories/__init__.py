"""The courses of therapy in the demonstration, by name."""

from assessments.demo.stories import beginnings, forward, guarded, unsettled
from assessments.demo.story import Story

STORIES: dict[str, Story] = {
    **forward.STORIES,
    **guarded.STORIES,
    **unsettled.STORIES,
    **beginnings.STORIES,
}
