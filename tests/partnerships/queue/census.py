"""All open states of partnerships, found by SQL that is written by hand, and who must do each.

Nothing here uses the product's queries: a row of the queue that is missing or too many shows as a difference.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from cpc.accounts.models import User

HERE = "p.kind <> 'documented'"
FORCE = "p.status IN ('signed', 'active', 'suspended')"
UNSETTLED = "p.status IN ('signed', 'active', 'suspended', 'completed', 'terminated')"
BEFORE = "p.status IN ('selected', 'invited', 'negotiating', 'in_clearance')"
P = "partnerships_partnership p"
ORIGIN = """(p.decision_id IS NOT NULL OR EXISTS (SELECT FROM partnerships_originconfirmation c
        WHERE c.partnership_id = p.id))"""
LEADS = """EXISTS (SELECT FROM partnerships_participant a WHERE a.partnership_id = p.id AND a.is_lead
        AND a.government = 'us')
    AND EXISTS (SELECT FROM partnerships_participant a WHERE a.partnership_id = p.id AND a.is_lead
        AND a.government = 'partner')"""
SIGNABLE = f"""p.ends_on IS NOT NULL AND p.starts_on IS NOT NULL
        AND cpc_clearance_stop(p.id, NULL) IS NULL AND {ORIGIN} AND {LEADS}"""
LAST_EVENT = "(SELECT e.kind FROM partnerships_reportevent e WHERE e.report_id = r.id ORDER BY e.id DESC LIMIT 1)"
REPORT = f"partnerships_reportdue r JOIN partnerships_award a ON a.id = r.award_id JOIN {P} ON p.id = a.partnership_id"
AWARD = f"partnerships_award a JOIN {P} ON p.id = a.partnership_id"
DIALOGUE = f"partnerships_dialogue d JOIN {P} ON p.id = d.partnership_id"
KEY = "EXISTS (SELECT FROM partnerships_keyindicator k WHERE k.dialogue_id = d.id)"
LAST_HELD = "(SELECT max(d.held_until) FROM partnerships_dialogue d WHERE d.partnership_id = p.id)"
NO_DIALOGUE = f"""NOT EXISTS (SELECT FROM partnerships_dialogue d WHERE d.partnership_id = p.id
        AND d.state IN ('planned', 'ready', 'held'))
    AND (p.ends_on IS NULL OR p.ends_on >= %(today)s)
    AND (coalesce({LAST_HELD}, p.starts_on) + interval '12 months')::date <= %(today)s + 30"""
SUSPENSION = f"partnerships_determination d JOIN {P} ON p.id = d.partnership_id"
SUSPENDED = f"""{HERE} AND {FORCE} AND d.kind = 'suspension'
    AND NOT EXISTS (SELECT FROM partnerships_determination e WHERE e.suspension_id = d.id)"""
OF_VERSION = f"""partnerships_textversion v LEFT JOIN partnerships_amendment m ON m.id = v.amendment_id
    JOIN {P} ON p.id = v.partnership_id"""
UNSIGNED = """CASE WHEN v.amendment_id IS NULL THEN p.signed_on IS NULL AND p.status <> 'canceled'
    ELSE m.state IN ('draft', 'submitted', 'approved') END"""
SAME_TEXT = "w.partnership_id = v.partnership_id AND w.amendment_id IS NOT DISTINCT FROM v.amendment_id"
BASE = f"(SELECT max(w.number) FROM partnerships_textversion w WHERE {SAME_TEXT} AND w.is_material)"
STOPPED = """EXISTS (SELECT FROM partnerships_textversion w WHERE w.amendment_id = x.id)
    AND cpc_clearance_stop(x.partnership_id, x.id) IS NOT NULL"""
CORRECTIONS = "(SELECT count(*) FROM partnerships_correction c WHERE c.determination_id = d.id{0})"


def _of(table: str, alias: str) -> str:
    return f"partnerships_{table} {alias} JOIN {P} ON p.id = {alias}.partnership_id"


FUND = f"""{_of("congressionalnotification", "n")} JOIN partnerships_fund f ON f.id = n.fund_id WHERE {HERE}
    AND n.id = (SELECT max(m.id) FROM partnerships_congressionalnotification m
        WHERE (m.partnership_id, m.fund_id) = (p.id, f.id)
        AND NOT EXISTS (SELECT FROM partnerships_congressionalnotification r WHERE r.replaces_id = m.id))
    AND (SELECT sum(m.amount) FROM partnerships_congressionalnotification m
        WHERE (m.partnership_id, m.fund_id) = (p.id, f.id)
        AND NOT EXISTS (SELECT FROM partnerships_congressionalnotification r WHERE r.replaces_id = m.id))
    > (SELECT coalesce(sum(CASE l.kind WHEN 'deobligation' THEN -l.amount ELSE l.amount END), 0)
        FROM partnerships_ledgerentry l JOIN partnerships_award a ON a.id = l.award_id
        WHERE (a.partnership_id, l.fund_id) = (p.id, f.id)
        AND l.kind IN ('obligation', 'adjustment', 'deobligation'))"""


def _silent(agency: str) -> str:
    """Return SQL that an office owes an answer over the text of the version `v`: its newest request, unanswered."""
    return f"""EXISTS (SELECT FROM accounts_agency g
        CROSS JOIN LATERAL (SELECT r.role, w.number FROM partnerships_clearancerequest r
            JOIN partnerships_textversion w ON w.id = r.version_id
            WHERE {SAME_TEXT} AND r.agency_id = g.id AND r.removed_on IS NULL ORDER BY w.number DESC LIMIT 1) q
        LEFT JOIN LATERAL (SELECT a.kind, w.number FROM partnerships_clearanceanswer a
            JOIN partnerships_textversion w ON w.id = a.version_id
            WHERE {SAME_TEXT} AND a.agency_id = g.id ORDER BY w.number DESC, a.id DESC LIMIT 1) n ON true
        WHERE g.id = {agency} AND g.successor_id IS NULL AND q.role = 'clear'
        AND (n.number IS NULL OR n.number < q.number OR n.kind = 'extension'
            OR (n.number < {BASE} AND n.kind <> 'no_equities')))"""


def _dated(table: str, day: str, condition: str) -> str:
    return f"SELECT x.id FROM {_of(table, 'x')} WHERE {HERE} AND {condition} AND x.{day} <= %(today)s + 7"


def _plan_step(step: str) -> str:
    return f"""SELECT x.id FROM {_of("monitoringplan", "x")} WHERE {HERE} AND {FORCE} AND x.state = 'draft'
        AND coalesce((SELECT s.name FROM partnerships_planstep s WHERE s.plan_id = x.id ORDER BY s.id DESC LIMIT 1), '')
            {step} 'return'"""


OFFICE = {
    "partnership-open": """SELECT d.id FROM selection_decision d JOIN selection_candidate c ON c.id = d.candidate_id
        JOIN selection_selectionround r ON r.id = c.round_id WHERE d.action = 'select' AND d.superseded_at IS NULL
        AND r.state IN ('decided', 'archived') AND NOT EXISTS (SELECT FROM partnerships_partnership p
            JOIN selection_decision e ON e.id = p.decision_id WHERE e.candidate_id = c.id
            AND (p.status <> 'canceled' OR e.id = d.id))""",
    "partnership-step": f"""SELECT p.id FROM {P} WHERE {HERE} AND p.status IN ('selected', 'invited', 'negotiating')
        AND {ORIGIN}""",
    "clearance-complete": f"SELECT p.id FROM {P} WHERE {HERE} AND p.status = 'in_clearance' AND NOT ({SIGNABLE})",
    "partnership-start": f"SELECT p.id FROM {P} WHERE {HERE} AND p.status = 'signed' AND p.starts_on <= %(today)s",
    "partnership-complete": f"""SELECT p.id FROM {P} WHERE {HERE} AND p.status IN ('active', 'suspended')
        AND p.ends_on < %(today)s""",
    "term-ends": f"SELECT p.id FROM {P} WHERE {HERE} AND {FORCE} AND p.ends_on BETWEEN %(today)s AND %(today)s + 90",
    "exception-expires": f"""SELECT x.id FROM {_of("limitexception", "x")} WHERE {HERE} AND {FORCE}
        AND EXISTS (SELECT FROM partnerships_limitexceptiongrant g WHERE g.exception_id = x.id)
        AND x.expires_on BETWEEN %(today)s AND %(today)s + 30""",
    "amendment-revise": f"""SELECT x.id FROM {_of("amendment", "x")} WHERE {HERE} AND x.state = 'draft'
        AND x.decision_note <> ''""",
    "amendment-submit": f"""SELECT x.id FROM {_of("amendment", "x")} WHERE {HERE} AND x.state = 'draft'
        AND x.decision_note = ''""",
    "amendment-apply": f"""SELECT x.id FROM {_of("amendment", "x")} WHERE {HERE} AND x.state = 'approved'
        AND NOT ({STOPPED})""",
    "amendment-clear": f"""SELECT x.id FROM {_of("amendment", "x")} WHERE {HERE} AND {STOPPED}
        AND x.state IN ('draft', 'submitted', 'approved')""",
    "plan-revise": _plan_step("="),
    "plan-submit": _plan_step("<>"),
    "targets": f"""SELECT DISTINCT p.id FROM {_of("outcomeindicator", "x")} WHERE {HERE} AND {FORCE} AND NOT x.withdrawn
        AND NOT EXISTS (SELECT FROM partnerships_target t WHERE t.indicator_id = x.id)""",
    "periods-schedule": f"""SELECT p.id FROM {_of("monitoringplan", "x")} WHERE {HERE} AND {FORCE}
        AND x.state = 'approved'
        AND NOT EXISTS (SELECT FROM partnerships_reportingperiod r WHERE r.partnership_id = p.id)""",
    "period-revise": f"""SELECT x.id FROM {_of("reportingperiod", "x")} WHERE {HERE} AND {UNSETTLED}
        AND x.state = 'returned' AND (p.ended_on IS NULL OR p.ended_on >= x.starts_on)""",
    "period-report": f"""SELECT x.id FROM {_of("reportingperiod", "x")} WHERE {HERE} AND {UNSETTLED}
        AND x.state IN ('no_data', 'in_progress') AND x.ends_on < %(today)s
        AND (p.ended_on IS NULL OR p.ended_on >= x.starts_on)""",
    "instrument-report": f"""SELECT p.id FROM {P} WHERE {HERE} AND NOT {BEFORE} AND p.legal_review = 'qualifying'
        AND p.signed_on <= %(today)s AND p.reported_to_congress_on IS NULL""",
    "instrument-publish": f"""SELECT p.id FROM {P} WHERE {HERE} AND NOT {BEFORE} AND p.legal_review = 'qualifying'
        AND p.signed_on <= %(today)s AND p.published_on IS NULL""",
    "responsibility": _dated(
        "responsibility", "due_on", f"{FORCE} AND NOT x.withdrawn AND x.status IN ('planned', 'under_way')"
    ),
    "activity": _dated(
        "activity", "planned_end", f"{FORCE} AND NOT x.withdrawn AND x.status IN ('planned', 'under_way')"
    ),
    "milestone": f"""SELECT x.id FROM partnerships_milestone x JOIN partnerships_activity a ON a.id = x.activity_id
        JOIN {P} ON p.id = a.partnership_id WHERE {HERE} AND {FORCE} AND x.reached_on IS NULL AND NOT a.withdrawn
        AND a.status <> 'dropped' AND x.planned_on <= %(today)s + 7""",
    "action": f"""SELECT x.id FROM partnerships_actionitem x JOIN {DIALOGUE} ON d.id = x.dialogue_id WHERE {HERE}
        AND p.status <> 'canceled' AND x.state = 'open' AND x.due_on <= %(today)s + 7""",
    "measure": _dated("sustainabilitymeasure", "review_on", f"{FORCE} AND x.status IN ('planned', 'under_way')"),
    "risk": _dated("risk", "review_on", f"{FORCE} AND x.state <> 'closed'"),
    "finding": _dated("fieldfinding", "due_on", f"{UNSETTLED} AND x.state IN ('open', 'reopened')"),
    "finding-check": f"""SELECT x.id FROM {_of("fieldfinding", "x")} WHERE {HERE} AND {UNSETTLED}
        AND x.state = 'evidence' AND NOT EXISTS (SELECT FROM audit_authorship w WHERE w.record_id = x.id
            AND w.record_kind = 'partnerships_fieldfinding' AND w.author_id = %(user)s)""",
    "assessment-submit": f"""SELECT x.id FROM {_of("yearassessment", "x")} WHERE {HERE} AND {UNSETTLED}
        AND x.state = 'draft'""",
    "evaluation": _dated("evaluation", "planned_on", f"{UNSETTLED} AND x.state IN ('planned', 'under_way')"),
    "dialogue-indicators": f"""SELECT d.id FROM {DIALOGUE} WHERE {HERE} AND {UNSETTLED} AND d.state = 'planned'
        AND d.planned_on <= %(today)s + 30 AND NOT {KEY}""",
    "dialogue-ready": f"""SELECT d.id FROM {DIALOGUE} WHERE {HERE} AND {UNSETTLED} AND d.state = 'planned'
        AND d.planned_on <= %(today)s + 30 AND {KEY}""",
    "dialogue-hold": f"""SELECT d.id FROM {DIALOGUE} WHERE {HERE} AND {UNSETTLED} AND d.state = 'ready'
        AND d.planned_on <= %(today)s + 7""",
    "dialogue-minutes": f"SELECT d.id FROM {DIALOGUE} WHERE {HERE} AND {UNSETTLED} AND d.state = 'held'",
    "dialogue-due": f"SELECT p.id FROM {P} WHERE {HERE} AND p.status = 'active' AND {NO_DIALOGUE}",
    "correction-open": f"""SELECT d.id FROM {SUSPENSION} WHERE {SUSPENDED}
        AND cardinality(d.grounds) > {CORRECTIONS.format("")}""",
    "documented-ended": f"SELECT p.id FROM {P} WHERE p.kind = 'documented' AND {FORCE} AND p.ends_on < %(today)s",
    "documented-dialogue": f"SELECT p.id FROM {P} WHERE p.kind = 'documented' AND {FORCE} AND {NO_DIALOGUE}",
}
"""Queries of the rows that wait for accounts that do the office's work."""

