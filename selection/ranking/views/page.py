"""Page of a ranking around its list: the pool, the three groups, their limits, and the certainty of the ranks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from selection.lookups.adoptions import adoption_of, adoption_text
from selection.lookups.model_versions import version_of
from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.ranking.presenters import cells as cells_presenters
from selection.ranking.presenters import verdict as verdict_presenters
from selection.ranking.queries.findings import (
    concentration,
    median_widths,
    pool_counts,
    sureness,
)
from selection.ranking.queries.listing import RANKED, tabs_of
from selection.ranking.views.listing import Listing
from selection.ranking.views.parts import LIST
from selection.runs.presenters import data_changes, limit
from selection.runs.queries.stored_runs import beside_by_day, run_before, since
from selection.runs.rows import Ranking


def page_context(listing: Listing, user: User) -> dict[str, Any]:
    """Return the context that the whole page needs in addition to its list."""
    run, ranking = listing.run, listing.ranking
    found = since(run) if listing.is_newest else None
    return {
        "form": listing.form,
        "fields": listing.form.fields_for(listing.whole),
        "columns": _choices(listing),
        "view_key": listing.view,
        "newest": listing.newest,
        "is_newest": listing.is_newest,
        "limit": limit(run),
        "since": found,
        "data_changes": data_changes(found) if found else [],
        "later": beside_by_day(run) if listing.is_newest else None,
        "tier_shown": any(column.key == "tier" for column in listing.columns),
        "before": run_before(run),
        "may_compute": user.allows(Permission.RUN_SCREEN),
        "adopted": adoption_text(adoption_of(run.table_hash)),
        "as_known": run.as_of_at,
        "model": ranking.table,
        "scored_with": version_of(run),
        "share": ranking.table.share_of_full(Stage.SCREEN),
        **(_findings(listing) if ranking.by_method else {"sure": sureness(ranking)}),
    }


def _choices(listing: Listing) -> list[tuple[str, str, bool]]:
    """Return the columns that can be hidden: key, heading, and whether it is shown."""
    if not listing.ranking.by_method:
        return []
    shown = {column.key for column in listing.columns}
    return [
        (column.key, cells_presenters.heading_of(column, listing.ranking).label, column.key in shown)
        for column in cells_presenters.COLUMNS[listing.tab.key]
        if column.optional
    ]


def _findings(listing: Listing) -> dict[str, Any]:
    """Return the pool, the finding of the list, its limits, and its uncertainty."""
    ranking = listing.ranking
    counts, where = pool_counts(ranking), concentration(ranking)
    params: dict[str, str] = {} if listing.is_newest else {"run": str(listing.run.pk)}
    found = verdict_presenters.verdict_of(listing.tab, ranking)
    links = {
        fact.group: reverse("ranking", query=params | {"group": fact.group}) + LIST
        for fact in found.facts
        if fact.group
    }
    return {
        "pool": (*verdict_presenters.pool(counts, ranking), verdict_presenters.pool_changed(counts, ranking))
        if counts
        else None,
        "verdict": found,
        "facts": [(fact, links.get(fact.group, "")) for fact in found.facts],
        "is_ranked": listing.tab is RANKED and bool(ranking.ranked),
        "draws_note": verdict_presenters.describe_draws(ranking, listing.run.draws) if listing.tab is RANKED else "",
        "where": verdict_presenters.concentrated(where) if where else None,
        "unchecked": verdict_presenters.unchecked(ranking),
        "apart": verdict_presenters.apart(ranking.neighbors),
        "doubt": verdict_presenters.doubt(median_widths(ranking)),
        "ranked": len(ranking.ranked),
        "designs": ranking.designs,
    }


# ---- the home page -------------------------------------------------------------------------------------------------

HOME_ROWS = 10
HOME_COLUMNS = ("rank", "interval", "p20", "group")
"""Number of rows, and the columns, of the list on the home page."""


def home_context(run: ScoreRun, ranking: Ranking) -> dict[str, Any]:
    """Return the finding and the first rows of the newest run for the home page, as on the ranking page."""
    rows = ranking.ranked[:HOME_ROWS]
    lists = [
        (tab.label.lower(), len(tab.of(ranking)), reverse("ranking", query={"tab": tab.key}) + LIST)
        for tab in tabs_of(ranking)
        if tab.key
    ]
    found: dict[str, Any] = {"run": run, "by_method": ranking.by_method, "count": len(rows), "lists": lists}
    if not ranking.by_method:
        return found | {"rows": rows, "sure": sureness(ranking), "first": ranking.table.first}
    columns = [column for column in cells_presenters.COLUMNS[RANKED.key] if column.key in HOME_COLUMNS]
    headings = [cells_presenters.heading_of(column, ranking).label for column in columns]
    headings.insert(1, cells_presenters.COUNTRY.label)
    return found | {
        "verdict": verdict_presenters.ranked_verdict(ranking),
        "headings": headings,
        "rows_html": cells_presenters.drawn(run, newest=True).rows(rows, columns),
    }
