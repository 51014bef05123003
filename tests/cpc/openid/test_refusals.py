"""Rejected answers of a provider: forged, damaged, expired, meant for another site, or about an unknown account."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from django.test import Client
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.openid import fetching
from cpc.openid.models import LinkedIdentity
from tests.cpc.openid.conftest import with_address
from tests.cpc.openid.providers import (
    ANSWER,
    CLIENT_ID,
    PASSWORD_ONLY,
    START,
    Begun,
    Forger,
    at_hash,
    begin,
    configured,
    new_key,
)
from tests.support.accounts import set_by_owner

pytestmark = pytest.mark.django_db

Answers = Callable[..., Any]
Forge = Callable[[Forger, str], str]
"""A function that returns an ID token for a nonce."""


@pytest.fixture
def visitor() -> Client:
    return Client()


def refusal(client: Client, parameters: dict[str, str], status: int = 403) -> str:
    """Send the answer of a provider, check that it signs nobody in, and return the reason in the audit trail."""
    response = client.get(ANSWER, parameters)
    assert response.status_code == status, response.content
    assert "_auth_user_id" not in client.session
    entry = AuditEntry.objects.filter(action="sign-in through a provider refused").first()
    assert entry is not None
    reason: str = (entry.after or {})["reason"]
    return reason


def answered(client: Client, forged: Forger, forge: Forge) -> str:
    """Begin a sign-in, answer with the token that `forge` makes, and return the reason of its refusal."""
    begun = begin(client)
    forged.gives(forge(forged, begun.query["nonce"]))
    return refusal(client, begun.answer())


def claiming(**changed: Any) -> Forge:
    """Return a forge of tokens with changed claims and the right signature."""
    return lambda forged, nonce: forged.token(forged.claims(nonce, **changed))


def _unsigned(forged: Forger, nonce: str) -> str:
    return jwt.encode(forged.claims(nonce), "", algorithm="none", headers={"kid": "provider"})


def _packed(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """Return a token that no library would make."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signed = b".".join(parts)
    return b".".join([signed, base64.urlsafe_b64encode(sign(signed)).rstrip(b"=")]).decode()


def _signed_with_public_key(forged: Forger, nonce: str) -> str:
    """Return a token whose shared secret is the provider's public key, which everyone knows."""
    public = new_key("provider").public_key()
    secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": "provider"}
    return _packed(header, forged.claims(nonce), lambda signed: hmac.digest(secret, signed, "sha256"))


def _damaged(forged: Forger, nonce: str) -> str:
    head, body, signature = forged.token(forged.claims(nonce)).split(".")
    return f"{head}.{body}.{signature[:-4]}AAAA"


def _with_critical_header(forged: Forger, nonce: str) -> str:
    key, header = new_key("provider"), {"alg": "RS256", "kid": "provider", "crit": ["b64"], "b64": True}
    return _packed(header, forged.claims(nonce), lambda signed: key.sign(signed, padding.PKCS1v15(), hashes.SHA256()))


HOUR = 3600

FORGED: dict[str, tuple[Forge, str]] = {
    "another nonce": (lambda forged, _: forged.token(forged.claims("n" * 43)), "nonce"),
    "no nonce": (claiming(nonce=None), "nonce"),
    "signed by another key under the known name": (
        lambda forged, nonce: forged.token(forged.claims(nonce), key="stranger", kid="provider"),
        "signature",
    ),
    "signed by an unknown key": (
        lambda forged, nonce: forged.token(forged.claims(nonce), key="stranger"),
        "unknown_key",
    ),
    "damaged signature": (_damaged, "signature"),
    "no signature": (_unsigned, "algorithm"),
    "signed with the public key as a secret": (_signed_with_public_key, "algorithm"),
    "critical header": (_with_critical_header, "header"),
    "no token at all": (lambda _forged, _nonce: "not.a.token", "token"),
    "for another client": (claiming(aud="another"), "audience"),
    "also for another client": (claiming(aud=[CLIENT_ID, "another"], azp=CLIENT_ID), "audience"),
    "issued to another client": (claiming(azp="another"), "authorized_party"),
    "no audience": (claiming(aud=None), "token"),
    "from another issuer": (claiming(iss="https://provider.example"), "issuer"),
    "no issuer": (claiming(iss=None), "token"),
    "expired": (claiming(exp=int(time.time()) - 120), "expired"),
    "without an end": (claiming(exp=None), "token"),
    "issued long ago": (claiming(iat=int(time.time()) - HOUR), "issued_long_ago"),
    "issued in the future": (claiming(iat=int(time.time()) + HOUR, exp=int(time.time()) + 2 * HOUR), "not_yet_valid"),
    "not valid yet": (claiming(nbf=int(time.time()) + HOUR), "not_yet_valid"),
    "with another access token": (claiming(at_hash=at_hash("another")), "at_hash"),
    "without a subject": (claiming(sub=None), "token"),
    "with a subject that hides a character": (claiming(sub="subject\u200b\u0000"), "subject"),
    "with too long a subject": (claiming(sub="s" * 256), "subject"),
    "without a statement of the second factor": (claiming(acr=None), "acr"),
    "with a password alone": (claiming(acr=PASSWORD_ONLY), "acr"),
}


