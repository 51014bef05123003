"""Sections of a candidate's dossier. Each package, and the partnerships app, registers its own in `ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cpc.accounts.permissions import Permission
from cpc.registry import Registry, permitted
from selection.models import Candidate


@dataclass(frozen=True, slots=True)
class Section:
    """Section of the dossier, shown as one panel.

    `context` returns the template's context, or None if this account has nothing to see. `template` renders a whole
    `<section id="{key}" class="l-… c-panel">`. `jump` is the section's label among the links at the top of the page.
    """

    key: str
    jump: str
    template: str
    context: Callable[[HttpRequest, Candidate], dict[str, Any] | None]
    permission: Permission | None = None
    order: int = 100


sections: Registry[Section] = Registry(key=lambda section: section.key)
register = sections.add


def drawn(request: HttpRequest, candidate: Candidate) -> list[dict[str, str]]:
    """Return key, label, and HTML of the dossier sections that this account may see, in order."""
    drawn_sections = []
    for section in sections.sorted(lambda section: (section.order, section.key)):
        context = section.context(request, candidate) if permitted(request, section) else None
        if context is not None:
            context |= {"candidate": candidate, "round": candidate.round, "section": section}
            html = render_to_string(section.template, context, request=request)
            drawn_sections.append({"key": section.key, "jump": section.jump, "html": html})
    return drawn_sections
