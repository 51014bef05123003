"""Triggers of the partnership's derived columns, its steps, and limit decisions.

The migrations create the helper functions (`cpc_...`).
"""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_authors, refuse_deciders
from partnerships import decidable, states
from partnerships.amendable import FIRST_DAY_FROZEN
from partnerships.database.clearance import stops_sql
from partnerships.database.lifecycle import leads_back
from partnerships.database.rows import (
    AWARD_TABLE,
    PARTNERSHIP_TABLE,
    lock_sql,
    other_value_sql,
    touch_sql,
)
from partnerships.ledger_days import HARD_END
from partnerships.limits import BEYOND_POLICY, HIGHEST_FUNDING, LONGEST_MONTHS

APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)
EDITORS = roles_sql(Permission.EDIT_PARTNERSHIPS)
IN_FORCE_SQL = ", ".join(f"'{status}'" for status in sorted(states.IN_FORCE))
TOTALS = ("planned_total", "notified_total", "awarded_total", "obligated_total", "disbursed_total")
LIMIT_COLUMNS = ("limit_policy_id", "term_limit_months", "funding_limit")
LEGAL_COLUMNS = ("legal_review", "legal_reviewed_on")
STATUS_COLUMNS = ("status", "status_as_of", "signed_on", "ended_on")


ROW_BEFORE = """
            IF TG_OP = 'INSERT' THEN
                was := NEW;
                was.limit_policy_id := NULL; was.term_limit_months := 0; was.funding_limit := 0;
                was.planned_total := 0; was.notified_total := 0; was.awarded_total := 0;
                was.obligated_total := 0; was.disbursed_total := 0;
                was.legal_review := 'not_reviewed'; was.legal_reviewed_on := NULL;
                IF NEW.kind <> 'documented' THEN
                    was.status := 'selected'; was.status_as_of := NULL;
                    was.signed_on := NULL; was.ended_on := NULL;
                END IF;
            ELSE
                was := OLD;
                IF NEW.kind <> OLD.kind OR NEW.country_id <> OLD.country_id OR NEW.id <> OLD.id THEN
                    PERFORM cpc_refuse('fixed', 'The country and kind of a record cannot change.');
                END IF;
            END IF;
""".strip()
"""SQL that fills `was`, the row before a write. A new row had no limits and totals, and one run here no steps."""


