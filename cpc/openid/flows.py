"""The way to a provider and back: what is stored in the session meanwhile, and the request for the tokens.

A state is used once, within ten minutes, in the session that began it, and at the provider that it was begun with.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from cpc.openid.client_keys import client_assertion
from cpc.openid.configuration import Provider
from cpc.openid.errors import SignInRefused, faulty
from cpc.openid.fetching import fetch_json
from cpc.openid.id_tokens import Identity, verify
from cpc.openid.metadata import metadata_of

FLOWS = "openid.flows"
SIGNED_IN = "openid.signed_in"
SIGN_OUT_ADDRESS = "openid.sign_out_address"
"""Keys of the session: the ways begun; the provider and token with which the account signed in; and, after it signed
out, the address to sign out at the provider."""
VALID_SECONDS = 10 * 60
MOST_FLOWS = 5
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_CODE = 4096


class Purpose(enum.StrEnum):
    SIGN_IN = "sign-in"
    CONNECT = "connect"
    CONFIRM = "confirm"
    """The account is signed in, and proves again whose it is."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A way to a provider and back. `user` is the key of the account that is signed in, empty for a visitor."""

    provider: str
    purpose: Purpose
    next_url: str
    nonce: str
    verifier: str
    user: str
    at: float


def begin(request: HttpRequest, provider: Provider, purpose: Purpose, next_url: str) -> str:
    """Return the address at the provider to send the visitor to. Raises `SignInRefused` if it can't be reached."""
    metadata = metadata_of(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    flow = {
        "provider": provider.key,
        "purpose": purpose.value,
        "next_url": next_url,
        "nonce": nonce,
        "verifier": verifier,
        "user": _user(request),
        "at": time.time(),
    }
    earlier = [(key, value) for key, value in _flows(request).items() if _is_valid(value)]
    request.session[FLOWS] = dict([*earlier[-(MOST_FLOWS - 1) :], (state, flow)])
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _redirect_uri(request, provider),
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
        **provider.requested_assurance(),
    }
    if purpose is Purpose.CONFIRM:
        query |= {"prompt": "login", "max_age": "0"}
    elif provider.prompt:
        query["prompt"] = provider.prompt
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"


def take(request: HttpRequest, provider: Provider) -> Flow:
    """Return the way that an answer ends, which is used up by that. Raises `SignInRefused` for an unknown one."""
    flows = _flows(request)
    found = flows.pop(request.GET.get("state", ""), None)
    if found is not None:
        # Stored at once: if the answer fails, it can't be tried again.
        request.session[FLOWS] = flows
        request.session.save()
    if found is None or not _is_valid(found) or found["provider"] != provider.key or found["user"] != _user(request):
        raise SignInRefused(
            "state",
            "This sign-in was not begun in this browser, took longer than ten minutes, or was used already. Begin "
            "again.",
        )
    return Flow(**{**found, "purpose": Purpose(found["purpose"])})


def finish(request: HttpRequest, provider: Provider, flow: Flow) -> Identity:
    """Return the identity that an answer of the provider proves. Raises `SignInRefused`."""
    _check_answer(request, provider)
    metadata = metadata_of(provider)
    answer = fetch_json(
        metadata.token_endpoint,
        {
            "grant_type": "authorization_code",
            "code": request.GET["code"],
            "redirect_uri": _redirect_uri(request, provider),
            "client_id": provider.client_id,
            "code_verifier": flow.verifier,
            "client_assertion_type": BEARER,
            "client_assertion": client_assertion(provider, metadata.token_endpoint),
        },
    )
    token, access_token = answer.get("id_token"), answer.get("access_token", "")
    if not isinstance(token, str) or not isinstance(access_token, str):
        raise faulty("token", "The answer has no ID token.")
    fresh = flow.purpose is Purpose.CONFIRM
    identity = verify(provider, token, nonce=flow.nonce, access_token=access_token, fresh=fresh)
    if metadata.end_session_endpoint and flow.purpose is Purpose.SIGN_IN:
        request.session[SIGNED_IN] = {"provider": provider.key, "token": token}
    return identity


def sign_out_address(request: HttpRequest, providers: dict[str, Provider]) -> str:
    """Return the address that ends the session at the provider with which this one began; empty if there is none."""
    signed_in = request.session.get(SIGNED_IN)
    provider = providers.get(signed_in["provider"]) if signed_in else None
    if provider is None or signed_in is None:
        return ""
    try:
        address = metadata_of(provider).end_session_endpoint
    except SignInRefused:
        return ""  # whoever signs out here is signed out, whatever the provider does
    query = {
        "client_id": provider.client_id,
        "id_token_hint": signed_in["token"],
        "post_logout_redirect_uri": request.build_absolute_uri(reverse("account_login")),
        "state": secrets.token_urlsafe(32),
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}" if address else ""


def _check_answer(request: HttpRequest, provider: Provider) -> None:
    if "iss" in request.GET or metadata_of(provider).names_itself:
        issuer = request.GET.get("iss", "")
        if issuer != provider.issuer:
            raise faulty("issuer", f"The answer is from {issuer[:200]!r}.")
    if error := request.GET.get("error"):
        raise SignInRefused(
            "not_signed_in",
            "You did not finish signing in at the provider, so you are not signed in here."
            if error == "access_denied"
            else "The provider did not sign you in. Try again, or sign in with your password.",
            f"The provider answered {error[:60]!r}.",
        )
    if not 0 < len(request.GET.get("code", "")) <= LONGEST_CODE:
        raise faulty("code", "The answer has no code.")


def _redirect_uri(request: HttpRequest, provider: Provider) -> str:
    return request.build_absolute_uri(reverse("openid-answer", args=[provider.key]))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _user(request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def _flows(request: HttpRequest) -> dict[str, dict[str, Any]]:
    flows: dict[str, dict[str, Any]] = dict(request.session.get(FLOWS, {}))
    return flows


def _is_valid(flow: dict[str, Any]) -> bool:
    return 0 <= time.time() - float(flow["at"]) <= VALID_SECONDS
