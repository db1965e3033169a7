"""Toward independence, and on to interdependence: several people, at different points."""

from assessments.demo.paths import path
from assessments.demo.story import Intended, Story
from assessments.measurement.movement import Stage, Verdict
from assessments.measurement.schedule import Cadence
from assessments.models import Signal

MOVED = Verdict.TOWARD_INDEPENDENCE

STORIES = {
    "toward independence": Story(
        Intended(Signal.IMPROVED, "toward_independence", Stage.INDEPENDENT, MOVED),
        path(
            CDP=((0, 71), (6, 70), (22, 34), (27, 32)),
            IND=((0, 43), (8, 44), (22, 66), (27, 69)),
            DEP=((0, 36), (27, 28)),
            INT=((0, 36), (18, 38), (27, 44)),
        ),
        weeks=27,
        offset=4,
        about={0: ("partner", "Leo")},
        notes={21: ("DEP06", "By day. The evenings were long.")},
        unusual=frozenset({9}),
        events={
            0: "Session 1",
            9.3: "Let him drive her to the hospital",
            12.6: "Moved in together",
            20: "A week away alone",
        },
        comments={
            3: "Not sure these questions are about me. I manage.",
            9: "Odd to say it, but I let him drive me to the hospital.",
            14: "Boxes everywhere. I did not run.",
            21: "Missed him. Said so.",
            27: "We argued about the summer and then we made soup. That is new.",
        },
        decided={10: "Stay with the hospital day: what did it cost to accept the lift?"},
    ),
    "on to interdependence": Story(
        Intended(Signal.IMPROVED, "toward_independence", Stage.INTERDEPENDENT, MOVED),
        path(
            CDP=((0, 74), (5, 73), (20, 38), (34, 26), (52, 20)),
            IND=((0, 40), (8, 42), (22, 68), (34, 74), (52, 80)),
            DEP=((0, 34), (20, 28), (52, 22)),
            INT=((0, 30), (24, 42), (42, 72), (52, 80)),
        ),
        weeks=52,
        offset=2,
        review_every=2,
        reviewed_before=1,
        missed=((23, 25),),
        events={
            0: "Session 1",
            16: "Told his brother about the divorce",
            23: "Summer break",
            33.5: "Anneke and he begin again",
            45: "First holiday together",
        },
        comments={
            2: "I do this because I said I would.",
            17: "Rang my brother. He cried. I stayed on the line.",
            30: "Slept badly, asked for a hand with the move, got six.",
            41: "She paints on Sundays and I go sailing. Nobody sulks.",
            52: "I keep what I believe and she keeps what she believes. It is a good table.",
        },
        decided={46: "Sessions every two weeks from now on."},
    ),
    "independent, closeness growing": Story(
        Intended(Signal.IMPROVED, "toward_independence", None, MOVED),
        path(
            CDP=((0, 69), (6, 68), (22, 36), (40, 30)),
            IND=((0, 41), (8, 43), (24, 68), (40, 73)),
            DEP=((0, 40), (40, 28)),
            INT=((0, 30), (26, 36), (40, 51)),
        ),
        weeks=40,
        offset=5,
        review_every=2,
        events={0: "Session 1", 14: "New post at the museum", 31: "Met someone"},
        comments={
            12: "Said yes to the job because I want it.",
            32: "Third date. I told her about Papa.",
            40: "I want to see her and I want my evenings. Both seem allowed.",
        },
        decided={33: "Watch for the old exit when the first quarrel comes."},
    ),
    "first steps toward independence": Story(
        Intended(Signal.EXPECTED, "expected", None),
        path(
            CDP=((0, 60), (4, 60), (13, 51)),
            IND=((0, 39), (4, 39), (13, 43)),
            DEP=((0, 34), (13, 32)),
            INT=((0, 34), (13, 36)),
        ),
        weeks=13,
        take=4,
        offset=1,
        answers_open=False,
        events={0: "Session 1", 7: "Half term"},
        comments={5: "Long week. Kids ill.", 12: "I asked my sister to take them on Saturday."},
        decided={8: "Try one small request a week."},
    ),
    "relapse and recovery": Story(
        Intended(Signal.IMPROVED, "toward_independence", Stage.INDEPENDENT, MOVED),
        path(
            CDP=((0, 70), (4, 69), (14, 38), (18, 40), (23, 72), (27, 70), (38, 33), (44, 30)),
            IND=((0, 42), (4, 43), (14, 64), (18, 62), (23, 40), (27, 42), (38, 67), (44, 71)),
            DEP=((0, 34), (14, 28), (23, 33), (44, 26)),
            INT=((0, 34), (14, 38), (23, 30), (44, 38)),
        ),
        weeks=44,
        take=3,
        offset=6,
        review_every=2,
        events={
            0: "Session 1",
            19: "Her father died",
            28: "Back in group",
            37: "Anniversary of the wedding",
        },
        comments={
            15: "Lighter. I laugh at work.",
            21: "I do not want anyone near me.",
            24: "Only filling this in because you asked.",
            30: "Told the group about Dad. Nobody fixed it. Good.",
            44: "Sad some days. But I ring people.",
        },
        decided={22: "No pushing. Keep the door open, same hour every week."},
    ),
    "mixed, then clearer": Story(
        Intended(Signal.IMPROVED, "toward_independence", Stage.TRANSITIONAL, MOVED),
        path(
            CDP=((0, 70), (6, 70), (24, 38), (32, 32)),
            IND=((0, 26), (6, 27), (24, 34), (32, 37)),
            DEP=((0, 72), (6, 72), (24, 40), (32, 33)),
            INT=((0, 28), (32, 35)),
        ),
        weeks=32,
        offset=3,
        review_every=2,
        events={0: "Session 1", 11: "Own flat", 26: "Mother's operation"},
        comments={
            4: "I want him to stay and I want him to leave me alone.",
            13: "First night in my flat. Quiet. I liked it by midnight.",
            31: "Visited Mum and went home when I was tired.",
        },
    ),
    "independent and steady": Story(
        Intended(Signal.EXPECTED, "expected", Stage.INDEPENDENT),
        path(
            CDP=((0, 32), (30, 30)),
            IND=((0, 66), (30, 69)),
            DEP=((0, 32), (30, 29)),
            INT=((0, 32), (30, 35)),
        ),
        wander=0.5,
        weeks=30,
        offset=4,
        cadence=Cadence.TWO_WEEKS,
        review_every=2,
        about={0: ("last_partner", "Maren"), 17.5: ("partner", "Lena")},
        events={0: "Session 1", 25: "Sabbatical begins"},
        comments={8: "Nothing much. A calm fortnight.", 28: "Wrote two chapters."},
    ),
}
