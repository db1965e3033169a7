"""The form in which a therapist says whom a client's answers are about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.actions.references import LABEL_LENGTH
from assessments.models import ReferenceRelationship
from clinic.forms import ActionForm, CleanCharField


class ReferenceForm(ActionForm):
    """Kind and name of the relationship; where there are answers already, what they were about.

    ``current`` is the relationship in force, ``answered`` whether a form about it was sent.
    """

    SAME, OTHER = "same", "other"

    kind = forms.ChoiceField(
        label=_("Which relationship?"),
        choices=ReferenceRelationship.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a relationship.")},
    )
    label = CleanCharField(
        max_length=LABEL_LENGTH,
        required=False,
        label=_("What the client calls them"),
        help_text=_(
            "A first name or a letter. It stands above the client’s questions, where somebody "
            "looking over their shoulder could read it. You can leave it out."
        ),
    )
    series = forms.ChoiceField(
        label=_("What were the answers so far about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say what the answers so far were about.")},
    )

    def __init__(
        self, data: Any = None, *, current: ReferenceRelationship | None, answered: bool
    ) -> None:
        initial = {"kind": current.kind, "label": current.label} if current else {}
        super().__init__(data, initial=initial)
        self.current = current
        if not answered:
            del self.fields["series"]
            return
        series: Any = self.fields["series"]
        series.choices = [
            (self.SAME, _("The same relationship all along: the series goes on")),
            (
                self.OTHER,
                _("Another relationship, or not known: a new series begins from now on"),
            ),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        current = self.current
        unchanged = current is not None and (current.kind, current.label or "") == (
            cleaned.get("kind"),
            cleaned.get("label"),
        )
        if unchanged and cleaned.get("series") == self.OTHER:
            self.add_error(
                "label",
                _(
                    "This is the relationship that is named already. If it is another person now, "
                    "please tell them apart by a name or a letter."
                ),
            )
        elif unchanged:
            # Nothing changes, so there is nothing to say about the answers so far.
            self.errors.pop("series", None)
        return cleaned
