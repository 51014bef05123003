"""Requests to a provider: over HTTPS, within seconds, of a limited size, and without following a redirect."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from cpc.openid.configuration import LOCAL_HOSTS
from cpc.openid.errors import faulty, unreachable

SECONDS = 8.0
"""The most seconds of one exchange, however slowly the provider answers."""
MOST_BYTES = 512 * 1024
AGENT = "CPC-Partnerships-OpenID/1"


def fetch_json(url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object at an address, or the answer to a form.

    Raises `SignInRefused` if there is none in time.
    """
    status, body = _exchange(url, form)
    try:
        found = json.loads(body)
    except ValueError as error:
        raise unreachable(f"{url} answered {status} without JSON.") from error
    if not isinstance(found, dict):
        raise unreachable(f"{url} answered without an object.")
    if status != HTTPStatus.OK:
        # An error of OAuth is a word from a short list; its description may have what a person typed.
        detail = f"{url} answered {status} {str(found.get('error', ''))[:60]}"
        raise unreachable(detail) if form is None else faulty("token_refused", detail)
    return found


def _exchange(url: str, form: Mapping[str, str] | None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    if parts.hostname is None:
        raise unreachable(f"{url} is no address.")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=SECONDS, context=context
        )
    elif parts.scheme == "http" and parts.hostname in LOCAL_HOSTS:
        # Production accepts no such issuer, and no other address than those below the issuer's scheme.
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
    else:
        raise unreachable(f"{url} is not an address with https.")
    # The timeout of a socket counts from byte to byte.
    clock = threading.Timer(SECONDS, _cut, [connection])
    clock.daemon = True
    clock.start()
    try:
        headers = {"Accept": "application/json", "User-Agent": AGENT}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", target, body, headers)
        answer = connection.getresponse()
        content = answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise unreachable(f"{url}: {type(error).__name__}") from error
    finally:
        clock.cancel()
        connection.close()
    if len(content) > MOST_BYTES:
        raise unreachable(f"{url} sent more than {MOST_BYTES} bytes.")
    return answer.status, content


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
