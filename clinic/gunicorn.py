"""How gunicorn serves Causeway: ``gunicorn -c python:clinic.gunicorn clinic.wsgi``.

``preload_app`` stays off: a database connection or a thread made before the fork would be
shared by all workers.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from gunicorn.glogging import Logger

from clinic import log

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 30
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
control_socket_disable = True
proc_name = "causeway"
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

accesslog = "-"
# No address, browser, referrer or query string: the audit trail says who did what.
access_log_format = '%(t)s %(m)s "%(U)s" %(s)s %(B)s bytes %(M)s ms'

# Personal links, reset and invitation links carry a secret in the path: letters, digits,
# "-" and "_", long. A UUID is an identity, never a secret, and may be logged.
SECRET_SEGMENT = re.compile(
    r"(?<=/)(?![0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:/|$))"
    r"[A-Za-z0-9_:-]{24,}(?=/|$)"
)


def mask(path: str) -> str:
    """The path with every segment that could be a secret replaced."""
    return SECRET_SEGMENT.sub("...", log.mask(path))


class MaskingLogger(Logger):
    """An access log without secrets of links, and without the health checks."""

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        atoms["U"] = mask(environ.get("PATH_INFO", ""))
        return atoms

    def access(self, resp, req, environ, request_time):
        if environ.get("PATH_INFO") != "/healthz":  # asked every few seconds by machines
            super().access(resp, req, environ, request_time)


logger_class = MaskingLogger


def on_starting(server) -> None:
    """Refuse to serve an installation that its own checks refuse.

    In a process of its own, so that this one never holds a database connection to share.
    ``manage.py up`` has checked already and says so.
    """
    if os.environ.get("CAUSEWAY_CHECKED") == "1":
        return
    command = [sys.executable, str(MANAGE), "check", "--deploy", "--tag", "startup"]
    command += ["--database", "default"]
    if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 - our own words
        server.log.error("Causeway does not start: see the reasons above.")
        sys.exit(1)
