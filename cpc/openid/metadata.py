"""Metadata that a provider publishes: its endpoints and its keys, both cached for a while.

A key that is not known is fetched once more, since providers replace their keys without notice; but not more often than
once a minute, so that forged tokens do not become a stream of requests to the provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from jwt import PyJWK
from jwt.exceptions import PyJWKError

from cpc.openid.configuration import Provider
from cpc.openid.errors import faulty, unreachable
from cpc.openid.fetching import fetch_json

KEPT_SECONDS = 60 * 60
REFETCHED_AFTER = 60
KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
"""Kind of key for each family of algorithms."""


@dataclass(frozen=True, slots=True)
class Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    names_itself: bool
    """True if each answer names its issuer (RFC 9207)."""


def metadata_of(provider: Provider) -> Metadata:
    """Return the endpoints of a provider. Raises `SignInRefused` if it does not publish them as it must."""
    name = f"openid:metadata:{provider.key}:{provider.issuer}"
    found = cache.get(name)
    if found is None:
        found = fetch_json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != provider.issuer:
            raise faulty("issuer", f"The metadata are of {found.get('issuer')!r}, not of {provider.issuer}.")
        cache.set(name, found, KEPT_SECONDS)
    return Metadata(
        authorization_endpoint=_endpoint(provider, found, "authorization_endpoint"),
        token_endpoint=_endpoint(provider, found, "token_endpoint"),
        jwks_uri=_endpoint(provider, found, "jwks_uri"),
        end_session_endpoint=_endpoint(provider, found, "end_session_endpoint", required=False),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(provider: Provider, found: dict[str, Any], name: str, *, required: bool = True) -> str:
    address = found.get(name)
    if isinstance(address, str) and _is_address(address, urlsplit(provider.issuer).scheme):
        return address
    if required:
        raise unreachable(f"{provider.issuer} publishes no valid {name}.")
    return ""


def _is_address(text: str, scheme: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme == scheme and bool(parts.hostname) and parts.port != 0  # raises for what is no number
    except ValueError:
        return False


def signing_key(provider: Provider, kid: str | None, algorithm: str) -> PyJWK:
    """Return the key of a provider that made a signature. Raises `SignInRefused` if it has none."""
    key = _find(provider, _keys_of(provider), kid, algorithm)
    if key is None and cache.add(f"openid:refetched:{provider.key}", value=True, timeout=REFETCHED_AFTER):
        key = _find(provider, _keys_of(provider, again=True), kid, algorithm)
    if key is None:
        raise faulty("unknown_key", f"{provider.issuer} publishes no key {kid!r} for {algorithm}.")
    return key


def _keys_of(provider: Provider, *, again: bool = False) -> list[dict[str, Any]]:
    name = f"openid:keys:{provider.key}:{provider.issuer}"
    found = None if again else cache.get(name)
    if found is None:
        found = fetch_json(metadata_of(provider).jwks_uri).get("keys")
        if not isinstance(found, list):
            raise unreachable(f"{provider.issuer} publishes no keys.")
        found = [key for key in found if isinstance(key, dict)]
        cache.set(name, found, KEPT_SECONDS)
    keys: list[dict[str, Any]] = found
    return keys


def _find(provider: Provider, keys: list[dict[str, Any]], kid: str | None, algorithm: str) -> PyJWK | None:
    """Return the one key that fits; None if there is none, or more than one for a signature that names no key."""
    fitting = [
        key
        for key in keys
        if key.get("kty") == KINDS[algorithm[:2]]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]
    if len(fitting) != 1:
        return None
    try:
        return PyJWK(fitting[0], algorithm=algorithm)
    except PyJWKError as error:
        raise faulty("unknown_key", f"{provider.issuer} publishes a key that can't be used: {error}") from error
