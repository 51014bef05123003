"""Asking a page of the indicators for what was known then."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from indicators.observations.queries import AsOf, resolve_as_of

AS_OF = "as_of"


def asked_as_of(request: HttpRequest) -> AsOf:
    """The publication that `?as_of=` asks for by number or day; now where it does not. 400 where there is none such."""
    try:
        return resolve_as_of(request.GET.get(AS_OF, ""))
    except ValueError as fault:
        raise BadRequest(str(fault)) from fault
