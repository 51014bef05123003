"""All open states of the selection, found by SQL that is written by hand, and who must do each."""

from __future__ import annotations

from datetime import date

from django.db import connection

from cpc.accounts.models import User

ANSWERING = "s.state IN ('consultation', 'deliberation')"
OPEN = "s.state NOT IN ('decided', 'archived')"
ROUND = "selection_selectionround s"
REQUEST = f"selection_consultationrequest q JOIN {ROUND} ON s.id = q.round_id"
LIVE = "q.sent_at IS NOT NULL AND q.dropped_at IS NULL AND q.role <> 'info'"
POSITION = f"""selection_position p JOIN {REQUEST.replace("q JOIN", "q ON q.id = p.request_id JOIN")}
    JOIN selection_candidate c ON c.id = p.candidate_id
    WHERE p.superseded_at IS NULL AND {LIVE} AND {ANSWERING} AND c.excluded_because = ''"""
UNDISPOSED = "NOT EXISTS (SELECT FROM selection_disposition d WHERE d.position_id = p.id)"
OWED = f"""{ANSWERING} AND {LIVE} AND q.due_on IS NOT NULL AND c.excluded_because = ''
    AND NOT EXISTS (SELECT FROM selection_position p WHERE p.request_id = q.id AND p.candidate_id = c.id
        AND p.superseded_at IS NULL AND p.value <> 'extension')
    AND NOT EXISTS (SELECT FROM selection_proceedwithout w WHERE w.request_id = q.id AND w.candidate_id = c.id)"""
ASKED = f"""selection_requestcandidate k JOIN {REQUEST.replace("q JOIN", "q ON q.id = k.request_id JOIN")}
    JOIN selection_candidate c ON c.id = k.candidate_id"""
MORE_TIME = """EXISTS (SELECT FROM selection_position p WHERE p.request_id = q.id AND p.candidate_id = c.id
    AND p.superseded_at IS NULL AND p.value = 'extension'
    AND NOT EXISTS (SELECT FROM selection_extensionanswer x WHERE x.position_id = p.id))"""
LEFT_OF_LINE = f"""l.consented_by_id IS NULL AND {ANSWERING}
    AND (l.due_on IS NULL OR l.due_on < q.due_on)
    AND NOT EXISTS (SELECT FROM selection_roundstep t WHERE t.round_id = s.id AND t.at > m.at)
    AND EXISTS (SELECT FROM selection_requestcandidate k JOIN selection_candidate c ON c.id = k.candidate_id
        WHERE k.request_id = q.id AND k.at <= l.at AND {OWED})"""
LINE = f"""selection_cutshortline l JOIN selection_cutshort m ON m.id = l.proposal_id
    JOIN {REQUEST.replace("q JOIN", "q ON q.id = l.request_id JOIN")}"""
SILENT = f"SELECT DISTINCT q.id FROM {ASKED} WHERE {OWED} AND q.due_on < %(today)s AND NOT {MORE_TIME}"
NOTE = "n.withdrawn_at IS NULL AND n.superseded_at IS NULL AND n.round_id = s.id"
SHOWN = f"{NOTE} AND n.visibility <> 'agency' AND NOT (n.agency_id IS NULL AND n.author_id = %(user)s)"
CRITERIA = """(SELECT array_agg(x ->> 'key')
        FROM selection_scoringmodel m, jsonb_array_elements(m.table -> 'criteria') x
    WHERE m.id = s.model_id AND x -> 'function' ->> 'kind' = 'rubric' AND coalesce(x ->> 'indicator', '') = ''
    AND (x ->> 'weight')::float > 0)"""
LEFT = f"""EXISTS (SELECT FROM selection_candidate c, unnest({CRITERIA}) k WHERE c.round_id = s.id
    AND c.excluded_because = '' AND NOT EXISTS (SELECT FROM selection_rating r WHERE r.candidate_id = c.id
        AND r.criterion = k AND r.superseded_at IS NULL AND r.step IS NOT NULL))"""