MONEY = {
    "report-log": f"""SELECT r.id FROM {REPORT} WHERE {HERE} AND r.due_on <= %(today)s + 7
        AND coalesce({LAST_EVENT}, 'returned') = 'returned' AND (a.ended_on IS NULL OR a.ended_on >= r.period_start)""",
    "report-accept": f"SELECT r.id FROM {REPORT} WHERE {HERE} AND {LAST_EVENT} = 'received'",
    "award-activate": f"SELECT a.id FROM {AWARD} WHERE {HERE} AND a.state = 'planned' AND a.starts_on <= %(today)s",
    "award-end": f"""SELECT a.id FROM {AWARD} WHERE {HERE} AND a.state IN ('active', 'stop_work')
        AND a.ends_on < %(today)s""",
    "award-closeout": f"SELECT a.id FROM {AWARD} WHERE {HERE} AND a.state IN ('terminated', 'ended')",
    "notification": f"""SELECT p.id FROM {P} WHERE {HERE} AND {FORCE} AND EXISTS (SELECT FROM partnerships_award a
            WHERE a.partnership_id = p.id AND a.state IN ('planned', 'active') AND a.awarded_total > a.obligated_total)
        AND p.awarded_total > p.notified_total + coalesce((SELECT sum(e.amount)
        FROM partnerships_notificationexemption e
            WHERE e.partnership_id = p.id), 0)""",
    "fund-expires": f"""SELECT n.id FROM {FUND} AND f.expires_on BETWEEN %(today)s AND %(today)s + 180""",
    "fund-expired": f"""SELECT n.id FROM {FUND} AND f.expires_on < %(today)s""",
    "contribution-owed": f"""SELECT y.id FROM {_of("plannedyear", "y")} WHERE {HERE} AND {UNSETTLED}
        AND y.government = 'partner' AND y.amount > 0
        AND NOT EXISTS (SELECT FROM partnerships_program g WHERE g.id = y.program_id AND g.withdrawn)
        AND make_date(y.fiscal_year, 9, 30) < %(today)s
        AND y.id = (SELECT max(z.id) FROM partnerships_plannedyear z WHERE z.partnership_id = y.partnership_id
            AND (z.government, z.kind, z.unit, z.fiscal_year) = (y.government, y.kind, y.unit, y.fiscal_year)
            AND z.program_id IS NOT DISTINCT FROM y.program_id)
        AND NOT EXISTS (SELECT FROM partnerships_contribution c WHERE c.partnership_id = y.partnership_id
            AND (c.government, c.kind, c.fiscal_year) = (y.government, y.kind, y.fiscal_year)
            AND c.program_id IS NOT DISTINCT FROM y.program_id AND c.stage <> 'pledged'
            AND NOT EXISTS (SELECT FROM partnerships_contribution d WHERE d.replaces_id = c.id))""",
    "partner-restrictions": f"""SELECT y.id FROM indicators_country y WHERE EXISTS (SELECT FROM {P}
            WHERE p.country_id = y.id AND {HERE} AND ({BEFORE} OR {FORCE}))
        AND EXISTS (SELECT FROM selection_restrictionfinding f WHERE f.country_id = y.id
            AND f.expires_on <= %(today)s + 30 AND f.id = (SELECT max(g.id) FROM selection_restrictionfinding g
                WHERE g.country_id = y.id AND g.code = f.code))
        AND NOT EXISTS (SELECT FROM selection_candidate c JOIN selection_selectionround s ON s.id = c.round_id
            WHERE c.country_id = y.id AND c.excluded_because = '' AND s.state NOT IN ('decided', 'archived'))""",
}
"""Queries of the rows that wait for those of them who record money."""

