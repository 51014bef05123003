"""Panel on the ranking after a change of the data, for the pages of other rooms and apps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from indicators.services import ChangedData
from selection.run_comparison.presenters.aftermath import change_context
from selection.run_comparison.queries.aftermath import Aftermath, after_publication, after_statement
from selection.run_comparison.queries.summary import summary_of


def aftermath_context(request: HttpRequest, found: Aftermath, what: str = "the newest data") -> dict[str, Any]:
    """Return the context of the panel: the state of the ranking, and what it changed once it is there.

    `what` names the change of the data inside a sentence.
    """
    return {
        "what": what,
        "progress": found.progress.value,
        "before": found.before,
        "after": found.after,
        "change": None if found.after is None else change_context(summary_of(found.before, found.after)),
        "may_compute": user_of(request).allows(Permission.RUN_SCREEN),
        "refresh_url": request.get_full_path(),
    }


def result_panel(request: HttpRequest, change: ChangedData) -> SafeString:
    """Return the panel on a publication or statement; "" before any ranking, or for a person who sees none."""
    if not user_of(request).allows(Permission.VIEW_RANKINGS):
        return mark_safe("")
    if change.number is not None:
        found = after_publication(change.number)
    else:
        found = None if change.moment is None else after_statement(change.moment)
    if found is None:
        return mark_safe("")
    context = aftermath_context(request, found, "this change")
    return render_to_string("selection/run_comparison/_result.html", context, request=request)
