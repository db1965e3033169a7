"""A client's movement as data: the path with its errors, and what may be said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from assessments import queries, wording
from assessments.client_page import courses
from assessments.client_page.footing import of_scales
from assessments.measurement import movement
from assessments.measurement.change import Trend, theil_sen
from assessments.measurement.definition import Instrument
from assessments.measurement.evidence import Claim, Footing
from assessments.measurement.movement import SCALES, Movement
from assessments.models import InstrumentVersion
from assessments.queries import ScoreRow, Sitting
from assessments.wording.instruments import course_facts, course_reading
from clinic.models import Client

# The numbers the model runs with, from the one place they stand in.
MODEL: dict[str, Any] = movement.follow.__kwdefaults__ or {}


def movement_of(client: Client, now: datetime) -> dict[str, Any]:
    """The movement of the present episode (of a closed record: the last one), as plain data."""
    episode = queries.current_episode(client)
    since = episode.started_at if episode else None
    scores = queries.scores_of(client)
    sittings = queries.sittings_of(scores, since)
    found = queries.follow(sittings)
    start = None if found.baseline is None else sittings[found.baseline]
    first = found.segments[-1].start if sittings else 0
    versions = _versions(scores, since)
    definitions = {pk: version.definition for pk, version in versions.items()}
    compared = _compared(scores, sittings[first:], definitions)
    footing = of_scales(compared)
    times = [sitting.at for sitting in sittings]
    return {
        "client": client.pk,
        "as_of": now,
        "model": {name: MODEL[name] for name in ("q", "window", "persistence", "cut")},
        "baseline": start and {"response": start.response_id, "at": start.at},
        "points": [_point(found, index, sitting) for index, sitting in enumerate(sittings)],
        "stage": _stage_now(found, footing),
        "verdict": _verdict(found, start, footing, sittings[first] if first else None),
        "changes": {scale: _change(change) for scale, change in found.changes.items()},
        "balance_change": found.balance_change
        and {
            "difference": found.balance_change.difference,
            "standard_error": found.balance_change.standard_error,
            "probability_rose": found.balance_change.probability_rose,
        },
        "mistaken_autonomy": {
            "flagged": found.mistaken_autonomy,
            "probability": found.mistaken_probability,
        },
        "stuck": found.stuck,
        "worse": list(found.worse),
        "segments": [
            {
                "response": sittings[part.start].response_id,
                "at": sittings[part.start].about_since,
                "forms": part.end - part.start,
            }
            for part in found.segments
        ],
        "pendulum": _pendulum(found, sittings),
        "onward": {
            "platform_probability": found.platform_probability,
            "platform_stands": found.platform_stands,
            "credited": found.onward,
        },
        "prompts": [
            {
                "code": str(prompt.code),
                "since": words.since,
                "response": sittings[prompt.since].response_id,
                "figures": dict(prompt.figures),
                "question": words.question,
                "why": words.why,
            }
            for prompt, words in zip(found.prompts, wording.prompt_words(found, times), strict=True)
        ],
        "trends": _trends(found, sittings, first, footing),
        "instruments": [
            _instrument(versions[rows[-1].version_id], rows, definitions)
            for rows in courses.groups(scores, since, definitions).values()
        ],
        "evidence": _evidence(compared),
    }


def _point(found: Movement, index: int, sitting: Sitting) -> dict[str, Any]:
    balance, probabilities = found.balances[index], found.probabilities[index]
    path = next((point for point in found.path if point.administration == index), None)
    return {
        "response": sitting.response_id,
        "instrument": sitting.instrument,
        "at": sitting.at,
        "weeks": found.weeks[index],
        "scores": {
            scale: {"pomp": sitting.scores[scale], "standard_error": sitting.errors[scale]}
            for scale in SCALES
        },
        "estimates": {
            scale: estimate
            and {
                "mean": estimate.mean,
                "sd": estimate.sd,
                "filtered_mean": estimate.filtered_mean,
                "filtered_sd": estimate.filtered_variance**0.5,
            }
            for scale in SCALES
            for estimate in [found.estimates[scale][index]]
        },
        "path": path
        and {
            "counter_dependence": path.cdp,
            "counter_dependence_sd": path.sd_cdp,
            "independence": path.ind,
            "independence_sd": path.sd_ind,
        },
        "balance": balance
        and {
            "value": balance.value,
            "standard_error": balance.standard_error,
            "elevation": balance.elevation,
        },
        "stage_probabilities": probabilities
        and {str(stage): probability for stage, probability in probabilities.items()},
        "stage": _stage(found.stages[index]),
        "verdict": str(found.verdicts[index]),
    }


def _stage(reading: Any) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "code": reading.stage and str(reading.stage),
        "between": [str(stage) for stage in reading.between or ()],
        "probability": reading.probability,
        "provisional": reading.provisional,
    }


def _stage_now(found: Movement, footing: Footing) -> dict[str, Any]:
    words = wording.stage_reading(found, queries.between(found), footing)
    stage = _stage(found.stage) or {
        "code": None,
        "between": [],
        "probability": None,
        "provisional": False,
    }
    return {**stage, "words": words.word, "reading": words.text}


def _verdict(
    found: Movement, start: Sitting | None, footing: Footing, changed: Sitting | None
) -> dict[str, Any]:
    since = changed.about_since if changed else None
    words = wording.verdict_reading(found, start.scores if start else None, footing, since)
    return {"code": str(found.verdict), "words": words.word, "reading": words.text}


def _change(change: movement.Change) -> dict[str, Any]:
    return {
        "difference": change.difference,
        "standard_error": change.standard_error,
        "margin": change.margin,
        "z": change.z,
        "beyond_error": change.beyond_error,
        "forms_held": change.held,
    }


def _pendulum(found: Movement, sittings: list[Sitting]) -> dict[str, Any]:
    return {
        "reversals": found.pendulum.reversals,
        "back_and_forth": found.pendulum.back_and_forth,
        "turning_points": [
            {
                "response": sittings[point.administration].response_id,
                "at": sittings[point.administration].at,
                "swing": point.swing,
                "standard_error": point.standard_error,
                "confirmed": None
                if point.confirmed is None
                else sittings[point.confirmed].response_id,
            }
            for point in found.pendulum.turning_points
        ],
    }


def _trends(
    found: Movement, sittings: list[Sitting], first: int, footing: Footing
) -> dict[str, Any]:
    """The slopes of the answers that are compared; null where too few, or nothing is known."""
    if not footing.allows(Claim.TREND):
        return dict.fromkeys(SCALES)
    trends = {
        scale: theil_sen(found.weeks[first:], [s.scores[scale] for s in sittings[first:]])
        for scale in SCALES
    }
    return {scale: trend and _trend(trend) for scale, trend in trends.items()}


def _trend(trend: Trend) -> dict[str, Any]:
    return {
        "slope": trend.slope,
        "low": trend.low,
        "high": trend.high,
        "tau": trend.tau,
        "p": trend.p,
    }


def _instrument(
    version: InstrumentVersion, rows: list[ScoreRow], definitions: courses.Definitions
) -> dict[str, Any]:
    """The course of one scale of another questionnaire, in reported units."""
    found = courses.course(definitions, rows)
    scale = found.scale
    return {
        "instrument": version.instrument.code,
        "version": version.version,
        "scale": scale.code,
        "minimum": scale.reported(scale.minimum),
        "maximum": scale.reported(scale.maximum),
        "forms": len(rows),
        "first": found.first,
        "first_at": found.first_at,
        "last": found.last,
        "standard_error": found.error,
        "change": found.change
        and {
            "difference": found.change.difference,
            "critical_change": found.change.critical_change,
            "beyond_error": found.change.reliable,
        },
        "outcome": found.outcome and str(found.outcome),
        "trend": _trend(found.trend) if isinstance(found.trend, Trend) else None,
        "words": course_reading(found),
        "facts": list(course_facts(found)),
        "evidence": _footing(found.footing, own=False),
    }


def _versions(scores: list[ScoreRow], since: datetime | None) -> dict[UUID, InstrumentVersion]:
    wanted = {row.version_id for row in scores if since is None or row.at >= since}
    found = InstrumentVersion.objects.select_related("instrument").filter(pk__in=wanted)
    return {version.pk: version for version in found}


def _compared(
    scores: list[ScoreRow], sittings: list[Sitting], definitions: courses.Definitions
) -> list[Instrument]:
    """The definitions of the forms that are compared with each other."""
    responses = {sitting.response_id for sitting in sittings}
    versions = dict.fromkeys(row.version_id for row in scores if row.response_id in responses)
    return [definitions[version] for version in versions]


def _evidence(definitions: list[Instrument]) -> dict[str, Any]:
    """The lowest rung of the scales that were used, what that allows to say, and each by itself."""
    if not definitions:
        return {"rung": None, "words": None, "note": None, "scales": {}}
    footing = of_scales(definitions)
    return {
        "rung": footing.rung,
        "words": wording.rung_words(footing.rung),
        "note": wording.evidence_line(footing),
        "scales": {code: _footing(of_scales(definitions, (code,))) for code in SCALES},
    }


def _footing(found: Footing, *, own: bool = True) -> dict[str, Any]:
    low, high = found.reliability or (None, None)
    return {
        "rung": found.rung,
        "reliability": low,
        "reliability_high": high,
        "sources": list(found.sources),
        "n": found.n,
        "date": found.date,
        "words": wording.evidence_line(found, own=own),
    }
