"""A Word document as a download, and the errors of a template that can't be used now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from cpc.files.word_documents import WORD, TemplateNotUsable
from cpc.web import formats

View = Callable[..., HttpResponseBase]


def word_response(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def with_template(back: str, *keys: str) -> Callable[[View], View]:
    """Lead a download whose template can't be used back to the page `back`, with the reason.

    `keys` are the values of its own URL that the URL of that page takes.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **url: Any) -> HttpResponseBase:
            try:
                return view(request, **url)
            except (TemplateNotUsable, ValidationError) as error:
                reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                messages.error(request, formats.as_shown(f"No document was made. {reason}"))
                return redirect(back, *(url[key] for key in keys))

        return guarded

    return decorate
