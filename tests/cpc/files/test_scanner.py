"""The client of the scanner, against a socket that speaks clamd's protocol."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cpc.files.scanner import CHUNK, Scanner, ScannerDown, TooLarge
from cpc.settings import scanner as scanner_settings
from tests.cpc.files.scanners import MALWARE, Clamd, running

SECONDS = 5.0


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    with running(tmp_path if request.param == "unix" else None) as running_one:
        yield running_one


def scan(clamd: Clamd, *chunks: bytes, seconds: float = SECONDS, most_bytes: int = 10**9) -> str:
    return Scanner(clamd.address, seconds, most_bytes).find_malware(chunks)


def test_clean_file_arrives_whole(clamd: Clamd) -> None:
    content = bytes(range(256)) * 1000
    assert scan(clamd, content, b"", b"end") == ""
    assert clamd.received == [content + b"end"]
    assert max(clamd.chunks) <= CHUNK


def test_malware_is_found_across_chunks(clamd: Clamd) -> None:
    assert scan(clamd, b"a" * 70_000 + MALWARE[:7], MALWARE[7:]) == "Test.Malware-1"


def test_answer_may_come_in_parts(clamd: Clamd) -> None:
    clamd.parts = 9
    assert scan(clamd, MALWARE) == "Test.Malware-1"
    assert scan(clamd, b"clean") == ""


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: OK", b"stream: ", b"UNKNOWN COMMAND\0", b"stream: OK\n\0", b"stream: \x1b[2J FOUND\0", b"x" * 9000],
)
def test_anything_but_an_answer_is_no_answer(answer: bytes, clamd: Clamd) -> None:
    clamd.answer = answer
    with pytest.raises(ScannerDown):
        scan(clamd, b"clean")


def test_scanner_may_hang_up_over_its_limit(clamd: Clamd) -> None:
    clamd.limit = 100_000
    with pytest.raises((TooLarge, ScannerDown)):
        scan(clamd, b"a" * 50_000_000)
    clamd.limit = 10
    with pytest.raises(TooLarge):
        scan(clamd, b"a" * 11)


def test_own_limit_sends_no_more(clamd: Clamd) -> None:
    assert scan(clamd, b"a" * 100, most_bytes=100) == ""
    with pytest.raises(TooLarge):
        scan(clamd, b"a" * 101, most_bytes=100)
    assert clamd.received == [b"a" * 100]


def test_slow_scanner_is_given_up(clamd: Clamd) -> None:
    clamd.delay = 3
    start = time.monotonic()
    with pytest.raises(ScannerDown):
        scan(clamd, b"clean", seconds=0.3)
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd.ctl", "tcp:127.0.0.1:1"])
def test_absent_scanner_is_down(address: str) -> None:
    scanner = Scanner(address, SECONDS, 100)
    with pytest.raises(ScannerDown):
        scanner.find_malware([b"clean"])
    with pytest.raises(ScannerDown):
        scanner.ping()


def test_ping(clamd: Clamd) -> None:
    Scanner(clamd.address, SECONDS, 100).ping()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCANNER_ADDRESS", "/run/clamav/clamd.ctl"),
        ("SCANNER_ADDRESS", "tcp:scanner"),
        ("SCANNER_ADDRESS", "unix:clamd.ctl"),
        ("SCANNER_SECONDS", "soon"),
        ("SCANNER_MAX_BYTES", "100 MB"),
        ("SCANNER_FAILURE", "ignore"),
    ],
)
def test_wrong_setting_is_refused_at_the_start(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCANNER_ADDRESS", "tcp:scanner:3310")
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        _ = scanner_settings.scanner(), scanner_settings.may_fail()
