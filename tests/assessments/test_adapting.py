"""A plan whose therapist has switched it on asks less often while nothing changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assessments import tasks
from assessments.actions import adapting, occasions, plans, references, respond
from assessments.actions.plans import Part, Settings
from assessments.models import (
    AdaptedWhy,
    Assignment,
    Occasion,
    Plan,
    Response,
    Signal,
    Standing,
)
from clinic.audit import Actor
from clinic.models import AuditEvent
from tests import factories_assessments as asked
from tests.factories import NOW, actor
from tests.factories_movement import (
    FREE,
    GUARDED,
    MIDDLE,
    STEADY,
    WEEK,
    answers_for,
    end_of,
    history,
)

SYSTEM = Actor.system()
DAY = timedelta(days=1)
STABLE = STEADY[:6]
NOW_STABLE = end_of(STABLE)


def give(client, cadence: str = "weekly", code: str = asked.WEEKLY, **settings) -> Assignment:
    """A form of a plan under the rule, without an occasion yet."""
    made = plans.make_plan(
        client=client,
        parts=[Part(asked.instrument(code), cadence, NOW.date())],
        settings=Settings(**{"adapts": True, **settings}),
        by=SYSTEM,
        now=NOW,
    )
    assignment = made.plan.assignments.get()
    assignment.occasions.all().delete()
    return assignment


def running(client) -> Assignment:
    return client.assignments.get(ended_at=None)


def adapted(client) -> tuple[str, str, str | None]:
    row = running(client)
    return row.cadence, row.chosen_cadence, row.adapted_why


UNCHANGED = ("weekly", "", None)
RARER = ("two_weeks", "weekly", "stable")


def test_six_answered_forms_without_a_change_make_a_weekly_form_rarer(nora):
    history(nora, STABLE, assignment=give(nora))
    assert adapting.adapt_plans(now=NOW_STABLE) == 1
    assert adapted(nora) == RARER
    # Two weeks after the last one, on the day of the week it has had.
    assert running(nora).first_on == NOW.date() + 7 * WEEK
    assert adapting.adapt_plans(now=NOW_STABLE) == 0


@pytest.mark.parametrize(
    "story",
    [
        STABLE[:5],
        [*STABLE[:3], None, *STABLE[:3]],
        [*STABLE[:5], None],
        [GUARDED, *[FREE] * 5],
        # A jump on the last form may be the beginning of something.
        [*STABLE[:5], GUARDED],
        [MIDDLE, MIDDLE, GUARDED, GUARDED, MIDDLE, MIDDLE],
    ],
    ids=["five", "one missed", "last missed", "moved", "last moved", "moved and back"],
)
def test_what_does_not_suffice_changes_nothing(nora, story):
    history(nora, story, assignment=give(nora))
    assert adapting.adapt_plans(now=end_of(story) + WEEK) == 0
    assert adapted(nora) == UNCHANGED


def test_worse_is_called_what_the_caseload_calls_it():
    assert AdaptedWhy.WORSE.label == Signal.WORSE.label == "Worse, beyond error"


def test_one_form_off_the_line_is_no_change(nora):
    history(nora, [MIDDLE, MIDDLE, GUARDED, *[MIDDLE] * 3], assignment=give(nora))
    adapting.adapt_plans(now=NOW_STABLE)
    assert adapted(nora) == RARER


def test_form_that_lies_open_since_does_not_count_against_it(nora):
    assignment = give(nora)
    history(nora, STABLE, assignment=assignment)
    opens = NOW + 6 * WEEK
    Occasion.objects.create(
        assignment=assignment,
        client=nora,
        number=6,
        opens_at=opens,
        closes_at=opens + WEEK,
        opened_at=opens,
    )
    adapting.adapt_plans(now=opens + DAY)
    assert adapted(nora) == RARER


def test_nothing_happens_where_it_is_not_switched_on(nora):
    history(nora, STABLE, assignment=give(nora, adapts=False))
    assert adapting.adapt_plans(now=NOW_STABLE) == 0


def test_nothing_happens_while_the_plan_is_paused(nora):
    history(nora, STABLE, assignment=give(nora))
    plans.pause_plan(plan=Plan.objects.get(), by=SYSTEM, now=NOW_STABLE)
    assert adapting.adapt_plans(now=NOW_STABLE) == 0


def test_form_that_was_taken_out_does_not_count(nora):
    taken_out = history(nora, STABLE, assignment=give(nora))[2]
    Response.objects.filter(pk=taken_out.pk).update(voided_at=NOW_STABLE)
    assert adapting.adapt_plans(now=NOW_STABLE) == 0


def test_form_that_ran_out_does_not_count_and_is_not_missed(nora):
    assignment = give(nora)
    history(nora, STABLE[:5], assignment=assignment)
    opens = NOW + 5 * WEEK
    last = Occasion.objects.create(
        assignment=assignment,
        client=nora,
        number=5,
        opens_at=opens,
        closes_at=opens + WEEK,
        opened_at=opens,
    )
    respond.save_answers(
        occasion=last,
        answers=answers_for(assignment.version, MIDDLE),
        by=SYSTEM,
        now=opens + DAY,
        source="link",
    )
    occasions.close_due_occasions(now=last.closes_at)
    assert Response.objects.get(occasion=last).partial
    assert adapting.adapt_plans(now=last.closes_at) == 0
    Assignment.objects.update(cadence="two_weeks", chosen_cadence="weekly")
    assert adapting.adapt_plans(now=last.closes_at) == 0


def test_answers_about_two_relationships_are_not_compared(nora, ada):
    history(nora, STABLE, assignment=give(nora))
    references.set_reference(
        client=nora, kind="partner", label="Sam", by=actor(ada), now=NOW + 3 * WEEK
    )
    assert adapting.adapt_plans(now=NOW_STABLE) == 0


def test_form_without_a_score_is_never_rarer(nora):
    assignment = give(nora, code=asked.SAFETY)
    for number in range(6):
        opens = NOW + number * WEEK
        occasion = Occasion.objects.create(
            assignment=assignment,
            client=nora,
            number=number,
            opens_at=opens,
            closes_at=opens + WEEK,
            opened_at=opens,
        )
        asked.send(occasion, value=0, now=opens + DAY)
    assert adapting.adapt_plans(now=NOW_STABLE + DAY) == 0


def test_every_four_weeks_is_the_rarest(nora):
    assignment = give(nora, cadence="four_weeks")
    history(nora, STABLE, assignment=assignment)
    assert adapting.adapt_plans(now=NOW_STABLE) == 0


# --- Back to what was chosen ----------------------------------------------------------------------


@pytest.fixture
def rarer(nora) -> Assignment:
    """Nora's weekly form, every two weeks by now."""
    history(nora, STABLE, assignment=give(nora))
    adapting.adapt_plans(now=NOW_STABLE)
    return running(nora)


