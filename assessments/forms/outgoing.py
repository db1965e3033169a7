"""Forms about messages: the practice's own words for them, and which ones a list shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.queries.outbox import STATES
from clinic import text
from clinic.actions import message_wording, messages
from clinic.forms import ActionForm, CleanCharField
from clinic.models import MessageWording, Notice, Practice


class VisibleTextField(CleanCharField):
    """Several lines of nothing but what can be seen."""

    widget = forms.Textarea(attrs={"rows": 10})

    def to_python(self, value: Any) -> str:
        return text.clean_visible(forms.CharField.to_python(self, value) or "", max_length=1000)


class MessageWordingForm(ActionForm):
    """Subject and text of one kind of message; ``forbidden`` are the names of forms."""

    subject = CleanCharField(
        label=_("Subject"),
        max_length=message_wording.SUBJECT_LENGTH,
        required=False,
        help_text=_("Leave it empty for ours."),
    )
    text = VisibleTextField(
        label=_("Text"),
        max_length=1000,
        help_text=_(
            "$link, $practice and $until are put in: the client’s own link, the name of your "
            "practice, and when the link stops working. $link has to be there."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        practice: Practice,
        kind: str,
        channel: str,
        own: MessageWording | None,
        forbidden: Collection[str],
    ) -> None:
        subject, words = map(str, messages.OURS[kind, channel])
        present = {
            "subject": own.subject if own else subject,
            "text": own.text if own else words,
        }
        super().__init__(data, initial=present)
        self.practice, self.kind, self.channel = practice, kind, channel
        self.forbidden = forbidden
        if channel == Notice.Channel.SMS:
            del self.fields["subject"]
            self.fields["text"].widget.attrs["rows"] = 4

    def words(self) -> tuple[str, str]:
        """Subject and text as they were typed, or as they are."""
        given = self.cleaned_data if self.is_bound else self.initial
        return given.get("subject", ""), given.get("text", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "text" not in cleaned:
            return cleaned
        subject, words = cleaned.get("subject", ""), cleaned["text"]
        found = message_wording.faults(
            self.practice, self.kind, self.channel, subject, words, self.forbidden
        )
        for fault in found:
            self.add_error(fault.field, fault.sentence)
        return cleaned


class OutboxFilterForm(forms.Form):
    """Which messages a list shows, and behind which one it goes on."""

    state = forms.ChoiceField(choices=[(state, state) for state in STATES], required=False)
    kind = forms.ChoiceField(choices=Notice.Kind.choices, required=False)
    after = forms.UUIDField(required=False)

    def chosen(self) -> dict[str, Any]:
        """What was asked for; what makes no sense counts as not asked."""
        self.is_valid()
        asked = self.cleaned_data
        chosen = {name: asked.get(name) or "" for name in ("state", "kind")}
        return {**chosen, "after": asked.get("after")}
