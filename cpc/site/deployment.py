"""Checks of a deployment (`manage.py check --deploy`): connections that are open to others on their way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_encryption(**_: Any) -> list[CheckMessage]:
    """Return a warning for each connection in production over which somebody in between could read or answer."""
    return list(_warnings()) if settings.PRODUCTION else []


def _warnings() -> Iterator[CheckMessage]:
    addresses = {"DATABASE_URL": settings.DATABASES["default"], "DATABASE_OWNER_URL": settings.DATABASE_OWNER}
    for name, database in addresses.items():
        if not database or database["HOST"].startswith("/"):
            continue
        if database["OPTIONS"].get("sslmode") != "verify-full":
            yield Warning(
                f"The connection of {name} is not encrypted, or does not check whose server answers.",
                hint="Set DATABASE_SSLMODE=verify-full, and DATABASE_SSLROOTCERT to the file of the authority. A "
                f"sslmode in {name} itself goes first: remove it.",
                id="cpc.W001",
            )
    if settings.REDIS_URL.startswith("redis:"):
        yield Warning(
            "The connection to Redis is not encrypted.",
            hint="Set REDIS_URL to a rediss:// address, and REDIS_CA_FILE to the file of the authority.",
            id="cpc.W002",
        )
    if settings.FILES_S3_ENDPOINT.startswith("http:"):
        yield Warning(
            "The connection to the bucket of files is not encrypted.",
            hint="Set FILES_S3_ENDPOINT to an https:// address, and FILES_S3_CA_FILE to the file of the authority.",
            id="cpc.W003",
        )
