"""Sending of one message over HTTPS, to a public address alone.

The name of the receiver is resolved once, and the connection goes to the address that was checked: a name that leads to
a private address a moment later ("DNS rebinding") gains nothing. Redirects are not followed, the proxy of the
environment is not used, and the whole exchange ends after a few seconds, however slowly the receiver answers.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from cpc.webhooks.models import DeliveryOutcome

SECONDS = 15.0
"""The most seconds from the connection to the status of the answer."""
PORT = 443
EMBEDDING = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
"""Networks whose addresses lead to IPv4 addresses, which could be private."""
CONTEXT = ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Attempt:
    """Outcome of one attempt: the status of the answer, if there was one, and how long it took."""

    outcome: DeliveryOutcome
    status: int | None = None
    milliseconds: int = 0

    @property
    def is_accepted(self) -> bool:
        return self.outcome is DeliveryOutcome.ACCEPTED


class BlockedAddress(OSError):
    """An address that is not public, or none at all."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in EMBEDDING):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def public_address(host: str, port: int) -> tuple[str, int]:
    """Return an address of a host to connect to.

    Raises `BlockedAddress` if any of its addresses is not public, and `OSError` for an unknown host.
    """
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    if not found or not all(is_public(address) for address in found):
        raise BlockedAddress(host)
    return min(found, key=lambda address: (":" in address, address)), port


class CheckedConnection(http.client.HTTPSConnection):
    """A connection to the one address that was checked, with the certificate of the host's name."""

    def __init__(self, host: str, port: int, address: tuple[str, int]) -> None:
        super().__init__(host, port, timeout=SECONDS, context=CONTEXT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address, timeout=SECONDS)
        self.sock = CONTEXT.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End the connection from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
    """Send a message once, and return what came of it. The body of the answer is not read."""
    start = time.monotonic()
    outcome, status = _attempt(url, body, headers)
    return Attempt(outcome, status, round((time.monotonic() - start) * 1000))


def _attempt(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[DeliveryOutcome, int | None]:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return DeliveryOutcome.BLOCKED, None
    try:
        host, port = parts.hostname, parts.port or PORT
        connection = CheckedConnection(host, port, public_address(host, port))
    except BlockedAddress:
        return DeliveryOutcome.BLOCKED, None
    except (OSError, ValueError, UnicodeError):
        return DeliveryOutcome.UNREACHABLE, None
    # The timeout of a socket counts from byte to byte: a receiver that sends one now and then would hold it for hours.
    over = threading.Event()

    def end() -> None:
        over.set()
        connection.cut()

    clock = threading.Timer(SECONDS, end)
    clock.daemon = True
    clock.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, dict(headers))
        return _outcome(connection.getresponse().status)
    except ssl.SSLCertVerificationError:
        return DeliveryOutcome.INSECURE, None
    except TimeoutError:
        return DeliveryOutcome.TIMED_OUT, None
    except (OSError, http.client.HTTPException, ValueError):
        return (DeliveryOutcome.TIMED_OUT if over.is_set() else DeliveryOutcome.UNREACHABLE), None
    finally:
        clock.cancel()
        connection.close()


def _outcome(status: int) -> tuple[DeliveryOutcome, int]:
    if status == HTTPStatus.GONE:
        return DeliveryOutcome.GONE, status
    if 200 <= status < 300:
        return DeliveryOutcome.ACCEPTED, status
    return (DeliveryOutcome.REDIRECTED if 300 <= status < 400 else DeliveryOutcome.REJECTED), status
