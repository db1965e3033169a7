"""Review prompts as questions for the therapist, each with why it is raised and from what.

A prompt is a reason to look again (MEASUREMENT.md 3.8 and 4.5), never a finding about the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.measurement.movement import Movement, Prompt, PromptCode, Verdict
from assessments.wording import terms
from assessments.wording.reasons import moved
from assessments.wording.terms import number, percent, size_and_error, whole


@dataclass(frozen=True)
class PromptWords:
    """A question, and in a sentence or two why it is asked and from which figures."""

    code: str
    question: str
    why: str
    since: datetime


def prompt_words(movement: Movement, times: Sequence[datetime]) -> list[PromptWords]:
    """Every prompt that stands now. ``times`` are those of the administrations."""
    return [
        PromptWords(
            str(prompt.code),
            _question(prompt),
            _WHY[prompt.code](prompt, movement, times),
            times[prompt.since],
        )
        for prompt in movement.prompts
    ]


def _question(prompt: Prompt) -> str:
    return {
        PromptCode.DETERIORATION: _(
            "What has made this harder, and does what was agreed still fit?"
        ),
        PromptCode.PENDULUM: _("Is this a step, or the other side of the same swing?"),
        PromptCode.MISTAKEN_AUTONOMY: str(terms.MISTAKEN_AUTONOMY),
        PromptCode.STUCK: _(
            "Is the work still about what matters most, and is there something else to try?"
        ),
        PromptCode.TARGET_CHANGED: _(
            "How does it begin with the person the answers are about now?"
        ),
        PromptCode.LONG_GAP: _("What happened in the weeks without a form?"),
    }[prompt.code]


def turning_days(movement: Movement, times: Sequence[datetime]) -> list[str]:
    """The days on which the swing turned: not where the first began, nor where the last has got."""
    turns = movement.pendulum.turning_points[1:-1]
    return [terms.day(times[point.administration]) for point in turns]


def turned(movement: Movement, times: Sequence[datetime]) -> str:
    """When the pendulum turned, as a sentence; "" where it has not."""
    days = turning_days(movement, times)
    if not days:
        return ""
    return _("The swing between dependence and counter-dependence turned on %(days)s.") % {
        "days": terms.joined(days)
    }


def _deterioration(prompt: Prompt, movement: Movement, times: Sequence[datetime]) -> str:
    day = terms.day(times[prompt.since])
    scale = prompt.figures.get("scale")
    if scale is None:
        z = abs(float(prompt.figures["z_balance"]))
        return _("Balance is lower than at the start by %(z).1f of its errors, since %(day)s.") % {
            "z": z,
            "day": day,
        }
    change = movement.changes[str(scale)]
    size, margin = size_and_error(change.difference, change.margin)
    return _("%(scale)s is %(moved)s, beyond error of %(margin)s, %(forms)s; so since %(day)s.") % {
        "scale": terms.SCALES[str(scale)],
        "moved": moved(change.difference, size),
        "margin": margin,
        "forms": terms.last_forms(change.held),
        "day": day,
    }


def _pendulum(prompt: Prompt, movement: Movement, times: Sequence[datetime]) -> str:
    day, which = terms.day(times[prompt.since]), str(prompt.figures["which"])
    said = []
    if "z_swing" in prompt.figures:
        z = abs(float(prompt.figures["z_swing"]))
        fell_and_rose = (
            _("Dependence is clearly lower and counter-dependence clearly higher")
            if which == Verdict.SWING_TO_COUNTER_DEPENDENCE
            else _("Counter-dependence is clearly lower and dependence clearly higher")
        )
        said.append(
            _("%(what)s than at the start, %(z).1f errors apart, since %(day)s.")
            % {"what": fell_and_rose, "z": z, "day": day}
        )
    reversals = int(prompt.figures.get("reversals", 0))
    if reversals:
        count = ngettext("once", "%(count)s times", reversals) % {"count": number(reversals)}
        days = terms.joined(turning_days(movement, times))
        said.append(
            _("The swing has turned %(count)s within a year (%(days)s).")
            % {"count": count, "days": days}
        )
    return " ".join(said)


def _mistaken(prompt: Prompt, movement: Movement, times: Sequence[datetime]) -> str:
    said = [
        _(
            "Counter-dependence and independence are probably both high (%(percent)s), since "
            "%(day)s."
        )
        % {
            "percent": percent(float(prompt.figures["probability"])),
            "day": terms.day(times[prompt.since]),
        }
    ]
    if "help_asking" in prompt.figures:
        said.append(
            _("Asking for help is answered low (%(value)s of 100).")
            % {"value": whole(float(prompt.figures["help_asking"]))}
        )
    if "partner_gap" in prompt.figures:
        gap = float(prompt.figures["partner_gap"])
        size, error = size_and_error(gap, 1.96 * gap / float(prompt.figures["partner_gap_z"]))
        said.append(
            _("The partner sees %(gap)s points less of independence, beyond error of %(error)s.")
            % {"gap": size, "error": error}
        )
    return " ".join(said)


def _stuck(prompt: Prompt, movement: Movement, times: Sequence[datetime]) -> str:
    difference = float(prompt.figures["difference"])
    return _(
        "Balance, smoothed, is %(moved)s after %(weeks)s weeks and %(forms)s forms: less than "
        "%(half)s, half of what error alone makes between two forms in one case of five. The "
        "chance that it rose is %(percent)s."
    ) % {
        "moved": moved(difference, whole(abs(difference))),
        "weeks": whole(float(prompt.figures["weeks"])),
        "forms": number(int(prompt.figures["forms"])),
        "half": whole(float(prompt.figures["detectable"]) / 2),
        "percent": percent(float(prompt.figures["probability_rose"])),
    }


def _target_changed(prompt: Prompt, movement: Movement, times: Sequence[datetime]) -> str:
    return _(
        "The answers are about someone else since %(day)s. A comparison needs %(needed)s forms "
        "about them; %(forms)s came in."
    ) % {
        "day": terms.day(times[prompt.since]),
        "needed": number(int(prompt.figures["needed"])),
        "forms": number(int(prompt.figures["forms"])),
    }


def _long_gap(prompt: Prompt, movement: Movement, times: Sequence[datetime]) -> str:
    before, after = (times[int(prompt.figures[edge])] for edge in ("from", "to"))
    return _(
        "No form for %(weeks)s weeks, from %(before)s to %(after)s; what is compared now reaches "
        "back across them."
    ) % {
        "weeks": number(round(float(prompt.figures["weeks"]))),
        "before": terms.day(before),
        "after": terms.day(after),
    }


_WHY: dict[PromptCode, Callable[[Prompt, Movement, Sequence[datetime]], str]] = {
    PromptCode.DETERIORATION: _deterioration,
    PromptCode.PENDULUM: _pendulum,
    PromptCode.MISTAKEN_AUTONOMY: _mistaken,
    PromptCode.STUCK: _stuck,
    PromptCode.TARGET_CHANGED: _target_changed,
    PromptCode.LONG_GAP: _long_gap,
}
