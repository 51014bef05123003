"""Triggers that protect the pool's policy and admissions; see `selection.models.pool`.

A trigger that rejects a change passes its code as the constraint's name, as every trigger of the project does. The
functions `cpc_...` are defined in the migrations.
"""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import DecidedRecord, refuse_deciders
from selection import decidable

APPROVERS = roles_sql(Permission.APPROVE_SELECTION)
POLICY = "selection_poolpolicy"
ADMISSION = "selection_admission"

DECIDED = ("decision", "decided_by_id", "decided_at", "decision_note")
UNCHANGED = "A proposal cannot be changed; only the decision on it can be recorded."
ENDED = ("ended_on", "ended_by_id", "ended_because")


def never_deleted() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


def only(columns: tuple[str, ...], code: str, message: str, row: str = "kept") -> str:
    """Return SQL that rejects an UPDATE of any column but these.

    The trigger must declare `row` as a row of its table.
    """
    copied = " ".join(f"{row}.{column} := OLD.{column};" for column in columns)
    return f"""
                {row} := NEW; {copied}
                IF {row} IS DISTINCT FROM OLD THEN
                    PERFORM cpc_refuse('{code}', '{message}');
                END IF;"""


def _decision(decided: DecidedRecord) -> str:
    """Return SQL that lets another person with approval rights decide an open proposal, at the database's time."""
    return f"""
                IF NEW.decision NOT IN ('approved', 'refused') THEN
                    PERFORM cpc_refuse('decision', 'Approve or reject the proposal.');
                END IF;
                {refuse_deciders(decided, "NEW.id", "NEW.decided_by_id", APPROVERS, "decide on the pool")}
                NEW.decided_at := now();"""


RULE_PROPOSED = f"""
                IF NEW.replaced_on IS NOT NULL THEN
                    PERFORM cpc_refuse('replaced_on', 'Only the approval of the next rule replaces a rule.');
                END IF;
                IF NEW.proposed_by_id IS NULL THEN
                    IF EXISTS (SELECT 1 FROM {POLICY} WHERE reason = NEW.reason)
                       OR NEW.decision <> 'approved' OR NEW.decided_by_id IS NOT NULL THEN
                        PERFORM cpc_refuse('proposed_by', 'Only the first rule for a reason comes with the project.');
                    END IF;
                    RETURN NEW;
                END IF;
                IF NEW.decision <> '' THEN
                    PERFORM cpc_refuse('two_people', 'A proposal needs the decision of another person.');
                ELSIF NEW.in_force_from < cpc_today() THEN
                    PERFORM cpc_refuse('backdated', 'A rule can take effect today or later, not earlier.');
                END IF;
    """.strip()  # noqa: S608  # names of our own tables alone
"""SQL that accepts a new rule as a proposal, or as the first for its reason, which no account proposes."""


RULE_APPROVED = f"""
                    IF NEW.in_force_from < cpc_today() THEN
                        PERFORM cpc_refuse('backdated', 'Its first day has passed. Propose it again with a new date.');
                    END IF;
                    UPDATE {POLICY} SET replaced_on = NEW.in_force_from
                        WHERE reason = NEW.reason AND decision = 'approved' AND replaced_on IS NULL
                        AND in_force_from < NEW.in_force_from;
                    IF NOT FOUND THEN
                        PERFORM cpc_refuse('policy_later',
                            'An approved rule for this reason already takes effect on that date or later.');
                    END IF;
    """.strip()  # noqa: S608  # names of our own tables alone
"""SQL that closes the rule that an approved one replaces on its first day."""


