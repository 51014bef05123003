"""Providers for tests: a real one in Node, and one that answers whatever a test makes it answer."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from cpc.openid.client_keys import public_keys
from cpc.openid.configuration import Provider, read_providers
from tests.support.node import ROOT, node_command

CLIENT_ID = "urn:gov:test:cpc"
PASSWORD_ONLY, SECOND_FACTOR, PIV = "urn:test:password", "urn:test:second-factor", "urn:test:piv"
START, ANSWER = "/account/department/department/", "/account/department/department/answer/"


@cache
def new_key(name: str) -> rsa.RSAPrivateKey:
    """Return a key; the same one for the same name."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(name: str) -> str:
    return (
        new_key(name)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def configured(issuer: str, **more: str) -> Provider:
    """Return the provider `department` as the environment would configure it."""
    values = {
        "ISSUER": issuer,
        "CLIENT_ID": CLIENT_ID,
        "KEY": pem("client"),
        "ACR_VALUES": f"{SECOND_FACTOR} {PIV}",
        "RESISTANT_ACR": PIV,
        **more,
    }
    environment = {"OIDC_PROVIDERS": "department"} | {f"OIDC_DEPARTMENT_{name}": text for name, text in values.items()}
    return read_providers(lambda name: environment.get(name, ""), production=False)["department"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def real_provider(site: str, people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """Run a real provider that knows this client and these people, until the block ends."""
    port = free_port()
    provider = configured(f"http://127.0.0.1:{port}")
    client = {
        "client_id": CLIENT_ID,
        "redirect_uris": [f"{site}{ANSWER}"],
        "post_logout_redirect_uris": [f"{site}/account/sign-in/"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": public_keys(provider),
    }
    script = Path(__file__).with_name("provider.mjs")
    running = subprocess.Popen(
        node_command(str(script)), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        running.stdin.write(json.dumps({"port": port, "client": client, "people": people}))
        running.stdin.close()
        assert running.stdout.readline().strip() == provider.issuer
        yield provider
    finally:
        running.terminate()
        running.wait(10)
        running.stdout.close()


@dataclass
class Forger:
    """A provider that publishes `keys` and answers with what a test sets. `fetched` counts the requests by path."""

    issuer: str
    keys: list[str] = field(default_factory=lambda: ["provider"])
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | bytes = field(default_factory=dict)
    status: int = 200
    delay: float = 0
    sent: dict[str, str] = field(default_factory=dict)
    fetched: dict[str, int] = field(default_factory=dict)

    def published(self, path: str) -> dict[str, Any] | bytes:
        self.fetched[path] = self.fetched.get(path, 0) + 1
        if path == "/.well-known/openid-configuration":
            named = ("authorization", "token", "end_session")
            endpoints = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in named}
            return {"issuer": self.issuer, **endpoints, "jwks_uri": f"{self.issuer}/jwks"} | self.metadata
        if path == "/jwks":
            return {"keys": [self._public(name) for name in self.keys]}
        return self.answer

    @staticmethod
    def _public(name: str) -> dict[str, Any]:
        public: dict[str, Any] = RSAAlgorithm.to_jwk(new_key(name).public_key(), as_dict=True)
        return {**public, "kid": name, "use": "sig", "alg": "RS256"}

    def claims(self, issued_for: str, **changed: Any) -> dict[str, Any]:
        """Return valid claims for a nonce with some of them changed; None takes a claim away."""
        now = int(time.time())
        valid = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": issued_for,
            "acr": SECOND_FACTOR,
            "amr": ["otp", "pwd"],
            "email": "analyst@state.example",
            "email_verified": True,
        }
        return {name: value for name, value in (valid | changed).items() if value is not None}

    def token(self, claims: dict[str, Any], *, key: str = "provider", kid: str | None = None) -> str:
        return jwt.encode(claims, new_key(key), algorithm="RS256", headers={"kid": kid or key})

    def gives(self, token: str) -> None:
        self.answer = {"access_token": "opaque", "token_type": "Bearer", "id_token": token}


@contextmanager
def forger() -> Iterator[Forger]:
    """Run a provider under the control of a test, until the block ends."""
    port = free_port()
    made = Forger(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(made.delay)
            body = made.published(urlsplit(self.path).path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(made.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            made.sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Begun:
    """A sign-in that a client began: the parameters of its request, with one value each."""

    query: dict[str, str]

    def answer(self, **changed: str) -> dict[str, str]:
        """Return the parameters of the provider's answer, some of them changed; an empty one is left out."""
        valid = {"code": "a-code", "state": self.query["state"]}
        return {name: value for name, value in (valid | changed).items() if value}


def begin(client: Client, **query: str) -> Begun:
    """Begin a sign-in and return what the provider is asked."""
    response = client.get(START, query)
    assert response.status_code == 302, response.content
    return Begun({name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()})


def at_hash(access_token: str) -> str:
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
