"""Examples for the schema and the documentation page; a test holds each to its serializer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from assessments.measurement.evidence import Footing
from assessments.wording import ladder

CLIENT = "0195a1c2-7d00-7a31-9c1b-2f6f4c0d8e11"
CLINICIAN = "0195a1c0-1200-7b22-8a04-5d0e9b7c6a21"
PLAN = "0195a1c4-9dff-7c43-b5d2-81e7f3a09b31"
ASSIGNMENT = "0195a1c4-9e00-7c43-b5d2-81e7f3a09b32"
OCCASION = "0195a1c4-9f00-7d54-a6e3-92f804b1ac43"
RESPONSE = "0195a1c8-3b00-7e65-97f4-a30915c2bd54"
REFERENCE = "0195a1c3-4400-7d18-8b31-6c70e94a5d12"
SCORE = "0195a1c8-3b01-7f76-88a5-b41a26d3ce65"
LINK = "https://causeway.example.org/f/Zk3vN0t4r3alT0k3nJustAnExample0fTheShape00/"
WRITE_ONLY = "A token without the scope `read` gets 204 and no body."


def asked(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def answered(name: str, value: dict[str, Any], *codes: str) -> OpenApiExample:
    return OpenApiExample(
        name, value=value, response_only=True, status_codes=list(codes or ("200", "201"))
    )


CLIENT_VALUE: dict[str, Any] = {
    "id": CLIENT,
    "name": "Nora Lind",
    "date_of_birth": "1991-04-18",
    "email": "nora@example.org",
    "phone": "+44 20 7946 0018",
    "number": "1047",
    "note": "Ring after four.",
    "created_at": "2026-09-07T09:00:00Z",
    "closed_at": None,
    "carers": [{"clinician": CLINICIAN, "name": "Ada Holm"}],
    "standing": {
        "signal": "improved",
        "signal_words": "Moved toward independence",
        "signal_since": "2026-11-16T18:20:00Z",
        "reason": "Balance up 14, beyond error of 9, on the last two forms",
        "stage": "independent",
        "stage_words": "Independent",
        "verdict": "toward_independence",
        "responses": 11,
        "open_alerts": 0,
        "missed_in_a_row": 0,
        "last_response_at": "2026-11-16T18:20:00Z",
        "next_due_at": "2026-11-23T06:00:00Z",
        "last_review_at": "2026-11-12T10:05:00Z",
        "updated_at": "2026-11-16T18:20:00Z",
    },
}
ASSIGNMENT_VALUE: dict[str, Any] = {
    "id": ASSIGNMENT,
    "client": CLIENT,
    "instrument": "causeway-weekly",
    "version": 1,
    "cadence": "weekly",
    "first_on": "2026-11-02",
    "ends_on": None,
    "times": None,
    "send_by_mail": True,
    "plan": {
        "id": PLAN,
        "send_by": "mail",
        "opens_at": "06:00",
        "weekday": None,
        "window_days": None,
        "reminder_days": [2, 4],
        "adapts": False,
    },
    "created_at": "2026-11-02T09:00:00Z",
    "ended_at": None,
}
RESPONSE_VALUE: dict[str, Any] = {
    "id": RESPONSE,
    "client": CLIENT,
    "occasion": OCCASION,
    "instrument": "causeway-weekly",
    "version": 1,
    "source": "api",
    "started_at": "2026-11-02T10:00:00Z",
    "submitted_at": "2026-11-02T10:00:00Z",
    "received_at": "2026-11-02T10:00:00Z",
    "voided_at": None,
    "replaced_by": None,
    "answers": {"IND04": 4, "CDP03": 2, "INT09": None},
    "comment": "A quiet week.",
    "marks": [
        {
            "code": "missing",
            "missing": 17,
            "not_applicable": 1,
            "items": 20,
            "share": 0.895,
            "threshold": 0.2,
            "scales": ["DEP", "CDP", "IND", "INT"],
        }
    ],
    "reference": {"id": REFERENCE, "kind": "partner", "label": "Sam"},
}
ESTIMATE = {"mean": 61.2, "sd": 6.1, "filtered_mean": 60.4, "filtered_sd": 6.8}
LOW_ESTIMATE = {"mean": 34.9, "sd": 6.1, "filtered_mean": 35.5, "filtered_sd": 6.8}
POINT = {
    "response": RESPONSE,
    "instrument": "causeway-weekly",
    "at": "2026-11-02T10:00:00Z",
    "weeks": 0.0,
    "scores": {
        "DEP": {"pomp": 36.0, "standard_error": 8.9},
        "CDP": {"pomp": 36.0, "standard_error": 8.9},
        "IND": {"pomp": 64.0, "standard_error": 8.9},
        "INT": {"pomp": 60.0, "standard_error": 8.9},
    },
    "estimates": {
        "DEP": LOW_ESTIMATE,
        "CDP": LOW_ESTIMATE,
        "IND": ESTIMATE,
        "INT": ESTIMATE,
    },
    "path": {
        "counter_dependence": 34.9,
        "counter_dependence_sd": 6.1,
        "independence": 61.2,
        "independence_sd": 6.1,
    },
    "balance": {"value": 62.5, "standard_error": 4.8, "elevation": 48.0},
    "stage_probabilities": {
        "mixed": 0.0,
        "dependent": 0.02,
        "counter_dependent": 0.02,
        "transitional": 0.0,
        "relational_ahead": 0.06,
        "independent": 0.06,
        "interdependent": 0.84,
    },
    "stage": {"code": None, "between": [], "probability": 0.84, "provisional": False},
    "verdict": "not_yet_reliable",
}
EVIDENCE = {
    "rung": 1,
    "reliability": 0.8,
    "reliability_high": 0.8,
    "sources": ["assumed: Spearman-Brown for 6 items"],
    "n": None,
    "date": None,
    "words": ladder.evidence_line(Footing(1, (0.80, 0.80))),
}
MOVEMENT_VALUE: dict[str, Any] = {
    "client": CLIENT,
    "as_of": "2026-11-02T11:00:00Z",
    "model": {"q": 8.333333333333334, "window": 4, "persistence": 2, "cut": 50.0},
    "baseline": {"response": RESPONSE, "at": "2026-11-02T10:00:00Z"},
    "points": [POINT],
    "stage": {
        "code": None,
        "between": [],
        "probability": 0.84,
        "provisional": False,
        "words": "No clear stage",
        "reading": "Named once a second form confirms it.",
    },
    "verdict": {
        "code": "not_yet_reliable",
        "words": "Too early to say",
        "reading": "A verdict needs a start and two more forms after it.",
    },
    "changes": {
        "CDP": {
            "difference": -6.0,
            "standard_error": 10.0,
            "margin": 19.6,
            "z": -0.6,
            "beyond_error": False,
            "forms_held": 0,
        }
    },
    "balance_change": {"difference": 5.2, "standard_error": 4.1, "probability_rose": 0.9},
    "mistaken_autonomy": {"flagged": False, "probability": 0.02},
    "stuck": False,
    "worse": [],
    "segments": [{"response": RESPONSE, "at": "2026-11-02T10:00:00Z", "forms": 1}],
    "pendulum": {
        "reversals": 0,
        "back_and_forth": False,
        "turning_points": [
            {
                "response": RESPONSE,
                "at": "2026-11-02T10:00:00Z",
                "swing": 12.5,
                "standard_error": 6.9,
                "confirmed": None,
            }
        ],
    },
    "onward": {"platform_probability": 0.94, "platform_stands": True, "credited": False},
    "prompts": [
        {
            "code": "long_gap",
            "since": "2026-11-02T10:00:00Z",
            "response": RESPONSE,
            "figures": {"from": 3, "to": 4, "weeks": 8.0},
            "question": "What happened in the weeks without a form?",
            "why": "No form for eight weeks, from 7 Sep to 2 Nov; what is compared now reaches "
            "back across them.",
        }
    ],
    "trends": {
        "CDP": {"slope": -2.8, "low": -4.67, "high": 4.0, "tau": -0.73, "p": 0.06},
        "IND": None,
    },
    "instruments": [
        {
            "instrument": "phq-9",
            "version": 1,
            "scale": "PHQ9",
            "minimum": 0.0,
            "maximum": 27.0,
            "forms": 2,
            "first": 15.0,
            "first_at": "2026-09-07T09:00:00Z",
            "last": 9.0,
            "standard_error": 1.79,
            "change": {"difference": -6.0, "critical_change": 4.96, "beyond_error": True},
            "outcome": None,
            "trend": None,
            "words": "Down 6 points since 7 Sep, to 9: beyond the error of 5 "
            f"({ladder.in_brackets(Footing(1, (0.89, 0.89)))}).",
            "facts": ["9 is called “mild” (as its publication says)."],
            "evidence": EVIDENCE,
        }
    ],
    "evidence": {
        "rung": 1,
        "words": ladder.rung_words(1),
        "note": ladder.evidence_line(Footing(1, (0.80, 0.80))),
        "scales": {"CDP": EVIDENCE},
    },
}

client = answered("A client", CLIENT_VALUE)
new_client = asked("A new client", {"name": "Nora Lind", "email": "nora@example.org"})
edit_client = asked("A new telephone number", {"phone": "+44 20 7946 0018"})
movement = answered("Movement, shortened", MOVEMENT_VALUE)
assignment = answered("An assignment", ASSIGNMENT_VALUE)
ended_assignment = answered(
    "An ended assignment", {**ASSIGNMENT_VALUE, "ended_at": "2026-11-20T15:30:00Z"}, "200"
)
new_assignment = asked(
    "The weekly form",
    {
        "client": CLIENT,
        "instrument": "causeway-weekly",
        "cadence": "weekly",
        "times": 12,
        "plan": {"send_by": "mail", "reminder_days": [2, 4]},
    },
)
assigned = answered(
    "A new assignment",
    {**ASSIGNMENT_VALUE, "first_occasion": OCCASION, "link": LINK, "mailed": False},
    "201",
)
occasion = answered(
    "An occasion",
    {
        "id": OCCASION,
        "client": CLIENT,
        "assignment": ASSIGNMENT,
        "instrument": "causeway-weekly",
        "number": 0,
        "opens_at": "2026-11-02T09:00:00Z",
        "closes_at": "2026-11-09T06:00:00Z",
        "state": "answered",
        "response": RESPONSE,
    },
)
link_request = asked("A link that is mailed", {"send_by_mail": True})
link = answered(
    "A new link", {"link": LINK, "expires_at": "2026-11-09T06:00:00Z", "mailed": True}, "201"
)
submission = asked(
    "Answers", {"answers": {"IND04": 4, "CDP03": 2, "INT09": None}, "comment": "A quiet week."}
)
response = answered("A response", RESPONSE_VALUE)
score = answered(
    "A score",
    {
        "id": SCORE,
        "client": CLIENT,
        "response": RESPONSE,
        "instrument": "causeway-weekly",
        "scale": "IND",
        "at": "2026-11-02T10:00:00Z",
        "value": 16.0,
        "pomp": 64.0,
        "sem": 8.9,
        "answered": 5,
        "items": 5,
        "why_missing": None,
    },
)