STATUTORY = """EXISTS (SELECT FROM accounts_agency a LEFT JOIN accounts_agency b ON b.id = a.successor_id
    WHERE a.statutory AND (a.is_active OR b.is_active) AND NOT EXISTS (
        SELECT FROM selection_consultationrequest q WHERE q.round_id = s.id AND q.dropped_at IS NULL
        AND q.sent_at IS NOT NULL AND q.role <> 'info'
        AND q.agency_id = CASE WHEN a.is_active THEN a.id ELSE b.id END)
    AND NOT EXISTS (SELECT FROM selection_notapplicable o WHERE o.round_id = s.id AND o.superseded_at IS NULL
        AND o.agency_id = CASE WHEN a.is_active THEN a.id ELSE b.id END))"""
WITHOUT = """EXISTS (SELECT FROM selection_candidate c WHERE c.round_id = s.id AND c.excluded_because = ''
    AND NOT EXISTS (SELECT FROM selection_recommendation r WHERE r.candidate_id = c.id AND r.superseded_at IS NULL))"""
MEMO = "EXISTS (SELECT FROM selection_memo m WHERE m.round_id = s.id)"
EXPIRING = """EXISTS (SELECT FROM selection_restrictionfinding f WHERE f.country_id = y.id
        AND f.expires_on <= %(today)s + 30
    AND f.id = (SELECT max(g.id) FROM selection_restrictionfinding g WHERE g.country_id = y.id AND g.code = f.code))"""
OWED_IN = f"EXISTS (SELECT FROM {ASKED.replace(' s ', ' t ').replace('s.id', 't.id')} WHERE t.id = s.id AND {OWED})"
WAITED = """selection_weightingparticipant w JOIN selection_weightingexercise e ON e.id = w.exercise_id
    WHERE e.closed_at IS NULL AND w.dropped_at IS NULL AND NOT EXISTS (SELECT FROM selection_statedweights t
        WHERE t.participant_id = w.id AND t.superseded_at IS NULL AND t.withdrawn_at IS NULL)"""
CRITERIA_ASKED = """selection_criteriarequest r JOIN selection_scoringmodel m ON m.id = r.model_id
    WHERE m.state IN ('draft', 'published') AND r.superseded_at IS NULL AND NOT EXISTS (
        SELECT FROM selection_criteriaanswer a WHERE a.request_id = r.id AND a.superseded_at IS NULL)"""

