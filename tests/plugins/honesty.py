"""What the suite does not run is said, and with CI=true it is a failure. No network either."""

import ipaddress
import os
import socket

import pytest

skipped: dict[str, int] = {}


# --- Skips ----------------------------------------------------------------------------------------


def refuse_skips() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


# Real answers that lie beside the project where it is built, and are no part of it.
BESIDE_THE_PROJECT = "shared/data"


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and refuse_skips():
        reason = reason_of(report)
        if BESIDE_THE_PROJECT in reason:
            return
        report.outcome = "failed"
        report.longrepr = f"With CI=true nothing is skipped, but this was: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    fail_if_skipped(report)
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = reason_of(report)
        skipped[reason] = skipped.get(reason, 0) + 1


def pytest_terminal_summary(terminalreporter) -> None:
    if skipped:
        terminalreporter.section("Not run here, and why")
        for reason, count in sorted(skipped.items()):
            terminalreporter.line(f"{count} test{'s' if count > 1 else ''}: {reason}")


# --- Network --------------------------------------------------------------------------------------


class NetworkUsed(AssertionError):
    """A test tried to reach something outside this machine."""


def refuse_far(address: object) -> None:
    """Let loopback and unix sockets pass, refuse the rest by name or number."""
    host = address[0] if isinstance(address, tuple) else None
    if host is None or host in {"", "localhost"}:
        return
    if isinstance(host, bytes):
        host = host.decode()
    try:
        near = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        near = False
    if not near:
        raise NetworkUsed(f"The suite reaches nothing outside this machine, but tried: {host}")


def pytest_configure(config: pytest.Config) -> None:
    plain_connect, plain_connect_ex = socket.socket.connect, socket.socket.connect_ex
    plain_lookup = socket.getaddrinfo

    def connect(self, address):
        refuse_far(address)
        return plain_connect(self, address)

    def connect_ex(self, address):
        refuse_far(address)
        return plain_connect_ex(self, address)

    def getaddrinfo(host, *args, **options):
        refuse_far((host,))
        return plain_lookup(host, *args, **options)

    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex
    socket.getaddrinfo = getaddrinfo
