"""What the API shows and takes: every field by name, nothing by default."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assessments import wording
from assessments.actions.respond import COMMENT_LENGTH
from assessments.measurement.quality import MarkCode
from assessments.models import (
    Assignment,
    Cadence,
    Occasion,
    Plan,
    ReferenceRelationship,
    Response,
    Score,
    SendBy,
    Signal,
    Standing,
)
from assessments.models.plan import LONGEST_WINDOW_DAYS, MOST_REMINDERS, MOST_TIMES
from clinic import text
from clinic.api.fields import (
    Choice,
    Clock,
    Day,
    Email,
    Identifier,
    Line,
    Moment,
    Paragraphs,
    Phone,
    StrictSerializer,
    TrueOrFalse,
    Whole,
)
from clinic.models import Client

MOST_ANSWERS = 500
STATES = ("coming", "open", "answered", "missed", "taken_back")

Shown = serializers.Serializer


def born_before_today(day: Any) -> Any:
    return text.clean_birth_date(day, timezone.localdate())


# --- Clients ------------------------------------------------------------------------------------


class CarerSerializer(Shown[Any]):
    clinician = serializers.UUIDField(source="clinician_id")
    name = serializers.CharField(source="clinician.user.name")


class StandingSerializer(Shown[Standing]):
    """Where a client stands, as the caseload shows it."""

    signal = serializers.SerializerMethodField()
    signal_words = serializers.CharField(source="get_signal_display")
    signal_since = Moment()
    reason = serializers.SerializerMethodField()
    stage = serializers.SerializerMethodField()
    stage_words = serializers.SerializerMethodField()
    verdict = serializers.SerializerMethodField()
    responses = serializers.IntegerField()
    open_alerts = serializers.IntegerField()
    missed_in_a_row = serializers.IntegerField()
    last_response_at = Moment(allow_null=True)
    next_due_at = Moment(allow_null=True)
    last_review_at = Moment(allow_null=True)
    updated_at = Moment()

    @extend_schema_field({"type": "string", "enum": [s.name.lower() for s in Signal]})
    def get_signal(self, standing: Standing) -> str:
        return Signal(standing.signal).name.lower()

    def get_reason(self, standing: Standing) -> str:
        with timezone.override(self.context["zone"]):
            return wording.reason_words(standing.reasons).headline

    @extend_schema_field({"type": "string", "nullable": True})
    def get_stage(self, standing: Standing) -> str | None:
        return standing.stage or None

    def get_stage_words(self, standing: Standing) -> str:
        return wording.stage_words(standing.stage, standing.between)

    @extend_schema_field({"type": "string", "nullable": True})
    def get_verdict(self, standing: Standing) -> str | None:
        return standing.verdict or None


class ClientSerializer(Shown[Client]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    date_of_birth = serializers.DateField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    number = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    created_at = Moment()
    closed_at = Moment(allow_null=True)
    carers = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()

    @extend_schema_field(CarerSerializer(many=True))
    def get_carers(self, client: Client) -> Any:
        return CarerSerializer(self.context["carers"].get(client.pk, []), many=True).data

    @extend_schema_field(StandingSerializer(allow_null=True))
    def get_standing(self, client: Client) -> Any:
        """Null for whoever may see who the client is, and no answers."""
        if client.pk not in self.context["clinical"]:
            return None
        return StandingSerializer(client.standing, context=self.context).data


class EditClientSerializer(StrictSerializer):
    name = Line(max_length=120, help_text="Up to 120 characters.")
    date_of_birth = Day(required=False, allow_null=True, check=born_before_today)
    email = Email(empty=True, help_text="Links to forms go here.")
    phone = Phone(empty=True, help_text="Text messages go here, such as +44 20 7946 0018.")
    number = Line(
        max_length=60, empty=True, help_text="Your own; no two clients of a practice share one."
    )
    note = Paragraphs(
        max_length=1000,
        empty=True,
        help_text="For reaching the client. The front desk can read it.",
    )


class NewClientSerializer(EditClientSerializer):
    clinician = Identifier(
        required=False,
        allow_null=True,
        help_text="The colleague who cares for them, as `carers` names one.",
    )
    another_person = TrueOrFalse(
        required=False, help_text="Add them although a client has the same name."
    )


# --- Assignments and occasions ------------------------------------------------------------------


class PlanSerializer(Shown[Plan]):
    """How the forms of a plan go out."""

    id = serializers.UUIDField()
    send_by = serializers.ChoiceField(SendBy.choices)
    opens_at = serializers.TimeField(format="%H:%M")
    weekday = serializers.IntegerField(allow_null=True, help_text="Monday is 0.")
    window_days = serializers.IntegerField(allow_null=True)
    reminder_days = serializers.ListField(child=serializers.IntegerField())
    adapts = serializers.BooleanField()


class NewPlanSerializer(StrictSerializer):
    """How the form goes out; what is left out is as if no plan were sent."""

    send_by = Choice(SendBy.choices, required=False)
    opens_at = Clock(required=False, help_text="On the clock of the practice, as 06:00.")
    weekday = Whole(
        required=False, allow_null=True, least=0, most=6, help_text="Monday is 0; null: any."
    )
    window_days = Whole(
        required=False,
        allow_null=True,
        least=1,
        most=LONGEST_WINDOW_DAYS,
        help_text="Null: until the next one opens, for 14 days at the most.",
    )
    reminder_days = serializers.ListField(
        child=Whole(least=1, most=LONGEST_WINDOW_DAYS),
        max_length=MOST_REMINDERS,
        required=False,
        help_text="Days after the opening; none if left out.",
    )
    adapts = TrueOrFalse(required=False, help_text="Ask less often while nothing changes.")


class AssignmentSerializer(Shown[Assignment]):
    id = serializers.UUIDField()
    client = serializers.UUIDField(source="client_id")
    instrument = serializers.CharField(source="version.instrument.code")
    version = serializers.IntegerField(source="version.version")
    cadence = serializers.ChoiceField(Cadence.choices)
    first_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    times = serializers.IntegerField(allow_null=True)
    send_by_mail = serializers.BooleanField()
    plan = PlanSerializer(allow_null=True)
    created_at = Moment()
    ended_at = Moment(allow_null=True)


class AssignedSerializer(AssignmentSerializer):
    """A new assignment, with its first form and the link to it where that is open now."""

    first_occasion = serializers.UUIDField(allow_null=True)
    link = serializers.URLField(allow_null=True)
    mailed = serializers.BooleanField()


class NewAssignmentSerializer(StrictSerializer):
    client = Identifier()
    instrument = Line(max_length=60, help_text="Its code, as the library shows it.")
    cadence = Choice(Cadence.choices, required=False)
    first_on = Day(required=False, help_text="Today or later.")
    ends_on = Day(required=False, allow_null=True, help_text="Null: until somebody ends it.")
    send_by_mail = TrueOrFalse(
        required=False, help_text="Mail each link when its form opens; true if left out."
    )
    times = Whole(
        required=False,
        allow_null=True,
        least=1,
        most=MOST_TIMES,
        help_text="At most so often; null: as often as it comes round.",
    )
    plan = NewPlanSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "send_by_mail" in attrs and "send_by" in attrs.get("plan", {}):
            raise ValidationError(
                {"send_by_mail": [_("Say how it goes out once: here, or in the plan.")]}
            )
        return attrs


class OccasionSerializer(Shown[Occasion]):
    id = serializers.UUIDField()
    client = serializers.UUIDField(source="client_id")
    assignment = serializers.UUIDField(source="assignment_id")
    instrument = serializers.CharField(source="assignment.version.instrument.code")
    number = serializers.IntegerField()
    opens_at = Moment()
    closes_at = Moment()
    state = serializers.SerializerMethodField()
    response = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "enum": list(STATES)})
    def get_state(self, occasion: Any) -> str:
        now = self.context["now"]
        if occasion.sent is not None:
            return "answered"
        if occasion.cancelled_at is not None:
            return "taken_back"
        if now < occasion.opens_at:
            return "coming"
        return "open" if now < occasion.closes_at else "missed"

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_response(self, occasion: Any) -> str | None:
        """The answers that were sent; a draft is the client's own."""
        return str(occasion.sent) if occasion.sent else None


