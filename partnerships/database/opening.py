"""Trigger of the money and term with which a partnership is opened from a decision."""

from __future__ import annotations

import pgtrigger

from partnerships.database.rows import PARTNERSHIP_TABLE


def opens_with_terms() -> pgtrigger.Trigger:
    """Return a trigger that holds the opening terms to the recommendation that was decided, and to the limits.

    Other money or another term needs a reason. A partnership with a stated reason has no recommendation to keep to.
    """
    return pgtrigger.Trigger(
        name="b_opens_with_terms",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("p", f"{PARTNERSHIP_TABLE}%ROWTYPE"), ("proposed", "record")],
        func=f"""
            SELECT * INTO p FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id FOR NO KEY UPDATE;
            IF p.decision_id IS NULL THEN
                PERFORM cpc_refuse('no_decision', 'Only a partnership opened from a decision has opening terms.');
            END IF;
            SELECT r.proposed_amount AS amount, r.proposed_months AS months INTO proposed
                FROM selection_decision d JOIN selection_recommendation r ON r.id = d.recommendation_id
                WHERE d.id = p.decision_id;
            IF NEW.reason = '' AND (NEW.amount, NEW.months) IS DISTINCT FROM (proposed.amount, proposed.months) THEN
                PERFORM cpc_refuse('terms_differ', 'Other money or another term than decided needs a reason.');
            ELSIF NEW.amount > p.funding_limit THEN
                PERFORM cpc_refuse('planned_amount', 'The limit of this partnership is USD ' || p.funding_limit);
            ELSIF NEW.months > p.term_limit_months THEN
                PERFORM cpc_refuse('planned_months',
                    'The limit of this partnership is ' || p.term_limit_months || ' months.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