CLOSING = {
    "correction-close": f"""SELECT c.id FROM partnerships_correction c JOIN {SUSPENSION} ON d.id = c.determination_id
        WHERE {HERE} AND c.closed_on IS NULL
        AND NOT EXISTS (SELECT FROM partnerships_determination e WHERE e.suspension_id = d.id)""",
    "reinstate": f"""SELECT d.id FROM {SUSPENSION} WHERE {SUSPENDED}
        AND cardinality(d.grounds) = {CORRECTIONS.format(" AND c.closed_on IS NOT NULL")}""",
    "partnership-close": f"""SELECT p.id FROM {P} WHERE {HERE} AND p.status IN ('completed', 'terminated')
        AND NOT EXISTS (SELECT FROM partnerships_award a WHERE a.partnership_id = p.id
            AND (a.state NOT IN ('closed', 'planned') OR a.obligated_total <> a.disbursed_total))
        AND NOT EXISTS (SELECT FROM partnerships_reportdue r JOIN partnerships_award a ON a.id = r.award_id
            WHERE a.partnership_id = p.id AND coalesce({LAST_EVENT}, 'returned') = 'returned')""",
}
"""Queries of the rows that wait for each approver."""

SINCE_PLAN = "(SELECT max(s.at) FROM partnerships_planstep s WHERE s.plan_id = x.id AND s.name = 'approve')"
SINCE_PERIOD = "(SELECT max(s.at) FROM partnerships_periodstep s WHERE s.period_id = x.id AND s.name = 'approve')"

