"""Page of a ranking around its list: the pool, the three groups, their limits, and the certainty of the ranks."""

from __future__ import annotations

from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from selection.lookups.adoptions import adoption_of, adoption_text
from selection.lookups.model_versions import version_of
from selection.model_definition.criteria_table import Stage
from selection.ranking.forms import FOLDED
from selection.ranking.presenters import cells as cells_presenters
from selection.ranking.presenters import folds as folds_presenters
from selection.ranking.presenters import lead as lead_presenters
from selection.ranking.queries.findings import pool_counts
from selection.ranking.queries.listing import RANKED
from selection.ranking.views.listing import Listing
from selection.runs.presenters import data_changes, limit
from selection.runs.queries.all_in import AllInFindings, all_in_findings
from selection.runs.queries.stored_runs import Since, beside_by_day, run_before, since


def page_context(listing: Listing, user: User) -> dict[str, Any]:
    run, ranking = listing.run, listing.ranking
    found, fields = since(run) if listing.is_newest else None, listing.form.fields_for(listing.whole)
    return {
        "form": listing.form,
        "fields": [field for field in fields if field.name not in FOLDED],
        "folded": [field for field in fields if field.name in FOLDED],
        "more_label": f"More filters ({listing.form.more})" if listing.form.more else "More filters",
        "columns": _choices(listing),
        "view_key": listing.view,
        "newest": listing.newest,
        "is_newest": listing.is_newest,
        "limit": limit(run),
        "since": found,
        "data_changes": data_changes(found) if found else [],
        "later": beside_by_day(run) if listing.is_newest else None,
        "before": run_before(run),
        "may_compute": user.allows(Permission.RUN_SCREEN),
        "adopted": adoption_text(adoption_of(run.table_hash)),
        "as_known": run.as_of_at,
        "model": ranking.table,
        "scored_with": version_of(run),
        "share": ranking.table.share_of_full(Stage.SCREEN),
        **_findings(listing, user, found),
    }


def _choices(listing: Listing) -> list[tuple[str, str, bool]]:
    """Return the columns that can be hidden: key, heading, and whether it is shown."""
    shown = {column.key for column in listing.columns}
    return [
        (column.key, cells_presenters.heading_of(column, listing.ranking).label, column.key in shown)
        for column in cells_presenters.known_columns(listing.tab, listing.ranking)
        if column.optional
    ]


def _findings(listing: Listing, user: User, found: Since | None) -> dict[str, Any]:
    ranking, all_in = listing.ranking, all_in_findings(listing.run)
    return {
        "finding": lead_presenters.finding_of(listing.tab, ranking, all_in),
        "is_ranked": listing.tab is RANKED and bool(ranking.ranked),
        "remedy": _remedy(all_in, user, found) if all_in and listing.tab is RANKED else None,
        "folds": folds_presenters.folds(ranking, pool_counts(ranking), all_in),
    }


def _remedy(all_in: AllInFindings, user: User, found: Since | None) -> tuple[str, str] | None:
    """Return the newest overdue edition and the source to load it from, for a person who may; else None.

    None for a run that is not the newest, and once a value of the source was published after the run.
    """
    overdue = lead_presenters.newest_overdue(all_in)
    if overdue is None or found is None or not user.allows(Permission.IMPORT_DATA):
        return None
    if any(change.criterion == overdue.criterion for change in found.changes):
        return None
    return overdue.edition, overdue.source_key
