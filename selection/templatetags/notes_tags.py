"""Notes beside the evidence, on any page about a candidate.

    {% load notes_tags %}
    {% notes_of candidate as notes %}                       once; a constant number of queries
    {% note_marks notes "criterion" key "Child labor" %}    in a row of the evidence
    {% notes_panel notes %}                                 the threads themselves

`notes` is None for an account that sees no notes; both other tags then draw nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cpc.accounts.access import user_of
from selection.models import Candidate
from selection.notes.sidebar import notes_context

register = template.Library()

Notes = dict[str, Any]


@register.simple_tag(takes_context=True)
def notes_of(context: Context, candidate: Candidate) -> Notes | None:
    return notes_context(candidate, user_of(context["request"]))


@register.simple_tag
def note_marks(notes: Notes | None, kind: str, key: object, label: str) -> SafeString:
    """Return the numbers of the notes on one row of evidence, and a link to add one.

    `kind` is criterion (by its key) or observation (by its id).
    """
    if notes is None:
        return SafeString("")
    add_url = f"{notes['add_url']}&{urlencode({'on': f'{kind}:{key}'})}" if notes["add_url"] else ""
    shown = {"notes": notes["beside"].get(f"{kind}:{key}", ()), "add_url": add_url, "label": label}
    return mark_safe(render_to_string("selection/notes/_marks.html", shown).strip())  # noqa: S308  # rendered by a template


@register.simple_tag(takes_context=True)
def notes_panel(context: Context, notes: Notes | None) -> SafeString:
    if notes is None:
        return SafeString("")
    html = render_to_string("selection/notes/_section.html", notes, request=context["request"])
    return mark_safe(html)  # noqa: S308  # rendered by a template
