"""Query parameters that a page accepts; an unknown one is an error, never ignored."""

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
