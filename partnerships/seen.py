"""How an edit notices that somebody was quicker: by what the row held when its page was opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

CHANGED = (
    "Somebody changed this since you read it. Nothing was saved. Compare your values with what is now on record, and "
    "send them again."
)


def digest_of(row: models.Model, names: Collection[str]) -> str:
    """What fields of a row hold, as a digest that a form carries."""
    values = {name: row._meta.get_field(name).value_from_object(row) for name in sorted(names)}  # type: ignore[union-attr]
    return hashlib.sha256(json.dumps(values, cls=DjangoJSONEncoder).encode()).hexdigest()


def unchanged(row: models.Model, seen: str | None, names: Collection[str]) -> None:
    """Raise `ValidationError` of code `changed` where a locked row does not hold what the writer saw.

    None, from a caller who saw no form, passes.
    """
    if seen is not None and seen != digest_of(row, names):
        raise ValidationError(CHANGED, code="changed")
