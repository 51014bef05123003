"""Receivers of webhooks: HTTPS servers of this machine with a certificate of their own."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cpc.webhooks import sending
from tests.conftest import unavailable

HOST = "receiver.example"
"""The name of every receiver, which leads to this machine in these tests."""


@dataclass
class Receiver:
    """Messages that a receiver got, and its answer: a status, or a function of the open connection."""

    port: int = 0
    answer: int | Callable[[Any], None] = 204
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/changes?from=cpc"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.messages]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body)["data"] for _, body in self.messages]


def certificate(folder: Path) -> Path:
    """Return a file with the key and certificate of `HOST`, signed by itself."""
    program = shutil.which("openssl")
    if not program:
        unavailable("openssl is not installed")
    assert program
    file, key = folder / "receiver.pem", folder / "receiver.key"
    named = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key), "-out", str(file)]
    subprocess.run([program, "req", *options, *named], capture_output=True, check=True)
    file.write_text(key.read_text() + file.read_text())
    return file


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.messages.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if callable(receiver.answer):
                receiver.answer(self)
                return
            self.send_response(receiver.answer)
            if 300 <= receiver.answer < 400:
                self.send_header("Location", "https://127.0.0.1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    return Handler


@contextlib.contextmanager
def receiving(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Run a receiver that the product takes for a public one."""
    pem = certificate(folder)
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(receiver))
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(pem)
    server.socket = ours.wrap_socket(server.socket, server_side=True)
    monkeypatch.setattr(sending, "CONTEXT", ssl.create_default_context(cafile=str(pem)))
    monkeypatch.setattr(sending, "is_public", lambda address: address == "127.0.0.1")
    named = socket.getaddrinfo

    def find(host: Any, *arguments: Any, **options: Any) -> Any:
        return named("127.0.0.1" if host == HOST else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def hang(handler: Any) -> None:
    """Answer nothing."""
    time.sleep(5)


def drip(handler: Any) -> None:
    """Answer one byte now and then: each is in time, and the answer never ends."""
    with contextlib.suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.2)
