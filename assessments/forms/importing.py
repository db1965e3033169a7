"""The forms of an import: the file, and then which of its columns is what."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.forms.asking import choice_field, field_of
from assessments.importing import ColumnMapping, MappingError, UnreadableFile, shown, suggest
from assessments.measurement.definition import Instrument
from assessments.models import InstrumentVersion
from clinic.forms import ActionForm, CleanCharField, CleanDateField

ANONYMOUS, CLIENTS = "anonymous", "clients"
OF_COLUMNS = ("client_column", "date_column", field_of(""))
FILE_INPUT = forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,text/csv"})


class ImportFileForm(ActionForm):
    """What was answered, and the file with the answers."""

    instrument = forms.ChoiceField(
        label=gettext_lazy("Which form was answered?"),
        error_messages={"required": gettext_lazy("Please choose a form.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or TSV with one row for each filled-in form and the names of the columns in the "
            "first line; packed with gzip or not. At most 1.9 MB and 10,000 rows; whoever runs the "
            "installation imports larger ones by the command import_responses."
        ),
        widget=FILE_INPUT,
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Please choose a file."),
            "invalid": gettext_lazy("Please choose a file."),
        },
    )

    def __init__(self, *args: Any, versions: list[InstrumentVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.instrument.code: version for version in versions}
        choice_field(self, "instrument").choices = [
            ("", _("Choose a form")),
            *((code, version.instrument.name) for code, version in self.versions.items()),
        ]

    @property
    def version(self) -> InstrumentVersion:
        return self.versions[self.cleaned_data["instrument"]]


class MappingForm(ActionForm):
    """Which column is what, with what the names of the columns suggest filled in.

    ``file`` is for the file once more, where the one that waits has faults.
    """

    file = forms.FileField(
        label=gettext_lazy("The file, put right"),
        required=False,
        widget=FILE_INPUT,
        help_text=gettext_lazy("What you chose below stays. Its columns need the same names."),
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose answers are these?"), widget=forms.RadioSelect
    )
    client_column = forms.ChoiceField(
        label=gettext_lazy("Column with your client number"),
        required=False,
        help_text=gettext_lazy("For known clients. The number stands in their contact details."),
    )
    date_column = forms.ChoiceField(
        label=gettext_lazy("Column with the date or time"),
        required=False,
        help_text=gettext_lazy("As 2026-03-31 or 2026-03-31T14:05."),
    )
    date = CleanDateField(
        label=gettext_lazy("Or one date for all rows"),
        required=False,
        help_text=gettext_lazy("Anonymous rows without either are dated today."),
    )
    missing = CleanCharField(
        label=gettext_lazy("Codes for “no answer”"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-short": ""}),
        help_text=gettext_lazy(
            "With spaces between, such as -9 NA. An empty cell always means no answer."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        columns: tuple[str, ...],
        instrument: Instrument,
        has_clients: bool,
    ) -> None:
        super().__init__(data)
        self.columns, self.instrument = columns, instrument
        whose = [(ANONYMOUS, _("Nobody’s in particular: each row is an anonymous person"))]
        if has_clients:
            whose.append((CLIENTS, _("Those of clients in my care, by their client number")))
            choice_field(self, "client_column").choices = self._choices()
        else:
            del self.fields["client_column"]
            self.initial["whose"] = ANONYMOUS
        choice_field(self, "whose").choices = whose
        choice_field(self, "date_column").choices = self._choices()
        place = {name: str(number) for number, name in self._numbered()}
        guessed = {code: place[name] for code, name in suggest(columns, instrument).items()}
        for item in instrument.items:
            label = f"{item.code}: {item.text}" if item.text else item.code
            self.fields[field_of(item.code)] = forms.ChoiceField(
                label=label,
                choices=self._choices(),
                initial=guessed.get(item.code, ""),
                error_messages={"required": _("Please choose a column.")},
            )

    def _choices(self) -> list[tuple[str, str]]:
        # By place, since a name may hold anything at all.
        return [("", _("Choose a column")), *((str(n), name) for n, name in self._numbered())]

    def _numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.columns, start=1))

    def item_fields(self) -> list[forms.BoundField]:
        return [self[field_of(item.code)] for item in self.instrument.items]

    def other_fields(self) -> list[forms.BoundField]:
        names = ("whose", "client_column", "date_column", "date", "missing")
        return [self[name] for name in names if name in self.fields]

    def mapping(self) -> ColumnMapping:
        """What was chosen; only of a valid form."""
        given = self.cleaned_data
        return ColumnMapping(
            items={
                item.code: self._column(given[field_of(item.code)])
                for item in self.instrument.items
            },
            client_column=(
                self._column(given["client_column"]) if given["whose"] == CLIENTS else None
            ),
            date_column=self._column(given["date_column"]) if given["date_column"] else None,
            day=given["date"],
            missing=frozenset(re.split(r"[\s,;]+", given["missing"])) - {""},
        )

    def _column(self, place: str) -> str:
        return self.columns[int(place) - 1]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("whose") == CLIENTS and not cleaned.get("client_column"):
            self.add_error("client_column", _("Say which column holds your client number."))
        return cleaned

    def refuse(self, error: MappingError) -> None:
        """Show what is wrong with the mapping beside the field that it belongs to."""
        self.add_error(error.field if error.field in self.fields else None, error.sentence)


def moved(chosen: QueryDict, before: tuple[str, ...], after: tuple[str, ...]) -> QueryDict:
    """What was chosen among the columns of one file, for another that has them elsewhere.

    Raises UnreadableFile where a column that was chosen is not there any more.
    """
    names = {str(number): name for number, name in enumerate(before, start=1)}
    places = {name: str(number) for number, name in enumerate(after, start=1)}
    found = chosen.copy()
    for field, place in chosen.items():
        name = names.get(str(place)) if field.startswith(OF_COLUMNS) else None
        if name is None:
            continue
        if name not in places:
            raise UnreadableFile(
                _("This file has no column %(column)s, which is chosen below.")
                % {"column": shown(name)}
            )
        found[field] = places[name]
    return found
