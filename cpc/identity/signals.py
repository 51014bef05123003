"""Proofs and audit entries of what allauth reports: a password, a passkey, or a code was right, or was wrong."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.sign_ins import Proof
from cpc.audit.middleware import client_of
from cpc.audit.models import UNKNOWN_ACCOUNT
from cpc.audit.services import record

RECORDED_EVERY = 60
"""Seconds in which passkeys that fail for one account from one address are recorded once: no one can fill the trail."""


def _is_passkey(kind: str) -> bool:
    return bool(kind == Authenticator.Type.WEBAUTHN)


@receiver(authentication_step_completed, dispatch_uid="identity_proved")
def _proved(request: HttpRequest, user: User, method: str, **details: Any) -> None:
    if method == "password":
        sign_ins.prove(request.session, user, Proof.PASSWORD)
    elif method == "mfa":
        sign_ins.prove(request.session, user, Proof.PASSKEY if _is_passkey(details["type"]) else Proof.CODE)


@receiver(authenticator_used, dispatch_uid="identity_used")
def _used(user: User, authenticator: Authenticator, reauthenticated: bool, **_: Any) -> None:
    passkey = _is_passkey(authenticator.type)
    record(
        actor=user,
        action="used a passkey" if passkey else "used a code",
        target=user,
        after={
            "factor": authenticator.wrap().name if passkey else authenticator.get_type_display().lower(),
            "to": "confirm" if reauthenticated else "sign in",
        },
    )


@receiver(authentication_failed, dispatch_uid="identity_failed")
def _failed(
    request: HttpRequest, user: User | None, authenticator: Authenticator, reauthentication: bool, **_: Any
) -> None:
    """Record a wrong factor. Codes wait after a few; passkeys don't, so theirs are recorded once a minute."""
    passkey = _is_passkey(authenticator.type)
    to = "confirm" if reauthentication else "sign in"
    who = f"{user.pk if user else ''}:{client_of(request)}:{to}".replace(" ", "-")
    if passkey and not cache.add(f"passkey-failed:{who}", 1, RECORDED_EVERY):
        return
    target, after = user or User(username=UNKNOWN_ACCOUNT), {"to": to, "factor": "passkey" if passkey else "code"}
    record(actor=None, action="second factor failed", target=target, after=after)
