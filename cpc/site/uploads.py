"""The one door of every upload: a scanner looks at each file of a request before any page sees it.

A page gets a file only from the request, and REST takes none (`cpc.api.parsers`), so no room needs to know of this.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpc.accounts.models import User
from cpc.audit.models import UNKNOWN_ACCOUNT
from cpc.audit.services import record
from cpc.files.attachments import file_sha256
from cpc.files.scanner import Scanner, ScannerDown, TooLarge
from cpc.site.errors import API_PREFIX

logger = logging.getLogger(__name__)

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that is not accepted: its name, the action for the audit trail, and what the page prints."""

    name: str
    action: str
    reason: str
    status: HTTPStatus
    found: str = ""


class ScannedUploads:
    """Refuses a request with a file in which the scanner finds malware, or that it can't look at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Scan the files before the view runs; by then the sign-in and the token of the form are checked."""
        scanner: Scanner | None = settings.SCANNER
        if scanner is None or request.content_type != "multipart/form-data" or request.path.startswith(API_PREFIX):
            return None
        files = [file for _, sent in request.FILES.lists() for file in sent]
        found = next(_rejections(scanner, files), None)
        if found is None:
            return None
        rejected, of_file = found
        _record(request, rejected, of_file)
        for file in files:
            file.close()  # removes what was written to a temporary folder
        return render(request, "errors/upload.html", {"rejected": rejected}, status=rejected.status)


def _rejections(scanner: Scanner, files: list[UploadedFile[bytes]]) -> Iterator[tuple[Rejected, UploadedFile[bytes]]]:
    for file in files:
        if rejected := _look_at(scanner, file):
            yield rejected, file


def _look_at(scanner: Scanner, file: UploadedFile[bytes]) -> Rejected | None:
    name = _plain(file.name or "")
    try:
        found = scanner.find_malware(file.chunks())
    except TooLarge:
        return Rejected(
            name,
            "refused an upload",
            f"It is larger than the {scanner.most_bytes / 1024**2:,.0f} MB that the scanner for malware checks.",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "too large to scan",
        )
    except ScannerDown as error:
        logger.error("An upload was not scanned: %s", error)  # noqa: TRY400  # no stack: the scanner failed, not we
        if settings.SCANNER_MAY_FAIL:
            return None
        return Rejected(
            name,
            "refused an upload",
            "The scanner for malware does not respond, and no file is accepted without it. Try again in a few minutes.",
            HTTPStatus.SERVICE_UNAVAILABLE,
            "scanner did not respond",
        )
    finally:
        file.seek(0)
    if not found:
        return None
    return Rejected(
        name,
        "refused an upload with malware",
        f"The scanner for malware found {found} in it. Do not send or open the file, and tell your security officer.",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        found,
    )


def _record(request: HttpRequest, rejected: Rejected, file: UploadedFile[bytes]) -> None:
    """Audit the rejected file, with a SHA-256 by which it is recognized elsewhere; its content is not stored."""
    user = request.user if isinstance(request.user, User) else None
    record(
        actor=user,
        action=rejected.action,
        target=user or User(username=UNKNOWN_ACCOUNT),
        after={"file": rejected.name, "found": rejected.found, "sha256": file_sha256(file), "page": request.path},
    )


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME]
