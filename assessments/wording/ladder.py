"""The evidence ladder in words: the only place that holds the words that need a rung.

"Reliable", "clinical", "normal" and "recovered" stand here and nowhere else; `faults` says which
of them a text may not hold on a rung. Below estimates (rung 2) "reliable" is said only together
with the assumption it rests on, and "not yet reliable" only where the evidence line stands in the
same card (MEASUREMENT.md 3.9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.measurement.change import Outcome
from assessments.measurement.evidence import Claim, Footing, allows
from assessments.measurement.movement import Verdict
from assessments.wording import terms
from assessments.wording.terms import Text

# --- The words and their rungs ------------------------------------------------------------------

STEMS: Mapping[str, Claim] = {
    r"\breliab\w*": Claim.RELIABLE,
    r"\bunreliab\w*": Claim.RELIABLE,
    r"\brecover\w*": Claim.OUTCOME,
    r"\bclinical\w*": Claim.CLINICAL_RANGE,
    r"\bnormal\w*": Claim.CLINICAL_RANGE,
}
# No evidence of ours allows these.
NEVER = (
    r"\b(percentiles?|t-scores?|stanines?|z-scores?|healthy|unhealthy|cured?|diagnos\w*|no change"
    r"|unchanged|unmoved|real change|really chang\w*|significan\w*|remission|symptom-free"
    r"|above average|below average|abnormal\w*)\b"
)
# What may be said with such a word below its rung: that nothing is known or that it is assumed.
EXCEPTIONS: Mapping[int, tuple[str, ...]] = {
    0: (r"no reliability is known",),
    1: (
        r"reliability( \(?[.\d]+( to [.\d]+)?\)?,?)?( is)? assumed",
        r"assumed reliability",
        r"assuming (a )?reliability",
        r"reliability, which [^.]{0,40}assumed",
        r"not yet reliable",
        r"no reliable movement yet",
        r"published reliable change",
    ),
}


def faults(text: str, rung: int) -> list[str]:
    """The words of a text that need a higher rung than this one, as they stand there."""
    rest = text.lower()
    for least, phrases in EXCEPTIONS.items():
        if rung >= least:
            for phrase in phrases:
                rest = re.sub(phrase, " ", rest)
    found = re.findall(NEVER, rest)
    for stem, claim in STEMS.items():
        if not allows(rung, claim):
            found += re.findall(stem, rest)
    return found


def published_name(name: str, footing: Footing) -> str:
    """The name that a publication gives a band or a cut-off, unless its words need a higher rung.

    A published figure stays; only its name is left out.
    """
    return "" if faults(name, footing.rung) else name


# --- What a scale stands on ---------------------------------------------------------------------


def figure(reliability: float) -> str:
    """A reliability as it is printed: ".80"."""
    printed = f"{reliability:.2f}"
    return printed.removeprefix("0")


def spread(footing: Footing) -> str:
    """The reliability, or the least and the greatest: ".73 to .80"; "" where none is known."""
    if footing.reliability is None:
        return ""
    low, high = map(figure, footing.reliability)
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def evidence_line(footing: Footing, *, own: bool = True) -> str:
    """How far these scores may be trusted. ``own``: they come from the forms of Causeway."""
    figures = {"spread": spread(footing), "estimate": estimate(footing)}
    if not footing.allows(Claim.ERROR) or not figures["spread"]:
        words = _("No reliability is known, so points are all that can be said.")
    elif not footing.allows(Claim.RELIABLE):
        words = _("Reliability assumed (%(spread)s), not yet estimated.") % figures
        if own:
            words = f"{_('New, unvalidated forms.')} {words}"
    else:
        words = _("Reliability %(spread)s, %(estimate)s.") % figures
    if footing.norms is not None:
        return f"{words} {norms_line(footing)}"
    if own:
        return f"{words} {_('No norms: compared with this person only.')}"
    return f"{words} {_('Compared with this person only.')}"


def estimate(footing: Footing) -> str:
    """Where an estimate comes from: "estimated in this practice from n = 132, 3 Nov 2026"."""
    if footing.n is not None and footing.date is not None:
        return _("estimated in this practice from n = %(n)d, %(day)s") % {
            "n": footing.n,
            "day": terms.full_day(footing.date),
        }
    if footing.n is not None:
        return _("estimated in this practice from n = %(n)d") % {"n": footing.n}
    return _("estimated in this practice")


def norms_line(footing: Footing) -> str:
    """The source of the norms of both groups."""
    if footing.norms is None:
        return ""
    return _("Norms: %(source)s.") % {"source": footing.norms.source.rstrip(".")}


def points_only() -> str:
    """Why nothing is said about movement on rung 0."""
    return _("No reliability is known for these forms: points only, and no word about movement.")


def in_brackets(footing: Footing) -> str:
    """What a change beyond error rests on: "reliability .89 assumed"."""
    if footing.allows(Claim.RELIABLE):
        return _("reliability %(spread)s, %(estimate)s") % {
            "spread": spread(footing),
            "estimate": estimate(footing),
        }
    return _("reliability %(spread)s assumed") % {"spread": spread(footing)}


def of_one_scale(footing: Footing, more: str) -> str:
    """The reliability of a scale for the library, with where it comes from; "" without one."""
    if footing.reliability is None:
        return ""
    figures = {"spread": spread(footing), "more": more.rstrip(".")}
    if footing.allows(Claim.RELIABLE):
        return _("Reliability %(spread)s (%(more)s).") % figures
    return _("Reliability %(spread)s assumed (%(more)s).") % figures


RUNGS: Mapping[int, Text] = {
    0: gettext_lazy("No reliability is known: points only, no error, no word about change."),
    1: gettext_lazy("Reliability assumed, not yet estimated in this practice. No norms are used."),
    2: gettext_lazy("Reliability estimated in this practice. No norms are used."),
    3: gettext_lazy("Reliability estimated in this practice; norms of both groups known."),
}


def rung_words(rung: int) -> str:
    """What a rung means, in one line."""
    return str(RUNGS[rung])


def battery_note() -> str:
    """What stands at the foot of every page that shows the four scales."""
    return _(
        "These forms are new and not yet validated. Unless a page names an estimate, the error of "
        "each figure follows from an assumed reliability (.73 to .93). There are no norms, so each "
        "person is compared only with their own start."
    )


# --- What the words mean ------------------------------------------------------------------------


def glossary() -> list[tuple[str, str]]:
    """Words about figures and what they mean, in the order of a page. They judge no score."""
    return [
        (
            _("Error"),
            _(
                "How far a figure may lie from where the person really stands, nineteen times out "
                "of twenty. It follows from the reliability, which for our own forms is assumed."
            ),
        ),
        (
            _("Beyond error"),
            _(
                "Larger than error alone would make it, against the person’s own start. It has to "
                "hold on two forms in a row before a page says so in a verdict."
            ),
        ),
        (
            _("Clearly"),
            _(
                "By at least 1.28 standard errors, which error alone makes about once in ten in "
                "that direction. It only ever supports what lies beyond error."
            ),
        ),
        (
            _("Not yet reliable"),
            _("Within error so far. It does not mean that nothing has changed."),
        ),
        (
            _("Reliable"),
            _(
                "Said without more only where the practice has estimated a form from its own "
                "answers; until then a change is beyond an error that is assumed, and the page "
                "says so."
            ),
        ),
        (
            _("Balance"),
            _(
                "Fifty, plus half of independence, minus half of counter-dependence. A figure for "
                "the caption, never alone."
            ),
        ),
        (
            _("Stage"),
            _(
                "A pattern of the four scales now, named when it is at least 70 % probable on two "
                "forms in a row. Not a type of person, and not a ladder. Independence comes first: "
                "interdependence is credited on its platform."
            ),
        ),
        (
            _("No norms"),
            _(
                "Nobody knows yet how people in general answer a form. So a person is compared "
                "with their own start, and with nobody else. Only a form with norms of two groups "
                "may say “recovered” or “clinical range”, with their source beside it."
            ),
        ),
    ]


def caution() -> list[str]:
    """What "beyond error" means, for the page on the order of the caseload."""
    return [
        _(
            "No answer is exact. From the assumed reliability of a form follows how far a score "
            "may lie from where the person really stands. A difference counts as beyond error when "
            "it is larger than error alone would make it nineteen times out of twenty: the mean of "
            "the last forms (up to four) against the person’s own start. Since looking every week "
            "gives chance many tries, a verdict has to stand on the last two forms in a row."
        ),
        _(
            "The price of this care is that a change shows late. So the page says “not yet "
            "reliable” and never that nothing has changed."
        ),
    ]


# --- The verdict that nothing can be said yet ---------------------------------------------------

VERDICTS: Mapping[str, Text] = {
    **terms.MOVED,
    Verdict.NOT_YET_RELIABLE: gettext_lazy("Not yet reliable"),
}


def not_yet(reading: str) -> str:
    """That a change, which ``reading`` gives with its error, does not count yet."""
    return _("Not yet reliable: %(reading)s") % {"reading": reading}


def not_yet_on_one_form() -> str:
    """A template with {differences}, which hold their errors, and {footing}."""
    return _("{differences} than at the start, on one form so far: not yet reliable ({footing}).")


def onward_not_yet() -> str:
    return _("Interdependence is credited from here on; its own movement is not yet reliable.")


def stuck(weeks: int) -> str:
    """Nothing to see after many forms, as a headline."""
    return ngettext(
        "No reliable movement yet in %(weeks)d week",
        "No reliable movement yet in %(weeks)d weeks",
        weeks,
    ) % {"weeks": weeks}


def stuck_in_short(weeks: int) -> str:
    return ngettext(
        "no reliable movement yet in %(weeks)d week",
        "no reliable movement yet in %(weeks)d weeks",
        weeks,
    ) % {"weeks": weeks}


# --- A change, by the rung ----------------------------------------------------------------------


def reliably(difference: float) -> str:
    """For rung 2 and above: "Reliably lower"."""
    return _("Reliably lower") if difference < 0 else _("Reliably higher")


def published_reliable(reached: bool, least: str, source: str) -> str:
    """Beside a published figure of reliable change; ``least`` is that figure, in points."""
    template = (
        _("It reaches the published reliable change of %(least)s points (%(source)s).")
        if reached
        else _("The published reliable change is %(least)s points (%(source)s): not reached.")
    )
    return template % {"least": least, "source": source.rstrip(".")}


OUTCOMES: Mapping[str, Text] = {
    Outcome.RECOVERED.value: gettext_lazy("Recovered"),
    Outcome.IMPROVED.value: gettext_lazy("Improved"),
    Outcome.UNCHANGED.value: gettext_lazy("Not reliably changed"),
    Outcome.DETERIORATED.value: gettext_lazy("Deteriorated"),
}


def outcome_words(outcome: Outcome, cutoff: str, footing: Footing) -> str:
    """The class of a change with the cut-off it rests on and the source of the norms; rung 3."""
    if not footing.allows(Claim.OUTCOME) or outcome.value not in OUTCOMES:
        return ""
    name = str(OUTCOMES[outcome.value])
    if outcome.crossed_without_reliable_change:
        name = _("Not reliably changed, though on the other side of the cut-off")
    return _("%(name)s, by a cut-off of %(cutoff)s. %(norms)s") % {
        "name": name,
        "cutoff": cutoff,
        "norms": norms_line(footing),
    }


def side_of_cutoff(clinical: bool, cutoff: str, footing: Footing) -> str:
    """On which side of a cut-off from norms the latest score lies; rung 3."""
    if not footing.allows(Claim.CLINICAL_RANGE):
        return ""
    return (
        _("Now in the clinical range of the norms (cut-off %(cutoff)s).")
        if clinical
        else _("Now outside the clinical range of the norms (cut-off %(cutoff)s).")
    ) % {"cutoff": cutoff}
