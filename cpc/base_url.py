"""Where this site stands, for links in mail, which no request is there to tell."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def absolute(path: str) -> str:
    """The address of a path of this site, such as "/inbox/", from `settings.SITE_URL`."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is no path of this site; it starts with one slash.")
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def host() -> str:
    """The name of the host in `settings.SITE_URL`."""
    return urlsplit(settings.SITE_URL).hostname or ""
