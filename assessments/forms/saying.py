"""What a client may choose when these forms come at a bad time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.actions.plans import CLIENT_PAUSES, NOTE_LENGTH
from assessments.models import Plan
from clinic.forms import ActionForm, CleanTextField

STOP = "stop"


class SayForm(ActionForm):
    """Pause for some weeks, or stop; and why, for the therapist, if they like."""

    choice = forms.ChoiceField(
        label=_("What would you like?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one of these."),
            "invalid_choice": _("Please choose one of these."),
        },
    )
    note = CleanTextField(
        label=_("Would you like to say why? Your therapist can read it."),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        pauses = [
            (
                str(weeks),
                ngettext("Pause for %(weeks)d week", "Pause for %(weeks)d weeks", weeks)
                % {"weeks": weeks},
            )
            for weeks in CLIENT_PAUSES
        ]
        choice: Any = self.fields["choice"]
        choice.choices = [*pauses, (STOP, _("Send me no more forms"))]

    def said(self) -> dict[str, Any]:
        """The arguments of ``client_says`` that were chosen."""
        choice, note = self.cleaned_data["choice"], self.cleaned_data["note"]
        if choice == STOP:
            return {"said": Plan.ClientSaid.STOP, "note": note}
        return {"said": Plan.ClientSaid.PAUSE, "weeks": int(choice), "note": note}
