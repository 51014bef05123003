"""Receivers of sign-in and sign-out: a session gets its address and device, and stored forms are removed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from cpc.accounts.models import User
from cpc.audit.middleware import client_of
from cpc.sessions import unsent_forms
from cpc.sessions.store import SessionStore


@receiver(user_logged_in, dispatch_uid="sessions_signed_in")
def _signed_in(request: HttpRequest, **_: Any) -> None:
    if isinstance(request.session, SessionStore):
        request.session.note_sign_in(address=client_of(request), device=request.headers.get("User-Agent", ""))


@receiver(user_logged_out, dispatch_uid="sessions_signed_out")
def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        unsent_forms.drop_all(user)
