"""Triggers of awards and their ledger: totals, days, and the partnership's totals."""

from __future__ import annotations

from collections.abc import Mapping

import pgtrigger

from partnerships.closing import TAKES_BACK
from partnerships.database.funds import NOT_FROM_FUND, permits_from_funds
from partnerships.database.rows import AWARD_TABLE, PARTNERSHIP_TABLE, other_value_sql
from partnerships.ledger_days import HARD_END, NOT_STARTED
from partnerships.limits import LONGEST_MONTHS

_TAKES_BACK = ", ".join(f"'{kind}'" for kind in TAKES_BACK)
FIRST_OBLIGATION = "The first obligation activated the award."


def award_totals(effects: Mapping[str, tuple[str, int]]) -> list[str]:
    """Return the columns of an award that are derived from its ledger and sub-awards."""
    return [f"{total}_total" for total in (*_ledger_totals(effects), "subawarded")]


def _ledger_totals(effects: Mapping[str, tuple[str, int]]) -> list[str]:
    return list(dict.fromkeys(total for total, _ in effects.values()))


def _ledger_total(effects: Mapping[str, tuple[str, int]], total: str) -> str:
    """Return the SQL of one total of award `NEW`: the signed sum of its ledger entries."""
    signs = " ".join(
        f"WHEN '{kind}' THEN {sign} * l.amount" for kind, (counted_in, sign) in effects.items() if counted_in == total
    )
    return f"coalesce(sum(CASE l.kind {signs} END), 0)"


