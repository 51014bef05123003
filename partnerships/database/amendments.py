"""Triggers of amendments: second person, edits of drafts, and application as a whole."""

from __future__ import annotations

import pgtrigger

from cpc.audit.decidable import refuse_deciders
from partnerships.amendable import AMENDABLE
from partnerships.database.clearance import stops_sql
from partnerships.database.derived import APPROVERS, IN_FORCE_SQL
from partnerships.database.rows import PARTNERSHIP_TABLE, lock_sql
from partnerships.decidable import AMENDMENT


def amendment_decided() -> pgtrigger.Trigger:
    """Return a trigger that requires another person's decision and one application.

    An amendment is applied once, in one transaction.
    """
    func = f"""
            IF TG_OP = 'DELETE' THEN
                PERFORM cpc_refuse('kept', 'An amendment can be withdrawn, but not deleted.');
            ELSIF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'draft' OR NEW.decided_by_id IS NOT NULL OR NEW.applied_in IS NOT NULL THEN
                    PERFORM cpc_refuse('amendment_state', 'An amendment must start as a draft.');
                END IF;
                {lock_sql("NEW.partnership_id")}
                RETURN NEW;
            END IF;
            IF OLD.state <> 'draft' THEN
                kept := NEW;
                kept.state := OLD.state; kept.decided_by_id := OLD.decided_by_id; kept.decided_at := OLD.decided_at;
                kept.decision_note := OLD.decision_note; kept.applied_by_id := OLD.applied_by_id;
                IF kept IS DISTINCT FROM OLD OR (NEW.state = OLD.state AND NEW IS DISTINCT FROM OLD) THEN
                    PERFORM cpc_refuse('amendment_state', 'Only a draft amendment can be edited.');
                END IF;
            END IF;
            IF NEW.state IN ('approved', 'rejected') AND OLD.state = 'submitted' THEN
                {refuse_deciders(AMENDMENT, "NEW.id", "NEW.decided_by_id", APPROVERS, "decide on amendments")}
            ELSIF NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
                  OR NEW.requested_by_id <> OLD.requested_by_id THEN
                PERFORM cpc_refuse('amendment_state', 'The requester and decider of an amendment cannot change.');
            END IF;
            {_application_sql()}
            RETURN NEW;
        """
    return pgtrigger.Trigger(
        name="b_decided",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("kept", "partnerships_amendment%ROWTYPE")],
        func=func,
    )


def _application_sql() -> str:
    """Return SQL that permits an amendment to apply once, and records the transaction that may make its changes."""
    return f"""
            IF NEW.state = 'applied' AND OLD.state <> 'applied' THEN
                IF NEW.kind <> 'correction' AND NOT EXISTS (SELECT 1 FROM {PARTNERSHIP_TABLE} p
                    WHERE p.id = NEW.partnership_id AND p.status IN ({IN_FORCE_SQL})) THEN
                    PERFORM cpc_refuse('partnership_status',
                        'The partnership is over. Only a correction can be recorded.');
                END IF;
                IF EXISTS (SELECT 1 FROM partnerships_textversion t WHERE t.amendment_id = NEW.id) THEN
                    {stops_sql("NEW.partnership_id", "NEW.id")}
                END IF;
                NEW.applied_in := pg_current_xact_id()::text::bigint;
                NEW.applied_at := clock_timestamp();
            ELSIF NEW.applied_in IS DISTINCT FROM OLD.applied_in OR NEW.applied_at IS DISTINCT FROM OLD.applied_at THEN
                PERFORM cpc_refuse('amendment_state', 'Only an amendment being applied can change terms.');
            END IF;
    """.strip()  # noqa: S608  # names of our own tables alone


def amendment_applies_whole() -> pgtrigger.Trigger:
    """Return a trigger that rejects an applied amendment with a change that is not in effect.

    It runs at the end of the transaction.
    """
    return pgtrigger.Trigger(
        name="applies_whole",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        # The state comes first, because it permits the changes (`by_amendment`); so they are checked at the end.
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(old__state="approved", new__state="applied"),
        declare=[("c", "record")],
        func="""
            FOR c IN SELECT * FROM partnerships_amendmentchange WHERE amendment_id = NEW.id ORDER BY id LOOP
                IF NOT cpc_change_in_effect(c.row_table, c.row_id, c.action, c."column", c.new) THEN
                    PERFORM cpc_refuse('amendment_whole',
                        'Amendment ' || NEW.number || ' takes effect as a whole; a change of ' || c.row_table
                        || ' is missing.');
                END IF;
            END LOOP;
            RETURN NULL;
        """,
    )


def change_while_draft() -> pgtrigger.Trigger:
    """Return a trigger that permits writes to an amendment's changes only while it is a draft."""
    return pgtrigger.Trigger(
        name="while_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("amendment", "bigint"), ("standing", "text")],
        func="""
            IF TG_OP = 'DELETE' THEN amendment := OLD.amendment_id; ELSE amendment := NEW.amendment_id; END IF;
            SELECT state INTO standing FROM partnerships_amendment a WHERE a.id = amendment FOR NO KEY UPDATE;
            IF standing <> 'draft' OR (TG_OP = 'UPDATE' AND NEW.amendment_id <> OLD.amendment_id) THEN
                PERFORM cpc_refuse('amendment_state', 'Only a draft amendment can be edited.');
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def change_of_terms() -> pgtrigger.Trigger:
    """Return a trigger that rejects a new value for a column that amendments cannot change (`AMENDABLE`).

    A change names the column of a relation with its suffix `_id`.
    """
    terms = ", ".join(
        f"('partnerships_{kind}', '{column}')" for kind, columns in AMENDABLE.items() for column in columns
    )
    return pgtrigger.Trigger(
        name="b_of_terms",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__action="set"),
        func=f"""
            IF (NEW.row_table, regexp_replace(NEW."column", '_id$', '')) NOT IN ({terms}) THEN
                PERFORM cpc_refuse('unknown_field', 'An amendment cannot change the field ' || NEW."column" || '.');
            END IF;
            RETURN NEW;
        """,
    )
