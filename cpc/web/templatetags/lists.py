"""Tags around a list: its views as tabs, its columns, and the form that saves a view. All read `shown`, an `OpenList`.

They are builtins as those of `web` are; docs/pages.md shows each call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from cpc.accounts.access import user_of
from cpc.web import tables
from cpc.web.lists import COLUMNS, FILE, SAVED, TABS, NamedView, OpenList, form_of

register = template.Library()


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A view as a tab: its URL, its count if the list is short, and how it is marked as the current one."""

    label: str
    url: str
    count: int | None
    current: str
    view: NamedView | None = None


@register.inclusion_tag("components/list_tabs.html", takes_context=True)
def list_tabs(context: Context) -> dict[str, Any]:
    """Show the views of the list as tabs with their counts; nothing if the account sees no view of it."""
    shown: OpenList = context["shown"]
    tabs = [_tab(shown, view) for view in shown.views[:TABS]]
    if shown.view is not None and shown.view not in shown.views[:TABS]:
        tabs[-1] = _tab(shown, shown.view)
    current = "page" if shown.view is None and not shown.state else "" if shown.view else "true"
    first = ViewTab("All", f"{shown.request.path}{_beside(shown)}", shown.whole_count, current)
    return {"shown": shown, "tabs": [first, *tabs] if tabs else [], "hidden": len(shown.views) - len(tabs)}


def _tab(shown: OpenList, view: NamedView) -> ViewTab:
    is_current = shown.view == view
    current = ("page" if shown.follows or shown.is_as_saved else "true") if is_current else ""
    count = shown.count_in(view, is_current=current == "page")
    return ViewTab(view.name, f"{shown.request.path}{_beside(shown, view)}", count, current, view)


def _beside(shown: OpenList, view: NamedView | None = None) -> str:
    """Return the query of a tab: the view, and what the page accepts besides."""
    wanted = QueryDict(mutable=True)
    if view is not None:
        wanted[SAVED] = str(view.pk)
    for name in shown.page.beside:
        if name in shown.request.GET:
            wanted.setlist(name, shown.request.GET.getlist(name))
    return f"?{wanted.urlencode()}" if wanted else ""


@register.inclusion_tag("components/list_bar.html", takes_context=True)
def list_bar(context: Context, legend: Iterable[Any] = ()) -> dict[str, Any]:
    """Show how many rows the list has, and the link to its columns; a `legend` of marks is between them."""
    return {"shown": context["shown"], "legend": legend}


@register.simple_tag(takes_context=True)
def list_state(context: Context, *named: str) -> SafeString:
    """Return hidden inputs for the form of the filters: view, columns, and those parameters that are `named`."""
    request: HttpRequest = context["request"]
    names = (SAVED, COLUMNS, *named)
    given = ((name, value) for name in names for value in request.GET.getlist(name))
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', given)


@register.inclusion_tag("components/list_panels.html", takes_context=True)
def list_panels(context: Context) -> dict[str, Any]:
    """Show the columns with their order, and the form that saves a view, both folded until they are used."""
    shown: OpenList = context["shown"]
    request: HttpRequest = context["request"]
    return {
        "shown": shown,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "form": form_of(shown, user_of(request)),
        "is_open": COLUMNS in request.GET or shown.view is not None,
        "file_url": tables.query(request, **{tables.FORMAT: "csv", COLUMNS: FILE, tables.PAGE: None}),
    }
