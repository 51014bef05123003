"""Parameter `?as_of=` of the pages on indicators."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from indicators.observations.queries import AsOf, resolve_as_of

AS_OF = "as_of"


def requested_as_of(request: HttpRequest) -> AsOf:
    """Return the publication that `?as_of=` names by number or day; without it, now.

    Raises `BadRequest` if there is none.
    """
    try:
        return resolve_as_of(request.GET.get(AS_OF, ""))
    except ValueError as fault:
        raise BadRequest(str(fault)) from fault
