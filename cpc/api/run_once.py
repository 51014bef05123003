"""Idempotent forms: each is performed once, even if a browser sends it several times.

A double click, a reload, and a second tab send the same idempotency key, which is new each time a page is opened. The
URL of the next page is stored in the transaction of the write, as the REST API stores its answers: both are saved or
neither is. A form with errors has written nothing and may be sent again under its key.
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
from cpc.api.idempotency import RETENTION
from cpc.api.models import IdempotentAnswer

LOAD_AGAIN = "This form has expired. Reload the page and submit it again."


def new_key() -> str:
    return uuid.uuid4().hex


def key_field() -> forms.UUIDField:
    return forms.UUIDField(
        label="Form",
        widget=forms.HiddenInput,
        initial=new_key,
        error_messages={"required": LOAD_AGAIN, "invalid": LOAD_AGAIN},
    )


def run_once(user: User, key: uuid.UUID, path: str, perform: Callable[[], str]) -> tuple[str, bool]:
    """Call `perform`, which writes and returns the next URL, unless the account used this key at `path` before.

    Return the next URL, and whether `perform` was called now. If it raises, nothing is saved. A second request with
    the same key waits for the first.
    """
    name = f"form {key.hex} {hashlib.sha256(path.encode()).hexdigest()}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{user.pk} {name}"])
        mine = IdempotentAnswer.objects.filter(account=user)
        mine.filter(answered_at__lt=timezone.now() - RETENTION).delete()
        earlier = mine.filter(key=name).first()
        if earlier is not None:
            return earlier.headers["Location"], False
        url = perform()
        IdempotentAnswer.objects.create(
            account=user,
            key=name,
            digest=hashlib.sha256(name.encode()).hexdigest(),
            status=HTTPStatus.FOUND,
            headers={"Location": url},
            body="",
        )
        return url, True
