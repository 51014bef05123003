"""Idempotency-Key: a client that got no answer can send its POST again without running it twice.

The answer is saved in the transaction of the write itself: both are saved or neither is. A rejected request writes
nothing, so the client can correct it and send it again under the same key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.models import User
from cpc.api.models import IdempotentAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
RETENTION = dt.timedelta(hours=24)
STORED_HEADERS = ("Location", "ETag")
_SHAPE = re.compile(r"[\x21-\x7e]{1,200}")

Handler = TypeVar("Handler", bound=Callable[..., Response])


class KeyReused(APIException):
    """A 422 for a key that was sent with another request."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used for a different request. Use a new key for a new request."


class InProgress(APIException):
    """A 409 for a key whose first request is still running."""

    status_code = HTTPStatus.CONFLICT
    default_code = "idempotency_in_progress"
    default_detail = "A request with this Idempotency-Key is still in progress. Send it again in a moment."
    wait = 1  # becomes Retry-After


def idempotent(handler: Handler) -> Handler:
    """Make an endpoint method that writes run once per Idempotency-Key and repeat its first answer.

    A key is 1 to 200 visible ASCII characters and belongs to the account. If a request with the same key, method, URL,
    and body arrives within 24 hours, it gets the first answer again with `Idempotency-Replayed: true`. With any other
    method, URL, or body the answer is 422, and while the first request is running it is 409. Without a key the method
    runs as usual.
    """

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _SHAPE.fullmatch(key):
            raise ValidationError({HEADER: ["Send 1 to 200 visible ASCII characters, such as a UUID."]})
        digest = _digest(request)  # before the handler reads the body
        with transaction.atomic():
            _lock_key(request, key)
            earlier = _earlier(request, key, timezone.now())
            if earlier is not None:
                return _again(earlier, digest)
            response = handler(view, request, *args, **kwargs)
            _store(request, key, digest, response)
            return response

    return once  # type: ignore[return-value]  # the same signature


def _digest(request: Request) -> str:
    http = request._request
    head = f"{http.method} {http.get_full_path()}\n".encode()
    return hashlib.sha256(head + http.body).hexdigest()


def _lock_key(request: Request, key: str) -> None:
    """Lock the key until the transaction ends.

    Raises `InProgress` if another request has locked it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency {request.user.pk} {key}"]
        )
        (held,) = cursor.fetchone()
    if not held:
        raise InProgress


def _earlier(request: Request, key: str, now: dt.datetime) -> IdempotentAnswer | None:
    mine = IdempotentAnswer.objects.filter(account_id=request.user.pk)
    mine.filter(answered_at__lt=now - RETENTION).delete()
    return mine.filter(key=key).first()


def _again(earlier: IdempotentAnswer, digest: str) -> Response:
    if earlier.digest != digest:
        raise KeyReused
    body = json.loads(earlier.body) if earlier.body else None
    return Response(body, status=earlier.status, headers={**earlier.headers, REPLAYED: "true"})


def _store(request: Request, key: str, digest: str, response: Response) -> None:
    IdempotentAnswer.objects.create(
        account=cast("User", request.user),
        key=key,
        digest=digest,
        status=response.status_code,
        headers={name: response[name] for name in STORED_HEADERS if name in response},
        body=JSONRenderer().render(response.data).decode(),
    )
