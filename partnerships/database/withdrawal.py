"""Triggers that keep withdrawn terms apart from those in effect, so that what counts is what is listed."""

from __future__ import annotations

import pgtrigger

OF_OBJECTIVE = {
    "partnerships_activity": "activity",
    "partnerships_responsibility": "responsibility",
    "partnerships_outcomeindicator": "indicator",
}
"""Tables of terms under an objective, with the word for a row. Pages list them with their objective."""


def withdrawn_with_its_terms() -> pgtrigger.Trigger:
    """Return a trigger that rejects the withdrawal of an objective that terms in effect refer to.

    It runs at the end of the transaction, because an amendment withdraws or moves them one after another.
    """
    used = " UNION ALL ".join(
        f"SELECT 1 FROM {table} t WHERE t.objective_id = NEW.id AND NOT t.withdrawn"  # noqa: S608  # names of our own tables alone
        for table in OF_OBJECTIVE
    )
    return pgtrigger.Trigger(
        name="z_withdrawn_with_its_terms",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("withdrawn"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        timing=pgtrigger.Deferred,
        func=f"""
            IF EXISTS (SELECT 1 FROM partnerships_objective o WHERE o.id = NEW.id AND o.withdrawn)
               AND EXISTS ({used}) THEN
                PERFORM cpc_refuse('objective_in_use',
                    'Activities, responsibilities, or indicators in effect refer to the withdrawn objective.');
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


def of_objective_in_effect(table: str) -> pgtrigger.Trigger:
    """Return a trigger that rejects a term in effect under a withdrawn objective, at the end of the transaction."""
    return pgtrigger.Trigger(
        name="z_of_objective_in_effect",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("objective_id", "withdrawn"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        timing=pgtrigger.Deferred,
        func=f"""
            IF EXISTS (SELECT 1 FROM {table} t JOIN partnerships_objective o ON o.id = t.objective_id
                WHERE t.id = NEW.id AND NOT t.withdrawn AND o.withdrawn) THEN
                PERFORM cpc_refuse('objective_in_use',
                    'Activities, responsibilities, or indicators in effect refer to the withdrawn objective.');
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )
