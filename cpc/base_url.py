"""Base URL of this site, for links in email, which has no request to derive it from."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """Return the URL of a path of this site, such as "/inbox/", from `settings.SITE_URL`.

    Raises `ValueError` if the path does not start with exactly one slash.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is not a path on this site. It must start with one slash.")
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""
