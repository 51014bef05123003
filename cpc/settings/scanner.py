"""The scanner of uploads."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from cpc.files.scanner import Scanner
from cpc.settings.environment import env

__all__ = ("SCANNER", "SCANNER_MAY_FAIL")


def scanner() -> Scanner | None:
    """Return the scanner that every upload passes, None without one. Raises `ImproperlyConfigured`."""
    address = env("SCANNER_ADDRESS")
    if not address:
        return None
    try:
        return Scanner(
            address, float(env("SCANNER_SECONDS", "60")), int(env("SCANNER_MAX_BYTES", str(100 * 1024 * 1024)))
        )
    except ValueError as error:
        raise ImproperlyConfigured(f"SCANNER_ADDRESS, SCANNER_SECONDS, or SCANNER_MAX_BYTES: {error}") from error


def may_fail() -> bool:
    """Return whether an upload passes while the scanner does not respond. Raises `ImproperlyConfigured`."""
    answer = env("SCANNER_FAILURE", "refuse")
    if answer not in ("refuse", "accept"):
        raise ImproperlyConfigured(f"SCANNER_FAILURE={answer} is neither refuse nor accept.")
    return answer == "accept"


SCANNER = scanner()
SCANNER_MAY_FAIL = may_fail()
