"""What the services of partnerships share: the lock of the record, and the ways of writing of the whole."""

from __future__ import annotations

from cpc.writes import change, create, require, said, set_fields
from partnerships.models import Partnership

__all__ = ("change", "create", "locked", "require", "said", "set_fields")


def locked(partnership: Partnership) -> Partnership:
    """The partnership as it is now, locked until the transaction ends; foreign keys may point at it meanwhile."""
    return Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=partnership.pk)
