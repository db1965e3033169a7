"""Sentences about the figures of a questionnaire, as a practice's own answers give them.

They are about the questions, never about a person. A figure comes with its interval and with how
many people stand behind it; with too few there is no figure, and how many are missing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.measurement.definition import Evidence, ReliabilityKind
from assessments.measurement.definition.evidence import (
    MINIMUM_LOWER_BOUND,
    MINIMUM_N_OF_AN_ESTIMATE,
)
from assessments.measurement.reliability.estimates import (
    PEOPLE_FOR_ALPHA,
    PEOPLE_FOR_CORRELATIONS,
    PEOPLE_FOR_OMEGA,
    REACTIVE_ABOVE,
)
from assessments.wording.terms import joined

Figures = Mapping[str, Any]
NARROW = 0.02


@dataclass(frozen=True)
class FigureWords:
    """A figure: its value, empty where there is none, and a sentence about it."""

    name: str
    value: str
    sentence: str


# --- Numbers ------------------------------------------------------------------------------------


def two(value: float) -> str:
    """A reliability or correlation to two places."""
    return rounded(value, 2)


def rounded(value: float, places: int) -> str:
    """A figure to some places, never "-0.00"."""
    return f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def exact(value: float) -> str:
    """To seven places, for whoever compares with another program."""
    return f"{value:.7f}".replace("-", "−")


def share(value: float | None) -> str:
    """A share in whole per cent; "under 1 %" where it is not nothing."""
    if value is None:
        return "–"
    if 0 < value < 0.005:
        return _("under 1 %%") % ()
    return _("%(value)d %%") % {"value": round(100 * value)}


def not_enough(n: int, needed: int) -> str:
    """How many people there are and how many are missing."""
    return ngettext(
        "Not enough data: %(n)d of %(needed)d people; %(missing)d more.",
        "Not enough data: %(n)d of %(needed)d people; %(missing)d more.",
        needed - n,
    ) % {"n": n, "needed": needed, "missing": needed - n}


def people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}


# --- The scale ----------------------------------------------------------------------------------


def alpha(figures: Figures) -> FigureWords:
    """Cronbach's alpha with Feldt's interval."""
    name = _("Alpha")
    found = figures.get("alpha")
    if found is None:
        return FigureWords(name, "", not_enough(figures["n"], PEOPLE_FOR_ALPHA))
    if "why" in found:
        return FigureWords(name, "", _cannot(found["why"]))
    # A narrow interval would have both ends the same at two places.
    places = 3 if found["high"] - found["low"] < NARROW else 2
    sentence = _("95 %% interval %(low)s to %(high)s, from %(people)s.") % {
        "low": rounded(found["low"], places),
        "high": rounded(found["high"], places),
        "people": people(figures["n"]),
    }
    return FigureWords(name, rounded(found["value"], places), sentence)


def omega(figures: Figures) -> FigureWords:
    """McDonald's omega, with its variant named."""
    name = _("Omega")
    found = figures.get("omega")
    if found is None:
        return FigureWords(name, "", not_enough(figures["n"], PEOPLE_FOR_OMEGA))
    if "why" in found:
        return FigureWords(name, "", _cannot(found["why"]))
    sentence = _("one factor, maximum likelihood, from %(people)s.") % {
        "people": people(figures["n"])
    }
    if found["bounded"]:
        sentence += " " + ngettext(
            "Question %(codes)s is almost all common factor, so take it with care.",
            "Questions %(codes)s are almost all common factor, so take it with care.",
            len(found["bounded"]),
        ) % {"codes": joined(found["bounded"])}
    return FigureWords(name, two(found["value"]), sentence)


def _cannot(why: str) -> str:
    return {
        "few_items": _("Cannot be worked out: the scale has too few questions."),
        "no_variance": _("Cannot be worked out: every score is the same."),
        "no_factor": _("Cannot be worked out: the answers determine no common factor."),
    }[why]


def declared(evidence: Evidence) -> str:
    """The reliability that the version reckons with, and where it comes from."""
    if evidence.reliability is None:
        return _("None: this version gives points only.")
    kinds = {
        None: _("%(value)s"),
        ReliabilityKind.ALPHA: _("%(value)s (alpha)"),
        ReliabilityKind.OMEGA: _("%(value)s (omega)"),
        ReliabilityKind.RETEST: _("%(value)s (retest)"),
    }
    value = kinds[evidence.kind] % {"value": two(evidence.reliability)}
    if evidence.rung <= 1:
        return _("%(value)s, assumed") % {"value": value}
    return _("%(value)s, estimated from %(people)s") % {
        "value": value,
        "people": people(evidence.n or 0),
    }


