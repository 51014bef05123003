"""Small pieces of markup for cells of tables: links, badges, code, small text, and lines below each other."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cpc.web.badges import Badge, status


def link(url: str, text: object, hidden: str = "") -> SafeString:
    """Return a link; `hidden` is the end of its name that only screen readers need."""
    end = format_html('<span class="u-sr">{}</span>', hidden) if hidden else ""
    return format_html('<a href="{}">{}{}</a>', url, text, end)


def badge(mark: Badge) -> SafeString:
    return status(mark.kind, mark.text, icon_name=mark.icon)


def code(text: object) -> SafeString:
    """Return text for programs, such as a key, a file name, or a locator, set as code."""
    return format_html("<code>{}</code>", text)


def fragment(template: str, **context: object) -> SafeString:
    """Return a template's part of a page, for a cell that another page shows too."""
    return mark_safe(render_to_string(template, context).strip())  # noqa: S308  # a template escapes


def small(text: object) -> SafeString:
    """Return a muted small text, "" for none."""
    return format_html('<span class="u-small u-muted">{}</span>', text) if text else SafeString("")


def lines(*parts: object) -> SafeString:
    """Return the parts that are not empty, each on its own line."""
    return format_html_join(SafeString("<br>"), "{}", ((part,) for part in parts if part not in (None, "")))