def derives_columns() -> pgtrigger.Trigger:
    """Return a trigger that derives status, legal finding, limits, and totals before each write.

    It rejects any other value for them. The limits come from the policy (the one in force today before signature,
    fixed at signature) or from a granted exception that has not expired. If policy or exceptions fall below the
    amounts in use, those stay lawful and nothing can be added; a signature gets no such allowance.
    """
    assignments = "\n".join(f"NEW.{c} := d.{c};" for c in (*STATUS_COLUMNS, *LEGAL_COLUMNS, *LIMIT_COLUMNS, *TOTALS))
    return pgtrigger.Trigger(
        name="a_derives_columns",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("d", f"{PARTNERSHIP_TABLE}%ROWTYPE"), ("was", f"{PARTNERSHIP_TABLE}%ROWTYPE"), ("binding", "record")],
        func=f"""
            d := NEW;
            {ROW_BEFORE}
            IF NEW.kind <> 'documented' THEN
                SELECT * INTO d.status, d.status_as_of, d.signed_on, d.ended_on FROM cpc_status(NEW.id);
            END IF;
            SELECT * INTO d.legal_review, d.legal_reviewed_on FROM cpc_legal_finding(NEW.id);
            SELECT * INTO d.planned_total, d.notified_total, d.awarded_total, d.obligated_total, d.disbursed_total
                FROM cpc_totals(NEW.id);
            SELECT * INTO binding FROM cpc_limits(NEW.id, d.signed_on,
                CASE WHEN was.signed_on IS NOT NULL THEN was.limit_policy_id END, cpc_today());
            d.limit_policy_id := binding.policy_id;
            d.term_limit_months := binding.term_months;
            d.funding_limit := binding.funding;
            IF TG_OP = 'UPDATE' AND (OLD.signed_on IS NOT NULL OR d.signed_on IS NULL) THEN
                d.term_limit_months := greatest(d.term_limit_months, least(OLD.term_limit_months,
                    coalesce(cpc_months_needed(least(OLD.starts_on, OLD.signed_on), OLD.ends_on), 0)));
                d.funding_limit := greatest(d.funding_limit,
                    least(OLD.funding_limit, greatest(OLD.planned_total, OLD.notified_total)));
            END IF;
            IF {other_value_sql(STATUS_COLUMNS)} THEN
                PERFORM cpc_refuse('derived_status', 'Status and its dates follow from recorded steps.');
            ELSIF {other_value_sql(LEGAL_COLUMNS)} THEN
                PERFORM cpc_refuse('derived_legal', 'The legal review follows from the findings on record.');
            ELSIF {other_value_sql(LIMIT_COLUMNS)} THEN
                PERFORM cpc_refuse('derived_limits', 'Limits follow from the policy and granted exceptions.');
            ELSIF {other_value_sql(TOTALS)} THEN
                PERFORM cpc_refuse('derived_totals', 'Totals follow from programs, notifications and the ledger.');
            END IF;
            {assignments}
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def first_day_frozen() -> pgtrigger.Trigger:
    """Return a trigger that fixes the first day of a partnership in force.

    Only a correction with its document can change it, and `b_by_amendment` limits the correction to the exact value
    that another person approved. The limit of the term counts from this day or from entry into force, which is a
    recorded step and never changes. A documented partnership takes no amendment, so its two days never change.
    """
    return pgtrigger.Trigger(
        # Must run before `b_by_amendment`, which would give another reason for the same error.
        name="ab_first_day_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF NEW.starts_on IS NOT DISTINCT FROM OLD.starts_on
               AND (OLD.kind <> 'documented' OR NEW.signed_on IS NOT DISTINCT FROM OLD.signed_on) THEN
                RETURN NEW;
            END IF;
            IF (OLD.kind = 'documented' AND (OLD.starts_on IS NOT NULL AND NEW.starts_on IS DISTINCT FROM OLD.starts_on
                    OR OLD.signed_on IS NOT NULL AND NEW.signed_on IS DISTINCT FROM OLD.signed_on))
               OR (OLD.kind <> 'documented' AND OLD.signed_on IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM partnerships_amendment m
                JOIN partnerships_documentversion v ON v.id = m.document_id
                JOIN partnerships_document d ON d.id = v.document_id
                WHERE m.partnership_id = OLD.id AND d.partnership_id = OLD.id AND m.kind = 'correction'
                AND m.state = 'applied' AND m.applied_in = pg_current_xact_id()::text::bigint)) THEN
                PERFORM cpc_refuse('first_day_frozen', '{FIRST_DAY_FROZEN}');
            END IF;
            IF EXISTS (SELECT 1 FROM {AWARD_TABLE} w WHERE w.partnership_id = OLD.id
                AND greatest(w.starts_on, w.ends_on) > NEW.starts_on + make_interval(0, {LONGEST_MONTHS})) THEN
                PERFORM cpc_refuse('award_hard_end', '{HARD_END}');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def never_deleted() -> pgtrigger.Trigger:
    """Return a trigger that rejects the deletion of a partnership. An abandoned one is canceled."""
    return pgtrigger.Trigger(
        name="never_deleted",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="PERFORM cpc_refuse('kept', 'A partnership can be canceled, but not deleted.'); RETURN NULL;",
    )


def _unsettled_sql() -> str:
    """Return SQL that rejects closing partnership `p` too early.

    Its awards, money, and reports must be settled first.
    """
    settled = ", ".join(f"'{state}'" for state in sorted(states.REPORTS_SETTLED))
    return f"""
                    IF EXISTS (SELECT 1 FROM {AWARD_TABLE} a WHERE a.partnership_id = p.id
                               AND a.obligated_total <> a.disbursed_total) THEN
                        PERFORM cpc_refuse('not_liquidated', 'First disburse or de-obligate what is obligated.');
                    ELSIF EXISTS (SELECT 1 FROM {AWARD_TABLE} a WHERE a.partnership_id = p.id
                               AND a.state NOT IN ('closed', 'planned')) THEN
                        PERFORM cpc_refuse('award_open', 'Close out every award first.');
                    ELSIF EXISTS (SELECT 1 FROM partnerships_reportdue d JOIN {AWARD_TABLE} a ON a.id = d.award_id
                               WHERE a.partnership_id = p.id AND coalesce((SELECT e.kind FROM partnerships_reportevent e
                               WHERE e.report_id = d.id ORDER BY e.id DESC LIMIT 1), 'due') NOT IN ({settled})) THEN
                        PERFORM cpc_refuse('report_open', 'Receive or waive every report first.');
                    END IF;"""  # noqa: S608  # names of our own tables alone


def _determination_sql() -> str:
    """Return SQL that reads the determination `g` of a step, and rejects one that is missing or does not fit."""
    kinds = " ".join(f"WHEN '{name}' THEN '{kind}'" for name, kind in states.BY_DETERMINATION.items())
    return f"""
                wanted := CASE NEW.transition {kinds} END;
                SELECT * INTO g FROM partnerships_determination WHERE id = NEW.determination_id;
                IF wanted IS DISTINCT FROM g.kind OR wanted IS NOT NULL AND (g.partnership_id <> p.id
                   OR g.scope <> 'whole' OR g.subject <> 'country') THEN
                    PERFORM cpc_refuse('determination',
                        'This step requires a determination on the whole partnership (22 U.S.C. 7103a(d)(6)).');
                END IF;
    """.strip()  # noqa: S608  # names of our own tables alone


GROUNDS_CORRECTED = """
                IF NEW.transition = 'reinstate' AND EXISTS (
                    SELECT 1 FROM partnerships_determination s, unnest(s.grounds) AS named (code)
                    WHERE s.id = (SELECT c.determination_id FROM partnerships_statuschange c
                        WHERE c.partnership_id = p.id AND c.transition = 'suspend' ORDER BY c.id DESC LIMIT 1)
                    AND (s.id IS DISTINCT FROM g.suspension_id OR NOT EXISTS (
                        SELECT 1 FROM partnerships_correction k WHERE k.determination_id = s.id
                        AND k.ground = named.code AND k.closed_on <= NEW.effective_on))) THEN
                    PERFORM cpc_refuse('ground_open', 'Each ground of the suspension needs a closed correction.');
                END IF;
