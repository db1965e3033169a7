"""Forms of asking and answering. They check; saving is done by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.actions.respond import COMMENT_LENGTH, NOTE_LENGTH
from assessments.measurement.definition import Instrument, Item
from assessments.models import InstrumentVersion, Response
from clinic.forms import (
    ActionForm,
    CleanDateField,
    CleanTimeField,
    ClientForm,
    MemberChoiceField,
)
from clinic.forms.fields import not_in_the_future
from clinic.models import Client, Membership
from clinic.text import clean_paragraphs

NOT_APPLICABLE = "na"
LARGEST_REVISION = 2**31 - 1


def choices_of(instrument: Instrument, item: Item) -> list[tuple[str, str]]:
    """The answers to choose from, as the form pages send them; by their value where the wording
    is not here."""
    choices = [(str(option.value), option.label or str(option.value)) for option in item.options]
    if item.may_not_apply:
        choices.append((NOT_APPLICABLE, instrument.not_applicable or ""))
    return choices


def choice_of(answers: dict[str, int | None], code: str) -> str | None:
    """The choice that stands for an answer, None where there is none."""
    if code not in answers:
        return None
    value = answers[code]
    return NOT_APPLICABLE if value is None else str(value)


def answer_of(choice: str) -> int | None:
    return None if choice == NOT_APPLICABLE else int(choice)


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field of a form whose choices are known only when it is asked."""
    return cast("forms.ChoiceField", form.fields[name])


def field_of(code: str) -> str:
    """The name of an item's field on a page that shows the whole form."""
    return f"item-{code}"


