"""The trigger that rejects rows that plan or promise once a partnership is over (`partnerships.closing`)."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger

from partnerships.closing import OVER, Planning, reason_against
from partnerships.database.rows import PARTNERSHIP_TABLE


def leaves_closed(partnership: str, rules: Sequence[Planning]) -> pgtrigger.Trigger:
    """Return a trigger that rejects rows under the rules. `partnership` is the SQL of its key, with `NEW` as the row.

    It locks the partnership, so that no row is added while another transaction closes it.
    """
    moved = sorted({column for rule in rules for column in rule.moved})
    planned = " OR ".join(f"(present_status IN ({_names(rule.states)}) AND {rule.sql()})" for rule in rules)
    unchanged = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in moved)
    messages = " ".join(f"WHEN '{status}' THEN '{reason_against(status, status)}'" for status in sorted(OVER))
    operation = pgtrigger.Insert | pgtrigger.Update if moved else pgtrigger.Insert
    return pgtrigger.Trigger(
        # After the guards that lock (`a_`), which take their locks in one order, and before the checks of the row.
        name="ab_leaves_closed",
        when=pgtrigger.Before,
        operation=operation,
        declare=[("present_status", "text"), ("record_kind", "text")],
        func=f"""
            {f"IF TG_OP = 'UPDATE' AND {unchanged} THEN RETURN NEW; END IF;" if moved else ""}
            SELECT status, kind INTO present_status, record_kind FROM {PARTNERSHIP_TABLE}
                WHERE id = {partnership} FOR NO KEY UPDATE;
            IF record_kind <> 'documented' AND ({planned}) THEN
                PERFORM cpc_refuse('partnership_status', CASE present_status {messages} END);
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def _names(states: frozenset[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))
