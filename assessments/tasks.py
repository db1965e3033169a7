"""Background sweeps. Each looks for what is due in the database; the task only wakes it."""

import logging

from celery import shared_task
from django.utils import timezone

from assessments.actions import assign, psychometrics, standing

logger = logging.getLogger(__name__)


@shared_task(name="assessments.tasks.sweep_occasions")
def sweep_occasions() -> None:
    assign.open_due_occasions(now=timezone.now())


@shared_task(name="assessments.tasks.write_occasions")
def write_occasions() -> None:
    assign.extend_all_occasions(now=timezone.now())


@shared_task(name="assessments.tasks.sweep_standings")
def sweep_standings() -> None:
    standing.refresh_stale(now=timezone.now())


@shared_task(name="assessments.tasks.estimate_psychometrics")
def estimate_psychometrics() -> None:
    done = psychometrics.compute_changed(now=timezone.now())
    if done:
        logger.info("Psychometrics: %d worked out", done)
