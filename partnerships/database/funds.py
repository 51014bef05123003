"""Triggers of funds: their days, what was notified from them, and what is obligated and disbursed."""

from __future__ import annotations

import pgtrigger

EXPIRED = "The fund had expired: it takes no new obligation after its last day (31 U.S.C. 1502)."
CANCELED = "The fund was canceled: nothing is obligated or paid from it afterward (31 U.S.C. 1552)."
NOT_FROM_FUND = "At the end of a day, more would be disbursed than is obligated from this fund in this award."
NOT_NOTIFIED_FROM = "More would be obligated from a fund than Congress was notified of from it in time."


def _sums(kinds: str, less: str, day: str) -> str:
    """Return SQL that finds entries of fund `NEW` after a day that their own day doesn't reverse."""
    return f"""EXISTS (SELECT 1 FROM partnerships_ledgerentry l
        WHERE l.fund_id = NEW.id AND l."on" > {day} AND l.kind IN ({kinds}, '{less}') GROUP BY l.award_id, l."on"
        HAVING sum(CASE l.kind WHEN '{less}' THEN -l.amount ELSE l.amount END) > 0)"""  # noqa: S608  # names of our own tables alone


def days_cover_entries() -> pgtrigger.Trigger:
    """Return a trigger that rejects days of a fund after which entries on record obligate or pay from it.

    Entries that were reversed on their own date don't count. A new entry locks the fund (`follows_fund`), so that the
    trigger sees each one.
    """
    return pgtrigger.Trigger(
        name="b_days_cover_entries",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF NEW.expires_on IS DISTINCT FROM OLD.expires_on
                AND {_sums("'obligation'", "deobligation", "NEW.expires_on")} THEN
                PERFORM cpc_refuse('fund_days', 'Money was obligated from the fund after this last day.');
            ELSIF NEW.canceled_on IS DISTINCT FROM OLD.canceled_on
                AND ({_sums("'obligation', 'adjustment'", "deobligation", "NEW.canceled_on")}
                     OR {_sums("'disbursement'", "refund", "NEW.canceled_on")}) THEN
                PERFORM cpc_refuse('fund_days', 'Money was obligated or disbursed from the fund after this day.');
            END IF;
            RETURN NEW;
        """,
    )


def follows_fund() -> pgtrigger.Trigger:
    """Return a trigger that holds a ledger entry to the days of its fund, and locks the fund against other days.

    What takes money back stays possible after both days (31 U.S.C. 1553).
    """
    return pgtrigger.Trigger(
        name="c_follows_fund",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__fund__isnull=False),
        declare=[("f", "partnerships_fund%ROWTYPE")],
        func=f"""
            SELECT * INTO f FROM partnerships_fund WHERE id = NEW.fund_id FOR SHARE;
            IF NEW.kind IN ('obligation', 'adjustment', 'disbursement') AND NEW."on" > f.canceled_on THEN
                PERFORM cpc_refuse('fund_canceled', '{CANCELED}');
            ELSIF NEW.kind = 'obligation' AND NEW."on" > f.expires_on THEN
                PERFORM cpc_refuse('fund_expired', '{EXPIRED}');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def permits_from_funds(partnership: str = "late.partnership_id", since: str = "late.first_on") -> str:
    """Return SQL that rejects obligations of a fund above what was notified from it, on a day from `since` on."""
    return f"""
        IF cpc_over_notified_fund({partnership}, {since}) IS NOT NULL THEN
            PERFORM cpc_refuse('fund_not_notified', '{NOT_NOTIFIED_FROM}');
        END IF;
    """
