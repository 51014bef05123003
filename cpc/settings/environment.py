"""Variables of the environment, read for the settings. Other parts of the settings import from here."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str = "") -> str:
    """Return an environment variable, stripped; `default` if it is missing or empty.

    NAME_FILE names a file with the value instead, as container engines provide secrets. Raises `ImproperlyConfigured`
    for both at once, and for a file that can't be read.
    """
    value, path = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if path and value:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Leave one of them out.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE={path} can't be read: {error}") from error
    return value or default


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def day_or(text: str, default: dt.date) -> dt.date:
    """Return the day that a variable states, or a default. Raises `ImproperlyConfigured` for text that is no day."""
    try:
        return dt.date.fromisoformat(text) if text else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{text} is not a date. Write it like 2027-11-30.") from error


def number(name: str, default: int, *, least: int = 1) -> int:
    """Return a whole number from the environment. Raises `ImproperlyConfigured` for less than `least` or no number."""
    text = env(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name}={text} is not valid. Set it to a whole number of {least} or more.")
    return int(text)


ENVIRONMENT = env("CPC_ENV", "test" if "pytest" in sys.modules else "development")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env("DEBUG") == "1" and not PRODUCTION


def required(name: str, default: str) -> str:
    """Return a variable that production must set.

    Raises `ImproperlyConfigured` if it is missing there.
    """
    value = env(name)
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set. Production does not start without it; see README, Operations.")
    return value or default