""".strip()
"""SQL that rejects a reinstatement unless a closed correction answers each ground of the last suspension."""


STATUS_BEFORE = """
                    SELECT c.from_status INTO state_before FROM partnerships_statuschange c
                        WHERE c.partnership_id = NEW.partnership_id ORDER BY c.id DESC LIMIT 1;
""".strip()
"""SQL that reads the status before the newest step."""


def moves_partnership() -> list[pgtrigger.Trigger]:
    """Return triggers that permit only steps of the state machine.

    A step that needs a determination must have one.
    """
    # One piece: the body of one trigger, in the order of its checks.
    machine = states.PARTNERSHIP
    edges = ", ".join(f"('{name}', '{source}', '{target}')" for name, source, target in machine.edges())
    reasoned = ", ".join(f"'{t.name}'" for t in machine.transitions if t.needs_reason)
    onward = ", ".join(f"'{name}'" for name in states.TOWARD_SIGNATURE)
    decided = ", ".join(f"'{t.name}'" for t in machine.transitions if t.permission == Permission.APPROVE_PARTNERSHIPS)
    return [
        pgtrigger.Trigger(
            name="a_moves_partnership",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[
                ("p", f"{PARTNERSHIP_TABLE}%ROWTYPE"),
                ("g", "partnerships_determination%ROWTYPE"),
                ("wanted", "text"),
                ("state_before", "text"),
            ],
            func=f"""
                SELECT * INTO p FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id FOR NO KEY UPDATE;
                IF p.kind = 'documented' THEN
                    PERFORM cpc_refuse('documented_record', 'A documented partnership cannot take steps.');
                END IF;
                IF p.status <> NEW.from_status
                   OR (NEW.transition, NEW.from_status, NEW.to_status) NOT IN ({edges}) THEN
                    PERFORM cpc_refuse('transition', 'This step is not available from ' || p.status || ' to '
                        || NEW.to_status || '.');
                END IF;
                {leads_back(machine, STATUS_BEFORE, "NEW.transition", "NEW.to_status")}
                IF NEW.transition IN ({onward}) AND p.decision_id IS NULL AND NOT EXISTS (
                   SELECT 1 FROM partnerships_originconfirmation c WHERE c.partnership_id = p.id) THEN
                    PERFORM cpc_refuse('origin_unconfirmed',
                        'No decision started this partnership, and no approver has confirmed the stated reason yet.');
                END IF;
                IF NEW.effective_on > cpc_today() OR NEW.effective_on < p.status_as_of THEN
                    PERFORM cpc_refuse('effective_on',
                        'A step cannot be dated in the future or before the previous step.');
                END IF;
                IF NEW.transition IN ({reasoned}) AND NEW.reason = '' THEN
                    PERFORM cpc_refuse('reason', 'Enter a reason.');
                END IF;
                {_determination_sql()}
                IF NEW.transition IN ({decided}) AND NOT cpc_may_approve(NEW.actor_id, ARRAY[{APPROVERS}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot take this step.');
                END IF;
                IF NEW.transition = 'sign' THEN {refuse_authors(decidable.TERMS, "NEW.partnership_id", "NEW.actor_id")}
                    {stops_sql("NEW.partnership_id", "NULL")}
                END IF;
                {GROUNDS_CORRECTED}
                IF NEW.transition = 'close' THEN {_unsettled_sql()}
                END IF;
                RETURN NEW;
            """,  # noqa: S608  # names of our own tables alone
        )
    ]


def grants() -> list[pgtrigger.Trigger]:
    """Return triggers that permit a grant of an exception only from another approver.

    A grant needs an authority and a document.
    """
    decider = refuse_deciders(
        decidable.EXCEPTION, "NEW.exception_id", "NEW.granted_by_id", APPROVERS, "grant exceptions"
    )
    return [
        pgtrigger.Trigger(
            name="a_two_people",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("e", "partnerships_limitexception%ROWTYPE"), ("record_kind", "text")],
            func=f"""
                SELECT * INTO e FROM partnerships_limitexception WHERE id = NEW.exception_id;
                SELECT kind INTO record_kind FROM {PARTNERSHIP_TABLE} WHERE id = e.partnership_id FOR NO KEY UPDATE;
                IF (e.kind = 'documented_practice') <> (record_kind = 'documented') THEN
                    PERFORM cpc_refuse('documented_practice',
                        'Documented partnerships, and only they, have exceptions from documented practice.');
                END IF;
                IF e.kind = 'documented_practice' THEN RETURN NEW; END IF;
                {decider}
                IF NEW.authority = '' OR NEW.document_id IS NULL THEN
                    PERFORM cpc_refuse('exception_authority', 'A grant needs an authority and a document.');
                END IF;
                IF e.expires_on < cpc_today() THEN
                    PERFORM cpc_refuse('exception_expired', 'The exception has already expired.');
                END IF;
                IF EXISTS (SELECT 1 FROM partnerships_limitexceptionrefusal f WHERE f.exception_id = e.id) THEN
                    PERFORM cpc_refuse('exception_refused', 'The exception was refused. Request it again.');
                END IF;
                RETURN NEW;
            """,  # noqa: S608  # names of our own tables alone
        ),
        pgtrigger.Trigger(
            name="z_derives_partnership",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
            func=touch_sql(
                "SELECT e.partnership_id FROM new_rows n JOIN partnerships_limitexception e ON e.id = n.exception_id",
                then="RETURN NULL;",
            ),
        ),
    ]


def refuses() -> pgtrigger.Trigger:
    """Return a trigger that permits a rejection of an exception only from another approver.

    A granted exception cannot be rejected.
    """
    decider = refuse_deciders(
        decidable.EXCEPTION, "NEW.exception_id", "NEW.refused_by_id", APPROVERS, "decide on exceptions"
    )
    return pgtrigger.Trigger(
        name="a_two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("e", "partnerships_limitexception%ROWTYPE")],
        func=f"""
            SELECT * INTO e FROM partnerships_limitexception WHERE id = NEW.exception_id;
            {lock_sql("e.partnership_id")}
            {decider}
            IF EXISTS (SELECT 1 FROM partnerships_limitexceptiongrant g WHERE g.exception_id = e.id) THEN
                PERFORM cpc_refuse('exception_granted', 'The exception is already granted.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def approves_policy() -> pgtrigger.Trigger:
    """Return a trigger that permits approval of a policy only by another approver, from today or a later day.

    The proposer must still be able to propose, and the limits must be plausible. The first policy comes with the
    software and needs none of this.
    """
    return pgtrigger.Trigger(
        name="a_two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("p", "partnerships_limitpolicy%ROWTYPE")],
        func=f"""
            SELECT * INTO p FROM partnerships_limitpolicy WHERE id = NEW.policy_id;
            IF NOT EXISTS (SELECT 1 FROM partnerships_limitpolicyapproval) THEN RETURN NEW; END IF;
            IF p.proposed_by_id IS NULL THEN
                PERFORM cpc_refuse('two_people', 'Only limits that a person proposed can be approved.');
            END IF;
            {refuse_deciders(decidable.LIMITS, "NEW.policy_id", "NEW.approved_by_id", APPROVERS, "approve limits")}
            IF p.effective_from < cpc_today() THEN
                PERFORM cpc_refuse('backdated', 'Limits cannot take effect before the day of their approval.');
            ELSIF NOT cpc_may_approve(p.proposed_by_id, ARRAY[{EDITORS}]) THEN
                PERFORM cpc_refuse('may_not_propose', 'The account that proposed these limits cannot propose limits.');
            ELSIF p.term_months > {LONGEST_MONTHS} OR p.funding > {HIGHEST_FUNDING} THEN
                PERFORM cpc_refuse('limit_policy', '{BEYOND_POLICY}');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
