"""What stands on a calendar of forms, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.models import CancelledWhy, SendBy
from assessments.queries import Kind, Moment

Text = str | Promise

WAYS: Mapping[str, Text] = {
    SendBy.MAIL: gettext_lazy("by mail"),
    SendBy.SMS: gettext_lazy("by text message"),
    SendBy.HAND: gettext_lazy("you hand the link over"),
}
# Of a form that is told with the one above it.
SAME_MESSAGE = gettext_lazy("in the same message")
WHY: Mapping[str, Text] = {
    CancelledWhy.SKIPPED: gettext_lazy("not given: skipped"),
    CancelledWhy.COVERED: gettext_lazy("not given: a longer form of that day asks the same"),
    CancelledWhy.PAUSED: gettext_lazy("not given: the plan is paused"),
    CancelledWhy.ENDED: gettext_lazy("not given: it was ended"),
}
HAPPENS: Mapping[Kind, Text] = {
    Kind.CLOSES: gettext_lazy("closes"),
    Kind.APPOINTMENT: gettext_lazy("appointment"),
    Kind.OPENED: gettext_lazy("opened"),
    Kind.ANSWERED: gettext_lazy("answered"),
    Kind.PARTIAL: gettext_lazy("answered in part"),
    Kind.MISSED: gettext_lazy("closed without an answer"),
}


def happens(moment: Moment) -> str:
    """What happens, after the name of the form: "opens, by mail", or, where the message waits for
    the end of quiet hours, "by mail, open from 06:00". Of what is told with the form above it:
    "opens, in the same message"."""
    way = SAME_MESSAGE if moment.goes_along else WAYS.get(moment.way, "")
    if moment.kind is Kind.OPENS:
        if moment.opens_before is None:
            return _("opens, %(way)s") % {"way": way}
        return _("%(way)s, open from %(time)s") % {"way": way, "time": _time(moment)}
    if moment.kind is Kind.REMINDER:
        return _("reminder %(way)s, unless it is answered by then") % {"way": way}
    if moment.kind is Kind.REMINDED:
        return _("reminded %(way)s") % {"way": way}
    if moment.kind is Kind.OPENED and moment.goes_along:
        return _("opened, %(way)s") % {"way": way}
    if moment.kind is Kind.LEFT_OUT:
        if moment.until is not None:
            return _("not given: paused until %(day)s") % {
                "day": date_format(moment.until, "j F Y")
            }
        return str(WHY[moment.due.left_out]) if moment.due else ""
    return str(HAPPENS[moment.kind])


def _time(moment: Moment) -> str:
    opens = localtime(moment.opens_before)
    if opens.date() == localtime(moment.at).date():
        return time_format(opens, "H:i")
    return date_format(opens, "j F, H:i")


def counted(kind: Kind, count: int) -> str:
    """How many things of one kind a day holds."""
    words = {
        Kind.OPENS: ngettext("%(count)d form opens", "%(count)d forms open", count),
        Kind.REMINDER: ngettext("%(count)d reminder", "%(count)d reminders", count),
        Kind.CLOSES: ngettext("%(count)d form closes", "%(count)d forms close", count),
        Kind.APPOINTMENT: ngettext("%(count)d appointment", "%(count)d appointments", count),
        Kind.LEFT_OUT: ngettext("%(count)d form not given", "%(count)d forms not given", count),
        Kind.OPENED: ngettext("%(count)d form opened", "%(count)d forms opened", count),
        Kind.REMINDED: ngettext("%(count)d reminder sent", "%(count)d reminders sent", count),
        Kind.ANSWERED: ngettext("%(count)d form answered", "%(count)d forms answered", count),
        Kind.PARTIAL: ngettext(
            "%(count)d form answered in part", "%(count)d forms answered in part", count
        ),
        Kind.MISSED: ngettext(
            "%(count)d form without an answer", "%(count)d forms without an answer", count
        ),
    }
    return words[kind] % {"count": count}