def derives_award(effects: Mapping[str, tuple[str, int]]) -> pgtrigger.Trigger:
    """Return a trigger that derives an award's totals from the ledger before each write.

    It rejects any other value. `effects` gives, for each kind of ledger entry, its total and its sign.
    """
    ledger, columns = _ledger_totals(effects), award_totals(effects)
    return pgtrigger.Trigger(
        name="b_derives_award",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("d", "partnerships_award%ROWTYPE"), ("was", "partnerships_award%ROWTYPE")],
        func=f"""
            d := NEW;
            IF TG_OP = 'UPDATE' THEN
                was := OLD;
                IF NEW.partnership_id <> OLD.partnership_id OR NEW.id <> OLD.id THEN
                    PERFORM cpc_refuse('fixed', 'An award stays with its partnership.');
                END IF;
            ELSE
                {" ".join(f"was.{column} := 0;" for column in columns)}
            END IF;
            SELECT {", ".join(_ledger_total(effects, total) for total in ledger)}
                INTO {", ".join(f"d.{total}_total" for total in ledger)}
                FROM partnerships_ledgerentry l WHERE l.award_id = NEW.id;
            SELECT coalesce(sum(s.amount), 0) INTO d.subawarded_total FROM partnerships_subaward s
                WHERE s.award_id = NEW.id
                AND NOT EXISTS (SELECT 1 FROM partnerships_subaward r WHERE r.replaces_id = s.id);
            IF {other_value_sql(columns)} THEN
                PERFORM cpc_refuse('derived_totals', 'The totals of an award follow from its ledger.');
            END IF;
            {" ".join(f"NEW.{column} := d.{column};" for column in columns)}
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def _permits_movement() -> str:
    """Return SQL that rejects forbidden movements among new rows of the ledger, and activates planned awards."""
    # `not_notified`: Congress is notified 15 days before funds are obligated (22 U.S.C. 2394-1).
    return f"""
        SELECT max(CASE WHEN a.state = 'closed' AND n.kind NOT IN ({_TAKES_BACK}) OR n.kind IN ('award', 'obligation')
                            AND a.state NOT IN ('planned', 'active') THEN 'award_state'
                        WHEN n.kind NOT IN ('obligation', 'adjustment') THEN NULL
                        WHEN p.status NOT IN ('signed', 'active')
                            AND NOT (n.kind = 'adjustment' AND p.status IN ('completed', 'terminated'))
                            THEN 'partnership_status'
                        WHEN EXISTS (SELECT 1 FROM partnerships_determination d
                            WHERE d.award_id = a.id AND d.kind IN ('suspension', 'termination') AND NOT EXISTS (
                                SELECT 1 FROM partnerships_determination r WHERE r.suspension_id = d.id))
                            THEN 'entity_suspended' END)
            INTO stopped FROM new_rows n JOIN {AWARD_TABLE} a ON a.id = n.award_id
            JOIN {PARTNERSHIP_TABLE} p ON p.id = a.partnership_id;
        IF stopped IS NOT NULL THEN
            PERFORM cpc_refuse(stopped, 'The award or its partnership takes no such movement as it stands.');
        END IF;
        FOR late IN
            SELECT a.partnership_id, min(n."on") AS first_on FROM new_rows n JOIN {AWARD_TABLE} a ON a.id = n.award_id
            WHERE n.kind IN ('obligation', 'adjustment') GROUP BY 1
        LOOP
            IF cpc_over_notified(late.partnership_id, late.first_on) IS NOT NULL THEN
                PERFORM cpc_refuse('not_notified', 'More would be obligated than Congress was notified of in time.');
            END IF;
            {permits_from_funds()}
        END LOOP;
        SELECT min(cpc_ledger_breach(n.award_id)) INTO impossible FROM (SELECT DISTINCT award_id FROM new_rows) n;
        IF impossible IS NOT NULL THEN
            PERFORM cpc_refuse('ledger_by_day', 'At the end of ' || impossible || ', more would be obligated than was '
                || 'awarded, more disbursed than was obligated, or more taken back than was recorded.');
        END IF;
        IF EXISTS (SELECT 1 FROM (SELECT DISTINCT award_id FROM new_rows) n
            WHERE cpc_fund_breach(n.award_id) IS NOT NULL) THEN
            PERFORM cpc_refuse('fund_disbursed_over_obligated', '{NOT_FROM_FUND}');
        END IF;
        INSERT INTO partnerships_awardstep (award_id, name, source, target, reason, "on", actor_id)
            SELECT a.id, 'activate', 'planned', 'active', '{FIRST_OBLIGATION}', min(n."on"), max(n.recorded_by_id)
            FROM new_rows n JOIN {AWARD_TABLE} a ON a.id = n.award_id
            WHERE n.kind = 'obligation' AND a.state = 'planned' GROUP BY a.id;
    """  # noqa: S608  # names of our own tables alone


def derives_partnership_of_award(*, ledger: bool) -> pgtrigger.Trigger:
    """Return a trigger that derives awards, then their partnerships, after rows were added.

    For the `ledger`, the current states of award and partnership must permit the movement. On each day from that of
    the movement on, the sums of the award must be possible, as a whole and from each fund, and the amount obligated
    must have been notified to Congress in time, or be exempt. The first obligation activates a planned award.
    """
    keys = f"SELECT a.partnership_id FROM new_rows n JOIN {AWARD_TABLE} a ON a.id = n.award_id"  # noqa: S608  # names of our own tables alone
    # Partnerships are locked before awards, each in the order of their keys, as by every writer (see `rows`).
    # `SET state = state` makes `b_derives_award` compute the totals, and the movement is checked against the new ones.
    return pgtrigger.Trigger(
        name="z_derives_partnership",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        declare=[("late", "record"), ("stopped", "text"), ("impossible", "date")] if ledger else None,
        func=f"""
            PERFORM 1 FROM {PARTNERSHIP_TABLE} WHERE id IN ({keys}) ORDER BY id FOR NO KEY UPDATE;
            PERFORM 1 FROM {AWARD_TABLE} WHERE id IN (SELECT award_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
            UPDATE {AWARD_TABLE} SET state = state WHERE id IN (SELECT award_id FROM new_rows);
            UPDATE {PARTNERSHIP_TABLE} SET version = version + 1 WHERE id IN ({keys});
            {_permits_movement() if ledger else ""}
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


OVER = "'terminated', 'ended', 'closed'"
"""States of an award that has ended."""


def award_in_bounds() -> pgtrigger.Trigger:
    """Return a trigger that rejects an award that ends too long after its partnership's first day.

    It checks only changed days, so that an older award can still be ended and closed. An award that runs again loses
    the day on which it ended.
    """
    return pgtrigger.Trigger(
        name="b_in_bounds",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("first", "date")],
        func=f"""
            IF TG_OP = 'UPDATE' AND OLD.state IN ({OVER}) AND NEW.state NOT IN ({OVER}) THEN
                NEW.ended_on := NULL;
            END IF;
            IF TG_OP = 'UPDATE' AND (NEW.starts_on, NEW.ends_on) IS NOT DISTINCT FROM (OLD.starts_on, OLD.ends_on) THEN
                RETURN NEW;
            END IF;
            SELECT starts_on INTO first FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id;
            first := coalesce(first, NEW.starts_on, cpc_today());
            IF greatest(NEW.starts_on, NEW.ends_on) > first + make_interval(0, {LONGEST_MONTHS}) THEN
                PERFORM cpc_refuse('award_hard_end', '{HARD_END}');
            END IF;
            IF EXISTS (SELECT 1 FROM cpc_ledger_days(NEW.id) d WHERE d.day < NEW.starts_on AND d.disbursed > 0) THEN
                PERFORM cpc_refuse('award_not_started', '{NOT_STARTED}');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def disbursed_once_started() -> pgtrigger.Trigger:
    """Return a trigger that rejects a disbursement dated before its award starts."""
    return pgtrigger.Trigger(
        name="b_once_started",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__kind="disbursement"),
        func=f"""
            IF NEW."on" < (SELECT a.starts_on FROM {AWARD_TABLE} a WHERE a.id = NEW.award_id) THEN
                PERFORM cpc_refuse('award_not_started', '{NOT_STARTED}');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def covers_obligations() -> pgtrigger.Trigger:
    """Return a trigger that rejects a notification that falls below what is obligated on any day.

    Only a replacement can do so. The partnership is locked since before the insert.
    """
    return pgtrigger.Trigger(
        name="z_covers_obligations",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func="""
            IF EXISTS (SELECT 1 FROM (SELECT partnership_id, min(sent_on) AS since FROM new_rows
                WHERE replaces_id IS NOT NULL GROUP BY 1) n
                WHERE cpc_over_notified(n.partnership_id, n.since) IS NOT NULL) THEN
                PERFORM cpc_refuse('not_notified', 'More is obligated than would be notified to Congress in time.');
            ELSIF EXISTS (SELECT 1 FROM (SELECT partnership_id, min(sent_on) AS since FROM new_rows
                WHERE replaces_id IS NOT NULL GROUP BY 1) n
                WHERE cpc_over_notified_fund(n.partnership_id, n.since) IS NOT NULL) THEN
                PERFORM cpc_refuse('fund_not_notified', 'More is obligated from a fund than was notified from it.');
            END IF;
            RETURN NULL;
        """,
    )


def follows_term() -> pgtrigger.Trigger:
    """Return a trigger that holds a ledger entry to the term of the partnership.

    Nothing is obligated before both the entry into force and the first day, and nothing new after the last day. What
    moves after the last day, and any adjustment of an obligation, needs a reason and an authority.
    """
    return pgtrigger.Trigger(
        name="c_follows_term",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("first_day", "date"), ("last_day", "date")],
        func=f"""
            SELECT least(p.starts_on, p.signed_on), coalesce(p.ended_on, p.ends_on) INTO first_day, last_day
                FROM {PARTNERSHIP_TABLE} p JOIN {AWARD_TABLE} a ON a.partnership_id = p.id WHERE a.id = NEW.award_id;
            IF NEW.kind IN ('obligation', 'adjustment') AND NEW."on" < first_day THEN
                PERFORM cpc_refuse('obligation_before_force',
                    'Money is obligated before the partnership is in force and before its first day.');
            ELSIF NEW.kind = 'obligation' AND NEW."on" > last_day THEN
                PERFORM cpc_refuse('obligation_after_term',
                    'By policy of the office, nothing new is obligated after the last day of the term.');
            ELSIF (NEW.kind = 'adjustment' OR NEW."on" > last_day)
                AND (btrim(NEW.note) = '' OR btrim(NEW.authority) = '') THEN
                PERFORM cpc_refuse('entry_basis',
                    'An adjustment, and any entry after the last day of the term, needs a reason and an authority.');
            ELSIF NEW.kind = 'adjustment' AND NOT EXISTS (SELECT 1 FROM partnerships_ledgerentry l
                WHERE l.award_id = NEW.award_id AND l.kind = 'obligation') THEN
                PERFORM cpc_refuse('nothing_to_adjust', 'Nothing was obligated under the award yet.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def term_covers_obligations() -> pgtrigger.Trigger:
    """Return a trigger that rejects a term that leaves obligations before its first or after its last day.

    Obligations that were reversed on their own dates don't count. An early termination is a fact, so it is recorded
    even if something was obligated after it; a finding names that obligation.
    """
    signed = "CASE l.kind WHEN 'deobligation' THEN -l.amount ELSE l.amount END"
    net = f'sum({signed}) OVER (PARTITION BY w.id ORDER BY l."on")'
    ledger = f"partnerships_ledgerentry l JOIN {AWARD_TABLE} w ON w.id = l.award_id WHERE w.partnership_id = NEW.id"
    return pgtrigger.Trigger(
        name="b_term_covers_obligations",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF least(NEW.starts_on, NEW.signed_on) > least(OLD.starts_on, OLD.signed_on) AND EXISTS (
                SELECT 1 FROM (SELECT {net} AS net FROM {ledger} AND l."on" < least(NEW.starts_on, NEW.signed_on)
                    AND l.kind IN ('obligation', 'adjustment', 'deobligation')) t WHERE t.net > 0) THEN
                PERFORM cpc_refuse('obligation_before_force',
                    'Money is obligated before the partnership is in force and before its first day.');
            ELSIF NEW.ends_on < OLD.ends_on AND EXISTS (
                SELECT 1 FROM (SELECT {net} AS net FROM {ledger} AND l."on" > NEW.ends_on
                    AND l.kind IN ('obligation', 'deobligation')) t WHERE t.net > 0) THEN
                PERFORM cpc_refuse('obligation_after_term',
                    'Money is obligated after this last day. Reverse the obligation first.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
