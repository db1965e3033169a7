"""Forms of asking and answering. They check; saving is done by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.actions.respond import COMMENT_LENGTH
from assessments.measurement.definition import Instrument, Item
from assessments.models import Response
from clinic.text import clean_paragraphs

NOT_APPLICABLE = "na"
LARGEST_REVISION = 2**31 - 1


def choices_of(instrument: Instrument, item: Item) -> list[tuple[str, str]]:
    """The answers to choose from, as the form pages send them."""
    choices = [(str(option.value), option.label) for option in item.options]
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


class CommentField(forms.CharField):
    """A comment of some lines. None where the field was not on the page at all."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, empty_value=None, strip=False, **options)

    def to_python(self, value: Any) -> str | None:
        if value is None:
            return None
        return clean_paragraphs(str(value), max_length=COMMENT_LENGTH)


class ItemForm(forms.Form):
    """One question; nothing has to be chosen."""

    answer = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose one of the answers shown.")},
    )
    comment = CommentField(label=_("Comment for your therapist"))

    def __init__(
        self,
        data: Any = None,
        *,
        instrument: Instrument,
        item: Item,
        answers: dict[str, int | None],
        comment: str | None,
    ) -> None:
        initial = {"answer": choice_of(answers, item.code), "comment": comment}
        super().__init__(data, initial=initial)
        self.item = item
        self.fields["answer"].choices = choices_of(instrument, item)

    def new_answers(self) -> dict[str, int | None]:
        """The answer chosen, if one was."""
        choice = self.cleaned_data["answer"]
        return {self.item.code: answer_of(choice)} if choice else {}


class ReviewForm(forms.Form):
    """The last look before sending. ``revision`` is that of the answers on the page."""

    comment = CommentField(label=_("Is there something you would like to add?"))
    revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION, widget=forms.HiddenInput)

    @classmethod
    def of(cls, response: Response | None, comment: str | None = None) -> ReviewForm:
        kept = response.comment if response else None
        revision = response.revision if response else 0
        return cls(initial={"comment": comment or kept, "revision": revision})


@dataclass(frozen=True)
class Line:
    """One question with its answer in words."""

    number: int
    item: Item
    answer: str
    is_open: bool
    is_not_applicable: bool = False


def lines_of(instrument: Instrument, answers: dict[str, int | None]) -> list[Line]:
    """Every question of a form in its order, with what was answered."""
    lines = []
    for number, item in enumerate(instrument.items, start=1):
        choice = choice_of(answers, item.code)
        words = dict(choices_of(instrument, item)).get(choice or "", "")
        lines.append(Line(number, item, words, choice is None, choice == NOT_APPLICABLE))
    return lines
