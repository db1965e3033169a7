"""How a person moves: smoothed scores, the plane, stages, the verdict, and all of it together."""

from .follow import follow
from .model import (
    MISTAKEN_FROM,
    Administration,
    Balance,
    Change,
    Movement,
    PathPoint,
    Prompt,
    PromptCode,
    Segment,
)
from .partner import Gap, GapDirection, self_partner_gap
from .plane import SCALES, balance, elevation
from .smoothing import Estimate, SmoothedChange, change_between, smooth
from .stages import Stage, StageReading, stage_probabilities
from .swings import Leg, Pendulum, TurningPoint, pendulum
from .verdicts import Verdict, verdict

__all__ = [
    "MISTAKEN_FROM",
    "SCALES",
    "Administration",
    "Balance",
    "Change",
    "Estimate",
    "Gap",
    "GapDirection",
    "Leg",
    "Movement",
    "PathPoint",
    "Pendulum",
    "Prompt",
    "PromptCode",
    "Segment",
    "SmoothedChange",
    "Stage",
    "StageReading",
    "TurningPoint",
    "Verdict",
    "balance",
    "change_between",
    "elevation",
    "follow",
    "pendulum",
    "self_partner_gap",
    "smooth",
    "stage_probabilities",
    "verdict",
]
