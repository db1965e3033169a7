"""What a publication says of a scale and what a licence allows, in the words of the library.

These are facts about an instrument, never a reading of anybody's score: a threshold or a change is
given as what its source says, with that source beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.measurement.definition import Evidence, Norms, PublishedChange, Scale, Use


@dataclass(frozen=True)
class Fact:
    """One thing that is known, and who says so."""

    text: str
    source: str = ""


def use_words(use: Use) -> str:
    """What a licence allows, in one sentence."""
    words = {
        Use.FREE: _("May be given to clients by any practice."),
        Use.NON_COMMERCIAL: _("For use without commercial purpose only."),
        Use.NO_ALTERATION: _("Word for word only: nothing may be changed, left out or re-ordered."),
        Use.RESTRICTED: _("The holder does not allow its use here."),
    }
    return words[use]


def points(value: float) -> str:
    """A number of points without digits that say nothing: "6", "2.5"."""
    return number_format(f"{value:g}")


def score_words(scale: Scale) -> str:
    """How the reported score comes about, and between what it lies."""
    low, high = points(scale.reported(scale.minimum)), points(scale.reported(scale.maximum))
    if scale.factor == 1:
        return _("The sum of the answers, from %(low)s to %(high)s.") % {"low": low, "high": high}
    return _("The sum of the answers times %(factor)s, from %(low)s to %(high)s.") % {
        "factor": points(scale.factor),
        "low": low,
        "high": high,
    }


def evidence_words(evidence: Evidence) -> str:
    """Where the reliability of a scale comes from, in brackets behind it; empty where unsaid."""
    parts = []
    if evidence.interval is not None:
        low, high = evidence.interval
        parts.append(_("from %(low).2f to %(high).2f at 95 %%") % {"low": low, "high": high})
    if evidence.n is not None:
        count = ngettext("%(n)s person", "%(n)s people", evidence.n)
        parts.append(count % {"n": number_format(evidence.n, force_grouping=True)})
    if evidence.date is not None:
        parts.append(date_format(evidence.date, "j M Y"))
    if evidence.source:
        parts.append(evidence.source)
    return "; ".join(parts)


def bands(scale: Scale) -> list[dict[str, str]]:
    """The named ranges of the reported score."""
    return [
        {
            "range": _range(scale.reported(band.low), scale.reported(band.high)),
            "label": band.label,
        }
        for band in scale.bands
    ]


def _range(low: float, high: float) -> str:
    return points(low) if low == high else f"{points(low)}–{points(high)}"


def band_sources(scale: Scale) -> list[str]:
    """Who named the ranges, each source once."""
    return list(dict.fromkeys(band.source for band in scale.bands if band.source))


def cutoffs(scale: Scale) -> list[Fact]:
    return [Fact(cutoff.name, cutoff.source) for cutoff in scale.cutoffs]


def changes(change: PublishedChange | None) -> list[Fact]:
    """Changes that a publication sets apart, with what it sets them apart as."""
    if change is None:
        return []
    found = []
    if change.reliable is not None:
        words = ngettext(
            "%(points)s point or more: larger than error there",
            "%(points)s points or more: larger than error there",
            round(change.reliable),
        )
        found.append(Fact(words % {"points": points(change.reliable)}, change.source))
    if change.important is not None:
        words = ngettext(
            "%(points)s point or more: large enough to matter there",
            "%(points)s points or more: large enough to matter there",
            round(change.important),
        )
        found.append(Fact(words % {"points": points(change.important)}, change.source))
    return found


def groups(norms: Norms | None) -> list[Fact]:
    """The two groups of a publication: how many, their mean and their spread."""
    if norms is None:
        return []
    people_in_care = _("People in care: mean %(mean)s, spread %(sd)s, %(n)s people")
    people_at_large = _("People at large: mean %(mean)s, spread %(sd)s, %(n)s people")
    return [
        Fact(_figures(people_in_care, norms.clinical_mean, norms.clinical_sd, norms.clinical_n)),
        Fact(
            _figures(
                people_at_large, norms.functional_mean, norms.functional_sd, norms.functional_n
            ),
            norms.source,
        ),
    ]


def _figures(words: str, mean: float, sd: float, n: int) -> str:
    return words % {
        "mean": points(mean),
        "sd": points(sd),
        "n": number_format(n, force_grouping=True),
    }
