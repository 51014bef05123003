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

DRAWN = """FROM indicators_tiersitting s JOIN indicators_tierdrawing d ON d.sitting_id = s.id
        JOIN indicators_tierdraw w ON w.drawing_id = d.id
        JOIN indicators_tierconfirmation c ON c.id = w.confirmation_id"""

CONFIRMING = {
    "narratives": """SELECT count(*)::text FROM indicators_traffickingform f
        JOIN indicators_narrative n ON n.id = f.narrative_id WHERE n.valid_to IS NULL
        AND NOT EXISTS (SELECT FROM indicators_formreview r WHERE r.form_id = f.id) HAVING count(*) > 0""",
    "tier-read": f"""SELECT DISTINCT s.id::text {DRAWN} LEFT JOIN indicators_tieranswer a ON a.draw_id = w.id
        WHERE s.batch_id IS NULL AND a.id IS NULL AND c.recorded_by_id <> %(user)s""",
    "tier-settle": f"""SELECT w.id::text {DRAWN}
        JOIN indicators_tieranswer a ON a.draw_id = w.id AND a.kind = 'reading' AND a.tier <> c.tier
        WHERE s.batch_id IS NULL AND %(user)s IN (c.recorded_by_id, a.answered_by_id)
        AND NOT EXISTS (SELECT FROM indicators_tieranswer t WHERE t.draw_id = w.id AND t.kind = 'settlement'
            AND t.answered_by_id = %(user)s AND NOT EXISTS (SELECT FROM indicators_tieranswer later
                WHERE later.draw_id = w.id AND later.id > t.id AND later.tier <> t.tier))
        AND coalesce((SELECT count(DISTINCT t.tier) = 1 AND count(DISTINCT t.answered_by_id) = 2
            FROM indicators_tieranswer t WHERE t.draw_id = w.id AND t.kind = 'settlement'), FALSE) IS FALSE""",
}
"""Queries of the rows that wait for whoever confirms what was read from narratives."""

BY_ROLE = {"analyst": {**IMPORTING, **CONFIRMING}}


def open_for(user: User, today: date) -> set[str]:
    """Return the keys of all rows that must stand in the queue of an account."""
    found = set()
    with connection.cursor() as cursor:
        for key, query in BY_ROLE.get(user.role, {}).items():
            cursor.execute(query, {"today": today, "user": user.pk})
            found |= {f"{key}:{row}" for (row,) in cursor.fetchall()}
    return found
