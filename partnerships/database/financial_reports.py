"""Triggers of federal financial reports: their periods, and the lines that a report takes."""

from __future__ import annotations

import pgtrigger

from partnerships.financial_lines import QUARTER_ENDS

_CUMULATIVE = ("cash_receipts", "cash_disbursements", "expended", "recipient_expended")


def ends_with_quarter() -> pgtrigger.Trigger:
    """Return a trigger that requires an interim financial report to end with a calendar quarter, or with its award.

    It checks new rows and changed periods, so that schedules on record stay as they are.
    """
    return pgtrigger.Trigger(
        name="b_ends_with_quarter",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("period_end"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func=f"""
            IF NEW.kind = 'financial' AND NEW.frequency <> 'final'
                AND NEW.period_end <> (date_trunc('quarter', NEW.period_end) + interval '3 months - 1 day')::date
                AND NEW.period_end IS DISTINCT FROM (SELECT coalesce(a.ended_on, a.ends_on) FROM partnerships_award a
                    WHERE a.id = NEW.award_id) THEN
                PERFORM cpc_refuse('period_quarter', '{QUARTER_ENDS}.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def takes_lines() -> pgtrigger.Trigger:
    """Return a trigger that permits lines only of a financial report that was received, on a day that can be.

    Lines of an accepted report are not replaced: it has to be returned first. A cumulative line below that of the
    accepted report before needs remarks.
    """
    falls = " OR ".join(f"NEW.{column} < before.{column}" for column in _CUMULATIVE)
    return pgtrigger.Trigger(
        name="b_takes_lines",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[
            ("due", "partnerships_reportdue%ROWTYPE"),
            ("before", "partnerships_financialreport%ROWTYPE"),
            ("state", "text"),
        ],
        func=f"""
            SELECT * INTO due FROM partnerships_reportdue WHERE id = NEW.report_id FOR NO KEY UPDATE;
            state := (SELECT e.kind FROM partnerships_reportevent e WHERE e.report_id = NEW.report_id
                ORDER BY e.id DESC LIMIT 1);
            IF due.kind <> 'financial' THEN
                PERFORM cpc_refuse('report_kind', 'Only a financial report has these lines.');
            ELSIF coalesce(state, 'due') NOT IN ('received', 'accepted') THEN
                PERFORM cpc_refuse('report_state', 'First record that the report was received.');
            ELSIF state = 'accepted' AND NEW.replaces_id IS NOT NULL THEN
                PERFORM cpc_refuse('report_state', 'The report is accepted. Return it first.');
            ELSIF NEW.received_on < due.period_end THEN
                PERFORM cpc_refuse('received_on', 'A report is not received before its period ends.');
            ELSIF NEW.received_on > cpc_today() THEN
                PERFORM cpc_refuse('future_day', 'This cannot be dated in the future.');
            END IF;
            IF btrim(NEW.remarks) = '' THEN
                SELECT l.* INTO before FROM partnerships_financialreport l
                    JOIN partnerships_reportdue d ON d.id = l.report_id
                    WHERE d.award_id = due.award_id
                    AND (d.period_end, d.due_on, d.id) < (due.period_end, due.due_on, due.id)
                    AND NOT EXISTS (SELECT 1 FROM partnerships_financialreport r WHERE r.replaces_id = l.id)
                    AND 'accepted' = (SELECT e.kind FROM partnerships_reportevent e WHERE e.report_id = d.id
                        ORDER BY e.id DESC LIMIT 1)
                    ORDER BY d.period_end DESC, d.due_on DESC, d.id DESC LIMIT 1;
                IF {falls} THEN
                    PERFORM cpc_refuse('cumulative_falls',
                        'A cumulative line is below that of the accepted report before. Explain it in the remarks.');
                END IF;
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
