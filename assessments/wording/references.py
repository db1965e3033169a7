"""Words for whom a client's answers are about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments.models import ReferenceRelationship

Kind = ReferenceRelationship.Kind
# What our own forms say in their introduction, which is frozen, for a client who named nobody.
GENERAL = (
    'For "someone close to me", think first of the closest relationship in your life now: '
    "a partner, a friend, someone in your family."
)


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


def introduction(text: str, whom: str) -> dict[str, str]:
    """What is said before the questions; whom to think of is said once.

    ``whom``, where it is not empty, takes the place of what the introduction says of it.
    """
    before, general, after = text.partition(GENERAL)
    if not whom or not general:
        return {"before": text, "whom": whom, "meaning": "", "after": ""}
    meaning = _("Where a question says “someone close to me”, that is who is meant.")
    return {"before": before.strip(), "whom": whom, "meaning": meaning, "after": after.strip()}
