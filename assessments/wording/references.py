"""Words for whom a client's answers are about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments.models import ReferenceRelationship

Kind = ReferenceRelationship.Kind


def reference_words(reference: ReferenceRelationship) -> str:
    """Whom the answers are about, for the therapist: "current partner, Sam"."""
    kind = str(Kind(reference.kind).label)
    kind = kind[:1].lower() + kind[1:]
    if not reference.label:
        return kind
    return _("%(kind)s, %(label)s") % {"kind": kind, "label": reference.label}


def series_words_of(reference: ReferenceRelationship) -> str:
    """The name of a line on a chart where a new series begins; short, since it stands there."""
    kind = str(Kind(reference.kind).label)
    return _("about %(whom)s") % {"whom": reference.label or kind[:1].lower() + kind[1:]}


def think_of(reference: ReferenceRelationship | None) -> str:
    """What the client is told before the questions; empty where nobody was named."""
    if reference is None:
        return ""
    label = reference.label
    if reference.kind == Kind.PARTNER:
        return (
            _("Think of your current partner, %(label)s.") % {"label": label}
            if label
            else _("Think of your current partner.")
        )
    if reference.kind == Kind.LAST_PARTNER:
        return (
            _("Think of your most recent partner, %(label)s.") % {"label": label}
            if label
            else _("Think of your most recent partner.")
        )
    return (
        _("Think of the person closest to you, %(label)s.") % {"label": label}
        if label
        else _("Think of the person closest to you.")
    )