OFFICE = {
    "objection": f"SELECT p.id FROM {POSITION} AND p.value = 'does_not_clear' AND {UNDISPOSED}",
    "edits": f"SELECT p.id FROM {POSITION} AND p.value = 'clear_with_edits' AND {UNDISPOSED}",
    "extension": f"""SELECT p.id FROM {POSITION} AND p.value = 'extension'
        AND NOT EXISTS (SELECT FROM selection_extensionanswer x WHERE x.position_id = p.id)
        AND NOT EXISTS (SELECT FROM selection_proceedwithout w WHERE w.request_id = q.id AND w.candidate_id = c.id)""",
    "silent": SILENT,
    "cut-short-refused": f"""SELECT m.id FROM selection_cutshort m WHERE m.decision = 'refused' AND m.kind = 'go_on'
        AND m.asked_by_id = %(user)s AND NOT EXISTS (SELECT FROM selection_cutshort o WHERE o.round_id = m.round_id
            AND o.kind = 'go_on' AND o.id > m.id)
        AND EXISTS (SELECT FROM {ASKED} WHERE s.id = m.round_id AND {OWED})""",
    "discussion": f"""SELECT q.id FROM selection_discussion q
        JOIN selection_recommendation r ON r.id = q.recommendation_id
        JOIN selection_candidate c ON c.id = r.candidate_id JOIN {ROUND} ON s.id = c.round_id
        WHERE q.answered_at IS NULL AND r.superseded_at IS NULL AND s.state IN ('deliberation', 'decided')""",
    "request-send": f"SELECT q.id FROM {REQUEST} WHERE q.sent_at IS NULL AND q.dropped_at IS NULL AND {OPEN}",
    "notes-adjudicate": f"""SELECT DISTINCT s.id FROM {ROUND}, selection_note n WHERE {OPEN} AND {SHOWN}
        AND n.status = 'open'""",
    "notes-escalated": f"""SELECT DISTINCT s.id FROM {ROUND}, selection_note n WHERE {OPEN} AND {SHOWN}
        AND n.status = 'escalated'""",
    "round-step": f"SELECT s.id FROM {ROUND} WHERE s.state IN ('draft', 'screening')",
    "ratings": f"SELECT s.id FROM {ROUND} WHERE s.state = 'scoring' AND {LEFT}",
    "round-consult": f"SELECT s.id FROM {ROUND} WHERE s.state = 'scoring' AND NOT {LEFT}",
    "statutory-ask": f"SELECT s.id FROM {ROUND} WHERE s.state = 'consultation' AND {STATUTORY}",
    "round-deliberate": f"""SELECT s.id FROM {ROUND} WHERE s.state = 'consultation' AND NOT {STATUTORY}
        AND NOT {OWED_IN}""",
    "recommend": f"SELECT s.id FROM {ROUND} WHERE s.state = 'deliberation' AND {WITHOUT}",
    "memo-issue": f"SELECT s.id FROM {ROUND} WHERE s.state = 'deliberation' AND NOT {WITHOUT} AND NOT {MEMO}",
    "weighting-answer": f"SELECT w.id FROM {WAITED} AND w.account_id = %(user)s",
    "weighting-complete": f"""SELECT x.id FROM selection_weightingexercise x WHERE x.closed_at IS NULL
        AND EXISTS (SELECT FROM selection_weightingparticipant w WHERE w.exercise_id = x.id AND w.dropped_at IS NULL)
        AND NOT EXISTS (SELECT FROM {WAITED} AND w.exercise_id = x.id)""",
    "weighting-late": f"SELECT DISTINCT e.id FROM {WAITED} AND e.due_on < %(today)s",
    "criteria-late": f"SELECT r.id FROM {CRITERIA_ASKED} AND r.due_on < %(today)s",
    "model-describe": """SELECT m.id FROM selection_scoringmodel m WHERE m.state = 'draft' AND m.note = ''
        AND m.drafted_by_id = %(user)s""",
    "restrictions": f"""SELECT y.id FROM indicators_country y WHERE {EXPIRING} AND EXISTS (
        SELECT FROM selection_candidate c JOIN {ROUND} ON s.id = c.round_id WHERE c.country_id = y.id
        AND c.excluded_because = '' AND {OPEN})""",
    "admission-ends": """SELECT a.id FROM selection_admission a WHERE a.decision = 'approved' AND a.ended_on IS NULL
        AND a.until BETWEEN %(today)s AND %(today)s + 30 AND NOT EXISTS (SELECT FROM selection_admission b
            WHERE b.country_id = a.country_id AND b.id > a.id AND b.decision <> 'refused')""",
}

NOT_OWN = """NOT EXISTS (SELECT FROM audit_authorship w WHERE w.record_kind = '{}' AND w.record_id = {}.id
    AND w.author_id = %(user)s)"""
UNDECIDED = """EXISTS (SELECT FROM selection_recommendation r JOIN selection_candidate c ON c.id = r.candidate_id
    WHERE c.round_id = s.id AND r.superseded_at IS NULL
    AND NOT EXISTS (SELECT FROM selection_decision d WHERE d.recommendation_id = r.id){})"""
NOT_ASKED = """ AND NOT EXISTS (SELECT FROM selection_discussion q WHERE q.recommendation_id = r.id
    AND q.answered_at IS NULL)"""
BLOCKING = """EXISTS (SELECT FROM selection_note n WHERE n.round_id = s.id AND n.kind = 'critical'
        AND n.status = 'open' AND n.visibility <> 'agency')"""

