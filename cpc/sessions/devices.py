"""Known devices: browsers in which an account signed in before, by a signed cookie that lives long.

The cookie proves nothing by itself; a known device only waits for its own failed sign-ins, not for those of others.
When all sessions of an account are ended, its devices are no longer known.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from cpc.accounts.models import User

COOKIE = "cpc_device"
SALT = "cpc.sessions.devices"
LONGEST_AGE = 180 * 24 * 60 * 60
"""Seconds after the last sign-in for which a device is known."""
ACCOUNTS = 5
"""Number of accounts for which one browser is known: those that signed in last."""


class _Known(NamedTuple):
    account: int
    device: str
    sessions_ended: int


def _known(request: HttpRequest) -> list[_Known]:
    try:
        rows = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LONGEST_AGE)
        return [_Known(int(account), str(device), int(ended)) for account, device, ended in rows]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def device_of(request: HttpRequest, user: User) -> str:
    """Return the number of the device if the account signed in there before, else ""."""
    wanted = (user.pk, user.sessions_ended)
    return next((row.device for row in _known(request) if (row.account, row.sessions_ended) == wanted), "")


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser keep that this account signed in there."""
    device = device_of(request, user) or secrets.token_urlsafe(16)
    others = [row for row in _known(request) if row.account != user.pk][: ACCOUNTS - 1]
    value = signing.dumps([_Known(user.pk, device, user.sessions_ended), *others], salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=LONGEST_AGE,
        path="/account/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