DECIDED = {
    "amendment-decide": (
        "partnerships_amendment",
        "NULL::timestamptz",
        f"{_of('amendment', 'x')} WHERE {HERE} AND x.state = 'submitted'",
    ),
    "plan-decide": (
        "partnerships_monitoringplan",
        SINCE_PLAN,
        f"{_of('monitoringplan', 'x')} WHERE {HERE} AND x.state = 'submitted'",
    ),
    "period-decide": (
        "partnerships_reportingperiod",
        SINCE_PERIOD,
        f"{_of('reportingperiod', 'x')} WHERE {HERE} AND x.state = 'submitted'",
    ),
    "assessment-decide": (
        "partnerships_yearassessment",
        "(SELECT max(s.at) FROM partnerships_yearassessmentstep s WHERE s.assessment_id = x.id AND s.name = 'approve')",
        f"{_of('yearassessment', 'x')} WHERE {HERE} AND x.state = 'submitted'",
    ),
    "origin-confirm": (
        "origin",
        "NULL::timestamptz",
        f"partnerships_partnership x JOIN {P} ON p.id = x.id WHERE {HERE} AND {BEFORE} AND NOT {ORIGIN}",
    ),
    "exception-decide": (
        "partnerships_limitexception",
        "NULL::timestamptz",
        f"""{_of("limitexception", "x")} WHERE {HERE} AND x.kind = 'granted'
            AND NOT EXISTS (SELECT FROM partnerships_limitexceptiongrant g WHERE g.exception_id = x.id)
            AND NOT EXISTS (SELECT FROM partnerships_limitexceptionrefusal g WHERE g.exception_id = x.id)""",
    ),
    "policy-approve": (
        "partnerships_limitpolicy",
        "NULL::timestamptz",
        """partnerships_limitpolicy x WHERE NOT EXISTS (SELECT FROM partnerships_limitpolicyapproval g
            WHERE g.policy_id = x.id)""",
    ),
    "template-release": (
        "partnerships_documenttemplate",
        "NULL::timestamptz",
        "partnerships_documenttemplate x WHERE x.state = 'draft'",
    ),
    "withholding-decide": (
        "partnerships_withholding",
        "NULL::timestamptz",
        f"{_of('withholding', 'x')} WHERE x.state = 'proposed'",
    ),
    "silence-decide": (
        "partnerships_silence",
        "NULL::timestamptz",
        f"""partnerships_silence x JOIN {OF_VERSION} ON v.id = x.version_id WHERE {HERE} AND {UNSIGNED}
            AND x.decision = '' AND v.number >= {BASE} AND {_silent("x.agency_id")}""",
    ),
    "sign": (
        "partnerships_partnership",
        "NULL::timestamptz",
        f"partnerships_partnership x JOIN {P} ON p.id = x.id WHERE {HERE} AND p.status = 'in_clearance' AND {SIGNABLE}",
    ),
}
"""Records that another person decides on: the kind of their authors, the time from which parts count, and the rows."""


