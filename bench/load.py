"""A small load generator: a few connections kept open, a bounded number of requests."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """What is sent. ``expect`` is the status that counts as success."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    expect: int = 200


@dataclass(frozen=True)
class Result:
    """What came of it: seconds of each request, and how many were not as expected."""

    name: str
    seconds: tuple[float, ...]
    whole: float
    failures: int

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.whole

    def percentile(self, percent: int) -> float:
        """Milliseconds within which ``percent`` of the requests were answered."""
        return statistics.quantiles(self.seconds, n=100)[percent - 1] * 1000

    def line(self, yardstick: "Result | None" = None) -> str:
        text = (
            f"{self.name:<34} {self.rate:8.1f} /s   p50 {self.percentile(50):7.1f} ms   "
            f"p95 {self.percentile(95):7.1f} ms"
        )
        if yardstick is not None:
            text += f"   {yardstick.rate / self.rate:5.1f} x {yardstick.name}"
        return text + (f"   {self.failures} FAILED" if self.failures else "")


def load(
    name: str,
    port: int,
    request: Callable[[int], Request],
    *,
    count: int,
    connections: int = 4,
    warm_up: int = 40,
) -> Result:
    """Send ``count`` requests, ``request(0)`` to ``request(warm_up + count - 1)``, and time them.

    The first ``warm_up`` are sent one after another and not counted.
    """
    failures = [fetch(connect(port), request(number))[1] for number in range(warm_up)]
    numbers = iter(range(warm_up, warm_up + count))
    lock = threading.Lock()
    timed: list[tuple[float, bool]] = []

    def work() -> None:
        connection = connect(port)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                connection.close()
                return
            found = fetch(connection, request(number))
            with lock:
                timed.append(found)

    started = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - started
    failed = sum(failures) + sum(bad for _, bad in timed)
    return Result(name, tuple(seconds for seconds, _ in timed), whole, failed)


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30)


def fetch(connection: http.client.HTTPConnection, request: Request) -> tuple[float, bool]:
    """Seconds of one request, and whether it was not answered as expected."""
    started = time.perf_counter()
    connection.request(request.method, request.path, request.body, dict(request.headers))
    response = connection.getresponse()
    response.read()
    return time.perf_counter() - started, response.status != request.expect
