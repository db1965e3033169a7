"""Seconds until ``manage.py up`` answers: the first start with its set-up, and the second.

Without installing packages, which ``make run`` does before.
"""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time

from bench.serve import ROOT, free_port

LONGEST = 300.0
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "CAUSEWAY_DEMO", "KEYS_FILE", "SECRET_KEY")


def seconds_until_ready(folder: str) -> tuple[float, float]:
    """Start, wait for an answer, stop; returns the seconds of starting and of stopping."""
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**inherited, "PORT": str(port), "HOST": "127.0.0.1", "DATA_DIR": folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers(port):
            if process.poll() is not None:
                raise SystemExit(f"manage.py up ended with code {process.returncode}")
            if time.perf_counter() - started > LONGEST:
                raise SystemExit(f"no answer within {LONGEST:.0f} s")
            time.sleep(0.05)
        ready = time.perf_counter() - started
    finally:
        asked = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    return ready, time.perf_counter() - asked


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="causeway-bench-") as folder:
        for name in ("first start", "second start"):
            ready, stopped = seconds_until_ready(folder)
            print(f"{name:<14} ready after {ready:6.1f} s, stopped within {stopped:4.1f} s")


if __name__ == "__main__":
    main()
