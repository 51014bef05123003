"""Badges: a state as an icon and a label, the same on every page."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

ICONS: Mapping[str, str] = {
    "good": "check_circle",
    "warn": "warning",
    "bad": "highlight_off",
    "info": "schedule",
    "unknown": "help_outline",
    "none": "remove",
}
"""The icon of each kind of badge."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A status label: its kind, its text, and an icon if it is not the icon of the kind."""

    kind: str
    text: str
    icon: str = ""


@functools.cache
def _sprite() -> str:
    """Return the address of the USWDS sprite, which each process works out once: pages draw many icons."""
    return static("uswds/img/sprite.svg")


def icon(name: str) -> SafeString:
    """Return an icon of the USWDS sprite.

    Screen readers skip it, so show a text with it.
    """
    return format_html(
        '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        _sprite(),
        name,
    )


def status(kind: str, text: object, *, tag: bool = False, icon_name: str = "") -> SafeString:
    """Return the markup of a state; `tag` adds the soft background.

    Raises `KeyError` for an unknown kind.
    """
    return format_html(
        '<span class="c-status c-status--{}{}">{}{}</span>',
        kind,
        " c-status--tag" if tag else "",
        icon(icon_name or ICONS[kind]),
        text,
    )
