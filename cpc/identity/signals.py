"""Proofs and audit entries of what allauth reports: a password, a passkey, or a code was right, or was wrong."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

from cpc.accounts import sign_ins
from cpc.accounts.models import User
from cpc.accounts.sign_ins import Proof
from cpc.audit.services import record


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
def _failed(user: User, reauthentication: bool, **_: Any) -> None:
    after = {"to": "confirm" if reauthentication else "sign in"}
    record(actor=None, action="second factor failed", target=user, after=after)
