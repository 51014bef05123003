"""Dashboard: panels that the apps register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cpc.accounts.permissions import Permission
from cpc.registry import Registry, permitted


@dataclass(frozen=True, slots=True)
class Panel:
    """One small block beside the queue with the state of a part of the site, and links to it.

    `context` returns the context of `template`, or None if there is nothing to show; it takes at most two queries. The
    template renders a whole `<section class="c-panel">`.
    """

    key: str
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]
    permission: Permission | None = None
    order: int = 100


panels: Registry[Panel] = Registry(key=lambda panel: panel.key)
register = panels.add


def render_panels(request: HttpRequest) -> list[SafeString]:
    result = []
    for panel in panels.sorted(lambda panel: (panel.order, panel.key)):
        context = panel.context(request) if permitted(request, panel) else None
        if context is not None:
            html = render_to_string(panel.template, context, request=request)
            result.append(mark_safe(html))  # noqa: S308  # rendered by the template just above
    return result
