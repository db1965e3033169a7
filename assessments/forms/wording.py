"""The form that takes in a wording, and the one that puts it in force once it was looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.actions.wording import LARGEST, SOURCE_LENGTH
from assessments.measurement.definition import Instrument, Use
from clinic.forms import ActionForm, CleanCharField

STATEMENTS = {
    Use.NO_ALTERATION: _(
        "The file holds the wording as its holder published it: nothing is left out, added, "
        "re-worded or re-ordered"
    ),
}


class _WordingForm(ActionForm):
    """What is said about a file, whichever way it comes."""

    source = CleanCharField(
        label=_("Where does the practice have this wording from?"),
        max_length=SOURCE_LENGTH,
        required=False,
        help_text=_(
            "Such as a manual, a web page with the day, a letter of the holder. Left empty, what "
            "the file says of itself is kept."
        ),
    )
    unaltered = forms.BooleanField(label="", required=False)

    def __init__(self, *args: Any, instrument: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statement = STATEMENTS.get(instrument.licence.use)
        if statement is None:
            del self.fields["unaltered"]
        else:
            self.fields["unaltered"].label = statement

    @property
    def unaltered_said(self) -> bool:
        return bool(self.cleaned_data.get("unaltered"))


class UploadForm(_WordingForm):
    """A file of the practice, to be checked and shown before it is used."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("At most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".toml,.json,application/json,text/plain"}),
        error_messages={
            "required": _("Please choose a file."),
            "invalid": _("Please choose a file."),
            "empty": _("This file is empty."),
        },
    )
    field_order = ("file", "source", "unaltered")

    def clean_file(self) -> bytes:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 1 MB. Is it the right one?"))
        return file.read()

    @property
    def file_name(self) -> str:
        chosen = self.files.get("file")
        return (chosen.name or "")[:SOURCE_LENGTH] if chosen is not None else ""


class UseForm(_WordingForm):
    """The texts that were shown, sent on as a file of our own; they are checked once more."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=LARGEST)
    file_name = forms.CharField(widget=forms.HiddenInput, required=False, max_length=SOURCE_LENGTH)
