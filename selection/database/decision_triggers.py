"""Triggers that protect recommendations, decisions, and questions about them; see `selection.models.decisions`.

The functions `cpc_...` are defined in the migrations.
"""

from __future__ import annotations

import pgtrigger

from cpc.audit.decidable import refuse_deciders
from selection.database.pool_triggers import APPROVERS
from selection.decidable import RECOMMENDATION

_DECIDE = "decide on recommendations"


def _within_policy(amount: str, months: str) -> str:
    """Return SQL that rejects money or a term above the office's limits of the day.

    No exception can exist yet: people request one for a partnership that is open.
    """
    return f"""
                IF {amount} IS NOT NULL OR {months} IS NOT NULL THEN
                    SELECT * INTO bound FROM cpc_limits(NULL, NULL, NULL, cpc_today());
                    IF {amount} > bound.funding THEN
                        PERFORM cpc_refuse('proposed_amount', 'The limit of a partnership is USD ' || bound.funding);
                    ELSIF {months} > bound.term_months THEN
                        PERFORM cpc_refuse('proposed_months',
                            'The limit of a partnership is ' || bound.term_months || ' months.');
                    END IF;
                END IF;"""  # noqa: S608  # names of our own columns alone


def proposes_within_limits() -> pgtrigger.Trigger:
    """Return a trigger that holds a recommendation to the limits in force on the day it is written."""
    return pgtrigger.Trigger(
        name="b_within_limits",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("bound", "record")],
        func=f"{_within_policy('NEW.proposed_amount', 'NEW.proposed_months')}\nRETURN NEW;",
    )


def decides_by_two_people() -> pgtrigger.Trigger:
    """Return a trigger that accepts a decision of another person on what the newest memo recommends.

    It locks the round, so that no memo is issued meanwhile. A decision that follows has the recommended action, and a
    selection has money and a term within the limits of the day.
    """
    return pgtrigger.Trigger(
        name="two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[
            ("drafted", "selection_recommendation%ROWTYPE"),
            ("in_round", "bigint"),
            ("newest", "bigint"),
            ("bound", "record"),
        ],
        func=f"""
            SELECT * INTO drafted FROM selection_recommendation WHERE id = NEW.recommendation_id;
            {refuse_deciders(RECOMMENDATION, "NEW.recommendation_id", "NEW.decided_by_id", APPROVERS, _DECIDE)}
            IF drafted.candidate_id <> NEW.candidate_id THEN
                PERFORM cpc_refuse('decision_candidate',
                    'A decision must be about the candidate of its recommendation.');
            END IF;
            {_on_newest_memo("drafted.candidate_id", "NEW.memo_id")}
            IF (NEW.verdict = 'disapproved') <> (NEW.action <> drafted.action) THEN
                PERFORM cpc_refuse('verdict', 'A decision that approves has the recommended action; no other has it.');
            END IF;
            IF EXISTS (SELECT FROM selection_discussion q
                WHERE q.recommendation_id = NEW.recommendation_id AND q.answered_at IS NULL) THEN
                PERFORM cpc_refuse('in_discussion', 'The question about this recommendation has no answer yet.');
            END IF;
            IF NEW.action = 'select' THEN
                IF drafted.proposed_amount IS NULL OR drafted.proposed_months IS NULL THEN
                    PERFORM cpc_refuse('no_terms', 'A selection needs a recommendation with money and a term.');
                END IF;
                {_within_policy("drafted.proposed_amount", "drafted.proposed_months")}
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def asks_about_undecided() -> pgtrigger.Trigger:
    """Return a trigger that accepts an approver's question about a current recommendation without a decision."""
    return pgtrigger.Trigger(
        name="two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[
            ("drafted", "selection_recommendation%ROWTYPE"),
            ("in_round", "bigint"),
            ("newest", "bigint"),
        ],
        func=f"""
            SELECT * INTO drafted FROM selection_recommendation WHERE id = NEW.recommendation_id;
            {refuse_deciders(RECOMMENDATION, "NEW.recommendation_id", "NEW.asked_by_id", APPROVERS, _DECIDE)}
            {_on_newest_memo("drafted.candidate_id", "NEW.memo_id")}
            IF drafted.superseded_at IS NOT NULL THEN
                PERFORM cpc_refuse('superseded', 'This recommendation was superseded.');
            ELSIF EXISTS (SELECT FROM selection_decision d WHERE d.recommendation_id = NEW.recommendation_id) THEN
                PERFORM cpc_refuse('decided_already', 'This recommendation was already decided.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def _on_newest_memo(candidate: str, memo: str) -> str:
    return f"""
            SELECT c.round_id INTO in_round FROM selection_candidate c WHERE c.id = {candidate};
            PERFORM FROM selection_selectionround r WHERE r.id = in_round FOR NO KEY UPDATE;
            SELECT m.id INTO newest FROM selection_memo m WHERE m.round_id = in_round ORDER BY m.number DESC LIMIT 1;
            IF newest IS NULL OR newest <> {memo} THEN
                PERFORM cpc_refuse('memo', 'Decide on the newest version of the memo of this round.');
            END IF;"""  # noqa: S608  # names of our own tables alone