def allows(figures: Figures, *, in_use: bool) -> str:
    """What the estimate would be good for, and what it lacks."""
    found = figures.get("alpha") or {}
    if in_use:
        return _("This estimate is in use: new assignments reckon with it.")
    if figures["n"] < MINIMUM_N_OF_AN_ESTIMATE:
        return _("To be used for change, an estimate needs %(needed)d people. %(rest)s") % {
            "needed": MINIMUM_N_OF_AN_ESTIMATE,
            "rest": ngettext(
                "%(missing)d more.", "%(missing)d more.", MINIMUM_N_OF_AN_ESTIMATE - figures["n"]
            )
            % {"missing": MINIMUM_N_OF_AN_ESTIMATE - figures["n"]},
        }
    if "low" not in found:
        return _("Without a figure there is nothing to use.")
    if found["low"] < MINIMUM_LOWER_BOUND:
        return _(
            "Too imprecise to be used for change: the interval begins at %(low)s and would have "
            "to begin at %(bound)s or above."
        ) % {"low": two(found["low"]), "bound": two(MINIMUM_LOWER_BOUND)}
    return _(
        "Precise enough to be used: change would then be told from error with a reliability "
        "estimated here (rung 2), no longer with an assumed one."
    )


def items_lack(figures: Figures) -> str:
    """What the table of questions does not show yet; empty where it shows all."""
    if figures["items"] < 2:
        return _("A scale of one question has no figures of its questions.")
    if figures["n"] < PEOPLE_FOR_ALPHA:
        return not_enough(figures["n"], PEOPLE_FOR_ALPHA)
    if figures["n"] < PEOPLE_FOR_CORRELATIONS:
        return _("With the rest, and alpha without it: %(not_enough)s") % {
            "not_enough": not_enough(figures["n"], PEOPLE_FOR_CORRELATIONS)
        }
    return ""


def incomplete(figures: Figures) -> str:
    """Whom the figures of a scale leave out; empty where nobody."""
    count = figures["incomplete"]
    if not count:
        return ""
    return ngettext(
        "%(people)s never answered every question of this scale and is left out.",
        "%(people)s never answered every question of this scale and are left out.",
        count,
    ) % {"people": people(count)}


def strip_label(name: str, figures: Figures) -> str:
    """What the picture of an interval shows."""
    found = figures["alpha"]
    return _("%(scale)s: alpha %(value)s, between %(low)s and %(high)s on a line from 0 to 1.") % {
        "scale": name,
        "value": two(found["value"]),
        "low": two(found["low"]),
        "high": two(found["high"]),
    }


# --- The sign test ------------------------------------------------------------------------------


def sign_test(found: Figures) -> list[str]:
    """Claimed independence against counter-dependence, in plain sentences."""
    if found["n"] < PEOPLE_FOR_CORRELATIONS:
        return [not_enough(found["n"], PEOPLE_FOR_CORRELATIONS)]
    if "why" in found:
        return [_cannot(found["why"])]
    figures = {
        "r": two(found["r"]),
        "low": two(found["low"]),
        "high": two(found["high"]),
        "people": people(found["n"]),
    }
    sentence = _("The correlation is %(r)s (95 %% interval %(low)s to %(high)s, from %(people)s).")
    return [sentence % figures, _sign(found["r"], found["low"], found["high"])]


def _sign(r: float, low: float, high: float) -> str:
    bound = f"+{REACTIVE_ABOVE:.2f}"
    if r > REACTIVE_ABOVE:
        words = _(
            "It lies above %(bound)s: those who claim more independence here also tend to keep "
            "others away more. The questions on independence catch a reaction, not a choice of "
            "one’s own, and have to be rewritten. Do not read them as independence until then."
        )
        if low <= REACTIVE_ABOVE:
            words += " " + _("The interval reaches below that bound: look again with more answers.")
    elif high < 0:
        words = _(
            "It is negative, as it should be: those who claim more independence here tend to keep "
            "others away less. Of a single person it says nothing."
        )
    elif round(r, 2) < 0:
        words = _(
            "It should be negative and is so in these answers, but zero is not ruled out yet."
        )
    else:
        words = _(
            "It should be negative and is not. It does not lie above %(bound)s, from where on the "
            "questions on independence would have to be rewritten: look again with more answers."
        )
    return words % {"bound": bound}


