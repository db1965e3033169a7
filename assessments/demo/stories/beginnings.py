"""People who have only just begun."""

from assessments.demo.paths import path
from assessments.demo.story import Intended, Story
from assessments.measurement.movement import Stage
from assessments.models import Signal

STORIES = {
    "no form yet": Story(
        Intended(Signal.NEW, "new", None, ""),
        path(DEP=60, CDP=40, IND=38, INT=40),
        weeks=0,
        offset=1,
        answers_intake=False,
        answers_open=False,
        review_every=0,
        events={0: "Session 1"},
    ),
    "one form": Story(
        Intended(Signal.NEW, "new", Stage.COUNTER_DEPENDENT),
        path(DEP=32, CDP=72, IND=46, INT=34),
        weeks=0,
        take=2,
        offset=3,
        answers_open=False,
        review_every=0,
        events={0: "Session 1"},
    ),
    "three weeks in": Story(
        Intended(Signal.OVERDUE, "client_pause", Stage.DEPENDENT),
        path(DEP=70, CDP=34, IND=((0, 34), (3, 36)), INT=38),
        weeks=3,
        offset=1,
        answers_open=False,
        events={0: "Session 1"},
        comments={2: "Three minutes is about right."},
    ),
}
