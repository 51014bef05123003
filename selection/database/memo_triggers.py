"""Triggers that protect the memo's templates and issues; see `selection.models.decisions`."""

from __future__ import annotations

import pgtrigger

from cpc.audit.decidable import refuse_deciders
from selection import decidable
from selection.database.pool_triggers import APPROVERS, DECIDED, only

TEMPLATE = "selection_memotemplate"


def decides_template() -> pgtrigger.Trigger:
    """Return a trigger that accepts a template as a proposal and lets another person decide on it once."""
    decider = refuse_deciders(
        decidable.MEMO_TEMPLATE, "NEW.id", "NEW.decided_by_id", APPROVERS, "decide on templates of the memo"
    )
    return pgtrigger.Trigger(
        name="a_decided_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("kept", f"{TEMPLATE}%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.decision <> '' THEN
                    PERFORM cpc_refuse('two_people', 'A template needs the approval of another person.');
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.decision <> '' THEN
                PERFORM cpc_refuse('template_kept', 'A decided template cannot be changed. Upload another one.');
            END IF;
            {only(DECIDED, "template_kept", "A template cannot be changed; only the decision on it can be recorded.")}
            IF NEW.decision NOT IN ('approved', 'refused') THEN
                PERFORM cpc_refuse('decision', 'Approve or reject the template.');
            END IF;
            {decider}
            NEW.decided_at := now();
            RETURN NEW;
        """,
    )


def issued_in_its_state() -> pgtrigger.Trigger:
    """Return a trigger that accepts a memo for decision only while something is to be decided.

    With the decisions, it belongs to a decided round.
    """
    return pgtrigger.Trigger(
        name="issued_in_its_state",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("current", "text")],
        func="""
            SELECT state INTO current FROM selection_selectionround WHERE id = NEW.round_id;
            IF NEW.purpose = 'with_decisions' AND current <> 'decided' THEN
                PERFORM cpc_refuse('memo_state', 'A memo with the decisions belongs to a decided round.');
            ELSIF NEW.purpose = 'for_decision' AND current <> 'deliberation' AND NOT (current = 'decided' AND EXISTS (
                SELECT 1 FROM selection_recommendation r JOIN selection_candidate c ON c.id = r.candidate_id
                WHERE c.round_id = NEW.round_id AND r.superseded_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM selection_decision d WHERE d.recommendation_id = r.id))) THEN
                PERFORM cpc_refuse('memo_state', 'A memo is sent for decision in deliberation.');
            END IF;
            RETURN NEW;
        """,
    )
