"""End of `make run`: quiet, even after several interrupts."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.services import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import atexit, sys, time
from concurrent.futures import ThreadPoolExecutor
from cpc import run
from gunicorn.workers.base import Worker

def delay(owner, name, phase, seconds):
    # Announce the phase and wait before each call of a method.
    method = getattr(owner, name)

    def delayed(of):
        print(phase, flush=True)
        time.sleep(seconds)
        method(of)

    if seconds:
        setattr(owner, name, delayed)

delay(Worker, "init_signals", "starting", {starting})
delay(ThreadPoolExecutor, "_adjust_thread_count", "busy", {busy})

def answer(environ, start_response):
    start_response("200 OK", [])
    return [b"served"]

def prepare():
    print("preparing", flush=True)
    time.sleep({preparing})
    return answer

run.prepare = prepare
# Stopping the private database takes a moment, too.
atexit.register(time.sleep, 1)
sys.exit(run.main())
"""


def started(phase: str, port: int) -> subprocess.Popen[str]:
    seconds = {"preparing": 30, "starting": 2, "busy": 1}
    slow = {name: seconds[name] if name == phase else 0 for name in seconds}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(**slow)],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port), "CPC_ENV": "test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def asks(port: int) -> bool:
    """Send a request without waiting for its answer, and return whether there is somebody to receive it."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
    except OSError:
        return False
    return True


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read() == b"served"
    except OSError:
        return False


@dataclass(frozen=True)
class Stop:
    """Signals to send to one program in a phase of its run, each followed by a pause in seconds."""

    phase: str
    signals: tuple[tuple[signal.Signals, float], ...]

    @property
    def expected(self) -> int:
        """Return the exit status: that of the first signal until the program serves, then 0."""
        return 128 + self.signals[0][0] if self.phase == "preparing" else 0

    def __str__(self) -> str:
        return "-".join([self.phase, *(number.name for number, _ in self.signals)])


@dataclass(frozen=True)
class Ended:
    """End of a program: its exit status and what it printed."""

    status: int
    out: str
    err: str


TWICE = [
    Stop(phase, ((number, 0.3), (number, 0.3), (number, 0.5)))
    for phase in ("preparing", "serving")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
]
BUSY = [Stop("busy", ((number, 0),)) for number in (signal.SIGTERM, signal.SIGINT)]
STARTING = [Stop("starting", ((number, 0),)) for number in (signal.SIGTERM, signal.SIGINT)]
KINDS = Stop("preparing", tuple((n, 0) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM)))


def stopped(stop: Stop) -> Ended:
    """Start the program, wait for the phase, and send the signals."""
    port = free_port()
    process = started(stop.phase, port)
    assert process.stdout is not None
    # A program that never reaches its phase ends its output, and so the wait for it.
    limit = threading.Timer(60, process.kill)
    limit.start()
    try:
        if stop.phase == "serving":
            wait_until(lambda: answers(port), "the first answer")
        elif stop.phase == "busy":
            wait_until(lambda: asks(port), "the first connection")
        awaited = "preparing" if stop.phase == "serving" else stop.phase
        # Two workers may announce it in one line.
        read = []
        for line in process.stdout:
            read.append(line)
            if awaited in line:
                break
        else:
            raise AssertionError(f"It ended before it was {awaited}: {read}")
        for number, pause in stop.signals:
            process.send_signal(number)
            time.sleep(pause)
        out, err = process.communicate(timeout=30)
    finally:
        limit.cancel()
        process.kill()
    return Ended(process.returncode, out, err)


@pytest.fixture(scope="module")
def ended() -> Iterator[Mapping[Stop, Future[Ended]]]:
    """Return the end of each program. Five run at a time, because most of their time they wait."""
    with ThreadPoolExecutor(5) as pool:
        yield {stop: pool.submit(stopped, stop) for stop in (*STARTING, *BUSY, *TWICE, KINDS)}


@pytest.mark.parametrize("stop", TWICE, ids=str)
def test_signals_that_come_twice_end_it_without_a_traceback(stop: Stop, ended: Mapping[Stop, Future[Ended]]) -> None:
    found = ended[stop].result()
    assert found.err == ""
    assert "Traceback" not in found.out
    assert found.status == stop.expected


@pytest.mark.parametrize("stop", BUSY, ids=str)
def test_a_worker_that_gets_requests_is_not_killed(stop: Stop, ended: Mapping[Stop, Future[Ended]]) -> None:
    found = ended[stop].result()
    assert found.err == ""
    assert found.status == stop.expected


@pytest.mark.parametrize("stop", STARTING, ids=str)
def test_a_worker_that_is_still_starting_is_not_killed(stop: Stop, ended: Mapping[Stop, Future[Ended]]) -> None:
    found = ended[stop].result()
    assert found.err == ""
    assert found.status == stop.expected


def test_two_kinds_of_signals_end_it_without_a_traceback(ended: Mapping[Stop, Future[Ended]]) -> None:
    assert ended[KINDS].result().err == ""