class LinkRequestSerializer(StrictSerializer):
    send_by_mail = TrueOrFalse(required=False, help_text="False if left out.")


class LinkSerializer(Shown[Any]):
    link = serializers.URLField()
    expires_at = Moment()
    mailed = serializers.BooleanField()


# --- Responses and scores -----------------------------------------------------------------------


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "integer", "nullable": True},
        "description": "Option values by item code; null says that the question does not apply.",
    }
)
class Answers(serializers.Field[Any, Any, Any, Any]):
    """``{item code: integer or null}``. Whether item and option exist, the instrument says."""

    def to_internal_value(self, data: Any) -> dict[str, int | None]:
        if not isinstance(data, dict) or not data or len(data) > MOST_ANSWERS:
            raise ValidationError(_("Send at least one answer, by the code of its question."))
        # True is an int to Python, and 3.0 equals 3; neither is an answer.
        wrong = {
            code: [_("Send a whole number, or null where the question does not apply.")]
            for code, value in data.items()
            if value is not None and type(value) is not int
        }
        if wrong:
            raise ValidationError(wrong)
        return data

    def to_representation(self, value: dict[str, int | None]) -> dict[str, int | None]:
        return value


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"code": {"type": "string", "enum": [str(code) for code in MarkCode]}},
            "required": ["code"],
            "additionalProperties": True,
        },
        "description": (
            "What is notable about how the form was answered, each with the figures it was "
            "raised from. Reasons to ask; no score depends on them."
        ),
    }
)
class Marks(serializers.Field[Any, Any, Any, Any]):
    """The marks of a response, as they are kept.

    PostgreSQL keeps no order of keys: a response that was just sent and the same one read again
    must be one text.
    """

    def to_representation(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [dict(sorted(mark.items())) for mark in value]


class ScoreSerializer(Shown[Score]):
    id = serializers.UUIDField()
    client = serializers.UUIDField(source="client_id")
    response = serializers.UUIDField(source="response_id")
    instrument = serializers.CharField(source="response.version.instrument.code")
    scale = serializers.CharField()
    at = Moment()
    value = serializers.FloatField(allow_null=True)
    pomp = serializers.FloatField(allow_null=True, help_text="Per cent of the maximum possible.")
    sem = serializers.FloatField(allow_null=True, help_text="Standard error of `pomp`.")
    answered = serializers.IntegerField()
    items = serializers.IntegerField()
    why_missing = serializers.CharField(allow_null=True)


class ReferenceSerializer(Shown[ReferenceRelationship]):
    """Whom the answers are about."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ReferenceRelationship.Kind.choices)
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]


class ResponseSerializer(Shown[Response]):
    id = serializers.UUIDField()
    client = serializers.UUIDField(source="client_id")
    occasion = serializers.UUIDField(source="occasion_id")
    instrument = serializers.CharField(source="version.instrument.code")
    version = serializers.IntegerField(source="version.version")
    source = serializers.ChoiceField(Response.Source.choices)  # type: ignore[assignment]
    started_at = Moment()
    submitted_at = Moment()
    received_at = Moment()
    voided_at = Moment(allow_null=True)
    replaced_by = serializers.SerializerMethodField()
    answers = Answers(read_only=True)
    comment = serializers.CharField(allow_null=True)
    marks = Marks(read_only=True)
    reference = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_replaced_by(self, response: Response) -> str | None:
        """Known where a response is read by itself: none in a list has been replaced."""
        return self.context.get("replaced_by")

    @extend_schema_field(ReferenceSerializer(allow_null=True))
    def get_reference(self, response: Response) -> Any:
        found = response.reference
        if found is None:
            return None
        found.client = response.client  # whose data key is unwrapped once
        return ReferenceSerializer(found).data


class SubmissionSerializer(StrictSerializer):
    answers = Answers()
    comment = Paragraphs(max_length=COMMENT_LENGTH, empty=True, help_text="The client’s own words.")
