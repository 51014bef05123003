"""Triggers of the plans by year, of budgets, and of what is expended by category: what the parts add up to."""

from __future__ import annotations

import pgtrigger

from cpc.currency_codes import US_DOLLAR


def within_allocation() -> pgtrigger.Trigger:
    """Return a trigger that keeps the years of project funds within the allocation of their program.

    It runs at the end of the transaction, so that a plan may move money from one year to another.
    """
    return pgtrigger.Trigger(
        name="z_within_allocation",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__government="us", new__kind="cash"),
        declare=[("planned", "numeric"), ("allocated", "numeric")],
        func=f"""
            SELECT coalesce(sum(newest.amount), 0) INTO planned FROM (
                SELECT DISTINCT ON (y.fiscal_year) y.amount FROM partnerships_plannedyear y
                WHERE y.program_id = NEW.program_id AND y.government = 'us' AND y.kind = 'cash'
                    AND y.unit = '{US_DOLLAR}'
                ORDER BY y.fiscal_year, y.id DESC) newest;
            SELECT a.amount INTO allocated FROM partnerships_programamount a
                WHERE a.program_id = NEW.program_id AND a.government = 'us' ORDER BY a.id DESC LIMIT 1;
            IF planned > coalesce(allocated, 0) THEN
                PERFORM cpc_refuse('planned_over_allocated',
                    'The years of a program would add up to more than its allocation.');
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


def takes_awarded() -> pgtrigger.Trigger:
    """Return a trigger that keeps with a budget what is awarded when it is recorded, whatever the writer gives."""
    return pgtrigger.Trigger(
        name="b_takes_awarded",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            SELECT a.awarded_total INTO NEW.awarded FROM partnerships_award a WHERE a.id = NEW.award_id;
            RETURN NEW;
        """,
    )


def adds_up_to_award(budget: str) -> pgtrigger.Trigger:
    """Return a trigger that checks at the end of the transaction that a budget adds up to what was awarded.

    `budget` is the SQL of its key.
    """
    return pgtrigger.Trigger(
        name="z_adds_up_to_award",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=f"""
            IF EXISTS (SELECT 1 FROM partnerships_awardbudget b WHERE b.id = {budget} AND b.awarded <> (
                SELECT coalesce(sum(l.amount), 0) FROM partnerships_budgetline l WHERE l.budget_id = b.id)
            ) THEN
                PERFORM cpc_refuse('budget_sum', 'The lines of a budget must add up to the award.');
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


def adds_up_to_report() -> pgtrigger.Trigger:
    """Return a trigger that checks at the end of the transaction that the parts of a report add up to its line 10e."""
    return pgtrigger.Trigger(
        name="z_adds_up_to_report",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func="""
            IF (SELECT sum(p.amount) FROM partnerships_expendedpart p
                    WHERE p.financial_report_id = NEW.financial_report_id)
                <> (SELECT f.expended FROM partnerships_financialreport f WHERE f.id = NEW.financial_report_id) THEN
                PERFORM cpc_refuse('expended_sum', 'The categories must add up to line 10e of the report.');
            END IF;
            RETURN NULL;
        """,
    )
