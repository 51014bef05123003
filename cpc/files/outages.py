"""Recognition of errors that mean that the storage of files can't be reached, not that a file is missing."""

from __future__ import annotations

from django.conf import settings

from cpc.causes import causes


def is_away(error: BaseException | None) -> bool:
    """Return whether an error, or one that it was raised from, is a lost or failed connection to the bucket."""
    if not settings.FILES_S3_BUCKET:
        return False
    from botocore.exceptions import (  # only if files are in a bucket
        BotoCoreError,
        ClientError,
        HTTPClientError,
    )

    return any(
        isinstance(found, HTTPClientError | BotoCoreError)
        or (
            isinstance(found, ClientError)
            and found.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) >= 500
        )
        for found in causes(error)
    )
