"""Choosing which estimates a new version reckons with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.queries.estimates import Offer
from clinic.forms import ActionForm


class AdoptForm(ActionForm):
    """The scales whose estimates are used. ``computed_at`` says which figures were looked at."""

    scale = forms.MultipleChoiceField(
        label=_("Which scales?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose at least one scale."),
            "invalid_choice": _("Please choose among the scales shown."),
        },
    )
    computed_at = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(
        self,
        data: Any = None,
        *,
        offers: Sequence[Offer],
        chosen: Sequence[str] = (),
        computed_at: datetime | None,
    ) -> None:
        codes = [one.scale.code for one in offers]
        picked = [code for code in codes if code in chosen] or codes
        seen = computed_at.isoformat() if computed_at else ""
        super().__init__(data, initial={"scale": picked, "computed_at": seen})
        field = cast("forms.MultipleChoiceField", self.fields["scale"])
        field.choices = [(one.scale.code, one.scale.name) for one in offers]

    def clean_computed_at(self) -> datetime:
        try:
            found = datetime.fromisoformat(self.cleaned_data["computed_at"])
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise forms.ValidationError(_("Please open this page again."))
        return found

    def arguments(self) -> dict[str, Any]:
        """What was chosen, as ``adopt`` takes it."""
        return {
            "scales": self.cleaned_data["scale"],
            "computed_at": self.cleaned_data["computed_at"],
        }
