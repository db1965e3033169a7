"""Dependence, mixed pictures, skills ahead of autonomy, and people who stay away."""

from assessments.demo.paths import path
from assessments.demo.story import Intended, Story
from assessments.measurement.movement import Stage
from assessments.measurement.schedule import Cadence
from assessments.models import Signal

STORIES = {
    "dependent, working on limits": Story(
        Intended(Signal.EXPECTED, "expected", Stage.DEPENDENT),
        path(
            DEP=((0, 80), (6, 79), (22, 58)),
            CDP=((0, 32), (22, 30)),
            IND=((0, 31), (6, 32), (22, 42)),
            INT=((0, 34), (22, 38)),
        ),
        weeks=22,
        offset=4,
        review_every=2,
        events={0: "Session 1", 8: "First no to her sister", 17: "Summer break"},
        comments={
            4: "Drove to my sister's at two at night. Again.",
            9: "Said no. Felt sick. Nobody died.",
            15: "I went to my class although he sighed.",
            22: "I let the phone ring during supper.",
        },
        decided={10: "One no a week, and write down what happens after."},
    ),
    "dependence up": Story(
        Intended(Signal.WORSE, "scale_worse", Stage.DEPENDENT),
        path(
            DEP=((0, 40), (9, 41), (15, 74), (18, 78)),
            CDP=((0, 32), (18, 35)),
            IND=((0, 46), (18, 42)),
            INT=((0, 44), (18, 42)),
        ),
        weeks=18,
        offset=5,
        events={0: "Session 1", 10.5: "Lost the job"},
        comments={
            8: "Ordinary week.",
            12: "I text her until she answers.",
            18: "What would I do without her. I mean it as a question.",
        },
        decided={14: "Mornings first: one hour that is his."},
    ),
    "dependent, not yet reviewed": Story(
        Intended(Signal.UNREVIEWED, "unreviewed", Stage.DEPENDENT),
        path(
            DEP=((0, 72), (12, 68)),
            CDP=((0, 34), (12, 32)),
            IND=((0, 34), (12, 39)),
            INT=((0, 36), (12, 40)),
        ),
        weeks=12,
        offset=6,
        reviewed_before=5,
        events={0: "Session 1", 7.4: "Therapist on leave"},
        comments={9: "I saved things up to tell you.", 12: "Is the next session still on?"},
    ),
    "mixed": Story(
        Intended(Signal.STUCK, "stuck", Stage.MIXED),
        path(DEP=70, CDP=70, IND=((0, 34), (16, 32)), INT=30),
        wander=0.4,
        weeks=16,
        offset=3,
        review_every=2,
        events={0: "Session 1", 9: "Wedding called off"},
        comments={
            5: "Come here, go away. That is me.",
            10: "I called it off and then begged.",
            16: "Tired of myself.",
        },
    ),
    "relational skills ahead of autonomy": Story(
        Intended(Signal.EXPECTED, "expected", Stage.RELATIONAL_AHEAD),
        path(
            DEP=((0, 36), (20, 30)),
            CDP=((0, 30), (20, 28)),
            IND=((0, 28), (20, 32)),
            INT=((0, 70), (20, 74)),
        ),
        wander=0.5,
        weeks=20,
        take=2,
        offset=2,
        review_every=2,
        events={0: "Session 1", 13: "Turned the offer down"},
        comments={
            6: "We talk about everything. I just never know what I want.",
            14: "They all said I should take it. Or not. I lost track of my own view.",
            20: "Asked myself first this time.",
        },
    ),
    "dropout with gaps": Story(
        Intended(Signal.OVERDUE, "missed", Stage.COUNTER_DEPENDENT),
        path(
            CDP=((0, 68), (25, 63)),
            IND=((0, 36), (25, 42)),
            DEP=((0, 36), (25, 34)),
            INT=((0, 34), (25, 36)),
        ),
        weeks=25,
        take=2,
        offset=4,
        answers_open=False,
        missed=((5, 8), (14, 17), (21, 25)),
        careless=frozenset({9}),
        reviewed_before=4,
        events={0: "Session 1", 5: "Night shifts", 18: "Back after a month"},
        comments={3: "Did this on the bus.", 9: "Sorry. Shifts.", 19: "Trying again."},
        decided={21: "Ring once, then write. Leave the choice with him."},
    ),
    "a safety answer, fresh": Story(
        Intended(Signal.RISK, "alert", Stage.DEPENDENT),
        path(
            DEP=((0, 70), (11, 74)),
            CDP=((0, 36), (11, 34)),
            IND=((0, 36), (11, 32)),
            INT=((0, 36), (11, 34)),
        ),
        weeks=11,
        offset=2,
        events={0: "Session 1", 9: "She moved out"},
        comments={7: "She looks at her phone all evening.", 11: "The flat is very quiet."},
        safety_from=1,
        safety_cadence=Cadence.TWO_WEEKS,
        safety={11: (0, 1, 1, 1)},
    ),
    "a safety answer, being handled": Story(
        Intended(Signal.RISK_SEEN, "alert", Stage.DEPENDENT),
        path(
            DEP=((0, 66), (19, 62)),
            CDP=((0, 34), (19, 32)),
            IND=((0, 35), (19, 39)),
            INT=((0, 36), (19, 38)),
        ),
        weeks=19,
        offset=4,
        events={0: "Session 1", 6: "Talked about the row at home", 18: "Row at home"},
        comments={10: "Quieter at home.", 19: "I would rather talk than write about it."},
        safety_from=2,
        safety_cadence=Cadence.FOUR_WEEKS,
        safety={6: (1, 0, 0, 2), 18: (1, 0, 0, 2)},
        aftercare={
            7.6: "Spoke alone, no present danger. Safety steps written down together.",
            19.1: None,
        },
    ),
}
