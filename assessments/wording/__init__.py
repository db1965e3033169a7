"""The one place for sentences about signals, reasons, stages, verdicts and chart readings.

Everything goes through gettext, with named places, and keeps to MEASUREMENT.md 3.9.
"""

from . import ladder
from .circumstances import circumstances
from .instruments import trend_words
from .ladder import VERDICTS, evidence_line, rung_words
from .marks import mark_note, mark_sentences
from .pictures import (
    chart_dates,
    map_reading,
    missing_words,
    plane_words,
    ribbon_reading,
    ribbon_words,
    scale_reading,
    series_words,
    spark_label,
)
from .prompts import PromptWords, prompt_words, turned
from .questions import question
from .readings import (
    Reading,
    session_sentence,
    since_change,
    stage_reading,
    verdict_reading,
)
from .reasons import ReasonWords, reason_words
from .references import introduction, reference_words, series_words_of, think_of
from .terms import (
    NO_CLEAR_STAGE,
    SCALE_NOTES,
    SCALES,
    SCALES_IN_A_SENTENCE,
    SIGNALS,
    STAGES,
    STAGES_IN_A_SENTENCE,
    SignalWords,
    day,
    days_ago,
    joined,
    last_forms,
    next_form,
    number,
    percent,
    size_and_error,
    stage_code,
    stage_words,
    time_ago,
    whole,
)

__all__ = [
    "NO_CLEAR_STAGE",
    "SCALES",
    "SCALES_IN_A_SENTENCE",
    "SCALE_NOTES",
    "SIGNALS",
    "STAGES",
    "STAGES_IN_A_SENTENCE",
    "VERDICTS",
    "PromptWords",
    "Reading",
    "ReasonWords",
    "SignalWords",
    "chart_dates",
    "circumstances",
    "day",
    "days_ago",
    "evidence_line",
    "introduction",
    "joined",
    "ladder",
    "last_forms",
    "map_reading",
    "mark_note",
    "mark_sentences",
    "missing_words",
    "next_form",
    "number",
    "percent",
    "plane_words",
    "prompt_words",
    "question",
    "reason_words",
    "reference_words",
    "ribbon_reading",
    "ribbon_words",
    "rung_words",
    "scale_reading",
    "series_words",
    "series_words_of",
    "session_sentence",
    "since_change",
    "size_and_error",
    "spark_label",
    "stage_code",
    "stage_reading",
    "stage_words",
    "think_of",
    "time_ago",
    "trend_words",
    "turned",
    "verdict_reading",
    "whole",
]
