"""``manage.py up``, as a person starts it: a process of its own with a data folder of its own."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.plugins.services import FOREIGN, free_port

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]


class Up:
    """One start of Causeway. ``wait_for`` returns the first line that holds a text."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        own = {"DATA_DIR": str(folder), "PORT": str(port), "CAUSEWAY_DEMO": "0"}
        kept = {key: value for key, value in os.environ.items() if key not in FOREIGN}
        self.port = port
        self.lines: list[str] = []
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up"],
            env={**kept, **own, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder.parent,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, text: str, seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = next((line for line in list(self.lines) if text in line), None)
            if found is not None:
                return found
            if self.process.poll() is not None and not self.reader.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"{text!r} was never printed:\n" + "\n".join(self.lines))

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse().status
        connection.close()
        return answer

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.end()

    def end(self) -> int:
        code = self.process.wait(60)
        self.reader.join(5)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts Causeway on a free port; whatever still runs at the end is ended."""
    started: list[Up] = []

    def begin(folder: Path, port: int | None = None, **environment: str) -> Up:
        started.append(Up(folder, port or free_port(), **environment))
        return started[-1]

    yield begin
    for up in started:
        if up.process.poll() is None:
            up.process.kill()
            up.end()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("causeway") / "data"


@pytest.fixture(scope="module")
def running(start, folder) -> Up:
    """A first start that is ready; the last tests of this module stop it and start again."""
    up = start(folder)
    up.wait_for("Causeway is ready")
    return up


def test_first_start_sets_up_and_serves(running, folder):
    assert running.lines[0].startswith("First start: setting up")
    assert f"http://127.0.0.1:{running.port}/" in running.wait_for("Causeway is ready")
    assert running.status("/healthz") == 200
    # Without the demonstration there is no account at all, and the start says how to make one.
    assert f"DATA_DIR={folder} " in running.wait_for("setup_link")
    running.wait_for("worker | ")
    private = [folder, folder / "keys", folder / "keys" / "keyring", folder / "causeway.sqlite3"]
    assert [oct(path.stat().st_mode & 0o077) for path in private] == ["0o0"] * 4


def test_taken_port_is_said_in_a_sentence(start, running, tmp_path):
    second = start(tmp_path / "other", port=running.port)
    assert second.end() == 1
    assert f"Port {running.port} on 127.0.0.1 is already in use." in second.lines[-1]


def test_shared_data_folder_is_said_in_a_sentence(start, running, folder):
    second = start(folder)
    assert second.end() == 1
    assert "Causeway already runs with the data in" in second.lines[-1]
    assert f"(process {running.process.pid})" in second.lines[-1]


def test_refusal_is_said_in_a_sentence_and_starts_nothing(start, tmp_path):
    up = start(tmp_path / "data", DEBUG="1", PUBLIC_URL="https://practice.example.org")
    assert up.end() == 1
    assert any("(causeway.E001) DEBUG is on" in line for line in up.lines)
    assert not [line for line in up.lines if line.startswith(("web ", "worker "))]


def test_stop_is_clean_and_the_second_start_is_quick_with_redis_beside_it(
    start, running, folder, redis_url
):
    assert running.stop() == 0
    assert running.lines[-1] == "Causeway has stopped."
    second = start(folder, REDIS_URL=redis_url)
    second.wait_for("Causeway is ready")
    # The promise is 5 s on an idle machine of two cores; the suite keeps both of them busy.
    assert time.monotonic() - second.started < 15
    assert not [line for line in second.lines if "First start" in line]
    os.kill(processes_of(second)["beat"], signal.SIGKILL)
    second.wait_for("The beat process stopped (ended by SIGKILL). Starting it again in 1 s.")
    assert second.stop(signal.SIGINT) == 0


def test_missing_keyring_is_said_in_a_sentence(start, running, folder):
    if running.process.poll() is None:
        running.stop()
    keyring = folder / "keys" / "keyring"
    keyring.rename(keyring.with_name("elsewhere"))
    up = start(folder)
    assert up.end() == 1
    assert "Put the key file back from your backup" in up.lines[-1]
    assert not keyring.exists()


def processes_of(up: Up) -> dict[str, int]:
    """The children of the supervisor by name; there must be web, worker and beat."""
    children = subprocess.run(
        ["ps", "--ppid", str(up.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = {
        name: int(line.split()[0])
        for line in children.splitlines()
        for name in ("gunicorn", "worker", "beat")
        if f" {name} " in line
    }
    assert set(found) == {"gunicorn", "worker", "beat"}
    return found