def next_of(assignment: Assignment) -> Occasion:
    return assignment.occasions.filter(cancelled_at=None, opened_at=None).earliest("opens_at")


def test_six_more_make_it_every_four_weeks(nora, rarer):
    rarer.occasions.all().delete()
    start = NOW + 7 * WEEK
    history(nora, STABLE, assignment=rarer, start=start)
    adapting.adapt_plans(now=end_of(STABLE, start))
    assert adapted(nora) == ("four_weeks", "weekly", "stable")


def test_alert_brings_back_what_was_chosen(nora, ada, rarer):
    now = NOW_STABLE + DAY
    asked.send(asked.open_occasion(nora, asked.SAFETY, now=now, cadence="once"), value=1, now=now)
    assert adapting.adapt_plans(now=now) == 1
    row = rarer.replaced_by
    assert (row.cadence, row.chosen_cadence, row.adapted_why) == ("weekly", "", "alert")
    # A week after the last form: on the day it would have been without the rule.
    assert row.first_on == NOW.date() + 6 * WEEK
    event = AuditEvent.objects.get(action="plan.adapt", details__why="alert")
    assert (event.actor_kind, event.details["from"], event.details["to"]) == (
        "system",
        "two_weeks",
        "weekly",
    )
    assert adapting.adapt_plans(now=now) == 0


def test_missed_form_brings_back_what_was_chosen(nora, rarer):
    missed = next_of(rarer)
    Occasion.objects.filter(pk=missed.pk).update(opened_at=missed.opens_at)
    assert adapting.adapt_plans(now=missed.closes_at - DAY) == 0
    adapting.adapt_plans(now=missed.closes_at)
    assert adapted(nora) == ("weekly", "", "missed")


def test_signal_of_getting_worse_brings_back_what_was_chosen(nora, rarer):
    Standing.objects.filter(client=nora).update(signal=20)
    adapting.adapt_plans(now=NOW_STABLE + DAY)
    assert adapted(nora) == ("weekly", "", "worse")


def test_nothing_is_put_beyond_the_last_date(nora):
    assignment = give(nora)
    history(nora, STABLE, assignment=assignment)
    # The rarer form would be due seven weeks after the first.
    for day, changed in ((NOW.date() + 7 * WEEK - DAY, 0), (NOW.date() + 7 * WEEK, 1)):
        Assignment.objects.filter(pk=assignment.pk).update(ends_on=day)
        assert adapting.adapt_plans(now=NOW_STABLE) == changed


def test_rule_runs_with_the_sweep_that_writes_ahead(nora, clock):
    history(nora, STABLE, assignment=give(nora))
    clock.move_to(NOW_STABLE)
    tasks.write_occasions()
    assert adapted(nora) == RARER


# --- Changing a plan that has adapted -------------------------------------------------------------


def change(cadence: str | None = None, **settings) -> None:
    plan = Plan.objects.get()
    row = plan.assignments.get(ended_at=None)
    plans.change_plan(
        plan=plan,
        settings=Settings(**{"adapts": True, **settings}),
        cadences={row.pk: cadence} if cadence else None,
        by=SYSTEM,
        now=NOW_STABLE,
    )


def test_change_of_the_hour_leaves_what_the_rule_made(nora, rarer):
    change(weekday=4)
    assert adapted(nora) == RARER


def test_choosing_the_same_cadence_again_leaves_what_the_rule_made(nora, rarer):
    change("weekly")
    assert adapted(nora) == RARER
    assert not hasattr(rarer, "replaced_by")


def test_choosing_another_cadence_takes_the_place_of_what_the_rule_made(nora, rarer):
    change("four_weeks")
    assert adapted(nora) == ("four_weeks", "", None)


def test_switching_the_rule_off_brings_back_what_was_chosen(nora, rarer):
    change(adapts=False)
    assert adapted(nora) == UNCHANGED


def test_dates_of_the_rule_are_written_ahead(nora, rarer):
    days = [row.opens_at.date() for row in rarer.occasions.order_by("number")]
    assert days == [date(2026, 12, 21), date(2027, 1, 4)]
