"""End of `make run`: quiet, even after several interrupts."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.services import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import atexit, sys, time
from cpc import run
from gunicorn.workers.base import Worker

handle_signals = Worker.init_signals

def handle_signals_late(worker):
    print("starting", flush=True)
    time.sleep({startup})
    handle_signals(worker)

if {startup}:
    Worker.init_signals = handle_signals_late

def answer(environ, start_response):
    start_response("200 OK", [])
    return [b"served"]

def prepare():
    print("preparing", flush=True)
    time.sleep({seconds})
    return answer

run.prepare = prepare
# Stopping the private database takes a moment, too.
atexit.register(time.sleep, 1)
sys.exit(run.main())
"""


def started(seconds: float, port: int, startup: float = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(seconds=seconds, startup=startup)],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port), "CPC_ENV": "test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read() == b"served"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("phase", ["preparing", "serving"])
def test_signals_that_come_twice_end_it_without_a_traceback(phase: str, number: signal.Signals) -> None:
    port = free_port()
    process = started(30 if phase == "preparing" else 0, port)
    assert process.stdout is not None
    assert process.stdout.readline() == "preparing\n"
    if phase == "serving":
        wait_until(lambda: answers(port), "the first answer")
    try:
        for pause in (0.3, 0.3, 0.5):
            process.send_signal(number)
            time.sleep(pause)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert err == "", err
    assert "Traceback" not in out
    assert process.returncode == (0 if phase == "serving" else 128 + number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_still_starting_is_not_killed(number: signal.Signals) -> None:
    process = started(0, free_port(), startup=2)
    assert process.stdout is not None
    while process.stdout.readline() != "starting\n":
        pass
    try:
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert err == "", err
    assert process.returncode == 0


def test_two_kinds_of_signals_end_it_without_a_traceback() -> None:
    process = started(30, free_port())
    assert process.stdout is not None
    process.stdout.readline()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert err == ""
