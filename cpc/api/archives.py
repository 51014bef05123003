"""ZIP archives as REST answers: their bytes, and files that are streamed whole or from where a download stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from django.core.files.base import File
from django.http import StreamingHttpResponse
from rest_framework.request import Request

from cpc.api.binary import FileRenderer

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class ZipRenderer(FileRenderer):
    media_type = "application/zip"
    format = "zip"


def streamed_file(request: Request, file: File[bytes], *, size: int, etag: str, name: str) -> StreamingHttpResponse:
    """Return a file as a download: all of it, or the one range of bytes that the client asks for (RFC 9110, 14).

    A range of another version (If-Range), several ranges, and text that is no range give the whole file. A range beyond
    the end gets a 416.
    """
    first, last = 0, size - 1
    asked = _RANGE.fullmatch(request.headers.get("Range", "")) if request.method == "GET" else None
    is_part = asked is not None and asked[0] != "bytes=-" and request.headers.get("If-Range", etag) == etag
    if is_part and asked is not None:
        first, last = _bounds(asked[1], asked[2], size)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": etag,
    }
    if first > last:
        file.close()
        headers |= {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return StreamingHttpResponse((), status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    if is_part:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers |= {"Content-Length": str(last - first + 1), "Content-Type": ZipRenderer.media_type}
    status = HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK
    return StreamingHttpResponse(_chunks(file, first, last), status=status, headers=headers)


def _bounds(start: str, end: str, size: int) -> tuple[int, int]:
    """Return the first and last byte of a range; the first is after the last if the file has none of it."""
    if not start:  # the last bytes of the file
        return (max(size - int(end), 0), size - 1) if int(end) else (size, size - 1)
    last = min(int(end), size - 1) if end else size - 1
    return int(start), last


def _chunks(file: File[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