APPROVER = {
    "weighting-answer": f"SELECT w.id FROM {WAITED} AND w.account_id = %(user)s",
    "model-publish": f"""SELECT m.id FROM selection_scoringmodel m WHERE m.state = 'draft' AND m.note <> ''
        AND {NOT_OWN.format("selection_scoringmodel", "m")}""",
    "pool-rule": f"""SELECT m.id FROM selection_poolpolicy m WHERE m.decision = ''
        AND {NOT_OWN.format("selection_poolpolicy", "m")}""",
    "memo-template": f"""SELECT m.id FROM selection_memotemplate m WHERE m.decision = ''
        AND {NOT_OWN.format("selection_memotemplate", "m")}""",
    "pool-admission": f"""SELECT m.id FROM selection_admission m WHERE m.decision = ''
        AND {NOT_OWN.format("selection_admission", "m")}""",
    "recommendations": f"""SELECT s.id FROM {ROUND} WHERE s.state IN ('deliberation', 'decided') AND {MEMO}
        AND {UNDECIDED.format(" AND " + NOT_OWN.format("selection_recommendation", "r") + NOT_ASKED)}""",
    "cut-short": f"""SELECT DISTINCT m.id FROM {LINE} WHERE m.decision = '' AND {LEFT_OF_LINE}
        AND {NOT_OWN.format("selection_cutshort", "m")}""",
    "round-close": f"""SELECT s.id FROM {ROUND} WHERE s.state = 'deliberation' AND {MEMO} AND NOT {STATUTORY}
        AND EXISTS (SELECT FROM selection_roundrun r WHERE r.round_id = s.id)
        AND EXISTS (SELECT FROM selection_recommendation r JOIN selection_candidate c ON c.id = r.candidate_id
            WHERE c.round_id = s.id AND r.superseded_at IS NULL)
        AND NOT {UNDECIDED.format("")} AND NOT {OWED_IN} AND NOT {BLOCKING}
        AND NOT EXISTS (SELECT FROM {POSITION.replace(" s ", " t ").replace("s.id", "t.id")} AND t.id = s.id
            AND p.value IN ('does_not_clear', 'clear_with_edits') AND {UNDISPOSED})
        AND NOT EXISTS (SELECT FROM selection_note n JOIN selection_adjudication a ON a.note_id = n.id
            WHERE n.round_id = s.id AND n.kind = 'critical' AND n.status <> 'closed' AND n.visibility <> 'agency'
            AND n.withdrawn_at IS NULL AND n.superseded_at IS NULL AND a.superseded_at IS NULL
            AND a.outcome = 'rejected')""",
}

AGENCY = "(SELECT u.agency_id FROM accounts_user u WHERE u.id = %(user)s)"
IS_CONTACT = "(SELECT u.is_contact FROM accounts_user u WHERE u.id = %(user)s)"
REVIEWER = {
    "weighting-answer": f"SELECT w.id FROM {WAITED} AND w.agency_id = {AGENCY} AND {IS_CONTACT}",
    "criteria-answer": f"""SELECT r.id FROM {CRITERIA_ASKED} AND r.agency_id = {AGENCY} AND r.due_on IS NOT NULL
        AND {IS_CONTACT}""",
    "agency-consent": f"""SELECT l.id FROM {LINE} WHERE m.decision = '' AND {LEFT_OF_LINE} AND q.agency_id = {AGENCY}
        AND (SELECT u.is_contact FROM accounts_user u WHERE u.id = %(user)s)""",
    "position-answer": f"SELECT k.id FROM {ASKED} WHERE {OWED} AND q.agency_id = {AGENCY}",
    "position-changed": f"""SELECT p.id FROM {POSITION} AND p.value <> 'extension' AND q.agency_id = {AGENCY}
        AND p.evidence_id <> (SELECT max(e.id) FROM selection_evidenceversion e WHERE e.candidate_id = c.id)""",
    "notes-judge": f"""SELECT DISTINCT s.id FROM {ROUND}, selection_note n WHERE {OPEN} AND {NOTE}
        AND n.status = 'adjudicated' AND (n.agency_id = {AGENCY} OR n.agency_id IN (
            SELECT a.id FROM accounts_agency a WHERE a.successor_id = {AGENCY}))
        AND (n.author_id = %(user)s OR (SELECT u.is_contact FROM accounts_user u WHERE u.id = %(user)s))""",
}

BY_ROLE = {"analyst": OFFICE, "approver": APPROVER, "reviewer": REVIEWER}


def open_for(user: User, today: date) -> set[str]:
    """Return the keys of all rows that must stand in the queue of an account."""
    found = set()
    with connection.cursor() as cursor:
        for key, query in BY_ROLE.get(user.role, {}).items():
            cursor.execute(query, {"user": user.pk, "today": today})
            found |= {f"{key}:{row}" for (row,) in cursor.fetchall()}
    return found
