"""Settings of sessions and sign-ins: their limits, the notice before sign-in, and dormant accounts."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from cpc.settings.environment import env, number


def _notice() -> str:
    """Return the notice from the file that the environment names, else the default one.

    Raises `ImproperlyConfigured` for a file that can't be read or is empty.
    """
    name = env("SYSTEM_USE_NOTICE_FILE")
    if not name:
        return DEFAULT_NOTICE
    try:
        text = Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"SYSTEM_USE_NOTICE_FILE={name} can't be read: {error}") from error
    if not text:
        raise ImproperlyConfigured(f"SYSTEM_USE_NOTICE_FILE={name} is empty. Write the notice of your office into it.")
    return text


SESSION_ENGINE = "cpc.sessions.store"
SESSION_IDLE_MINUTES = number("SESSION_IDLE_MINUTES", 15, least=3)
SESSION_IDLE_MINUTES_PRIVILEGED = number("SESSION_IDLE_MINUTES_PRIVILEGED", 10, least=3)
SESSION_HOURS = number("SESSION_HOURS", 12)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

DORMANT_DAYS = number("DORMANT_DAYS", 90, least=15)
DORMANT_WARNING_DAYS = number("DORMANT_WARNING_DAYS", 14)
if DORMANT_WARNING_DAYS >= DORMANT_DAYS:
    raise ImproperlyConfigured(
        f"DORMANT_WARNING_DAYS={DORMANT_WARNING_DAYS} must be less than DORMANT_DAYS={DORMANT_DAYS}."
    )

# The package counts failed sign-ins in the cache of each process; cpc.sessions.throttle counts them in the database.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}

DEFAULT_NOTICE = """\
Use of this system is monitored and recorded. By signing in, you consent to that. Use without authorization is \
prohibited and may be prosecuted.

Enter unclassified information only, and nothing about an individual victim or child. It must never be in this system.

Every change you make is recorded with your name, the time, and the previous value."""
SYSTEM_USE_NOTICE = _notice()
SYSTEM_USE_EDITION = hashlib.sha256(SYSTEM_USE_NOTICE.encode()).hexdigest()[:12]
"""Edition of the notice, which changes with its text. The audit entry of each sign-in names it."""
