"""Verification of an ID token (OpenID Connect Core, 3.1.3.7), with more than the least that it asks for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

import jwt

from cpc.openid.configuration import Provider
from cpc.openid.errors import SignInRefused, faulty
from cpc.openid.metadata import signing_key

LEEWAY = 60
"""Seconds by which the clocks of provider and product may differ."""
OLDEST = 10 * 60
"""Seconds after which a token is too old to have been issued for this sign-in."""
LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in at a provider, and how. `email` is empty unless the provider verified it."""

    provider: str
    issuer: str
    subject: str
    email: str
    acr: tuple[str, ...]
    amr: tuple[str, ...]
    is_resistant: bool


def verify(provider: Provider, token: str, *, nonce: str, access_token: str, fresh: bool = False) -> Identity:
    """Return the identity that an ID token proves. `fresh` asks for a sign-in of this very moment.

    Raises `SignInRefused` with the code of what is wrong.
    """
    claims = _claims(provider, token)
    _check_audience(provider, claims)
    _check_times(claims, fresh=fresh)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise faulty("nonce", "The token was not issued for this request.")
    algorithm = str(jwt.get_unverified_header(token)["alg"])
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access_token, algorithm):
        raise faulty("at_hash", "The token was issued with another access token.")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise faulty("subject", "The token names no valid subject.")
    acr, amr = _texts(claims.get(provider.acr_claim)), _texts(claims.get("amr"))
    if not set(acr) & set(provider.acr_values):
        raise SignInRefused(
            "acr",
            "The provider did not confirm the second factor that this site asks for, so you are not signed in. Try "
            "again, and use your PIV card or another second factor there.",
            f"The token has {provider.acr_claim} {', '.join(acr) or 'nothing'}.",
        )
    resistant = provider.resistant_acr & set(acr) or provider.resistant_amr & set(amr)
    presented = bool(provider.piv_claim) and claims.get(provider.piv_claim) in (True, "true")
    return Identity(
        provider.key, provider.issuer, subject, _email(provider, claims), acr, amr, bool(resistant) or presented
    )


def _claims(provider: Provider, token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in provider.signatures:
            raise faulty("algorithm", f"The token is signed with {algorithm!r}.")
        if "crit" in header:
            raise faulty("header", "The token has a header that this client does not know.")
        kid = header.get("kid")
        key = signing_key(provider, kid if isinstance(kid, str) else None, algorithm)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise faulty("expired", str(error)) from error
    except jwt.InvalidIssuerError as error:
        raise faulty("issuer", str(error)) from error
    except jwt.InvalidAudienceError as error:
        raise faulty("audience", str(error)) from error
    except jwt.InvalidSignatureError as error:
        raise faulty("signature", str(error)) from error
    except jwt.ImmatureSignatureError as error:
        raise faulty("not_yet_valid", str(error)) from error
    except jwt.PyJWTError as error:
        raise faulty("token", f"{type(error).__name__}: {error}") from error
    return claims


def _check_audience(provider: Provider, claims: dict[str, Any]) -> None:
    """Refuse a token that is meant for others, too, or that was issued to another client."""
    if claims["aud"] not in (provider.client_id, [provider.client_id]):
        raise faulty("audience", "The token is also meant for others.")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise faulty("authorized_party", "The token was issued to another client.")


def _check_times(claims: dict[str, Any], *, fresh: bool) -> None:
    now = time.time()
    if now - float(claims["iat"]) > OLDEST + LEEWAY:
        raise faulty("issued_long_ago", "The token was issued long ago.")
    at = claims.get("auth_time")
    if fresh and (not isinstance(at, int | float) or now - at > OLDEST):
        raise SignInRefused(
            "auth_time",
            "The provider did not ask you to sign in again. Sign out there first, or confirm with your passkey.",
            f"auth_time is {at!r}.",
        )


def _half_hash(value: str, algorithm: str) -> str:
    digest = hashlib.new(f"sha{algorithm[2:]}", value.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in values if isinstance(text, str) and text.isprintable())


def _email(provider: Provider, claims: dict[str, Any]) -> str:
    """Return the address that the provider vouches for, of a domain that may lead to an account; else empty."""
    address, verified = claims.get("email"), claims.get("email_verified")
    if (
        not isinstance(address, str)
        or not address.isprintable()
        or not (verified is True or (verified is None and provider.trusts_addresses))
    ):
        return ""
    domain = address.rpartition("@")[2].lower()
    return address if not provider.domains or domain in provider.domains else ""