@pytest.mark.parametrize("case", FORGED)
def test_token_is_refused(case: str, visitor: Client, forged: Forger, analyst: User) -> None:
    forge, reason = FORGED[case]
    assert answered(visitor, forged, forge) == reason
    assert not analyst.linked_identities.exists()


def test_state_is_used_once(visitor: Client, forged: Forger, analyst: User) -> None:
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert visitor.get(ANSWER, begun.answer()).status_code == 302
    assert visitor.session["_auth_user_id"] == str(analyst.pk)
    visitor.post("/account/sign-out/")
    assert refusal(visitor, begun.answer()) == "state"


def test_state_of_a_failed_answer_is_used_up(visitor: Client, forged: Forger, analyst: User) -> None:
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims("n" * 43)))
    assert refusal(visitor, begun.answer()) == "nonce"
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert refusal(visitor, begun.answer()) == "state"
    assert not analyst.linked_identities.exists()


def test_state_counts_in_its_browser_for_ten_minutes(
    visitor: Client, forged: Forger, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert refusal(Client(), begun.answer()) == "state"
    assert refusal(visitor, begun.answer(state="invented")) == "state"
    late = time.time() + 601
    monkeypatch.setattr("cpc.openid.flows.time.time", lambda: late)
    assert refusal(visitor, begun.answer()) == "state"
    assert not analyst.linked_identities.exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"code": "", "error": "access_denied"}, "not_signed_in"),
        ({"code": "", "error": "server_error"}, "not_signed_in"),
        ({"code": ""}, "code"),
        ({"code": "c" * 4097}, "code"),
        ({"iss": "https://provider.example"}, "issuer"),
    ],
)
def test_answer_is_refused(changed: dict[str, str], reason: str, visitor: Client, forged: Forger) -> None:
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert refusal(visitor, begun.answer(**changed)) == reason


def test_provider_that_names_itself_must_do_so(visitor: Client, forged: Forger) -> None:
    forged.metadata = {"authorization_response_iss_parameter_supported": True}
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert refusal(visitor, begun.answer()) == "issuer"


def test_state_belongs_to_one_provider(visitor: Client, forged: Forger, settings: Settings) -> None:
    other = configured(forged.issuer)
    settings.OPENID_PROVIDERS = {**settings.OPENID_PROVIDERS, "other": other}
    begun = begin(visitor)
    assert visitor.get(ANSWER.replace("department/a", "other/a"), begun.answer()).status_code == 403


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"email": "stranger@state.example"}, "unknown_account"),
        ({"email_verified": False}, "unknown_account"),
        ({"email_verified": "true"}, "unknown_account"),
        ({"email_verified": None}, "unknown_account"),
        ({"email": None}, "unknown_account"),
    ],
)
def test_address_leads_to_no_account(
    changed: dict[str, Any], reason: str, visitor: Client, forged: Forger, analyst: User
) -> None:
    assert answered(visitor, forged, claiming(**changed)) == reason
    assert not LinkedIdentity.objects.exists()


def test_page_shows_its_owner_what_an_administrator_needs(visitor: Client, forged: Forger, analyst: User) -> None:
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"], email_verified=False)))
    page = visitor.get(ANSWER, begun.answer()).content.decode()
    assert "subject-1" in page
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims("n" * 43)))
    assert "subject-1" not in visitor.get(ANSWER, begun.answer()).content.decode()


def test_domains_limit_the_addresses(visitor: Client, forged: Forger, analyst: User, settings: Settings) -> None:
    settings.OPENID_PROVIDERS = {"department": configured(forged.issuer, EMAIL_DOMAINS="other.example")}
    assert answered(visitor, forged, claiming()) == "unknown_account"
    settings.OPENID_PROVIDERS = {"department": configured(forged.issuer, EMAIL_DOMAINS="STATE.example")}
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert visitor.get(ANSWER, begun.answer()).status_code == 302


