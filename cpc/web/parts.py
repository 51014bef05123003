"""Arguments of the template tags for choosing countries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupTab:
    """A link to one of several pages, groups, or views, with its count if known.

    `more` follows the label on wide screens; `icon` is one of the USWDS sprite.
    """

    label: str
    href: str
    current: bool = False
    count: int | None = None
    more: str = ""
    icon: str = ""
