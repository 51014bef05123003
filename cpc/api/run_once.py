"""A form is carried out once, however often it is sent: by a double click, a reload, or two tabs of the browser.

The form carries a key that is new each time the page is opened. The address to go to afterwards is kept in the
transaction of the write itself, as the REST interface keeps its answers: both are there or neither is. A form that
was refused has written nothing and may be sent again under its key.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.db import connection, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.api.idempotency import KEPT_FOR
from cpc.api.models import IdempotentAnswer

LOAD_AGAIN = "This page was not opened here. Load it again and send it once more."


def new_key() -> str:
    """A key that no other opening of a page has."""
    return uuid.uuid4().hex


def key_field() -> forms.UUIDField:
    """The hidden field of a form that is carried out once."""
    return forms.UUIDField(
        widget=forms.HiddenInput,
        initial=new_key,
        error_messages={"required": LOAD_AGAIN, "invalid": LOAD_AGAIN},
    )


def carry_out(user: User, key: uuid.UUID, address: str, work: Callable[[], str]) -> tuple[str, bool]:
    """Run `work`, which writes and gives the address to go to; a key that was used at `address` runs nothing.

    Returns the address to go to, and whether `work` ran now. What `work` raises leaves nothing behind. A second
    request with the key waits for the first.
    """
    name = f"form {key.hex} {hashlib.sha256(address.encode()).hexdigest()}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{user.pk} {name}"])
        mine = IdempotentAnswer.objects.filter(account=user)
        mine.filter(answered_at__lt=timezone.now() - KEPT_FOR).delete()
        earlier = mine.filter(key=name).first()
        if earlier is not None:
            return earlier.headers["Location"], False
        url = work()
        IdempotentAnswer.objects.create(
            account=user,
            key=name,
            digest=hashlib.sha256(name.encode()).hexdigest(),
            status=HTTPStatus.FOUND,
            headers={"Location": url},
            body="",
        )
        return url, True
