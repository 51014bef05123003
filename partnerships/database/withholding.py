"""The triggers of determinations on withheld items; see `partnerships.models.publication`."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_deciders
from partnerships.decidable import WITHHOLDING

TABLE = "partnerships_withholding"
APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)
EDITORS = roles_sql(Permission.EDIT_PARTNERSHIPS)
NEVER_CHANGED = "A determination is never edited or removed. Propose another one."


def decides_withholding() -> pgtrigger.Trigger:
    """Return a trigger that lets another approver determine or reject a proposal once, and an editor retract it.

    Nothing else of a determination changes. Its day of review is after the day on which it is proposed and decided.
    """
    decider = refuse_deciders(WITHHOLDING, "NEW.id", "NEW.decided_by_id", APPROVERS, "decide what is withheld")
    return pgtrigger.Trigger(
        name="b_decides_withholding",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("same_row", f"{TABLE}%ROWTYPE")],
        func=f"""
            IF TG_OP = 'DELETE' THEN
                PERFORM cpc_refuse('withholding_fixed', '{NEVER_CHANGED}');
            ELSIF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'proposed' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_at IS NOT NULL THEN
                    PERFORM cpc_refuse('two_people', 'A determination starts as a proposal. Another person decides.');
                ELSIF NEW.review_on <= cpc_today() THEN
                    PERFORM cpc_refuse('review_on', 'Enter a day of review after today.');
                ELSIF NEW.effect = 'withhold' AND EXISTS (SELECT 1 FROM partnerships_partnership p
                    WHERE p.id = NEW.partnership_id AND position(lower(btrim(NEW.item)) IN lower(p.title)) > 0) THEN
                    PERFORM cpc_refuse('item_in_title', 'The title of the partnership has this name.');
                ELSIF position(lower(btrim(NEW.item)) IN lower(NEW.prints_instead)) > 0 THEN
                    PERFORM cpc_refuse('prints_instead', 'What prints instead must not contain what is withheld.');
                END IF;
                RETURN NEW;
            END IF;
            same_row := NEW;
            same_row.state := OLD.state; same_row.decided_by_id := OLD.decided_by_id;
            same_row.decided_at := OLD.decided_at; same_row.decided_because := OLD.decided_because;
            IF OLD.state <> 'proposed' OR NEW.state = 'proposed' OR same_row IS DISTINCT FROM OLD THEN
                PERFORM cpc_refuse('withholding_fixed', '{NEVER_CHANGED}');
            ELSIF NEW.state = 'retracted' THEN
                IF NOT cpc_may_approve(NEW.decided_by_id, ARRAY[{EDITORS}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot retract a proposal.');
                END IF;
            ELSE
                {decider}
                IF NEW.state = 'determined' AND NEW.review_on <= cpc_today() THEN
                    PERFORM cpc_refuse('review_on', 'The day of review has come. Propose another one.');
                END IF;
            END IF;
            NEW.decided_at := now();
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def keeps_name_withheld(withheld: tuple[str, ...]) -> pgtrigger.Trigger:
    """Return a trigger for awards: a change of the kind of recipient alone releases no name.

    `withheld` are the kinds whose names are withheld unless a determination releases them.
    """
    kinds = ", ".join(f"'{kind}'" for kind in withheld)
    return pgtrigger.Trigger(
        name="b_keeps_name_withheld",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("recipient_type"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func=f"""
            IF OLD.state <> 'planned' AND OLD.recipient_type IN ({kinds}) AND NEW.recipient_type NOT IN ({kinds})
               AND coalesce((SELECT w.effect FROM {TABLE} w
                    WHERE w.partnership_id = NEW.partnership_id AND w.kind = 'name' AND w.state = 'determined'
                    AND lower(regexp_replace(btrim(w.item), '\\s+', ' ', 'g'))
                        = lower(regexp_replace(btrim(NEW.recipient), '\\s+', ' ', 'g'))
                    ORDER BY w.decided_at DESC, w.id DESC LIMIT 1), '') <> 'release' THEN
                PERFORM cpc_refuse('name_withheld',
                    'This kind of recipient is named outside the office. Have its name released first.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