class CommentField(forms.CharField):
    """A comment of some lines. None where the field was not on the page at all."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, longest: int = COMMENT_LENGTH, **options: Any) -> None:
        self.longest = longest
        super().__init__(required=False, empty_value=None, strip=False, **options)

    def to_python(self, value: Any) -> str | None:
        if value is None:
            return None
        return clean_paragraphs(str(value), max_length=self.longest)


class ItemForm(forms.Form):
    """One question; nothing has to be chosen."""

    answer = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose one of the answers shown.")},
    )
    note = CommentField(label=_("Note for your therapist about this answer"), longest=NOTE_LENGTH)

    def __init__(
        self,
        data: Any = None,
        *,
        instrument: Instrument,
        item: Item,
        answers: dict[str, int | None],
        notes: dict[str, str],
    ) -> None:
        initial = {"answer": choice_of(answers, item.code), "note": notes.get(item.code)}
        super().__init__(data, initial=initial)
        self.item = item
        choice_field(self, "answer").choices = choices_of(instrument, item)

    def new_answers(self) -> dict[str, int | None]:
        """The answer chosen, if one was."""
        choice = self.cleaned_data["answer"]
        return {self.item.code: answer_of(choice)} if choice else {}

    def new_notes(self) -> dict[str, str]:
        """The note of this question, where the field was on the page."""
        note = self.cleaned_data["note"]
        return {} if note is None else {self.item.code: note}


class ReviewForm(forms.Form):
    """The last look before sending. ``revision`` is that of the answers on the page."""

    comment = CommentField(label=_("Is there something you would like to add?"))
    unusual = forms.BooleanField(label=_("This was an unusual time for me"), required=False)
    revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION, widget=forms.HiddenInput)

    def __init__(self, *args: Any, instrument: Instrument, **options: Any) -> None:
        super().__init__(*args, **options)
        if instrument.asks_about_a_week:
            self.fields["unusual"].label = _("This was an unusual week for me")

    @classmethod
    def of(
        cls, response: Response | None, instrument: Instrument, comment: str | None = None
    ) -> ReviewForm:
        kept = response.comment if response else None
        revision = response.revision if response else 0
        unusual = bool(response and response.unusual)
        initial = {"comment": comment or kept, "unusual": unusual, "revision": revision}
        return cls(initial=initial, instrument=instrument)


@dataclass(frozen=True)
class Line:
    """One question with its answer in words."""

    number: int
    item: Item
    text: str
    answer: str
    is_open: bool
    is_not_applicable: bool = False
    note: str = ""


def lines_of(
    instrument: Instrument,
    answers: dict[str, int | None],
    notes: dict[str, str] | None = None,
) -> list[Line]:
    """Every question of a form in its order, with what was answered and noted.

    Where the wording is not here a question stands by its number, an answer by its value.
    """
    lines = []
    for number, item in enumerate(instrument.items, start=1):
        choice = choice_of(answers, item.code)
        words = dict(choices_of(instrument, item)).get(choice or "", "")
        text = (
            f"{number}. {item.text}"
            if item.text
            else gettext("Item %(number)d") % {"number": number}
        )
        lines.append(
            Line(
                number,
                item,
                text,
                words,
                choice is None,
                choice == NOT_APPLICABLE,
                (notes or {}).get(item.code, ""),
            )
        )
    return lines


# --- Asking ---------------------------------------------------------------------------------------


class NewClientForm(ClientForm):
    """A new client: who they are, and who cares for them.

    ``carers`` are those to choose from; ``carer`` is chosen beforehand. ``same_name`` are the
    clients of that name among those this person may see, set by ``warn_of``.
    """

    clinician = MemberChoiceField(
        label=_("Who cares for this client?"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose a colleague"),
    )
    another_person = forms.BooleanField(label=_("This is another person"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        carers: QuerySet[Membership] | None = None,
        carer: Membership | None = None,
    ) -> None:
        super().__init__(data, initial={"clinician": carer})
        self.same_name: list[Client] = []
        if carers is None:
            del self.fields["clinician"]
        else:
            clinician = cast("MemberChoiceField", self.fields["clinician"])
            clinician.queryset = carers
            if not carers.exists():
                clinician.required = False
                clinician.empty_label = _("Nobody yet")

    def warn_of(self, same_name: list[Client]) -> bool:
        """Whether to ask about clients of the same name before adding another."""
        self.same_name = same_name
        return bool(same_name) and not self.cleaned_data["another_person"]

    def details(self) -> dict[str, Any]:
        """The arguments of ``add_client`` that were typed."""
        return {name: self.cleaned_data[name] for name in ClientForm.base_fields}


USUAL = "usual"


class PaperForm(ActionForm):
    """Which form lies there on paper, and when it was filled in."""

    form = forms.ChoiceField(
        label=_("Which form?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose a form."),
            "invalid_choice": _("Please choose one of the forms shown."),
        },
    )
    answered_on = CleanDateField(
        label=_("Filled in on"),
        check=not_in_the_future,
        help_text=_("The day on the paper. The answers count for that day."),
        error_messages={"required": _("Please say on which day the form was filled in.")},
    )
    clock = CleanTimeField(
        label=_("Time of day"),
        required=False,
        help_text=_("Leave it empty where it is not known: noon is taken."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        versions: list[InstrumentVersion],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        choice_field(self, "form").choices = [
            (version.instrument.code, version.instrument.name) for version in versions
        ]


class EntryForm(ActionForm):
    """A whole form on one page, for answers on paper or with the client in the room.

    Questions may stay open, but only when that is said: it is easy to skip a line on paper.
    """

    answered_on = CleanDateField(
        label=_("Filled in on"),
        help_text=_("The day on the paper. The answers count for that day."),
        error_messages={"required": _("Please say on which day the form was filled in.")},
    )
    clock = CleanTimeField(
        label=_("Time of day"),
        required=False,
        help_text=_("Leave it empty where it is not known."),
    )
    leave_open = forms.BooleanField(label=_("Leave these questions open"), required=False)
    comment = CommentField(label=_("Comment of the client"))

    def __init__(
        self,
        data: Any = None,
        *,
        instrument: Instrument,
        answers: dict[str, int | None],
        comment: str | None,
        day: date | None = None,
        asks_when: bool = True,
    ) -> None:
        initial = {field_of(code): choice_of(answers, code) for code in answers}
        super().__init__(data, initial={**initial, "comment": comment, "answered_on": day})
        self.instrument = instrument
        if answers or not asks_when:
            # Begun by link: what was chosen there has its time.
            del self.fields["answered_on"], self.fields["clock"]
        for number, item in enumerate(instrument.items, start=1):
            self.fields[field_of(item.code)] = forms.ChoiceField(
                label=f"{number}. {item.text}",
                required=False,
                choices=choices_of(instrument, item),
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Please choose one of the answers shown.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        items = self.instrument.items
        missing = [
            number
            for number, item in enumerate(items, start=1)
            if not cleaned.get(field_of(item.code))
        ]
        if len(missing) == len(items):
            self.add_error(None, _("Please answer at least one question."))
        elif missing and not cleaned.get("leave_open") and not self.errors:
            self.add_error("leave_open", self._says_missing(missing))
        return cleaned

    @staticmethod
    def _says_missing(numbers: list[int]) -> str:
        return ngettext(
            "Question %(numbers)s has no answer. Answer it, or say that it stays open.",
            "Questions %(numbers)s have no answer. Answer them, or say that they stay open.",
            len(numbers),
        ) % {"numbers": ", ".join(str(number) for number in numbers)}

    def given(self) -> dict[str, Any]:
        """What was typed, as the actions of ``paper`` take it."""
        when = {name: self.cleaned_data.get(name) for name in ("answered_on", "clock")}
        return {"answers": self.answers(), "comment": self.cleaned_data["comment"], **when}

    def questions(self) -> list[forms.BoundField]:
        return [self[field_of(item.code)] for item in self.instrument.items]

    def answers(self) -> dict[str, int | None]:
        """What was chosen, by item code."""
        return {
            item.code: answer_of(choice)
            for item in self.instrument.items
            if (choice := self.cleaned_data[field_of(item.code)])
        }
