"""Fragments of pages rendered alone, for tests of the sentences in a template."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags


def fragment_text(template: str, **context: Any) -> str:
    """Return the text of a fragment of the selection, with single spaces."""
    return _text(render_to_string(f"selection/{template}", context))


def bold_and_rest(template: str, **context: Any) -> tuple[str, str]:
    """Return the text of a fragment that begins in bold, and the text after it."""
    bold, _, rest = render_to_string(f"selection/{template}", context).partition("</b>")
    return _text(bold), _text(rest)


def _text(html: str) -> str:
    return " ".join(unescape(strip_tags(html)).split())
