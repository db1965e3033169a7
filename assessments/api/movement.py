"""A client's movement as data: the path with its errors, and what may be said about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rest_framework import serializers

from assessments import queries, wording
from assessments.measurement import evidence, movement
from assessments.measurement.definition import Instrument, Scale
from assessments.measurement.evidence import Footing
from assessments.measurement.movement import SCALES, Movement, Stage, Verdict
from assessments.models import InstrumentVersion
from assessments.queries import Sitting
from clinic.api.fields import Moment
from clinic.models import Client

# The numbers the model runs with, from the one place they stand in.
MODEL: dict[str, Any] = movement.follow.__kwdefaults__ or {}

Shown = serializers.Serializer


def movement_of(client: Client, now: datetime) -> dict[str, Any]:
    """The movement of the present episode (of a closed record: the last one), as plain data."""
    episode = queries.current_episode(client)
    sittings = queries.sittings(client, since=episode.started_at if episode else None)
    found = queries.follow(sittings)
    start = None if found.baseline is None else sittings[found.baseline]
    definitions = _definitions(sittings[found.segments[-1].start :] if sittings else [])
    footing = evidence.footing(_scales(definitions))
    return {
        "client": client.pk,
        "as_of": now,
        "model": {name: MODEL[name] for name in ("q", "window", "persistence", "cut")},
        "baseline": start and {"response": start.response_id, "at": start.at},
        "points": [_point(found, index, sitting) for index, sitting in enumerate(sittings)],
        "stage": _stage_now(found),
        "verdict": _verdict(found, start, footing),
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
        "evidence": _evidence(definitions),
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


def _stage_now(found: Movement) -> dict[str, Any]:
    words = wording.stage_reading(found, queries.between(found))
    stage = _stage(found.stage) or {
        "code": None,
        "between": [],
        "probability": None,
        "provisional": False,
    }
    return {**stage, "words": words.word, "reading": words.text}


def _verdict(found: Movement, start: Sitting | None, footing: Footing) -> dict[str, Any]:
    words = wording.verdict_reading(found, start.scores if start else None, footing)
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


def _definitions(sittings: list[Sitting]) -> list[Instrument]:
    """Those of the forms that are compared."""
    responses = [sitting.response_id for sitting in sittings]
    versions = InstrumentVersion.objects.filter(responses__in=responses).distinct()
    return [version.definition for version in versions]


def _scales(definitions: list[Instrument], codes: Iterable[str] = SCALES) -> list[Scale]:
    found = [definition.scale(code) for definition in definitions for code in codes]
    return [scale for scale in found if scale is not None]


def _evidence(definitions: list[Instrument]) -> dict[str, Any]:
    """The lowest rung of the scales that were used, what that allows to say, and each by itself."""
    if not definitions:
        return {"rung": None, "words": None, "note": None, "scales": {}}
    footing = evidence.footing(_scales(definitions))
    return {
        "rung": footing.rung,
        "words": wording.rung_words(footing.rung),
        "note": wording.evidence_line(footing),
        "scales": {code: _footing(_scales(definitions, (code,))) for code in SCALES},
    }


def _footing(scales: list[Scale]) -> dict[str, Any]:
    found = evidence.footing(scales)
    low, high = found.reliability or (None, None)
    return {
        "rung": found.rung,
        "reliability": low,
        "reliability_high": high,
        "sources": list(found.sources),
        "n": found.n,
        "date": found.date,
        "words": wording.evidence_line(found),
    }


# --- Its shape ----------------------------------------------------------------------------------


def number(help_text: str = "", **options: Any) -> serializers.FloatField:
    return serializers.FloatField(help_text=help_text or None, **options)


class ModelSerializer(Shown[Any]):
    q = number("Variance that a true score gains in a week, in POMP points squared.")
    window = serializers.IntegerField(help_text="Forms that a change is the mean of.")
    persistence = serializers.IntegerField(help_text="Forms in a row that a verdict must hold on.")
    cut = number("The POMP score that counts as high for a stage.")


class BaselineSerializer(Shown[Any]):
    response = serializers.UUIDField()
    at = Moment()


class PointScoreSerializer(Shown[Any]):
    pomp = number(allow_null=True)
    standard_error = number(allow_null=True)


class EstimateSerializer(Shown[Any]):
    mean = number("Smoothed: later answers are taken into account.")
    sd = number()
    filtered_mean = number("From the answers up to then alone.")
    filtered_sd = number()


class PathSerializer(Shown[Any]):
    counter_dependence = number("x on the movement map, where 100 lies left.")
    counter_dependence_sd = number()
    independence = number("y on the movement map.")
    independence_sd = number()


class BalanceSerializer(Shown[Any]):
    value = number("50 + (independence - counter-dependence) / 2.")
    standard_error = number()
    elevation = number("(independence + counter-dependence) / 2.")


class StageSerializer(Shown[Any]):
    code = serializers.ChoiceField(
        [str(stage) for stage in Stage], allow_null=True, help_text="Null: none is clear."
    )
    between = serializers.ListField(child=serializers.ChoiceField([str(s) for s in Stage]))
    probability = number("Of the likeliest stage.", allow_null=True)
    provisional = serializers.BooleanField(help_text="Named from one form alone.")


class StageNowSerializer(StageSerializer):
    words = serializers.CharField()
    reading = serializers.CharField(allow_blank=True)


class VerdictSerializer(Shown[Any]):
    code = serializers.ChoiceField([str(verdict) for verdict in Verdict])
    words = serializers.CharField()
    reading = serializers.CharField(allow_blank=True)


class PointSerializer(Shown[Any]):
    """One submitted form that carries the four scales."""

    response = serializers.UUIDField()
    instrument = serializers.CharField()
    at = Moment()
    weeks = number("Since the first form.")
    scores = serializers.DictField(child=PointScoreSerializer())
    estimates = serializers.DictField(child=EstimateSerializer(allow_null=True))
    path = PathSerializer(allow_null=True)
    balance = BalanceSerializer(allow_null=True)
    stage_probabilities = serializers.DictField(child=number(), allow_null=True)
    stage = StageSerializer(allow_null=True)
    verdict = serializers.ChoiceField([str(verdict) for verdict in Verdict])


class ChangeSerializer(Shown[Any]):
    difference = number("Mean of the last forms against the baseline, in POMP points.")
    standard_error = number()
    margin = number("What error alone would rarely exceed: 1.96 standard errors.")
    z = number()
    beyond_error = serializers.BooleanField()
    forms_held = serializers.IntegerField()


class BalanceChangeSerializer(Shown[Any]):
    difference = number()
    standard_error = number()
    probability_rose = number()


class MistakenAutonomySerializer(Shown[Any]):
    flagged = serializers.BooleanField(help_text="A question for the conversation, not a finding.")
    probability = number(allow_null=True)


class FootingSerializer(Shown[Any]):
    """What one scale stands on, the lowest of all versions that were answered."""

    rung = serializers.IntegerField()
    reliability = number("The lowest; null where none is known.", allow_null=True)
    reliability_high = number("The highest of the versions.", allow_null=True)
    sources = serializers.ListField(child=serializers.CharField())
    n = serializers.IntegerField(allow_null=True, help_text="People of the estimate; from rung 2.")
    date = serializers.DateField(allow_null=True, help_text="Of the estimate; from rung 2.")
    words = serializers.CharField()


class EvidenceSerializer(Shown[Any]):
    rung = serializers.IntegerField(
        allow_null=True,
        help_text="The lowest: 0 points only, 1 precision assumed, 2 estimated here, 3 norms.",
    )
    words = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    scales = serializers.DictField(child=FootingSerializer())


class MovementSerializer(Shown[Any]):
    client = serializers.UUIDField()
    as_of = Moment()
    model = ModelSerializer()
    baseline = BaselineSerializer(allow_null=True)
    points = PointSerializer(many=True)
    stage = StageNowSerializer()
    verdict = VerdictSerializer()
    changes = serializers.DictField(child=ChangeSerializer())
    balance_change = BalanceChangeSerializer(allow_null=True)
    mistaken_autonomy = MistakenAutonomySerializer()
    stuck = serializers.BooleanField(help_text="Nothing to see after many forms: look again.")
    worse = serializers.ListField(child=serializers.CharField())
    evidence = EvidenceSerializer()
