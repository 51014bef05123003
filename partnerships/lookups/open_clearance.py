"""Requests that wait for an office, proposals that wait for an approver, and amendments whose text is not cleared.

`partnerships.clearing` explains who has answered. A census of open states holds the two together.
"""

from __future__ import annotations

from django.db.models import Exists, F, Func, OuterRef, QuerySet, TextField, Value

from cpc.database.own_sql import own_sql
from partnerships.models import Amendment, AmendmentState, ClearanceRequest, Silence, TextVersion

OPEN_AMENDMENT = (AmendmentState.DRAFT, AmendmentState.SUBMITTED, AmendmentState.APPROVED)
_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_AMENDMENT)

# All open texts in one pass: as subqueries of each row, the same conditions took minutes on the records of the census.
_SILENT = f"""
    WITH versions AS (
        SELECT v.id, v.partnership_id, coalesce(v.amendment_id, 0) AS text, v.number,
            max(v.number) FILTER (WHERE v.is_material) OVER (PARTITION BY v.partnership_id, v.amendment_id) AS base
        FROM partnerships_textversion v JOIN partnerships_partnership p ON p.id = v.partnership_id
        LEFT JOIN partnerships_amendment m ON m.id = v.amendment_id
        WHERE CASE WHEN v.amendment_id IS NULL THEN p.signed_on IS NULL AND p.status <> 'canceled'
            ELSE m.state IN ({_OPEN}) END),
    asked AS (
        SELECT DISTINCT ON (v.partnership_id, v.text, r.agency_id) r.id, r.agency_id, r.role, v.partnership_id, v.text,
            v.number, v.base
        FROM partnerships_clearancerequest r JOIN versions v ON v.id = r.version_id WHERE r.removed_on IS NULL
        ORDER BY v.partnership_id, v.text, r.agency_id, v.number DESC),
    answered AS (
        SELECT DISTINCT ON (v.partnership_id, v.text, a.agency_id) a.agency_id, a.kind, v.partnership_id, v.text,
            v.number
        FROM partnerships_clearanceanswer a JOIN versions v ON v.id = a.version_id
        ORDER BY v.partnership_id, v.text, a.agency_id, v.number DESC, a.id DESC),
    silent AS (
        SELECT q.id, q.agency_id, q.partnership_id, q.text FROM asked q JOIN accounts_agency g ON g.id = q.agency_id
        LEFT JOIN answered n USING (agency_id, partnership_id, text)
        WHERE q.role = 'clear' AND g.successor_id IS NULL AND (n.number IS NULL OR n.number < q.number
            OR n.kind = 'extension' OR (n.number < q.base AND n.kind <> 'no_equities')))"""  # noqa: S608  # our own names
_TO_ANSWER = f"""{_SILENT}
    SELECT s.id FROM silent s WHERE NOT EXISTS (
        SELECT 1 FROM partnerships_silence c JOIN versions v ON v.id = c.version_id
        WHERE c.agency_id = s.agency_id AND v.partnership_id = s.partnership_id AND v.text = s.text
        AND c.decision = 'consented' AND v.number >= v.base)"""  # noqa: S608  # constants of this module
_TO_DECIDE = f"""{_SILENT}
    SELECT c.id FROM partnerships_silence c JOIN versions v ON v.id = c.version_id
    JOIN silent s ON s.agency_id = c.agency_id AND s.partnership_id = v.partnership_id AND s.text = v.text
    WHERE c.decision = '' AND v.number >= v.base"""  # noqa: S608  # constants of this module


def clearance_stop(partnership: str, amendment: str | None = None) -> Func:
    """Return the code of what first stops the signature of a text, as the database finds it."""
    text = Value(None) if amendment is None else F(amendment)
    return Func(F(partnership), text, function="cpc_clearance_stop", output_field=TextField(null=True))


def requests_to_answer() -> QuerySet[ClearanceRequest]:
    """Return the newest request to each office on whose answer a signature waits, without consent to go on."""
    return ClearanceRequest.objects.filter(pk__in=own_sql(_TO_ANSWER))


def silences_to_decide() -> QuerySet[Silence]:
    """Return the proposals to go on without an answer that are not moot: the office is still silent on the text."""
    return Silence.objects.filter(pk__in=own_sql(_TO_DECIDE))


def amendments_stopped() -> QuerySet[Amendment]:
    """Return the amendments not in effect that have a text which is not cleared."""
    versions = TextVersion.objects.filter(amendment=OuterRef("pk"))
    rows = Amendment.objects.filter(Exists(versions), state__in=OPEN_AMENDMENT)
    return rows.alias(stop=clearance_stop("partnership", "pk")).filter(stop__isnull=False)
