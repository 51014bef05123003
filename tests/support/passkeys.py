"""Second factors for tests: a virtual key of Chromium, the codes of an app, and sessions that proved something."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData
from playwright.sync_api import Page

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.sign_ins import PROOFS, Proof

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of a test


class VirtualKey:
    """A security key of one page's browser, which answers at once; `user_verifies` is whether a PIN was entered."""

    def __init__(self, page: Page, *, user_verifies: bool = True) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": user_verifies,
            "automaticPresenceSimulation": True,
        }
        self.key = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def credentials(self) -> int:
        """Return the number of passkeys that it holds."""
        return len(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.key})["credentials"])


def code_of(secret: str, steps: int = 0) -> str:
    """Return the code that an authenticator app shows, so many time steps later."""
    return str(format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + steps)))


def give_app(user: User, secret: str = SECRET) -> Authenticator:
    """Give an account an authenticator app."""
    app: Authenticator = TOTP.activate(user, secret).instance
    return app


def give_passkey(user: User, name: str = "A key") -> Authenticator:
    """Give an account a passkey whose private key is thrown away."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = ES256.from_cryptography_key(private.public_key())  # type: ignore[no-untyped-call]  # as fido2 has it
    held = AttestedCredentialData.create(b"\0" * 16, secrets.token_bytes(32), public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), flags, 0, held)
    signed = CollectedClientData.create("webauthn.create", secrets.token_bytes(32), "http://localhost")
    identifier = websafe_encode(held.credential_id)
    response = {
        "clientDataJSON": websafe_encode(signed),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    credential = {"type": "public-key", "id": identifier, "rawId": identifier, "response": response}
    made: Authenticator = WebAuthn.add(user, name, credential).instance
    return made


def proved_client(user: User, *proofs: Proof, minutes_ago: float = 0) -> Client:
    """Return a client that signed in as an account and gave these proofs so many minutes ago."""
    client = Client()
    client.force_login(user)
    session = client.session
    prove_before(session, user, *proofs, minutes_ago=minutes_ago)
    session.save()
    return client


def prove_before(session: SessionBase | dict[str, Any], user: User, *proofs: Proof, minutes_ago: float = 0) -> None:
    for proof in proofs:
        sign_ins.prove(session, user, proof)
    if proofs:
        at = {name: moment - minutes_ago * 60 for name, moment in session[PROOFS]["at"].items()}
        session[PROOFS] = session[PROOFS] | {"at": at}
