"""Triggers for what must be settled before any kind of decision, and before a round is closed as decided."""

from __future__ import annotations

import pgtrigger

from selection.database.consultation_sql import CRITICAL, MISSING_ANSWERS, UNSETTLED


def _settled(which: str, notes: str) -> str:
    """Return SQL that rejects a decision while answers, objections, edits, or critical notes are not settled."""
    return f"""
            IF EXISTS ({MISSING_ANSWERS.format(which=which)}) THEN
                PERFORM cpc_refuse('no_response', 'Answers are missing, and no one consented to go on without them.');
            ELSIF EXISTS ({UNSETTLED.format(which=which, value="does_not_clear")}) THEN
                PERFORM cpc_refuse('no_disposition', 'An agency does not clear. Record what the office did about it.');
            ELSIF EXISTS ({UNSETTLED.format(which=which, value="clear_with_edits")}) THEN
                PERFORM cpc_refuse('edits_open', 'Accept or reject each edit that an agency asks for.');
            ELSIF EXISTS ({CRITICAL.format(which=notes)}) THEN
                PERFORM cpc_refuse('critical_open', 'A critical note is open, or rejected against its agency.');
            END IF;"""


def decides_on_settled() -> pgtrigger.Trigger:
    """Return a trigger that accepts a decision of any kind only in deliberation, once everything on it is settled."""
    notes = (
        "(n.candidate_id = NEW.candidate_id OR (n.candidate_id IS NULL AND n.round_id = "
        "(SELECT round_id FROM selection_candidate WHERE id = NEW.candidate_id)))"
    )
    return pgtrigger.Trigger(
        name="u_settled",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT EXISTS (SELECT FROM selection_candidate c JOIN selection_selectionround s ON s.id = c.round_id
                           WHERE c.id = NEW.candidate_id AND s.state IN ('deliberation', 'decided')) THEN
                PERFORM cpc_refuse('state', 'Candidates are decided on in deliberation.');
            END IF;
            {_settled("c.id = NEW.candidate_id", notes)}
            RETURN NEW;
        """,  # names of our own tables alone
    )


def closes_settled() -> pgtrigger.Trigger:
    """Return a trigger that closes a round as decided only with its memo, and once everything in it is settled."""
    return pgtrigger.Trigger(
        name="b_settled",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state = 'deliberation' AND NEW.state = 'decided'"),
        func=f"""
            IF NOT EXISTS (SELECT FROM selection_memo WHERE round_id = NEW.id) THEN
                PERFORM cpc_refuse('no_memo', 'The memo is not issued.');
            END IF;
            {_settled("q.round_id = NEW.id", "n.round_id = NEW.id")}
            RETURN NEW;
        """,  # names of our own tables alone
    )
