"""Audit entries of sign-ins, sign-outs, and failed attempts."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from cpc.accounts.models import User
from cpc.audit.models import UNKNOWN_ACCOUNT
from cpc.audit.services import record


@receiver(user_logged_in, dispatch_uid="audit_signed_in")
def _signed_in(user: User, **_: Any) -> None:
    """Record the edition of the notice that the person has read before, by its digest."""
    record(actor=user, action="signed in", target=user, after={"notice": settings.SYSTEM_USE_EDITION})


@receiver(user_logged_out, dispatch_uid="audit_signed_out")
def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        record(actor=user, action="signed out", target=user)


@receiver(password_changed, dispatch_uid="audit_password_changed")
def _password_changed(user: User, **_: Any) -> None:
    record(actor=user, action="changed password", target=user, after={"password": "changed"})


@receiver(user_login_failed, dispatch_uid="audit_sign_in_failed")
def _sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    """Record the account that was tried, and nothing that was typed.

    People type their password as the user name, and the trail is never erased.
    """
    tried = str(credentials.get("username") or "")
    account = User.objects.filter(username__iexact=tried).first()
    record(actor=None, action="sign-in failed", target=account or User(username=UNKNOWN_ACCOUNT))
