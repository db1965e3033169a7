"""The forms in which staff put right what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.actions.correct import REASON_LENGTH
from assessments.forms.asking import choice_field
from clinic.forms import ActionForm, CleanDateField, CleanTextField, CleanTimeField
from clinic.forms.fields import not_in_the_future


class ReasonForm(ActionForm):
    """Why something is put right; all that is asked where answers are taken out."""

    reason = CleanTextField(
        label=_("Why?"),
        max_length=REASON_LENGTH,
        help_text=_("A sentence is enough. It stays with the answers, for whoever may read them."),
        error_messages={"required": _("Please say in a few words why.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    again = forms.BooleanField(required=False)

    def __init__(self, *args: Any, asks_again: str = "", **kwargs: Any) -> None:
        """``asks_again`` says what ticking it does; without it the form is not asked for again."""
        super().__init__(*args, **kwargs)
        if asks_again:
            self.fields["again"].label = asks_again
        else:
            del self.fields["again"]


class MoveForm(ReasonForm):
    """To whom the answers belong: (identifier, name) of those to choose from."""

    client = forms.ChoiceField(
        label=_("Whose answers are these?"),
        error_messages={
            "required": _("Please choose a client."),
            "invalid_choice": _("Please choose one of your clients."),
        },
    )
    field_order = ["client", "again", "reason"]

    def __init__(self, *args: Any, clients: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(clients)
        choice_field(self, "client").choices = [("", _("Choose a client")), *self.offered]


class RedateForm(ReasonForm):
    """When the form was filled in."""

    on = CleanDateField(
        label=_("When was it filled in?"),
        check=not_in_the_future,
        error_messages={"required": _("Please give the day.")},
    )
    clock = CleanTimeField(
        label=_("Time of day"),
        required=False,
        help_text=_("Leave it empty where it is not known: noon is taken."),
    )
    field_order = ["on", "clock", "reason"]