def test_disabled_account_stays_closed(visitor: Client, forged: Forger, analyst: User) -> None:
    set_by_owner(User.objects.filter(pk=analyst.pk), is_active=False)
    assert answered(visitor, forged, claiming()) == "unknown_account"
    set_by_owner(User.objects.filter(pk=analyst.pk), is_active=True)
    begun = begin(visitor)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert visitor.get(ANSWER, begun.answer()).status_code == 302
    set_by_owner(User.objects.filter(pk=analyst.pk), is_active=False)
    assert answered(Client(), forged, claiming()) == "disabled"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR, Role.API_CLIENT])
def test_address_does_not_lead_to_these_roles(role: Role, visitor: Client, forged: Forger, db: None) -> None:
    user = with_address(role, "holder@state.example")
    reason = "unknown_account" if role == Role.API_CLIENT else "needs_connecting"
    assert answered(visitor, forged, claiming(email="HOLDER@state.example")) == reason
    assert not user.linked_identities.exists()


def test_slow_provider_is_given_up(
    visitor: Client, forged: Forger, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    forged.delay = 2
    start = time.monotonic()
    response = visitor.get("/account/department/department/")
    assert response.status_code == 503
    assert time.monotonic() - start < 1.5
    assert "does not respond" in response.content.decode()


@pytest.mark.parametrize("content", [b"x" * (fetching.MOST_BYTES + 1), b"[]", b"<html>"])
def test_answer_without_tokens_is_given_up(content: bytes, visitor: Client, forged: Forger) -> None:
    begun = begin(visitor)
    forged.answer = content
    assert refusal(visitor, begun.answer(), 503) == "provider_unreachable"


def test_error_of_the_token_endpoint_is_refused(visitor: Client, forged: Forger) -> None:
    begun: Begun = begin(visitor)
    forged.status, forged.answer = 400, {"error": "invalid_grant"}
    assert refusal(visitor, begun.answer()) == "token_refused"


@pytest.mark.parametrize(
    "changed", [{"issuer": "https://provider.example"}, {"token_endpoint": "ftp://x/"}, {"jwks_uri": 1}]
)
def test_faulty_metadata_begin_nothing(changed: dict[str, Any], visitor: Client, forged: Forger) -> None:
    forged.metadata = changed
    assert visitor.get("/account/department/department/").status_code in (403, 503)


def test_code_of_a_refused_answer_is_in_no_entry_of_the_trail(visitor: Client, forged: Forger) -> None:
    assert refusal(visitor, {"code": "a-code-that-was-not-used", "state": "invented"}) == "state"
    entries = list(AuditEntry.objects.values_list("action", "object_label"))
    assert ("was denied", "/account/department/department/answer/?***") in entries
    assert not AuditEntry.objects.filter(object_label__contains="a-code").exists()


def test_strangers_do_not_fill_the_trail_with_invented_answers(forged: Forger, settings: Settings) -> None:
    settings.OPENID_STARTS_A_MINUTE = 3
    answers = [Client().get(ANSWER, {"state": "invented"}).status_code for _ in range(5)]
    assert answers == [403, 403, 403, 429, 429]
    assert AuditEntry.objects.filter(action="sign-in through a provider refused").count() == 3
    assert [Client().get(START).status_code for _ in range(5)] == [302, 302, 302, 429, 429]
    assert "Wait a minute, then try again" in Client().get(START).content.decode()


@pytest.mark.parametrize("endpoint", ["http://[::1", "http://127.0.0.1:port/token", "http:///token"])
def test_endpoint_that_is_no_address_is_refused(endpoint: str, visitor: Client, forged: Forger) -> None:
    forged.metadata = {"token_endpoint": endpoint}
    started = visitor.get(START)
    if started.status_code == 503:
        return
    state = parse_qs(urlsplit(started["Location"]).query)["state"][0]
    assert refusal(visitor, {"code": "a-code", "state": state}, status=503) == "provider_unreachable"


@pytest.mark.parametrize(
    "changed", [{"email": "ana\0lyst@state.example"}, {"amr": ["otp", "\0"], "sub": "another", "email": None}]
)
def test_claim_with_a_character_that_is_not_printed_leads_nowhere(
    changed: dict[str, Any], visitor: Client, forged: Forger, analyst: User
) -> None:
    assert answered(visitor, forged, claiming(**changed)) == "unknown_account"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "javascript:alert(1)"]
)
def test_no_sign_in_leads_to_another_site(elsewhere: str, visitor: Client, forged: Forger, analyst: User) -> None:
    begun = begin(visitor, next=elsewhere)
    forged.gives(forged.token(forged.claims(begun.query["nonce"])))
    assert visitor.get(ANSWER, begun.answer())["Location"] == "/"
