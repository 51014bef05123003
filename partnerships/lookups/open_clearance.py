"""Requests that wait for an office, proposals that wait for an approver, and amendments whose text is not cleared.

`partnerships.clearing` explains who has answered. A census of open states holds the two together.
"""

from __future__ import annotations

from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import RawSQL

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

# Every point of `clearing.clearance_findings` that stops the text of an amendment: a test holds the two together.
_STOPS = """(
    WITH texts AS (
        SELECT t.id, t.number, t.is_material, t.second_language FROM partnerships_textversion t
        WHERE t.amendment_id = partnerships_amendment.id),
    newest AS (SELECT * FROM texts ORDER BY number DESC LIMIT 1),
    base AS (SELECT max(number) AS number FROM texts WHERE is_material),
    requests AS (
        SELECT DISTINCT ON (r.agency_id) r.agency_id, t.number, r.role
        FROM partnerships_clearancerequest r JOIN texts t ON t.id = r.version_id WHERE r.removed_on IS NULL
        ORDER BY r.agency_id, t.number DESC),
    answers AS (
        SELECT DISTINCT ON (a.agency_id) a.agency_id, t.number, a.kind
        FROM partnerships_clearanceanswer a JOIN texts t ON t.id = a.version_id WHERE NOT a.after_signature
        ORDER BY a.agency_id, t.number DESC, a.id DESC),
    offices AS (
        SELECT CASE
            WHEN n.number >= q.number AND n.kind <> 'extension' AND (n.number >= base.number OR n.kind = 'no_equities')
                THEN n.kind = 'does_not_clear'
            ELSE NOT EXISTS (SELECT 1 FROM requests o WHERE o.role = 'clear' AND o.agency_id = g.successor_id)
                AND NOT EXISTS (SELECT 1 FROM partnerships_silence s JOIN texts t ON t.id = s.version_id
                    WHERE s.agency_id = q.agency_id AND s.decision = 'consented' AND t.number >= base.number)
            END AS stops
        FROM requests q CROSS JOIN base JOIN accounts_agency g ON g.id = q.agency_id
        LEFT JOIN answers n ON n.agency_id = q.agency_id WHERE q.role = 'clear')
    SELECT (SELECT count(*) FROM newest CROSS JOIN LATERAL (VALUES ('English'), (newest.second_language)) AS l (name)
            WHERE l.name <> '' AND NOT EXISTS (SELECT 1 FROM partnerships_textfile f
                WHERE f.version_id = newest.id AND f.language = l.name))
        + (SELECT count(*) FROM base WHERE NOT EXISTS (SELECT 1 FROM partnerships_legalfinding l
            JOIN texts t ON t.id = l.version_id WHERE t.number >= base.number))
        + (SELECT count(*) FROM newest WHERE EXISTS (SELECT 1 FROM cpc_terms_changed(newest.id)))
        + (SELECT CASE WHEN count(*) = 0 THEN 1 ELSE count(*) FILTER (WHERE stops) END FROM offices))"""


def stop_count() -> RawSQL:
    """Return SQL that counts the points that stop the signature of the text of an amendment."""
    return own_sql(_STOPS, IntegerField())


def in_clearance_since() -> Subquery:
    """Return the day of the first version of the text of an amendment."""
    return Subquery(TextVersion.objects.filter(amendment=OuterRef("pk")).order_by("number").values("dated")[:1])


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
