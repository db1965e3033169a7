"""The Celery application. Its options are the CELERY_ ones of ``clinic.settings``.

Tasks only wake sweeps over rows (decision 4 of the design): losing the broker loses nothing.
Where no Redis is configured the broker is this worker's own memory, and the clock ("beat")
runs in a thread beside it; with Redis, worker and beat are processes of their own.
"""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.signals import setup_logging, worker_ready, worker_shutting_down
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("causeway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule_filename = str(settings.DATA_DIR / "beat-schedule")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_settings_say(**_signal) -> None:
    """Keep Celery from installing its own handlers, which would go past the masking of secrets."""
    logging.config.dictConfig(settings.LOGGING)


class EmbeddedBeat:
    """The clock in a thread of the worker, for the broker that other processes cannot reach."""

    def __init__(self) -> None:
        self.service: Any = None

    def start(self, **_signal) -> None:
        if str(app.conf.broker_url).startswith("memory://"):
            self.service = EmbeddedService(app, thread=True)
            self.service.start()

    def stop(self, **_signal) -> None:
        if self.service is not None:
            # Not stop(): it waits for the thread, and this runs inside a signal handler.
            self.service.service.stop(wait=False)


embedded_beat = EmbeddedBeat()
worker_ready.connect(embedded_beat.start)
worker_shutting_down.connect(embedded_beat.stop)
