"""Database triggers that reject every move outside a state machine.

A column that services set directly::

    class Import(models.Model):
        class Meta:
            triggers = state_triggers(IMPORT)

A state that follows from recorded steps needs `follows_steps` and `takes_steps` of `partnerships.database.lifecycle`
instead: then the column changes in no other way, and a step is accepted only from its source.
"""

from __future__ import annotations

import pgtrigger

from cpc.lifecycle import StateMachine


def state_triggers(machine: StateMachine, field: str = "state", *, code: str = "transition") -> list[pgtrigger.Trigger]:
    """Return triggers that reject a move of `field` that `machine` does not allow, with an error of `code`.

    The names of the triggers begin with `a_`, so that an illegal move is rejected before other triggers run.
    """
    moves = ", ".join(f"('{source}', '{target}')" for source, target in machine.moves())
    return [
        pgtrigger.Trigger(
            name=f"a_allowed_{field}",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f'OLD."{field}" IS DISTINCT FROM NEW."{field}"'),
            func=f"""
                IF (OLD."{field}", NEW."{field}") NOT IN ({moves}) THEN
                    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{code}',
                        MESSAGE = 'No step leads from ' || OLD."{field}" || ' to ' || NEW."{field}" || '.';
                END IF;
                RETURN NEW;
            """,
        )
    ]
