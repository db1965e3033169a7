"""What the movement allows to say: the verdict, the stage, the sentence for today.

Honest by the evidence ladder (MEASUREMENT.md 3.9): a difference comes with its error, one that is
within it is never "no change", nobody is compared with anybody but themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import hypot

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.measurement.evidence import Claim, Footing
from assessments.measurement.movement import (
    SCALES,
    Change,
    Movement,
    Stage,
    Verdict,
    balance,
)
from assessments.wording import ladder, terms
from assessments.wording.terms import SCALES_IN_A_SENTENCE, last_forms, size_and_error, whole

HELD = 2
CLOSE_TO_MIDDLE = 10
HIGH, LOW = 62, 38

# What is looked at first where several scales have moved.
ORDER = ("CDP", "IND", "DEP", "INT")


@dataclass(frozen=True)
class Reading:
    """A word or two, a figure beside it, and sentences that say what they rest on."""

    word: str
    sentences: tuple[str, ...] = ()
    extra: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def forms_held(movement: Movement) -> int:
    """On how many of the latest forms in a row the present verdict stands, two at least."""
    run = 0
    for verdict in reversed(movement.verdicts):
        if verdict != movement.verdict:
            break
        run += 1
    return max(HELD, run + HELD - 1)


# --- The verdict --------------------------------------------------------------------------------


Start = Mapping[str, float | None]


def since_change(changed: datetime | None) -> str:
    """What the start is, where the answers began to be about someone else at ``changed``."""
    if changed is None:
        return ""
    return _("The start is the first form since the change on %(day)s.") % {
        "day": terms.day(changed)
    }


def verdict_reading(
    movement: Movement,
    start: Start | None,
    footing: Footing,
    changed: datetime | None = None,
) -> Reading:
    """The verdict in words, with the balance from and to and the error of its change.

    ``start`` are the scores that the movement is measured from, ``footing`` what all four scales
    of the forms stand on, ``changed`` when the answers began to be about someone else.
    """
    if movement.weeks and not footing.allows(Claim.MOVEMENT):
        return Reading(_("Points only"), (ladder.points_only(),))
    if movement.baseline is None or not movement.changes:
        return Reading(
            _("Too early to say"), (_("A verdict needs a start and two more forms after it."),)
        )
    sentences = [_balance_sentence(movement, start), *_verdict_sentences(movement)]
    word = str(ladder.VERDICTS[movement.verdict])
    if movement.mistaken_autonomy:
        sentences.append(
            _(
                "Independence and counter-dependence are probably both high (%(percent)s): "
                "possible mistaken autonomy."
            )
            % {"percent": terms.percent(movement.mistaken_probability or 0.0)}
        )
        sentences.append(str(terms.MISTAKEN_AUTONOMY))
    else:
        sentences += _elevation_sentences(movement)
    sentences.append(since_change(changed))
    return Reading(word, tuple(sentence for sentence in sentences if sentence))


def _balance_sentence(movement: Movement, start_scores: Start | None) -> str:
    """Balance M at the start and now, as the mean of the last forms that the verdict rests on."""
    found = balance_change(movement, start_scores)
    if found is None:
        return ""
    start, now, margin = found
    size, error = size_and_error(now - start, margin)
    figures = {"start": whole(start), "now": whole(now), "error": error}
    if float(size) > float(error):
        return _("Balance %(start)s → %(now)s, error of change %(error)s.") % figures
    return _("Balance %(start)s → %(now)s, within error of %(error)s.") % figures


def balance_change(movement: Movement, start: Start | None) -> tuple[float, float, float] | None:
    """Balance at the start, now, and the difference that error alone would rarely exceed."""
    ind, cdp = movement.changes.get("IND"), movement.changes.get("CDP")
    if ind is None or cdp is None or start is None:
        return None
    ind_start, cdp_start = start["IND"], start["CDP"]
    if ind_start is None or cdp_start is None:
        return None
    begun = balance(ind_start, cdp_start)
    now = begun + (ind.difference - cdp.difference) / 2
    return begun, now, hypot(ind.margin, cdp.margin) / 2


def _verdict_sentences(movement: Movement) -> list[str]:
    verdict = movement.verdict
    if verdict is Verdict.TOWARD_INDEPENDENCE:
        return [_("Counter-dependence is clearly lower too, so the gain is credited.")]
    if verdict is Verdict.CLAIMS_ONLY:
        return [
            _(
                "Independence is rated higher while counter-dependence is not clearly lower, so "
                "the gain is not credited as movement yet."
            )
        ]
    if verdict is Verdict.AWAY:
        return [_("The change has held on at least the last two forms.")]
    if verdict is Verdict.SWING_TO_COUNTER_DEPENDENCE:
        return [
            _(
                "Dependence is clearly lower and counter-dependence clearly higher: the pendulum "
                "to the other side, which is not counted as movement toward independence."
            )
        ]
    if verdict is Verdict.SWING_TO_DEPENDENCE:
        return [
            _(
                "Counter-dependence is clearly lower and dependence clearly higher: the pendulum "
                "back to the other side, which is not counted as movement toward independence."
            )
        ]
    # No chance by the smoothed course here: "99 %" beside "not yet reliable" would undo the words.
    return [_("This does not mean that nothing has changed; it is not yet more than error.")]


def _elevation_sentences(movement: Movement) -> list[str]:
    """Elevation where the balance lies in the middle and would hide two high or two low scores."""
    now = movement.balances[-1] if movement.balances else None
    if now is None or abs(now.value - 50) > CLOSE_TO_MIDDLE:
        return []
    figures = {
        "elevation": whole(now.elevation),
        "error": whole(1.96 * now.standard_error),
    }
    if now.elevation >= HIGH:
        sentence = _(
            "Together independence and counter-dependence lie high (elevation %(elevation)s, give "
            "or take %(error)s), which balance alone does not show."
        )
        return [sentence % figures]
    if now.elevation <= LOW:
        sentence = _(
            "Together independence and counter-dependence lie low (elevation %(elevation)s, give "
            "or take %(error)s): look at dependence as well."
        )
        return [sentence % figures]
    return []


# --- The stage ----------------------------------------------------------------------------------


def stage_reading(
    movement: Movement, between: tuple[Stage, Stage] | None, footing: Footing
) -> Reading:
    """The stage now, how probable it is, and what it means for interdependence."""
    reading = movement.stage
    if movement.weeks and not footing.allows(Claim.MOVEMENT):
        return Reading(_("No stage"), (ladder.points_only(),))
    if reading is None:
        return Reading(
            _("No stage yet"), (_("It needs a form on which all four scales have a score."),)
        )
    percent = terms.percent(reading.probability)
    if reading.stage is None:
        word = terms.stage_words("", between or ())
        likely = next(iter(reading.between or ()), None)
        sentence = _("Likeliest is %(stage)s, with %(percent)s; a stage is named from 70 %% on.")
        name = _stage_name(likely)
        return Reading(word, (sentence % {"stage": name, "percent": percent},))
    extra = percent
    sentences = [_STAGE_SENTENCES[reading.stage](movement)]
    if reading.provisional:
        extra = _("%(percent)s, provisional") % {"percent": percent}
        sentences.append(_("Named from one form alone; the next ones may change it."))
    return Reading(str(terms.STAGES[reading.stage]), tuple(filter(None, sentences)), extra)


def _stage_name(stage: Stage | None) -> str:
    return str(terms.STAGES_IN_A_SENTENCE[stage]) if stage else str(terms.NO_CLEAR_STAGE).lower()


def _onward(movement: Movement) -> str:
    """Interdependence, reported only on the platform of independence (MEASUREMENT.md 4.3)."""
    change = movement.changes.get("INT")
    if change is None or not movement.platform_stands:
        return ""
    if movement.onward:
        size, error = size_and_error(change.difference, change.margin)
        return _(
            "Interdependence is credited from here on, and is up %(size)s, beyond error of "
            "%(error)s."
        ) % {"size": size, "error": error}
    return ladder.onward_not_yet()


_STAGE_SENTENCES = {
    Stage.MIXED: lambda movement: _(
        "Dependence and counter-dependence are both high; they often share roots."
    ),
    Stage.DEPENDENT: lambda movement: _("Dependence is high, counter-dependence is not."),
    Stage.COUNTER_DEPENDENT: lambda movement: _(
        "Counter-dependence is high, whatever independence says."
    ),
    Stage.TRANSITIONAL: lambda movement: _(
        "Neither pole is high, and independence is still forming."
    ),
    Stage.RELATIONAL_AHEAD: lambda movement: _(
        "Relational skills stand before independence does, so interdependence is not credited yet."
    ),
    Stage.INDEPENDENT: _onward,
    Stage.INTERDEPENDENT: lambda movement: _(
        "Interdependence stands on the platform of independence."
    ),
}


# --- The sentence for today ---------------------------------------------------------------------


def session_sentence(movement: Movement, footing: Footing, other_forms: bool = False) -> SafeString:
    """What moved beyond error, as one sentence of safe HTML with the figures emphasised."""
    changes = movement.changes
    if not movement.weeks:
        return format_html(
            "{}",
            _("Only other forms have come in; movement needs the weekly or the long form.")
            if other_forms
            else _("No form has come in yet. The first one makes the start."),
        )
    if not footing.allows(Claim.MOVEMENT):
        return format_html("{}", ladder.points_only())
    if movement.baseline is None:
        return format_html("{}", _("No form has been complete enough to make a start."))
    if not changes:
        return format_html(
            "{}", _("The first answers make the start. Movement needs two more forms.")
        )
    leading = _VERDICT_SCALES.get(movement.verdict)
    if leading:
        return _named(movement, leading, footing)
    held = [s for s in ORDER if s in changes and changes[s].held >= HELD]
    if held:
        return format_html(
            _("{differences} than at the start: more than error explains ({footing}), {forms}."),
            differences=_differences(changes, held),
            footing=ladder.in_brackets(footing),
            forms=last_forms(min(changes[s].held for s in held)),
        )
    return _nothing_yet(changes, footing)


_VERDICT_SCALES = {
    Verdict.TOWARD_INDEPENDENCE: ("CDP", "IND"),
    Verdict.CLAIMS_ONLY: ("IND",),
    Verdict.AWAY: ("CDP", "IND"),
    Verdict.SWING_TO_DEPENDENCE: ("CDP", "DEP"),
    Verdict.SWING_TO_COUNTER_DEPENDENCE: ("DEP", "CDP"),
}


def _named(movement: Movement, scales: tuple[str, ...], footing: Footing) -> SafeString:
    if movement.verdict is Verdict.CLAIMS_ONLY:
        template = _(
            "{differences} than at the start; counter-dependence is not clearly lower ({footing}), "
            "{forms}."
        )
    elif movement.verdict in (Verdict.SWING_TO_DEPENDENCE, Verdict.SWING_TO_COUNTER_DEPENDENCE):
        template = _(
            "{differences} than at the start: a swing to the other side, more than error explains "
            "({footing}), {forms}."
        )
    else:
        template = _(
            "{differences} than at the start: together more than error explains ({footing}), "
            "{forms}."
        )
    return format_html(
        template,
        differences=_differences(movement.changes, list(scales)),
        footing=ladder.in_brackets(footing),
        forms=last_forms(forms_held(movement)),
    )


def _differences(changes: Mapping[str, Change], scales: list[str]) -> SafeString:
    """What moved and by how much: "Counter-dependence is <strong>lower by 31</strong> (error 12)".

    A difference comes with its own error, also where only several together lie beyond it.
    """
    parts = []
    for index, scale in enumerate(scales):
        change = changes[scale]
        size, error = size_and_error(change.difference, change.margin)
        moved = _("lower by %(size)s") if change.difference < 0 else _("higher by %(size)s")
        name = terms.SCALES[scale] if index == 0 else SCALES_IN_A_SENTENCE[scale]
        template = (
            _("{scale} is {moved} (error {error})")
            if index == 0
            else _("{scale} {moved} (error {error})")
        )
        strong = format_html("<strong>{}</strong>", moved % {"size": size})
        parts.append(format_html(template, scale=name, moved=strong, error=error))
    if len(parts) == 1:
        return parts[0]
    return format_html(
        _("{first} and {last}"),
        first=format_html_join(", ", "{}", ((p,) for p in parts[:-1])),
        last=parts[-1],
    )


def _nothing_yet(changes: Mapping[str, Change], footing: Footing) -> SafeString:
    by_size = sorted(
        (s for s in SCALES if s in changes),
        key=lambda s: -abs(changes[s].z),
    )
    change = changes[by_size[0]]
    if change.beyond_error:
        return format_html(
            ladder.not_yet_on_one_form(),
            differences=_differences(changes, by_size[:1]),
            footing=ladder.in_brackets(footing),
        )
    size, margin = size_and_error(change.difference, change.margin)
    moved = _("lower by %(size)s") if change.difference < 0 else _("higher by %(size)s")
    return format_html(
        _(
            "Nothing has moved beyond error yet ({footing}). Nearest is {scale}, {moved}, error "
            "{error}."
        ),
        footing=ladder.in_brackets(footing),
        scale=SCALES_IN_A_SENTENCE[by_size[0]],
        moved=moved % {"size": size},
        error=margin,
    )
