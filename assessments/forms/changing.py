"""Forms that change a plan: how it goes out, how often and how long, pausing and ending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.actions.plans import RECURRING, Limits, Settings, recurs, refused_limits
from assessments.forms.asking import choice_field
from assessments.forms.assigning import ways_to
from assessments.forms.plans import DeliveryForm
from assessments.models import Assignment, Plan
from assessments.queries import Tally
from assessments.wording.plans import adapted_words
from assessments.wording.terms import number
from clinic.forms import ActionForm, CleanDateField


@dataclass(frozen=True)
class Round:
    """The fields about one form that comes round."""

    name: str
    fields: list[forms.BoundField]


class ChangePlanForm(DeliveryForm):
    """How a plan goes out, how often each of its forms comes round, and for how long."""

    def __init__(
        self,
        data: Any = None,
        *,
        plan: Plan,
        running: Sequence[Assignment],
        tallies: Mapping[UUID, Tally],
        now: datetime,
    ) -> None:
        super().__init__(data, settings=Settings.of(plan))
        choice_field(self, "send_by").choices = ways_to(plan.client)
        self.rows = [row for row in running if recurs(row)]
        self.tallies, self.now = tallies, now
        for row in self.rows:
            row.client = plan.client
            self._ask_about(row, tallies[row.pk])

    def _ask_about(self, row: Assignment, tally: Tally) -> None:
        self.fields[f"cadence-{row.pk}"] = forms.ChoiceField(
            label=_("How often does it come?"),
            choices=[(cadence.value, cadence.label) for cadence in RECURRING],
            initial=row.chosen,
            help_text=adapted_words(row),
        )
        self.fields[f"ends_on-{row.pk}"] = CleanDateField(
            label=_("Last date"),
            required=False,
            initial=row.ends_on,
            help_text=_("Without one it goes on until you end it."),
        )
        self.fields[f"times-{row.pk}"] = forms.IntegerField(
            label=_("How many times in all?"),
            required=False,
            min_value=1,
            initial=tally.times,
            widget=forms.NumberInput(attrs={"class": "tiny"}),
            help_text=_times_hint(tally.given),
        )

    def rounds(self) -> list[Round]:
        return [
            Round(
                row.version.instrument.name,
                [self[f"{name}-{row.pk}"] for name in ("cadence", "ends_on", "times")],
            )
            for row in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.rows:
            if {f"ends_on-{row.pk}", f"times-{row.pk}"} & set(self.errors):
                continue
            refusal = refused_limits(row, self.tallies[row.pk], self._limits(row), self.now)
            if refusal is not None:
                self.add_error(f"{refusal.field}-{row.pk}", str(refusal))
        return cleaned

    def cadences(self) -> dict[UUID, str]:
        """How often each assignment is to come round, by its id."""
        return {row.pk: self.cleaned_data[f"cadence-{row.pk}"] for row in self.rows}

    def limits(self) -> dict[UUID, Limits]:
        """For how long each assignment is to come round, by its id."""
        return {row.pk: self._limits(row) for row in self.rows}

    def _limits(self, row: Assignment) -> Limits:
        return Limits(self.cleaned_data[f"ends_on-{row.pk}"], self.cleaned_data[f"times-{row.pk}"])


def _times_hint(given: int) -> str:
    empty = gettext("Empty: as often as it comes round.")
    if not given:
        return empty
    so_far = ngettext("%(count)s given so far.", "%(count)s given so far.", given)
    return f"{so_far % {'count': capfirst(number(given))}} {empty}"


class PausePlanForm(ActionForm):
    """Until when, and whether the client's other plans rest too."""

    until = CleanDateField(
        label=_("Until when?"),
        required=False,
        help_text=_("On this day it goes on by itself. Empty: until somebody resumes it."),
    )
    others = forms.BooleanField(label=_("Pause the client's other plans too"), required=False)

    def __init__(self, data: Any = None, *, has_others: bool, today: date) -> None:
        super().__init__(data)
        self.fields["until"].widget.attrs["min"] = today.isoformat()
        if not has_others:
            del self.fields["others"]


class EndPlanForm(ActionForm):
    """Whether the forms of the end of care are given first."""

    closing = forms.ChoiceField(
        label=_("What about the form for the end of care?"),
        widget=forms.RadioSelect,
        choices=[
            ("give", _("Give it, and end the plan with it")),
            ("leave", _("End the plan without it")),
        ],
        initial="give",
    )
    closing_on = CleanDateField(label=_("On which day does it open?"), required=False)

    def __init__(self, data: Any = None, *, closing: Sequence[Assignment], today: date) -> None:
        super().__init__(data, initial={"closing_on": today})
        self.fields["closing_on"].widget.attrs["min"] = today.isoformat()
        if not closing:
            del self.fields["closing"], self.fields["closing_on"]
        elif len(closing) > 1:
            choice_field(self, "closing").label = _("What about the forms for the end of care?")
            choice_field(self, "closing").choices = [
                ("give", _("Give them, and end the plan with them")),
                ("leave", _("End the plan without them")),
            ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        gives = cleaned.get("closing") == "give"
        if gives and not cleaned.get("closing_on") and "closing_on" not in self.errors:
            self.add_error("closing_on", _("Choose the day on which it opens."))
        return cleaned

    def closes_on(self) -> date | None:
        """The day of the closing forms; None where the plan ends without them."""
        gives = self.cleaned_data.get("closing") == "give"
        return self.cleaned_data["closing_on"] if gives else None
