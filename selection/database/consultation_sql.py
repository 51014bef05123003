"""SQL about consultation that triggers share with the queue: missing answers, and agencies that are not asked."""

MISSING_ANSWERS = """SELECT FROM selection_requestcandidate asked
    JOIN selection_consultationrequest q ON q.id = asked.request_id
    JOIN selection_candidate c ON c.id = asked.candidate_id
    WHERE q.sent_at IS NOT NULL AND q.dropped_at IS NULL AND q.role <> 'info' AND q.due_on IS NOT NULL
    AND c.excluded_because = '' AND {which}
    AND NOT EXISTS (SELECT FROM selection_position p WHERE p.request_id = q.id AND p.candidate_id = c.id
        AND p.superseded_at IS NULL AND p.value <> 'extension')
    AND NOT EXISTS (SELECT FROM selection_proceedwithout w WHERE w.request_id = q.id AND w.candidate_id = c.id)"""
"""SQL for the answers that agencies owe and no one consented to go on without; `which` limits `q` or `c`."""

NOT_ASKED = """EXISTS (WITH RECURSIVE named (id, is_active, successor_id) AS (
    SELECT id, is_active, successor_id FROM accounts_agency WHERE statutory
    UNION SELECT a.id, a.is_active, a.successor_id FROM accounts_agency a JOIN named n ON a.id = n.successor_id
        WHERE NOT n.is_active)
    SELECT FROM named n WHERE n.is_active AND NOT EXISTS (SELECT FROM selection_consultationrequest r
        WHERE r.round_id = {round} AND r.agency_id = n.id AND r.sent_at IS NOT NULL
        AND r.dropped_at IS NULL AND r.role <> 'info')
    AND NOT EXISTS (SELECT FROM selection_notapplicable o WHERE o.round_id = {round}
        AND o.agency_id = n.id AND o.superseded_at IS NULL))"""
"""SQL for a round that has not asked each agency that the statute names, or its successor."""

UNSETTLED = """SELECT FROM selection_position p JOIN selection_consultationrequest q ON q.id = p.request_id
    JOIN selection_candidate c ON c.id = p.candidate_id
    WHERE p.superseded_at IS NULL AND p.value = '{value}' AND q.sent_at IS NOT NULL AND q.dropped_at IS NULL
    AND q.role <> 'info' AND c.excluded_because = '' AND {which}
    AND NOT EXISTS (SELECT FROM selection_disposition d WHERE d.position_id = p.id)"""
"""SQL for the positions of a value that the office has not disposed of; `which` limits `q` or `c`."""

CRITICAL = """SELECT FROM selection_note n
    WHERE n.kind = 'critical' AND n.visibility <> 'agency' AND n.withdrawn_at IS NULL AND n.superseded_at IS NULL
    AND {which} AND (n.status = 'open' OR (n.status <> 'closed' AND EXISTS (
        SELECT FROM selection_adjudication a WHERE a.note_id = n.id AND a.superseded_at IS NULL
        AND a.outcome = 'rejected')))"""
"""SQL for the critical notes that are open, or rejected without the agreement of their agency; `which` limits `n`."""
