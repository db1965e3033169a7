"""Processes are started, kept running and stopped with the signal each of them understands."""

import asyncio
import os
import signal
import sys
import threading
import time

import pytest

from clinic import supervisor
from clinic.supervisor import Child, Supervisor

# Says that it is up, and on SIGTERM takes a moment to finish and says so.
WORKS = """
import signal, sys, time
def finish(*_):
    time.sleep(0.3)
    print("finished", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, finish)
signal.signal(signal.SIGQUIT, lambda *_: sys.exit(7))
print("up", flush=True)
while True:
    time.sleep(0.05)
"""
NEVER_ENDS = WORKS.replace("time.sleep(0.3)", "time.sleep(60)")


class Run:
    """One run of a supervisor in this process; ``act`` is called with it from a thread."""

    def __init__(self, children: list[Child], act=lambda run: None, ready=None) -> None:
        self.lines: list[str] = []
        self.announced = 0
        self.act = act
        self.supervisor = Supervisor(
            children,
            ready=ready
            or (lambda: all(f"{child.name:<6} | up" in self.lines for child in children)),
            announce=self.announce,
            write=self.lines.append,
            ready_within=5,
        )
        # A browser test before this one leaves its own, resting, event loop in the thread.
        resting = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            self.code = self.supervisor.run()
        finally:
            asyncio._set_running_loop(resting)

    def announce(self) -> None:
        self.announced += 1
        threading.Thread(target=self.act, args=(self,), daemon=True).start()


def python(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-u", "-c", code])


def send(number: signal.Signals):
    return lambda run: os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_lets_every_child_finish(number):
    run = Run([python("web", WORKS), python("worker", WORKS)], send(number))
    assert run.code == 0
    assert run.announced == 1
    assert sorted(line for line in run.lines if line.endswith("| finished")) == [
        "web    | finished",
        "worker | finished",
    ]
    assert run.lines[-1] == "Causeway has stopped."


def test_second_signal_hastens(monkeypatch):
    def act(run):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    started = time.monotonic()
    run = Run([python("web", NEVER_ENDS)], act)
    assert time.monotonic() - started < 5
    assert run.code == 1
    assert run.lines[-1] == "The web process did not stop cleanly (code 7)."


def test_child_that_died_is_started_again(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.1)

    def act(run):
        run.supervisor.children[0].send(signal.SIGKILL)
        while run.lines.count("web    | up") < 2:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    run = Run([python("web", WORKS)], act)
    assert run.code == 0
    assert "The web process stopped (ended by SIGKILL). Starting it again in 0 s." in run.lines


def test_child_that_never_stays_up_ends_the_run(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.01)
    run = Run([python("web", "raise SystemExit('no such setting')")], ready=lambda: False)
    assert run.code == 1
    assert run.announced == 0
    assert run.lines.count("web    | no such setting") == 5
    assert run.lines[-1].startswith("The web process stopped 5 times soon after its start")


def test_failure_to_announce_is_said_and_ends_the_run():
    def ready() -> bool:
        raise ValueError("broken probe")

    run = Run([python("web", WORKS)], ready=ready)
    assert run.code == 1
    assert "Causeway stops: ValueError: broken probe" in run.lines
