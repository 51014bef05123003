"""All that waits about data, found by SQL that is written by hand, and who must do it.

A row that stands for several counts them: its key ends with their number.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from cpc.accounts.models import User

NEWEST = """(SELECT DISTINCT ON (i.source_id) i.source_id, o.edition_rank / 10000 AS year,
        o.edition_rank / 100 %% 100 AS month FROM indicators_observation o
    JOIN indicators_indicator i ON i.id = o.indicator_id WHERE o.valid_to IS NULL
    ORDER BY i.source_id, o.edition_rank DESC)"""
LAST_YEAR = """(SELECT coalesce(max(o.year), 0) FROM indicators_observation o
    JOIN indicators_indicator i ON i.id = o.indicator_id
    WHERE i.source_id = s.id AND o.valid_to IS NULL AND o.missing = '')"""
DUE = f"""CASE WHEN n.month > 0 THEN (make_date(n.year, n.month, 1) + make_interval(months => s.cadence_months))::date
    ELSE make_date(n.year + ceil(s.cadence_months / 12.0)::int + ({LAST_YEAR} >= n.year)::int, 1, 1) END"""

IMPORTING = {
    "import": "SELECT b.id::text FROM indicators_import b WHERE b.state IN ('preview', 'failed')",
    "edition": f"""SELECT s.key FROM indicators_source s JOIN {NEWEST} n ON n.source_id = s.id
        WHERE s.cadence_months IS NOT NULL AND {DUE} <= %(today)s
        AND EXISTS (SELECT FROM indicators_publication) AND NOT EXISTS (SELECT FROM indicators_unpublishededition u
            WHERE u.source_id = s.id AND u.superseded_at IS NULL AND u.as_of >= %(today)s - 90)""",
    "first-import": """SELECT '' WHERE NOT EXISTS (SELECT FROM indicators_publication)
        AND NOT EXISTS (SELECT FROM indicators_import b WHERE b.state = 'preview')""",
    "tiers": """SELECT count(*)::text FROM selection_countryscore c WHERE c.rank <= 20
        AND c.tier_quality = 'unconfirmed' AND c.run_id = (SELECT r.id FROM selection_scorerun r
            WHERE r.stage = 'screen' AND NOT r.inputs ? 'beside' ORDER BY r.as_of DESC, r.id DESC LIMIT 1)
        HAVING count(*) > 0""",
}
"""Queries of the rows that wait for whoever imports files."""

CONFIRMING = {
    "narratives": """SELECT count(*)::text FROM indicators_traffickingform f
        JOIN indicators_narrative n ON n.id = f.narrative_id WHERE n.valid_to IS NULL
        AND NOT EXISTS (SELECT FROM indicators_formreview r WHERE r.form_id = f.id) HAVING count(*) > 0""",
}
"""Queries of the rows that wait for whoever confirms what was read from narratives."""

BY_ROLE = {"analyst": {**IMPORTING, **CONFIRMING}}


def open_for(user: User, today: date) -> set[str]:
    """Return the keys of all rows that must stand in the queue of an account."""
    found = set()
    with connection.cursor() as cursor:
        for key, query in BY_ROLE.get(user.role, {}).items():
            cursor.execute(query, {"today": today})
            found |= {f"{key}:{row}" for (row,) in cursor.fetchall()}
    return found
