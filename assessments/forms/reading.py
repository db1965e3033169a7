"""What staff type while they read: filters, the tick after the session, events, what was done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.actions.alerts import OUTCOME_LENGTH
from assessments.actions.review import DECIDED_LENGTH, EVENT_AHEAD, EVENT_BACK, EVENT_LENGTH
from clinic import text
from clinic.forms import ActionForm, CleanCharField, CleanDateField, CleanTextField
from clinic.search import LONGEST_SEARCH

WHOSE = [("all", _("All within reach")), ("mine", _("My clients")), ("supervised", _("Supervised"))]
STATES = [("open", _("In care")), ("closed", _("Closed"))]


def within_sight(day: date) -> date:
    """A day that an event may have: some years back, one ahead."""
    today = timezone.localdate()
    return text.clean_day(day, earliest=today - EVENT_BACK, latest=today + EVENT_AHEAD)


class ReviewForm(ActionForm):
    """The thirty-second tick: discussed or only looked at, and what was decided."""

    decided = CleanTextField(
        max_length=DECIDED_LENGTH,
        required=False,
        label=_("What we decided"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    # The name of the button that was pressed.
    discussed = forms.BooleanField(required=False, widget=forms.HiddenInput())


class EventForm(ActionForm):
    on = CleanDateField(
        label=_("Date"),
        check=within_sight,
        error_messages={"required": _("Please give the day it happened.")},
    )
    text = CleanCharField(
        max_length=EVENT_LENGTH,
        label=_("What happened"),
        help_text=_("A few words; they stand on the charts."),
        error_messages={"required": _("Please say in a few words what happened.")},
    )


class ResolveForm(ActionForm):
    outcome = CleanTextField(
        max_length=OUTCOME_LENGTH,
        label=_("What was done"),
        help_text=_("A few words are enough. They stay in the client’s record."),
        error_messages={"required": _("Please say in a few words what was done.")},
    )


class CaseloadFilterForm(forms.Form):
    """Filters of the caseload. What is not one of the choices counts as not chosen."""

    name = forms.CharField(required=False)
    whose = forms.ChoiceField(choices=WHOSE, required=False)
    state = forms.ChoiceField(choices=STATES, required=False)
    signal = forms.IntegerField(required=False, min_value=0, max_value=999)

    def chosen(self) -> dict[str, Any]:
        """The valid filters: name, whose, state, signal."""
        self.is_valid()
        cleaned = self.cleaned_data
        return {
            "name": " ".join((cleaned.get("name") or "")[:LONGEST_SEARCH].split()),
            "whose": cleaned.get("whose") or "all",
            "state": cleaned.get("state") or "open",
            "signal": cleaned.get("signal"),
        }
