"""The shape of a client's movement as data, for the schema and the documentation page."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from assessments.measurement.movement import PromptCode, Stage, Verdict
from clinic.api.fields import Moment

Shown = serializers.Serializer


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
    mean = number("Smoothed by the model: later answers are taken into account.")
    sd = number("Standard error of `mean`, by the model.")
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
    beyond_error = serializers.BooleanField(
        help_text="By the precision that `evidence` names, which may be assumed."
    )
    forms_held = serializers.IntegerField(help_text="Latest forms in a row beyond error.")


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


class SegmentSerializer(Shown[Any]):
    """Successive forms about the same person; nothing is compared across two of them."""

    response = serializers.UUIDField(help_text="The first of them.")
    at = Moment()
    forms = serializers.IntegerField()


class TurningPointSerializer(Shown[Any]):
    response = serializers.UUIDField()
    at = Moment()
    swing = number("Counter-dependence minus dependence, the mean of four forms.")
    standard_error = number()
    confirmed = serializers.UUIDField(
        allow_null=True, help_text="The form at which the way back was beyond error."
    )


class PendulumSerializer(Shown[Any]):
    reversals = serializers.IntegerField(help_text="Within the last 52 weeks.")
    back_and_forth = serializers.BooleanField()
    turning_points = TurningPointSerializer(many=True)


class OnwardSerializer(Shown[Any]):
    """Interdependence, which is credited on the platform of independence only."""

    platform_probability = number(allow_null=True)
    platform_stands = serializers.BooleanField()
    credited = serializers.BooleanField(
        help_text="Interdependence is up on it beyond error, on two forms in a row."
    )


class PromptSerializer(Shown[Any]):
    """Something to look at again; a question for the conversation, not a finding."""

    code = serializers.ChoiceField([str(code) for code in PromptCode])
    since = Moment()
    response = serializers.UUIDField(help_text="The form since which it stands.")
    figures = serializers.DictField(help_text="What it is raised from.")
    question = serializers.CharField()
    why = serializers.CharField()


class TrendSerializer(Shown[Any]):
    """Theil-Sen; none under four forms or three weeks, or on rung 0."""

    slope = number("Points a week.")
    low = number("Sen's interval of the slope, at roughly 95 %.")
    high = number()
    tau = number("Kendall's tau-b.")
    p = number("Two-sided, of tau.")


class InstrumentChangeSerializer(Shown[Any]):
    difference = number()
    critical_change = number("What error alone would rarely exceed: 1.96 errors of the difference.")
    beyond_error = serializers.BooleanField(
        help_text="By the precision that `evidence` names, between two single forms."
    )


class InstrumentSerializer(Shown[Any]):
    """One scale of another questionnaire since the episode began, in the points it reports."""

    instrument = serializers.CharField()
    version = serializers.IntegerField()
    scale = serializers.CharField()
    minimum = number()
    maximum = number()
    forms = serializers.IntegerField()
    first = number("Null where there is one score alone.", allow_null=True)
    first_at = Moment(allow_null=True)
    last = number(allow_null=True)
    standard_error = number("Of the last score.", allow_null=True)
    change = InstrumentChangeSerializer(allow_null=True)
    outcome = serializers.ChoiceField(
        ["recovered", "improved", "unchanged", "deteriorated", "not_applicable"],
        allow_null=True,
        help_text="From rung 3 on only.",
    )
    trend = TrendSerializer(allow_null=True)
    words = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())
    evidence = FootingSerializer()


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
    stuck = serializers.BooleanField(
        help_text="Within a third of its error after many forms: a prompt to look again."
    )
    worse = serializers.ListField(
        child=serializers.CharField(),
        help_text="Scales worse than at the start beyond error, on two forms in a row.",
    )
    segments = SegmentSerializer(many=True)
    pendulum = PendulumSerializer()
    onward = OnwardSerializer()
    prompts = PromptSerializer(many=True)
    trends = serializers.DictField(child=TrendSerializer(allow_null=True))
    instruments = InstrumentSerializer(many=True)
    evidence = EvidenceSerializer()
