"""Why a client stands where they stand on the caseload, in one sentence and a line below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import hypot
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.wording import ladder, terms
from assessments.wording.terms import SCALES, SCALES_IN_A_SENTENCE, last_forms, size_and_error

Reason = Mapping[str, Any]


@dataclass(frozen=True)
class ReasonWords:
    """A headline without a full stop, and whole sentences that go with it (may be empty)."""

    headline: str
    detail: str = ""


def reason_words(
    reasons: list[Reason],
    *,
    since: datetime | None = None,
    event: Any = None,
    message: str = "",
) -> ReasonWords:
    """The first reason in words. ``event`` is one shortly before ``since``; ``message`` is what
    the risk rule behind an alert says. A second reason is named in short."""
    if not reasons:
        return ReasonWords(_("No form answered yet"))
    words = _SENTENCES[reasons[0]["code"]](reasons[0])
    details = [message, words.detail] if reasons[0]["code"] == "alert" else [words.detail]
    if event is not None and since is not None:
        details.append(
            _("Since %(day)s; “%(event)s” was on %(event_day)s.")
            % {"day": terms.day(since), "event": event.text, "event_day": terms.day(event.on)}
        )
    elif len(reasons) > 1 and reasons[0]["code"] != "alert":
        details.append(_("Also: %(reason)s.") % {"reason": _in_short(reasons[1])})
    return ReasonWords(words.headline, " ".join(detail for detail in details if detail))


def moved(difference: float, size: str) -> str:
    """A change in short: "up 14", "down 3"; never that there is none, which no figure can tell."""
    if size == "0":
        return _("up or down by less than a point")
    return (_("up %(size)s") if difference > 0 else _("down %(size)s")) % {"size": size}


def _with_error(change: Reason) -> str:
    """A change with its own error: "up 14 (error 11)"."""
    size, margin = size_and_error(change["difference"], change["margin"])
    return _("%(moved)s (error %(margin)s)") % {
        "moved": moved(change["difference"], size),
        "margin": margin,
    }


def _scale_moved(reason: Reason, scale: str) -> str:
    return _("%(scale)s %(moved)s") % {
        "scale": SCALES_IN_A_SENTENCE[scale],
        "moved": _with_error(reason[scale]),
    }


def _balance(reason: Reason) -> str:
    """The change of balance, which halves the difference of two scales and of their errors."""
    ind, cdp = reason["IND"], reason["CDP"]
    difference = (ind["difference"] - cdp["difference"]) / 2
    size, margin = size_and_error(difference, hypot(ind["margin"], cdp["margin"]) / 2)
    return _("Balance %(moved)s, beyond error of %(margin)s, %(forms)s.") % {
        "moved": moved(difference, size),
        "margin": margin,
        "forms": last_forms(2),
    }


def _alert(reason: Reason) -> ReasonWords:
    headline = ngettext(
        "Answered a safety question on %(day)s",
        "%(count)s safety answers, the first on %(day)s",
        reason["count"],
    ) % {"count": terms.number(reason["count"]).capitalize(), "day": _day(reason["at"])}
    if reason["acknowledged"]:
        return ReasonWords(headline, _("Acknowledged, not yet closed."))
    return ReasonWords(headline, _("Nobody has acknowledged it yet."))


def _swing_to_dependence(reason: Reason) -> ReasonWords:
    return _swing(reason, _("Swing toward dependence: %(first)s, %(second)s"), "CDP", "DEP")


def _swing_to_counter_dependence(reason: Reason) -> ReasonWords:
    return _swing(reason, _("Swing into counter-dependence: %(first)s, %(second)s"), "DEP", "CDP")


def _swing(reason: Reason, sentence: str, fell: str, rose: str) -> ReasonWords:
    apart = reason[rose]["difference"] - reason[fell]["difference"]
    size, margin = size_and_error(apart, hypot(reason[fell]["margin"], reason[rose]["margin"]))
    return ReasonWords(
        sentence % {"first": _scale_moved(reason, fell), "second": _scale_moved(reason, rose)},
        _(
            "The two have moved %(size)s points apart, beyond error of %(margin)s, %(forms)s: the "
            "pendulum to the other side, not a step toward independence."
        )
        % {"size": size, "margin": margin, "forms": last_forms(2)},
    )


def _away(reason: Reason) -> ReasonWords:
    headline = _("Moved away from independence: %(first)s, %(second)s") % {
        "first": _scale_moved(reason, "CDP"),
        "second": _scale_moved(reason, "IND"),
    }
    return ReasonWords(headline, _balance(reason))


def _scale_worse(reason: Reason) -> ReasonWords:
    size, margin = size_and_error(reason["difference"], reason["margin"])
    return ReasonWords(
        _("%(scale)s %(moved)s, beyond error of %(margin)s, %(forms)s")
        % {
            "scale": SCALES[reason["scale"]],
            "moved": moved(reason["difference"], size),
            "margin": margin,
            "forms": last_forms(reason["held"]),
        }
    )


def _claims_only(reason: Reason) -> ReasonWords:
    headline = _("Claims more independence: %(change)s; counter-dependence not clearly lower")
    return ReasonWords(
        headline % {"change": _with_error(reason["IND"])},
        str(terms.MISTAKEN_AUTONOMY)
        if reason.get("mistaken")
        else _("The gain is not credited as movement yet: worth a question."),
    )


def _mistaken(reason: Reason) -> ReasonWords:
    return ReasonWords(
        _("Independence and counter-dependence are probably both high (%(percent)s)")
        % {"percent": terms.percent(reason["probability"])},
        str(terms.MISTAKEN_AUTONOMY),
    )


def _stuck(reason: Reason) -> ReasonWords:
    detail = ngettext(
        "%(forms)d form since the start.", "%(forms)d forms since the start.", reason["forms"]
    )
    return ReasonWords(ladder.stuck(reason["weeks"]), detail % {"forms": reason["forms"]})


def _missed(reason: Reason) -> ReasonWords:
    headline = ngettext(
        "Missed %(count)s form", "Missed %(count)s forms in a row", reason["count"]
    ) % {"count": terms.number(reason["count"])}
    if not reason["last"]:
        return ReasonWords(headline, _("No form answered yet."))
    return ReasonWords(headline, _("Last answered %(day)s.") % {"day": _day(reason["last"])})


def _client_pause(reason: Reason) -> ReasonWords:
    detail = _("Asked on %(day)s.") % {"day": _day(reason["at"])}
    if not reason["until"]:
        return ReasonWords(_("The client paused the forms"), detail)
    until = terms.day(date.fromisoformat(reason["until"]))
    return ReasonWords(_("The client paused the forms until %(day)s") % {"day": until}, detail)


def _client_stop(reason: Reason) -> ReasonWords:
    return ReasonWords(
        _("The client asked for no more forms"),
        _("Asked on %(day)s.") % {"day": _day(reason["at"])},
    )


def _undelivered(reason: Reason) -> ReasonWords:
    return ReasonWords(
        _("A message to the client could not be delivered"),
        _("Tried until %(day)s. Look at the contact details.") % {"day": _day(reason["at"])},
    )


def _unreviewed(reason: Reason) -> ReasonWords:
    headline = _("Answers waiting for a review since %(day)s") % {"day": _day(reason["since"])}
    return ReasonWords(headline, _("Never reviewed yet.") if reason["never"] else "")


def _toward(reason: Reason) -> ReasonWords:
    headline = _("Moved toward independence: %(first)s, %(second)s") % {
        "first": _scale_moved(reason, "CDP"),
        "second": _scale_moved(reason, "IND"),
    }
    return ReasonWords(headline, _balance(reason))


def _expected(reason: Reason) -> ReasonWords:
    return ReasonWords(_("Nothing stands out"))


def _new(reason: Reason) -> ReasonWords:
    forms = reason["forms"]
    needs = _("Movement needs a start and two more forms.")
    if forms:
        headline = ngettext("First form answered", "%(count)s forms answered", forms)
        return ReasonWords(headline % {"count": terms.number(forms).capitalize()}, needs)
    if reason.get("responses"):
        return ReasonWords(
            _("Other forms only so far"), _("Movement needs the weekly or the long form.")
        )
    return ReasonWords(_("No form answered yet"))


_SENTENCES: dict[str, Callable[[Reason], ReasonWords]] = {
    "alert": _alert,
    "swing_to_dependence": _swing_to_dependence,
    "swing_to_counter_dependence": _swing_to_counter_dependence,
    "away": _away,
    "scale_worse": _scale_worse,
    "claims_only": _claims_only,
    "mistaken_autonomy": _mistaken,
    "stuck": _stuck,
    "missed": _missed,
    "client_pause": _client_pause,
    "client_stop": _client_stop,
    "undelivered": _undelivered,
    "unreviewed": _unreviewed,
    "toward_independence": _toward,
    "expected": _expected,
    "new": _new,
}


def _in_short(reason: Reason) -> str:
    """A second reason as a clause inside a sentence."""
    code = reason["code"]
    if code == "scale_worse":
        return _scale_moved({reason["scale"]: reason}, reason["scale"])
    if code == "missed":
        return ngettext(
            "%(count)s form missed", "%(count)s forms missed in a row", reason["count"]
        ) % {"count": terms.number(reason["count"])}
    if code == "unreviewed":
        return _("answers waiting for a review since %(day)s") % {"day": _day(reason["since"])}
    if code == "stuck":
        return ladder.stuck_in_short(reason["weeks"])
    return {
        "swing_to_dependence": _("a swing toward dependence"),
        "swing_to_counter_dependence": _("a swing into counter-dependence"),
        "away": _("movement away from independence"),
        "claims_only": _("more independence claimed, counter-dependence not clearly lower"),
        "mistaken_autonomy": _("possible mistaken autonomy"),
        "toward_independence": _("movement toward independence"),
        "client_pause": _("forms paused by the client"),
        "client_stop": _("no more forms, by the client's wish"),
        "undelivered": _("a message not delivered"),
    }.get(code, _("a safety answer"))


def _day(text: str) -> str:
    return terms.day(terms.instant(text))
