"""Texts for whoever must wait before the next password or code."""

from __future__ import annotations

import datetime as dt
import math

from cpc.sessions.throttle_rules import CAP, Verdict
from cpc.web import formats

CAPPED = (
    f"The password of this user name is refused after {CAP} failed sign-ins in a row. Its owner can sign in with a "
    "second factor, or in a browser used before, or ask an administrator for a link to set a new password."
)


def wait_text(verdict: Verdict) -> str:
    """Return why a password is not tried now, and what to do."""
    if verdict.capped:
        return CAPPED
    wait = _rounded_up(verdict.wait)
    return f"There were too many failed sign-ins from here. Wait {wait}, then try again. The account is not locked."


def code_wait_text(verdict: Verdict) -> str:
    """Return why a code of a second factor is not tried now, and what to do."""
    if verdict.capped:
        return (
            f"Codes of this account are refused after {CAP} wrong ones in a row. Sign in with a passkey, or ask an "
            "administrator for a link to set a new password."
        )
    return f"There were too many wrong codes. Wait {_rounded_up(verdict.wait)}, then enter a new one."


def _rounded_up(wait: dt.timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    return formats.count_of(seconds, "second") if seconds < 60 else formats.count_of(math.ceil(seconds / 60), "minute")
