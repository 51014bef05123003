"""Query parameters that a page accepts, and the numbers in them; an unknown one is an error, never ignored."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import BadRequest
from django.http import HttpRequest


def check_parameters(request: HttpRequest, allowed: Collection[str]) -> None:
    """Raise `BadRequest` that names each query parameter this page does not know."""
    unknown = sorted(set(request.GET) - set(allowed))
    if unknown:
        names = ", ".join(f"“{name}”" for name in unknown)
        raise BadRequest(
            f"This page does not accept {names}. It accepts {', '.join(sorted(allowed)) or 'no parameters'}."
        )


def whole_number(text: str) -> int | None:
    """Return the number that ASCII digits write, or None for other text and for more digits than a key has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
