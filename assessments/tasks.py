"""Background sweeps. Each looks for what is due in the database; the task only wakes it."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from assessments.actions import (
    adapting,
    calendar_folder,
    digest,
    occasions,
    plans,
    psychometrics,
    sessions,
    standing,
)

logger = logging.getLogger(__name__)


@shared_task(name="assessments.tasks.sweep_occasions")
def sweep_occasions() -> None:
    """Resume, close, open, remind: in this order, so that each sees what the one before did."""
    now = timezone.now()
    plans.resume_due_plans(now=now)
    occasions.close_due_occasions(now=now)
    occasions.open_due_occasions(now=now)
    occasions.remind_due(now=now)


@shared_task(name="assessments.tasks.write_occasions")
def write_occasions() -> None:
    """Adapt first, so that nothing is written ahead that would be taken back at once."""
    now = timezone.now()
    adapting.adapt_plans(now=now)
    occasions.extend_all_occasions(now=now)
    sessions.follow_all_appointments(now=now)


@shared_task(name="assessments.tasks.read_calendars")
def read_calendars() -> None:
    """Read the calendars in the folder, where one is named."""
    if settings.CALENDAR_DIR is not None:
        read = calendar_folder.read_folder(folder=settings.CALENDAR_DIR, now=timezone.now())
        if read:
            logger.info("Calendars: %d read", read)


@shared_task(name="assessments.tasks.sweep_standings")
def sweep_standings() -> None:
    now = timezone.now()
    standing.refresh_told(now=now)
    standing.refresh_stale(now=now)


@shared_task(name="assessments.tasks.write_digests")
def write_digests() -> None:
    written = digest.write_due_digests(now=timezone.now())
    if written:
        logger.info("Digests: %d written", written)


@shared_task(name="assessments.tasks.estimate_psychometrics")
def estimate_psychometrics() -> None:
    done = psychometrics.compute_changed(now=timezone.now())
    if done:
        logger.info("Psychometrics: %d worked out", done)