def _decided(kind: str, since: str, rows: str, *, own: bool) -> str:
    written = f"""EXISTS (SELECT FROM audit_authorship w WHERE w.record_kind = '{kind}' AND w.record_id = x.id
        AND w.author_id = %(user)s AND w.at > coalesce({since}, '-infinity'))"""
    one_for_all = "GROUP BY x.version_id" if kind == "partnerships_silence" else "GROUP BY x.id"
    return f"SELECT min(x.id) FROM {rows} AND {'' if own else 'NOT '}{written} {one_for_all}"


ASKED = f"""SELECT x.id FROM partnerships_clearancerequest x JOIN {OF_VERSION} ON v.id = x.version_id
        WHERE {HERE} AND {UNSIGNED} AND x.removed_on IS NULL AND {_silent("x.agency_id")}
        AND NOT EXISTS (SELECT FROM partnerships_clearancerequest r
            JOIN partnerships_textversion w ON w.id = r.version_id
            WHERE {SAME_TEXT} AND r.agency_id = x.agency_id AND r.removed_on IS NULL AND w.number > v.number)
        AND NOT EXISTS (SELECT FROM partnerships_silence s JOIN partnerships_textversion w ON w.id = s.version_id
            WHERE {SAME_TEXT} AND s.agency_id = x.agency_id AND s.decision = 'consented' AND w.number >= {BASE})"""
