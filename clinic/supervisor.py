"""Starts the processes of one installation, keeps them running, and stops them cleanly.

Why not a ready-made process manager: those signal the whole process group at once, and then a
Celery worker cannot finish the task it has begun. Here every child stands in a group of its own
and gets exactly the signal that means "finish, then stop" to it.

Nothing here knows Django.
"""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
# A child that ran this long had started well; its next stop is a new trouble, not the old one.
STEADY_AFTER = 60.0
# A child that has never been steady and stops this often will not come up by itself.
MOST_EARLY_STOPS = 5
# Longer than the hard time limit of a task (330 s).
LONGEST_STOP = 360.0


@dataclass
class Child:
    """One process: how it is started, and the signals that end it."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    finish: signal.Signals = signal.SIGTERM
    hasten: signal.Signals = signal.SIGQUIT
    process: asyncio.subprocess.Process | None = None
    early_stops: int = 0
    code: int | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self.running and self.process is not None:
            self.process.send_signal(number)


def die_with_parent() -> None:
    """Ask Linux to end this child should the supervisor be killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Supervisor:
    """Runs children until a signal comes. ``run`` returns the exit code.

    ``ready`` is asked, in a thread, until it says that the installation answers;
    ``announce`` is called then. ``write`` gets every line meant for the person watching.
    The children work in ``folder``.
    """

    def __init__(
        self,
        children: list[Child],
        *,
        ready: Callable[[], bool],
        announce: Callable[[], None],
        write: Callable[[str], None],
        folder: Path | None = None,
        ready_within: float = 60.0,
    ) -> None:
        self.children = children
        self.ready = ready
        self.announce = announce
        self.write = write
        self.folder = folder
        self.ready_within = ready_within
        self.signals = 0
        self.failed = False
        self.stopping = asyncio.Event()

    def run(self) -> int:
        return asyncio.run(self.supervise())

    async def supervise(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.receive_signal)
        keepers = [asyncio.create_task(self.keep(child)) for child in self.children]
        waiting = asyncio.create_task(self.wait_until_ready())
        waiting.add_done_callback(self.stop_on_trouble)
        await self.stopping.wait()
        waiting.cancel()
        await self.stop()
        await asyncio.gather(*keepers, waiting, return_exceptions=True)
        unclean = [c for c in self.children if c.code not in (0, None, -c.finish)]
        for child in unclean:
            self.write(f"The {child.name} process did not stop cleanly (code {child.code}).")
        if not unclean and not self.failed:
            self.write("Causeway has stopped.")
        return 1 if unclean or self.failed else 0

    def receive_signal(self) -> None:
        self.signals += 1
        if self.signals == 1:
            self.write("Stopping: requests and tasks that have begun are finished first.")
            self.stopping.set()
        elif self.signals == 2:
            self.write("Stopping at once.")
            for child in self.children:
                child.send(child.hasten)
        else:
            for child in self.children:
                child.send(signal.SIGKILL)

    def stop_on_trouble(self, task: asyncio.Task[None]) -> None:
        trouble = None if task.cancelled() else task.exception()
        if trouble is not None:
            self.give_up(f"Causeway stops: {type(trouble).__name__}: {trouble}")

    def give_up(self, reason: str) -> None:
        if not self.stopping.is_set():
            self.write(reason)
            self.failed = True
            self.stopping.set()

    async def keep(self, child: Child) -> None:
        """Start the child, and again with growing pauses whenever it stops unasked."""
        delay = FIRST_DELAY
        while not self.stopping.is_set():
            started = time.monotonic()
            code = await self.run_once(child)
            if self.stopping.is_set():
                child.code = code
                return
            if time.monotonic() - started >= STEADY_AFTER:
                delay, child.early_stops = FIRST_DELAY, 0
            child.early_stops += 1
            if child.early_stops >= MOST_EARLY_STOPS:
                self.give_up(
                    f"The {child.name} process stopped {child.early_stops} times soon after its "
                    "start; its messages above say why. Causeway stops."
                )
                return
            self.write(
                f"The {child.name} process stopped ({describe(code)}). Starting it again in "
                f"{delay:.0f} s."
            )
            await self.pause(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def run_once(self, child: Child) -> int:
        child.process = await asyncio.create_subprocess_exec(
            *child.command,
            cwd=self.folder,
            env={**os.environ, **child.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        if self.stopping.is_set():  # the signal came while it was being started
            child.send(child.finish)
        relay = asyncio.create_task(self.relay(child))
        code = await child.process.wait()
        # A grandchild may hold the pipe open for longer than its parent lived.
        await asyncio.wait([relay], timeout=2)
        relay.cancel()
        return code

    async def relay(self, child: Child) -> None:
        stream = child.process.stdout if child.process else None
        while stream is not None:
            try:
                line = await stream.readline()
            except ValueError:  # a line longer than the buffer: go on behind it
                continue
            if not line:
                return
            self.write(f"{child.name:<6} | {line.decode(errors='replace').rstrip()}")

    async def wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.ready_within
        while time.monotonic() < deadline:
            if await asyncio.to_thread(self.ready):
                self.announce()
                return
            await asyncio.sleep(0.1)
        self.give_up(
            f"Causeway did not answer within {self.ready_within:.0f} s; the messages above say why."
        )

    async def stop(self) -> None:
        for child in self.children:
            child.send(child.finish)
        deadline = time.monotonic() + LONGEST_STOP
        reminded = time.monotonic()
        while any(child.running for child in self.children):
            if time.monotonic() > deadline:
                for child in self.children:
                    child.send(signal.SIGKILL)
            if time.monotonic() - reminded > 10:
                reminded = time.monotonic()
                names = ", ".join(child.name for child in self.children if child.running)
                self.write(f"Still finishing: {names}. Press Ctrl-C to stop at once.")
            await asyncio.sleep(0.05)

    async def pause(self, seconds: float) -> None:
        """Sleep, but no longer than until the stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return


def describe(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"exit code {code}"
