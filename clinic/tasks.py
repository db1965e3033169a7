"""Background work of clinic: each task wakes a sweep and logs what it did."""

import logging

from celery import shared_task
from django.utils import timezone

from clinic.actions import notices

logger = logging.getLogger(__name__)


@shared_task(name="clinic.tasks.sweep_notices")
def sweep_notices() -> None:
    """Send what is due in the outbox."""
    done = notices.deliver_due(now=timezone.now())
    if done.sent or done.postponed or done.failed:
        logger.info(
            "Notices: %d sent, %d postponed, %d failed", done.sent, done.postponed, done.failed
        )