def decides_policy() -> pgtrigger.Trigger:
    """Return a trigger that accepts a rule as a proposal and lets another person decide it once.

    An approval closes the rule that it replaces, in the same statement, so that each day has one rule for a reason.
    """
    return pgtrigger.Trigger(
        name="a_decided_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("kept", f"{POLICY}%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                {RULE_PROPOSED}
                RETURN NEW;
            END IF;
            IF OLD.decision = '' THEN
                {only(DECIDED, "proposal_kept", UNCHANGED)}
                {_decision(decidable.POOL_RULE)}
                IF NEW.decision = 'approved' THEN
                    {RULE_APPROVED}
                END IF;
                RETURN NEW;
            END IF;
            -- Only the approval above writes this column: the application's role has no right to.
            IF OLD.replaced_on IS NOT NULL OR NEW.replaced_on IS NULL THEN
                PERFORM cpc_refuse('policy_kept', 'A decided rule cannot be changed. Propose another rule.');
            END IF;
            {only(("replaced_on",), "policy_kept", "A decided rule cannot be changed. Propose another rule.")}
            RETURN NEW;
        """,
    )


TIER = """
                NEW.tier := coalesce((SELECT o.label FROM indicators_observation o
                    JOIN indicators_indicator i ON i.id = o.indicator_id
                    WHERE i.code = 'tip.tier' AND o.country_id = NEW.country_id AND o.valid_to IS NULL
                    AND o.label <> '' AND o.quality <> 'inferred' ORDER BY o.year DESC, o.id DESC LIMIT 1), '');"""
"""SQL that stores the latest tier of the country that its publisher stated."""


ADMISSION_APPROVED = f"""
                    PERFORM 1 FROM indicators_country WHERE id = NEW.country_id FOR NO KEY UPDATE;
                    IF NEW.until < cpc_today() THEN
                        PERFORM cpc_refuse('admission_over', 'The last day has passed. Propose the admission again.');
                    ELSIF EXISTS (SELECT 1 FROM {ADMISSION} WHERE country_id = NEW.country_id AND id <> NEW.id
                                  AND decision = 'approved' AND ended_on IS NULL AND until >= cpc_today()) THEN
                        PERFORM cpc_refuse('admitted_already', 'The country is already admitted. End that first.');
                    END IF;
                    NEW.in_force_from := cpc_today();
    """.strip()  # noqa: S608  # names of our own tables alone
"""SQL that admits a country from today, unless it is admitted already or the last day is past."""


def admits() -> pgtrigger.Trigger:
    """Return a trigger for admissions: proposed, decided once by another person, and ended early at most once."""
    return pgtrigger.Trigger(
        name="a_decided_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("kept", f"{ADMISSION}%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.decision <> '' OR NEW.in_force_from IS NOT NULL OR NEW.ended_on IS NOT NULL THEN
                    PERFORM cpc_refuse('two_people', 'A proposal needs the decision of another person.');
                ELSIF NOT cpc_may_partner(NEW.country_id) THEN
                    PERFORM cpc_refuse('no_candidate',
                        'Only a state that the TIP Report lists can be admitted, and never the United States.');
                ELSIF NEW.until < cpc_today() THEN
                    PERFORM cpc_refuse('admission_over', 'The last day has passed. Choose today or a later date.');
                END IF;
                {TIER}
                RETURN NEW;
            END IF;
            IF OLD.decision = '' THEN
                {only((*DECIDED, "in_force_from", "tier"), "proposal_kept", UNCHANGED)}
                {_decision(decidable.ADMISSION)}
                {TIER}
                NEW.in_force_from := NULL;
                IF NEW.decision = 'approved' THEN
                    {ADMISSION_APPROVED}
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.decision <> 'approved' OR OLD.ended_by_id IS NOT NULL OR NEW.ended_by_id IS NULL THEN
                PERFORM cpc_refuse('admission_kept', 'A decided admission cannot be changed, only ended once.');
            END IF;
            {only(ENDED, "admission_kept", "A decided admission cannot be changed, only ended once.")}
            IF NOT cpc_may_approve(NEW.ended_by_id, ARRAY[{APPROVERS}]) THEN
                PERFORM cpc_refuse('may_not_approve', 'This account cannot end an admission.');
            ELSIF NEW.until < cpc_today() THEN
                PERFORM cpc_refuse('admission_over', 'The admission is already over.');
            END IF;
            NEW.ended_on := cpc_today();
            RETURN NEW;
        """,
    )
