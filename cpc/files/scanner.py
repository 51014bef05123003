"""Client of a malware scanner that speaks the protocol of clamd, over a Unix or TCP socket.

A file is sent as `INSTREAM`: chunks, each after its length, and a length of zero at the end. The scanner answers with
one line that ends in a null byte: `stream: OK`, `stream: NAME FOUND`, or an error. It may answer and hang up before it
has the whole file, if that is larger than its own limit. Pure: the settings are arguments.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
CONNECT_SECONDS = 5.0
FOUND = re.compile(r"stream: (?P<name>[\x21-\x7e][\x20-\x7e]{0,199}) FOUND")

Value = TypeVar("Value")


class ScannerDown(Exception):
    """The scanner did not check a file: it can't be reached, failed, or took too long."""


class TooLarge(Exception):
    """The file is larger than what is sent to the scanner, or what it takes."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """Address of a scanner, and its limits: `seconds` for a whole file, `most_bytes` of a file.

    `address` is `unix:/path/to/socket` or `tcp:host:port`.
    """

    address: str
    seconds: float
    most_bytes: int

    def __post_init__(self) -> None:
        kind, _, where = self.address.partition(":")
        host, _, port = where.rpartition(":")
        if not (kind == "unix" and where.startswith("/")) and not (kind == "tcp" and host and port.isdecimal()):
            raise ValueError(f"{self.address} is neither like unix:/run/clamav/clamd.ctl nor like tcp:scanner:3310.")

    def find_malware(self, chunks: Iterable[bytes]) -> str:
        """Return the name of what the scanner finds in a file, "" if it finds nothing.

        Raises `ScannerDown` and `TooLarge`.
        """
        answer = self._ask(lambda connection: self._send(connection, chunks))
        if answer == "stream: OK":
            return ""
        if found := FOUND.fullmatch(answer):
            return found["name"]
        if answer.startswith("INSTREAM size limit exceeded"):
            raise TooLarge
        raise ScannerDown(f"The scanner answered {answer[:200]!r}.")

    def ping(self) -> None:
        """Raise `ScannerDown` unless the scanner answers."""
        answer = self._ask(lambda connection: connection.send(b"zPING\0"))
        if answer != "PONG":
            raise ScannerDown(f"The scanner answered {answer[:200]!r}.")

    def _send(self, connection: _Connection, chunks: Iterable[bytes]) -> None:
        connection.send(b"zINSTREAM\0")
        sent = 0
        for chunk in _cut(chunks):
            sent += len(chunk)
            if sent > self.most_bytes:
                raise TooLarge
            if not connection.send(struct.pack("!L", len(chunk)) + chunk):
                return  # it hung up, and has answered why
        connection.send(struct.pack("!L", 0))

    def _ask(self, send: Callable[[_Connection], object]) -> str:
        try:
            with self._connected() as connection:
                send(connection)
                return connection.answer()
        except OSError as error:
            raise ScannerDown(f"{type(error).__name__}: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator[_Connection]:
        kind, _, where = self.address.partition(":")
        end = time.monotonic() + self.seconds
        if kind == "unix":
            opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        else:
            host, _, port = where.rpartition(":")
            opened = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
        with opened:
            if kind == "unix":
                opened.settimeout(CONNECT_SECONDS)
                opened.connect(where)
            yield _Connection(opened, end)


class _Connection:
    """A connection whose time is limited as a whole: a timeout of a socket counts from byte to byte."""

    def __init__(self, opened: socket.socket, end: float) -> None:
        self._socket, self._end = opened, end

    def send(self, content: bytes) -> bool:
        """Send all of it; return False if the other side has hung up."""
        self._limit()
        try:
            self._socket.sendall(content)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def answer(self) -> str:
        """Return the answer without the null byte at its end."""
        received = b""
        while b"\0" not in received and len(received) < LONGEST_ANSWER:
            self._limit()
            part = self._socket.recv(LONGEST_ANSWER)
            if not part:
                break
            received += part
        line, ended, _ = received.partition(b"\0")
        if not ended:
            raise ScannerDown("The scanner hung up without an answer.")
        return line.decode("ascii", "replace")

    def _limit(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this file is over")
        self._socket.settimeout(left)


def _cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks in pieces that the scanner takes; empty ones would end the stream."""
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            yield chunk[start : start + CHUNK]
