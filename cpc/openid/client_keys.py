"""Keys with which this client proves itself to a provider (`private_key_jwt`, RFC 7523).

The first key signs. Its predecessor stays in the list until the provider has the new one, so that both are printed by
`manage.py openid_keys` while the provider learns of the new key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
import uuid
from functools import cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cpc.openid.configuration import Provider

LEAST_RSA_BITS = 2048
CURVES = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
VALID_SECONDS = 60
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def client_assertion(provider: Provider, audience: str) -> str:
    """Return a signed statement, valid for a minute and once, that the request comes from this client."""
    key = _private_key(provider.keys[0])
    now = int(time.time())
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": audience,
        "jti": uuid.uuid4().hex,
        "iat": now,
        "nbf": now,
        "exp": now + VALID_SECONDS,
    }
    headers = {"kid": public_key(provider, provider.keys[0])["kid"]}
    if found := CERTIFICATE.search(provider.keys[0]):
        certificate = x509.load_pem_x509_certificate(found.group().encode())
        # By which Entra finds the certificate that was registered.
        headers["x5t#S256"] = _base64url(certificate.fingerprint(hashes.SHA256()))
    return jwt.encode(claims, key, algorithm=provider.signs_with, headers=headers)


def check_keys(provider: Provider) -> None:
    """Raise `ImproperlyConfigured` if a key can't be read, is too weak, or does not fit the algorithm."""
    for text in provider.keys:
        key = _private_key(text)
        fits = (
            key.curve.name == CURVES.get(provider.signs_with)
            if isinstance(key, ec.EllipticCurvePrivateKey)
            else provider.signs_with not in CURVES
        )
        if not fits:
            raise ImproperlyConfigured(
                f"A key of the provider {provider.key} can't sign with {provider.signs_with}. Set "
                f"OIDC_{provider.key.upper()}_SIGNS_WITH to the algorithm of its kind."
            )


def public_keys(provider: Provider) -> dict[str, list[dict[str, Any]]]:
    """Return the public halves as a JSON Web Key Set, to register with the provider."""
    return {"keys": [public_key(provider, text) for text in provider.keys]}


def public_key(provider: Provider, text: str) -> dict[str, Any]:
    key = _private_key(text).public_key()
    exported: str = (
        RSAAlgorithm.to_jwk(key) if isinstance(key, rsa.RSAPublicKey) else ECAlgorithm.to_jwk(key)  # the public half
    )
    parts = json.loads(exported)
    plain = {name: parts[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in parts}
    return {**plain, "kid": _thumbprint(plain), "use": "sig", "alg": provider.signs_with}


def _thumbprint(public: dict[str, str]) -> str:
    """Return the thumbprint of a key (RFC 7638), its name for the provider."""
    canonical = json.dumps(public, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


@cache
def _private_key(text: str) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(CERTIFICATE.sub("", text).encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured("A key for an OpenID provider is not the PEM of a key without password.") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured("A key for an OpenID provider is neither an RSA key nor one of an elliptic curve.")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_RSA_BITS:
        raise ImproperlyConfigured(f"An RSA key for an OpenID provider has fewer than {LEAST_RSA_BITS} bits.")
    return key


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
