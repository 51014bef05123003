"""Template tags for the pages about choosing countries, linked under the title of each."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from cpc.accounts.access import user_of
from cpc.web.parts import GroupTab
from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.run_comparison.queries.aftermath import Aftermath, RunProgress
from selection.run_comparison.views.aftermath import aftermath_context
from selection.runs.labels import SCREEN_GROUPS, lowered
from selection.runs.presenters import is_look_back
from selection.runs.queries import computing, former_version
from selection.runs.queries.stored_runs import newest_run
from selection.tabs import CHOOSING

register = template.Library()

register.filter("lowered", lowered)

OF_A_RUN = ("ranking", "what-if", "compare-countries", "how-sure", "backtest")
"""Pages that show one run, named by `?run=`."""


@register.inclusion_tag("components/sub_nav.html", takes_context=True)
def choosing_nav(context: Context, current: str) -> dict[str, Any]:
    """Show the links between these pages; `current` is the URL name of the page, or of its parent.

    Links only the pages that the account may open, and shows nothing if there is no other. From a run that is not the
    one shown first, the links lead to the same run.
    """
    run_query = _run_query(context, current)
    tabs = [
        GroupTab(label, reverse(name, query=run_query if name in OF_A_RUN else None), current=name == current)
        for label, name in CHOOSING.tabs(user_of(context["request"]))
    ]
    return {"tabs": tabs if len(tabs) > 1 else [], "label": "Choosing countries"}


def _run_query(context: Context, current: str) -> dict[str, str] | None:
    """Return the query that keeps the desk screen of the page; None if it is the one shown first."""
    run = context.get("run")
    if current not in (*OF_A_RUN, "runs") or not isinstance(run, ScoreRun) or run.stage != Stage.SCREEN:
        return None
    if current in OF_A_RUN and "run" not in context["request"].GET:
        return None
    newest = newest_run()
    return None if newest is None or newest.pk == run.pk else {"run": str(run.pk)}


@register.filter
def group_name(group: str) -> str:
    """Return the name of a stored group of ranked countries inside a sentence: "firmly in", "open"."""
    return SCREEN_GROUPS.get(group, "no group").lower()


@register.inclusion_tag("selection/shared/_as_known.html", takes_context=True)
def as_known(context: Context, run: ScoreRun) -> dict[str, Any]:
    """Return the context that shows which data a run counts, and its version of the model if pages show another first.

    A look-back counts the data published by its day.
    """
    newest = context.get("newest") or newest_run()
    version = "" if newest is None or newest.table_hash == run.table_hash else run.model_version
    return {"run": run, "is_look_back": is_look_back(run), "version": version}


@register.inclusion_tag("selection/shared/_former_rank.html")
def former_rank(run: ScoreRun, code: str) -> dict[str, Any]:
    """Return the context that shows a country's rank by the version of the model before, if a run has it."""
    return {"former": former_version.former_rank(run, code)}


@register.inclusion_tag("selection/shared/_ranking_change.html", takes_context=True)
def ranking_change(context: Context) -> dict[str, Any]:
    """Return the context that shows what the ranking shown first changed, if another one came before.

    Nothing is shown while newer data wait: a line above the list tells.
    """
    run, before, since = (context.get(name) for name in ("run", "before", "since"))
    if run is None or before is None or (since is not None and since.is_of_data):
        return {}
    request = context["request"]
    return {"request": request, **aftermath_context(request, Aftermath(RunProgress.DONE, before, run))}


@register.simple_tag
def ranking_under_way() -> bool:
    return computing.is_under_way()