SENT = {"clearance-asked": f"{ASKED} AND x.asked_by_id = %(user)s"}
"""Queries of what an account asked of the offices that clear a text."""

AGENCY = {
    "clearance-answer": f"""{ASKED}
        AND x.agency_id = (SELECT u.agency_id FROM accounts_user u WHERE u.id = %(user)s)""",
}
"""Queries of the rows that wait for the accounts of an agency."""


def _found(queries: dict[str, str], user: User, today: date) -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for key, query in queries.items():
            cursor.execute(query, {"user": user.pk, "today": today})
            found |= {f"{key}:{row}" for (row,) in cursor.fetchall()}
    return found


def open_for(user: User, today: date) -> set[str]:
    """Return the keys of all rows that must stand in the queue of an account."""
    decided = {key: _decided(*parts, own=False) for key, parts in DECIDED.items()}
    own_returns = {
        "amendment-revise": f"{OFFICE['amendment-revise']} AND x.requested_by_id = %(user)s",
        "plan-revise": f"""{OFFICE["plan-revise"]} AND EXISTS (SELECT FROM partnerships_planstep s
        WHERE s.plan_id = x.id
            AND s.name = 'submit' AND s.actor_id = %(user)s)""",
        "period-revise": f"""{OFFICE["period-revise"]} AND EXISTS (SELECT FROM partnerships_periodstep s
            WHERE s.period_id = x.id AND s.name = 'submit' AND s.actor_id = %(user)s)""",
    }
    by_role = {
        "analyst": {**OFFICE, **MONEY},
        "approver": {**decided, **CLOSING, **own_returns},
        "reviewer": AGENCY,
    }
    return _found(by_role.get(user.role, {}), user, today)


def sent_by(user: User, today: date) -> set[str]:
    """Return the keys of all rows that must stand under "Waiting on others"."""
    own = SENT | {key: _decided(*parts, own=True) for key, parts in DECIDED.items()}
    return _found(own, user, today) if user.role in ("analyst", "approver") else set()
