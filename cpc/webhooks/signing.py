"""Signatures by the Standard Webhooks specification (https://www.standardwebhooks.com).

The signed content is `id.timestamp.body`; the signature is its HMAC-SHA256 in base64, after "v1,". A secret is not
stored: it follows from a random seed and the key of the site, so neither the database nor a backup has it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import salted_hmac

PREFIX = "whsec_"
SALT = "cpc.webhooks.secret"


def secret_of(seed: str, key: str | bytes | None = None) -> str:
    """Return the secret of a seed, as its receiver enters it. `key` is the key of the site, by default today's."""
    digest = salted_hmac(SALT, seed, secret=key, algorithm="sha256").digest()
    return PREFIX + base64.b64encode(digest).decode()


def secrets_of(seeds: Iterable[str]) -> list[str]:
    """Return the secrets of these seeds. While the key of the site is replaced, those of its older keys, too."""
    keys = [None, *settings.SECRET_KEY_FALLBACKS]
    return [secret_of(seed, key) for seed in seeds for key in keys]


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Return one signature of a message."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Iterable[str], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers of the specification, with a signature for each secret."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message, timestamp, body) for secret in secrets),
    }
