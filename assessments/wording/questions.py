"""One question to ask: chosen by what stands out, open, kind, never a verdict on the person."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from assessments.wording.terms import Text

QUESTIONS: Mapping[str, Text] = {
    "alert": _("How safe do you feel today, with yourself and with the people around you?"),
    "toward_independence": _("What has made it easier to let someone near, and what does it ask?"),
    "claims_only": _("When you managed alone lately, was there someone you might have leaned on?"),
    "mistaken_autonomy": _(
        "When does standing on your own feel free, and when does it feel like keeping watch?"
    ),
    "swing_to_counter_dependence": _(
        "What has the distance been good for, and is there anything you miss?"
    ),
    "swing_to_dependence": _(
        "As you let people come closer, where did you stay yourself, and where was it hard?"
    ),
    "away": _("What has made it harder lately to feel on your own ground?"),
    "worse_CDP": _("What have you been keeping to yourself lately, and what does it protect?"),
    "worse_DEP": _("Whose wishes have taken up most of your room lately?"),
    "worse_IND": _("Which choice of the past weeks felt least like your own?"),
    "worse_INT": _("With whom has it been hardest lately to be close and stay yourself?"),
    "stuck": _("If something began to shift, what would be the first small sign of it?"),
    "missed": _("What would make these forms more use to you, or easier to leave aside?"),
    "client_pause": _("What would have to be different for these forms to be worth your time?"),
    "client_stop": _("What made you decide against the forms, and what would you rather have?"),
    "new": _("What was it like to answer these questions, and what did they leave out?"),
    "none": _("Before the first form: what would you most like to be different a year from now?"),
    "expected": _("Looking back over these weeks, what felt different with people close to you?"),
}


def question(reasons: list[dict[str, object]], forms: int) -> str:
    """The question for the most urgent reason that has one of its own."""
    for reason in reasons:
        code = str(reason["code"])
        if code == "scale_worse":
            code = f"worse_{reason['scale']}"
        if code == "new":
            code = "new" if forms else "none"
        if code in QUESTIONS:
            return str(QUESTIONS[code])
    return str(QUESTIONS["expected"])
