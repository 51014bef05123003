"""The trigger of templates of Word documents; see `partnerships.models.document_templates`."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_deciders
from partnerships.decidable import TEMPLATE

TABLE = "partnerships_documenttemplate"
APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)
EDITORS = roles_sql(Permission.EDIT_PARTNERSHIPS)
NEVER_CHANGED = "A template is never edited or removed. Upload another one."


def decides_template() -> pgtrigger.Trigger:
    """Return a trigger that lets another approver release or reject a draft once, and an editor withdraw it.

    Nothing else of a template changes. A draft is released only while no later version of its kind is.
    """
    decider = refuse_deciders(TEMPLATE, "NEW.id", "NEW.decided_by_id", APPROVERS, "release templates")
    return pgtrigger.Trigger(
        name="b_decides_template",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("same_row", f"{TABLE}%ROWTYPE")],
        func=f"""
            IF TG_OP = 'DELETE' THEN
                PERFORM cpc_refuse('template_fixed', '{NEVER_CHANGED}');
            ELSIF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'draft' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_at IS NOT NULL THEN
                    PERFORM cpc_refuse('two_people', 'A template starts as a draft. Another person releases it.');
                END IF;
                RETURN NEW;
            END IF;
            same_row := NEW;
            same_row.state := OLD.state; same_row.decided_by_id := OLD.decided_by_id;
            same_row.decided_at := OLD.decided_at; same_row.reason := OLD.reason;
            IF OLD.state <> 'draft' OR NEW.state = 'draft' OR same_row IS DISTINCT FROM OLD THEN
                PERFORM cpc_refuse('template_fixed', '{NEVER_CHANGED}');
            ELSIF NEW.state = 'withdrawn' THEN
                IF NOT cpc_may_approve(NEW.decided_by_id, ARRAY[{EDITORS}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot withdraw templates.');
                END IF;
            ELSE
                {decider}
                IF NEW.state = 'released' AND EXISTS (SELECT 1 FROM {TABLE} t
                    WHERE t.kind = NEW.kind AND t.number > NEW.number AND t.state = 'released') THEN
                    PERFORM cpc_refuse('template_overtaken', 'A later version is already released.');
                END IF;
            END IF;
            NEW.decided_at := now();
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
