"""Forms that change a plan: how it goes out, how often, pausing and ending it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.actions.plans import RECURRING, Settings, recurs
from assessments.forms.asking import choice_field
from assessments.forms.assigning import ways_to
from assessments.forms.plans import DeliveryForm
from assessments.models import Assignment, Plan
from assessments.wording.plans import adapted_words
from clinic.forms import ActionForm, CleanDateField


class ChangePlanForm(DeliveryForm):
    """How a plan goes out, and how often each of its forms comes round."""

    def __init__(self, data: Any = None, *, plan: Plan, running: Sequence[Assignment]) -> None:
        super().__init__(data, settings=Settings.of(plan))
        choice_field(self, "send_by").choices = ways_to(plan.client)
        self.rows = {_name_of(row): row for row in running if recurs(row)}
        several = len(self.rows) > 1
        for name, row in self.rows.items():
            self.fields[name] = forms.ChoiceField(
                label=_("How often does “%(form)s” come?") % {"form": row.version.instrument.name}
                if several
                else _("How often does it come?"),
                choices=[(cadence.value, cadence.label) for cadence in RECURRING],
                initial=row.chosen,
                help_text=adapted_words(row),
            )

    def how_often(self) -> list[forms.BoundField]:
        return [self[name] for name in self.rows]

    def cadences(self) -> dict[UUID, str]:
        """How often each assignment is to come round, by its id."""
        return {row.pk: self.cleaned_data[name] for name, row in self.rows.items()}


def _name_of(row: Assignment) -> str:
    return f"cadence-{row.pk}"


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