# --- What it rests on ---------------------------------------------------------------------------


def basis(found: Figures, first: str, last: str) -> list[str]:
    """Whose answers were taken and which were not, in whole sentences."""
    if not found["people"]:
        sentences = [_("Nobody has answered this form here yet.")]
    else:
        sentences = [
            _(
                "%(people)s, each counted once: for every scale by the first form in which all its "
                "questions were answered."
            )
            % {"people": people(found["people"])},
            *_anonymous(found.get("anonymous", 0)),
            _("Forms of %(first)s.") % {"first": first}
            if first == last
            else _("Forms from %(first)s to %(last)s.") % {"first": first, "last": last},
        ]
    later = found["responses"] - found["people"] - found["erased"] - found["unreadable"]
    if later > 0:
        sentences.append(
            ngettext(
                "%(count)s more form of people who are counted already adds no row of its own.",
                "%(count)s more forms of people who are counted already add no rows of their own.",
                later,
            )
            % {"count": f"{later:,}"}
        )
    if found["marked"]:
        sentences.append(
            ngettext(
                "%(count)s first form bears a mark on how it was answered; it counts all the same.",
                "%(count)s first forms bear a mark on how they were answered; they count all the "
                "same.",
                found["marked"],
            )
            % {"count": f"{found['marked']:,}"}
        )
    for count, one, several in (
        (
            found["erased"],
            _("%(count)s form of an erased person is left out."),
            _("%(count)s forms of erased people are left out."),
        ),
        (
            found["unreadable"],
            _("%(count)s form could not be decrypted and is left out."),
            _("%(count)s forms could not be decrypted and are left out."),
        ),
    ):
        if count:
            sentences.append((one if count == 1 else several) % {"count": f"{count:,}"})
    return sentences


def _anonymous(count: int) -> list[str]:
    if not count:
        return []
    sentence = ngettext(
        "%(count)s of them came from a file, without a name.",
        "%(count)s of them came from a file, without names.",
        count,
    )
    return [sentence % {"count": f"{count:,}"}]


def waiting(count: int) -> str:
    """Answers that came in after the figures were worked out."""
    if count <= 0:
        return _("The answers have changed since. They are worked out at night.")
    return ngettext(
        "%(count)s form has come in since. It is counted at night.",
        "%(count)s forms have come in since. They are counted at night.",
        count,
    ) % {"count": f"{count:,}"}


def meanings(*, of_questions: bool) -> list[tuple[str, str]]:
    """Each word of the page with one line on what it means."""
    of_scales = [
        (
            _("Alpha"),
            _(
                "How well the questions of a scale agree with one another, 1 at most. The "
                "interval (Feldt) holds the values that fit these answers."
            ),
        ),
        (
            _("Omega"),
            _(
                "The share of a score that one common factor explains. The questions need not "
                "count alike for it, as they do for alpha. Several figures go by this name: this "
                "is one factor, fitted by maximum likelihood, against the total variance that the "
                "model gives."
            ),
        ),
        (
            _("Declared"),
            _("What the version reckons with when it tells change from error."),
        ),
    ]
    if not of_questions:
        return of_scales
    return [
        *of_scales,
        (
            _("Mean, spread"),
            _(
                "Of the answers, after those that count the other way have been turned round. "
                "Spread is the standard deviation."
            ),
        ),
        (
            _("With the rest"),
            _(
                "Correlation of the question with the sum of the other questions of its scale. "
                "Near 0 it asks about something else; below 0 it may be keyed the wrong way."
            ),
        ),
        (
            _("Alpha without it"),
            _(
                "Alpha if the question were left out. Where it is higher than alpha, the scale "
                "would agree better without this question."
            ),
        ),
        (
            _("Lowest, highest"),
            _(
                "Share of answers at either end. Much at one end leaves no room for change in "
                "that direction."
            ),
        ),
        (
            _("Missing"),
            _(
                "Share of people who left the question open in their first form, or said that it "
                "does not apply."
            ),
        ),
    ]
