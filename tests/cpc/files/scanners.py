"""A scanner for tests: a real socket that speaks clamd's protocol, in whole answers or in parts."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

MALWARE = b"X5-NOT-REALLY-MALWARE"


@dataclass
class Clamd:
    """A scanner, with all that it received: `answers` replaces its own, and `parts` cuts an answer up."""

    address: str
    received: list[bytes] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list)
    answer: bytes | None = None
    parts: int = 1
    delay: float = 0
    limit: int = 10**9

    def talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zPING\0":
            self._reply(connection, b"PONG\0")
            return
        assert command == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            self.chunks.append(length)
            content += stream.read(length)
            if len(content) > self.limit:
                self._reply(connection, b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.received.append(content)
        self._reply(connection, b"stream: Test.Malware-1 FOUND\0" if MALWARE in content else b"stream: OK\0")

    def _reply(self, connection: socket.socket, answer: bytes) -> None:
        time.sleep(self.delay)
        answer = self.answer if self.answer is not None else answer
        size = max(1, len(answer) // self.parts)
        for start in range(0, len(answer), size):
            connection.sendall(answer[start : start + size])
            time.sleep(0.01 if self.parts > 1 else 0)


@contextmanager
def running(folder: Path | None) -> Iterator[Clamd]:
    """Run a scanner at a Unix socket in a folder, or at a port, until the block ends."""
    if folder:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(folder / "clamd.ctl"))
        clamd = Clamd(f"unix:{folder / 'clamd.ctl'}")
    else:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        clamd = Clamd(f"tcp:127.0.0.1:{listener.getsockname()[1]}")
    listener.listen()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError, struct.error):
                    clamd.talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield clamd
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
