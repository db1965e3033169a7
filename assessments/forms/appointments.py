"""The forms of appointments: entering, moving, calling off, and reading a calendar."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.actions.calendars import MOST_KINDS, Choices, Kind
from assessments.forms.asking import choice_field
from clinic import search
from clinic.actions.appointments import LONGEST, MOST_WEEKS, SHORTEST
from clinic.forms import ActionForm, CleanDateField, CleanTimeField, MemberChoiceField
from clinic.models import Client, Membership

USUAL_MINUTES = 50


def weeks_field(help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("For how many weeks?"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        widget=forms.NumberInput(attrs={"data-short": ""}),
        help_text=help_text,
    )


class TimeForm(ActionForm):
    """When an appointment is, on the clock of the practice."""

    day = CleanDateField(
        label=gettext_lazy("Day"),
        error_messages={"required": gettext_lazy("Please give the day.")},
    )
    clock = CleanTimeField(
        label=gettext_lazy("Begins at"),
        error_messages={"required": gettext_lazy("Please give the time.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        initial=USUAL_MINUTES,
        widget=forms.NumberInput(attrs={"data-short": ""}),
    )


class AppointmentForm(TimeForm):
    """A new appointment, once or weekly. ``carers`` are those it may be with."""

    weeks = weeks_field(gettext_lazy("1 is once; 8 is every week at this time, eight times."))
    clinician = MemberChoiceField(
        label=gettext_lazy("With"), queryset=Membership.objects.none(), empty_label=None
    )

    def __init__(
        self, data: Any = None, *, carers: QuerySet[Membership], me: Membership | None
    ) -> None:
        several = list(carers[:2])
        chosen = me if me is not None and carers.filter(pk=me.pk).exists() else None
        super().__init__(data, initial={"clinician": chosen or next(iter(several), None)})
        self.only = several[0] if len(several) == 1 else None
        if len(several) < 2:
            del self.fields["clinician"]
        else:
            cast("MemberChoiceField", self.fields["clinician"]).queryset = carers

    def arguments(self) -> dict[str, Any]:
        """What was chosen, as ``enter_sessions`` takes it."""
        return {"clinician": self.only, **self.cleaned_data}


class MoveForm(TimeForm):
    """Another time for an appointment, and for those of the following weeks."""

    weeks = weeks_field(
        gettext_lazy(
            "1 moves this one alone; 4 moves it and those at the same time in the three weeks "
            "that follow."
        )
    )


class CallOffForm(ActionForm):
    weeks = weeks_field(
        gettext_lazy(
            "1 calls off this one alone; 4 calls off this one and those at the same time in the "
            "three weeks that follow."
        )
    )


# --- Calendars ------------------------------------------------------------------------------------


class CalendarFileForm(ActionForm):
    """Whose calendar, and the file. ``clinicians`` are those whose calendars this person keeps."""

    clinician = MemberChoiceField(
        label=gettext_lazy("Whose calendar is it?"),
        queryset=Membership.objects.none(),
        empty_label=gettext_lazy("Choose a colleague"),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "An iCalendar file (.ics), as every calendar program exports one. At most 1.9 MB and "
            "5,000 entries."
        ),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Please choose a file."),
            "invalid": gettext_lazy("Please choose a file."),
        },
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        clinicians: QuerySet[Membership],
        me: Membership,
    ) -> None:
        self.only = me if list(clinicians[:2]) == [me] else None
        super().__init__(data, files, initial={"clinician": me})
        if self.only is not None:
            del self.fields["clinician"]
        else:
            cast("MemberChoiceField", self.fields["clinician"]).queryset = clinicians

    @property
    def whose(self) -> Membership:
        chosen: Membership = self.only or self.cleaned_data["clinician"]
        return chosen


class CalendarForm(ActionForm):
    """Whose the entries are that no client number names, and whether what vanished is called off.

    ``kinds`` are such entries by title; what is beyond the most that a page shows is left out.
    """

    call_off = forms.BooleanField(
        label=gettext_lazy("Call off what is no longer in the calendar"), required=False
    )

    def __init__(
        self, data: Any = None, *, kinds: list[Kind], clients: dict[UUID, Client], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.kinds = kinds[:MOST_KINDS]
        self.beyond = len(kinds) - len(self.kinds)
        offered = [(str(client.pk), client.name) for client in search.by_name(clients.values())]
        for kind in self.kinds:
            name = f"kind-{kind.key}"
            self.fields[name] = forms.ChoiceField(
                label=kind.title or _("without a title"),
                required=False,
                initial=str(kind.client) if kind.client else "",
            )
            choice_field(self, name).choices = [("", _("No appointment")), *offered]

    def choices(self) -> Choices:
        """The client of each kind of entry; as it was before where nothing was sent."""
        if not self.is_bound:
            return {kind.key: kind.client for kind in self.kinds}
        given = {kind.key: self.cleaned_data.get(f"kind-{kind.key}") for kind in self.kinds}
        return {key: UUID(chosen) if chosen else None for key, chosen in given.items()}

    def rows(self) -> list[tuple[Kind, forms.BoundField]]:
        return [(kind, self[f"kind-{kind.key}"]) for kind in self.kinds]

    def left_out(self) -> str:
        if not self.beyond:
            return ""
        return ngettext(
            "%(count)d more kind of entry names no client and is left out.",
            "%(count)d more kinds of entries name no client and are left out.",
            self.beyond,
        ) % {"count": self.beyond}
