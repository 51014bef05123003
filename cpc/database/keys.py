"""Primary keys that can be part of a URL without telling how many rows other people have added.

In `accounts/7/files/12/`, a reader who sees the files 12 and 14 learns that there is a file 13. The time of the insert
tells nothing more than the row does, and keeps the order of the rows::

    class NoteAttachment(models.Model):
        id = time_key()
"""

from __future__ import annotations

import time
from typing import Any

from django.db import models


def microseconds() -> int:
    """Return the microseconds since 1970."""
    return time.time_ns() // 1_000


def time_key() -> models.BigIntegerField[Any, Any]:
    return models.BigIntegerField("ID", primary_key=True, editable=False, default=microseconds)
