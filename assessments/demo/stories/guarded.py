"""Counter-dependence: stuck, swinging, or mistaken for autonomy."""

from assessments.demo.paths import path
from assessments.demo.story import Intended, Story
from assessments.measurement.movement import Stage, Verdict
from assessments.models import Signal

STORIES = {
    "counter-dependent and stuck": Story(
        Intended(Signal.STUCK, "stuck", Stage.COUNTER_DEPENDENT),
        path(CDP=((0, 73), (26, 74)), IND=((0, 45), (26, 43)), DEP=30, INT=32),
        wander=0.4,
        weeks=26,
        offset=5,
        review_every=2,
        events={0: "Session 1", 10: "Ended it with R.", 19: "Ended it with L."},
        comments={
            6: "Fine.",
            11: "It was getting heavy so I ended it. Relief.",
            20: "Same story, other name. I do see that.",
            26: "Fine. Busy.",
        },
        decided={20: "Bring the pattern of the endings into the room."},
    ),
    "pendulum into counter-dependence": Story(
        Intended(
            Signal.WORSE,
            "swing_to_counter_dependence",
            Stage.COUNTER_DEPENDENT,
            Verdict.SWING_TO_COUNTER_DEPENDENCE,
        ),
        path(
            DEP=((0, 73), (5, 72), (13, 28), (16, 28), (25, 71), (29, 72), (38, 26), (42, 24)),
            CDP=((0, 30), (5, 31), (13, 72), (16, 72), (25, 32), (29, 30), (38, 74), (42, 76)),
            IND=((0, 36), (13, 44), (25, 36), (42, 45)),
            INT=((0, 34), (42, 33)),
        ),
        weeks=42,
        offset=4,
        review_every=2,
        events={
            0: "Session 1",
            7: "Left Marek",
            20: "Back with Marek",
            32.4: "Left Marek again",
        },
        comments={
            3: "I cannot think about anything but whether he is angry.",
            10: "Free at last. I need nobody.",
            22: "He needs me. I moved my things back.",
            34: "Blocked his number. Done with people.",
            42: "Never felt stronger. Do not ask me to feel.",
        },
        decided={35: "Name the swing before the next one: what is in the middle?"},
    ),
    "pendulum back to dependence": Story(
        Intended(
            Signal.WORSE,
            "swing_to_dependence",
            Stage.DEPENDENT,
            Verdict.SWING_TO_DEPENDENCE,
        ),
        path(
            CDP=((0, 74), (10, 73), (18, 34), (24, 30)),
            DEP=((0, 28), (10, 29), (18, 70), (24, 73)),
            IND=((0, 44), (24, 36)),
            INT=((0, 32), (24, 34)),
        ),
        weeks=24,
        offset=2,
        review_every=2,
        events={0: "Session 1", 12.5: "Met Jules"},
        comments={
            8: "Work, gym, work.",
            14: "I have never felt like this about anyone.",
            19: "Cancelled the climbing trip, Jules gets lonely.",
            24: "Waited up again. It is what you do.",
        },
    ),
    "mistaken autonomy": Story(
        Intended(Signal.CLAIMS, "claims_only", Stage.COUNTER_DEPENDENT, Verdict.CLAIMS_ONLY),
        path(
            CDP=((0, 71), (30, 73)),
            IND=((0, 38), (6, 40), (20, 78), (30, 86)),
            DEP=((0, 34), (30, 27)),
            INT=((0, 34), (30, 33)),
        ),
        weeks=30,
        offset=6,
        review_every=2,
        events={0: "Session 1", 9: "Own business", 22: "Marathon"},
        comments={
            7: "Set up on my own. Best decision ever.",
            16: "People slow you down.",
            23: "Ran it alone, told no one. Perfect.",
            30: "I am the most independent person I know.",
        },
        decided={24: "Ask: who knew about the marathon?"},
    ),
    "claims from the start": Story(
        Intended(Signal.CLAIMS, "mistaken_autonomy", Stage.COUNTER_DEPENDENT),
        path(CDP=((0, 70), (14, 69)), IND=((0, 72), (14, 74)), DEP=28, INT=36),
        weeks=14,
        offset=3,
        review_every=2,
        events={0: "Session 1"},
        comments={2: "My wife thinks I should be here.", 13: "Handled it."},
    ),
    "deterioration": Story(
        Intended(Signal.WORSE, "away", Stage.COUNTER_DEPENDENT, Verdict.AWAY),
        path(
            CDP=((0, 36), (9, 35), (15, 72), (20, 78)),
            IND=((0, 64), (9, 65), (15, 34), (20, 28)),
            DEP=((0, 30), (20, 36)),
            INT=((0, 48), (9, 49), (20, 30)),
        ),
        weeks=20,
        offset=2,
        events={0: "Session 1", 10: "Separated", 15: "Sick note"},
        comments={
            6: "A good month.",
            11: "He has taken the dog.",
            17: "I do not answer the phone. Easier.",
            20: "Cancelled everyone this week.",
        },
        decided={18: "Weekly sessions again. Agree who she would ring."},
    ),
}
