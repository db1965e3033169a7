"""Serves an application as Causeway is served: gunicorn with ``clinic.gunicorn``."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(application: str, **environment: str) -> Iterator[int]:
    """Serve ``application`` ("module:name") until the block ends; gives the port."""
    port = free_port()
    own = {"PORT": str(port), "HOST": "127.0.0.1", "CAUSEWAY_CHECKED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:clinic.gunicorn", application],
        cwd=ROOT,
        env={**os.environ, **own, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_open(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(40)


def wait_until_open(port: int, process: subprocess.Popen, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server did not start")
