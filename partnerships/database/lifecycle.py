"""Triggers for recorded steps of plans, reporting periods, and dialogues.

A step is a row that is never changed. The state of a record is the target of its newest step. The database permits a
step only if the state machine has the transition, and rejects any other write of the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import DecidedRecord, refuse_authors
from cpc.database.triggers import append_only
from cpc.lifecycle import StateMachine

APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)


def follows_steps(steps: str, column: str, machine: StateMachine) -> pgtrigger.Trigger:
    """Return a trigger that derives `state` from the newest row of `steps`.

    `column` is the foreign key of a step to this row. Any other value of the state is rejected.
    """
    first = machine.initial
    # A save of the whole row sends back the old state, and `z_moves_parent` the new one; any third value is refused.
    return pgtrigger.Trigger(
        name="a_follows_steps",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("was", "text"), ("derived", "text")],
        func=f"""
            was := '{first}';
            IF TG_OP = 'UPDATE' THEN was := OLD.state; END IF;
            derived := coalesce(
                (SELECT s.target FROM {steps} s WHERE s.{column} = NEW.id ORDER BY s.id DESC LIMIT 1), '{first}');
            IF NEW.state <> was AND NEW.state <> derived THEN
                PERFORM cpc_refuse('derived_state', 'The state follows from recorded steps.');
            END IF;
            NEW.state := derived;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def takes_steps(
    parent: str, column: str, machine: StateMachine, *, decides: DecidedRecord | None = None, also: str = ""
) -> list[pgtrigger.Trigger]:
    """Return triggers that permit the steps of `machine` and move their `parent`.

    `also` is SQL that runs after these checks and before the step is stored, with `p` as the parent. If approvers
    decide on the parent, `decides` names it: an author of any part cannot take a step marked `by_another`.
    """
    second_person = refuse_authors(decides, f"NEW.{column}", "NEW.actor_id") if decides else "NULL;"
    edges = ", ".join(f"('{name}', '{source}', '{target}')" for name, source, target in machine.edges())
    reasoned = _names(t.name for t in machine.transitions if t.needs_reason)
    approved = _names(t.name for t in machine.transitions if t.permission == Permission.APPROVE_PARTNERSHIPS)
    # The table of steps is known to the trigger alone.
    newest = f"""EXECUTE format('SELECT source FROM %I WHERE {column} = $1 ORDER BY id DESC LIMIT 1',
                        TG_TABLE_NAME) INTO state_before USING NEW.{column};"""  # noqa: S608  # names of our own tables alone
    return [
        pgtrigger.Trigger(
            name="a_takes_step",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("p", f"{parent}%ROWTYPE"), ("state_before", "text")],
            func=f"""
                SELECT * INTO p FROM {parent} WHERE id = NEW.{column} FOR NO KEY UPDATE;
                IF p.state <> NEW.source OR (NEW.name, NEW.source, NEW.target) NOT IN ({edges}) THEN
                    PERFORM cpc_refuse('transition',
                        'This step is not available from '  || p.state || ' to ' || NEW.target || '.');
                END IF;
                {leads_back(machine, newest, "NEW.name", "NEW.target")}
                IF NEW.name IN ({reasoned}) AND btrim(NEW.reason) = '' THEN
                    PERFORM cpc_refuse('reason', 'Enter a reason.');
                END IF;
                IF NEW.name IN ({approved}) AND NOT cpc_may_approve(NEW.actor_id, ARRAY[{APPROVERS}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot take this step.');
                END IF;
                IF NEW.name IN ({_names(t.name for t in machine.transitions if t.by_another)}) THEN {second_person}
                END IF;
                {also}
                RETURN NEW;
            """,  # noqa: S608  # names of our own tables alone
        ),
        pgtrigger.Trigger(
            name="z_moves_parent",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            func=f"UPDATE {parent} SET state = NEW.target WHERE id = NEW.{column}; RETURN NULL;",  # noqa: S608  # names of our own tables alone
        ),
        *append_only(),
    ]


def leads_back(machine: StateMachine, read: str, name: str, target: str) -> str:
    """Return SQL that requires a step that takes back another one to lead to the state before that one.

    `read` is SQL that stores the source of the newest step in `state_before`; `name` and `target` are those of the new
    step. Returns "" for a machine without such steps.
    """
    return "\n".join(
        f"""
                IF {name} = '{step.name}' THEN
                    {read}
                    IF {target} <> (CASE WHEN state_before IN ({_names(step.back_to)}) THEN state_before
                                         ELSE '{step.target}' END) THEN
                        PERFORM cpc_refuse('transition', 'This step leads back to the state before the last step.');
                    END IF;
                END IF;""".strip()
        for step in machine.transitions
        if step.back_to
    )


def events_follow(events: str, parent: str, column: str, machine: StateMachine, *, code: str) -> pgtrigger.Trigger:
    """Return a trigger that permits an event only if `machine` has the transition.

    The transition leads from the kind of the newest event of `parent` to the new kind.
    """
    edges = ", ".join(sorted(f"('{source}', '{target}')" for source, target in machine.moves()))
    return pgtrigger.Trigger(
        name="a_events_follow",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("standing", "text")],
        func=f"""
            PERFORM 1 FROM {parent} WHERE id = NEW.{column} FOR NO KEY UPDATE;
            standing := coalesce((SELECT e.kind FROM {events} e WHERE e.{column} = NEW.{column}
                ORDER BY e.id DESC LIMIT 1), '{machine.initial}');
            IF (standing, NEW.kind) NOT IN ({edges}) THEN
                PERFORM cpc_refuse('{code}', 'A record that is ' || standing || ' cannot become ' || NEW.kind || '.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def written_while(parent: str, key: str, states: Sequence[str], *, code: str, message: str) -> pgtrigger.Trigger:
    """Return a trigger that permits writes of rows only while their parent is in `states`.

    `key` is the SQL of the parent's key, with `r` as the row. A row cannot move to another parent. A parent that does
    not exist yet blocks no writes.
    """
    return pgtrigger.Trigger(
        name="b_written_while",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("r", "record"), ("standing", "text"), ("parent_key", "bigint")],
        func=f"""
            IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;
            parent_key := {key};
            SELECT state INTO standing FROM {parent} WHERE id = parent_key FOR NO KEY UPDATE;
            IF standing NOT IN ({_names(states)}) THEN
                PERFORM cpc_refuse('{code}', '{message}');
            END IF;
            IF TG_OP = 'UPDATE' THEN
                r := OLD;
                IF parent_key IS DISTINCT FROM {key} THEN
                    PERFORM cpc_refuse('fixed', 'The parent of a record cannot change.');
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def edited_while(states: Sequence[str], *, code: str, message: str) -> pgtrigger.Trigger:
    """Return a trigger that permits changes of a row, except of its state, only in `states`.

    A row outside these states cannot be deleted.
    """
    return pgtrigger.Trigger(
        name="b_edited_while",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' THEN
                IF OLD.state NOT IN ({_names(states)}) THEN PERFORM cpc_refuse('{code}', '{message}'); END IF;
                RETURN OLD;
            END IF;
            IF OLD.state NOT IN ({_names(states)})
               AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
                PERFORM cpc_refuse('{code}', '{message}');
            END IF;
            RETURN NEW;
        """,
    )


def fixed_once(done: str, *, code: str, message: str) -> pgtrigger.Trigger:
    """Return a trigger that rejects changes and the deletion of a row once the SQL condition `done` is true.

    The condition reads `OLD` and, for an update, `NEW`.
    """
    return pgtrigger.Trigger(
        name="b_fixed_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF {done} THEN
                PERFORM cpc_refuse('{code}', '{message}');
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def indicator_fixed() -> pgtrigger.Trigger:
    """Return a trigger that fixes indicators while the plan is submitted or approved.

    A baseline that is still to be collected can be added.
    """
    return pgtrigger.Trigger(
        name="b_fixed_by_plan",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("r", "record"), ("standing", "text"), ("baseline", "text[]")],
        func="""
            IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;
            SELECT state INTO standing FROM partnerships_monitoringplan
                WHERE partnership_id = r.partnership_id FOR NO KEY UPDATE;
            IF TG_OP = 'UPDATE' AND NEW.partnership_id <> OLD.partnership_id THEN
                PERFORM cpc_refuse('fixed', 'The parent of a record cannot change.');
            END IF;
            IF standing IN ('submitted', 'approved') THEN
                baseline := ARRAY['baseline_status', 'baseline_value', 'baseline_on', 'baseline_source'];
                IF TG_OP <> 'UPDATE' OR OLD.baseline_status <> 'to_collect'
                   OR to_jsonb(NEW) - baseline IS DISTINCT FROM to_jsonb(OLD) - baseline THEN
                    PERFORM cpc_refuse('plan_fixed', 'The monitoring plan is ' || standing
                        || '. Revise it before you change indicators.');
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def result_belongs() -> pgtrigger.Trigger:
    """Return a trigger that requires a result's period, indicator, and award to share a partnership.

    A result can replace only a result of the same period, indicator, and reporter. Only a share has counts, from which
    it is computed.
    """
    return pgtrigger.Trigger(
        name="c_belongs",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("replaced", "partnerships_result%ROWTYPE")],
        func="""
            IF NEW.award_id IS NOT NULL AND (SELECT partnership_id FROM partnerships_award WHERE id = NEW.award_id)
               IS DISTINCT FROM (SELECT partnership_id FROM partnerships_outcomeindicator WHERE id = NEW.indicator_id)
            THEN
                PERFORM cpc_refuse('other_partnership', 'The award belongs to another partnership.');
            END IF;
            IF NEW.denominator IS NOT NULL AND ((SELECT measure FROM partnerships_outcomeindicator
                    WHERE id = NEW.indicator_id) <> 'percent'
                    OR NEW.value IS DISTINCT FROM round(NEW.numerator * 100 / nullif(NEW.denominator, 0), 4)) THEN
                PERFORM cpc_refuse('counts', 'A share in percent is computed from its two counts.');
            END IF;
            IF (SELECT partnership_id FROM partnerships_reportingperiod WHERE id = NEW.period_id)
               <> (SELECT partnership_id FROM partnerships_outcomeindicator WHERE id = NEW.indicator_id) THEN
                PERFORM cpc_refuse('other_partnership', 'Period and indicator belong to different partnerships.');
            END IF;
            IF NEW.replaces_id IS NOT NULL THEN
                SELECT * INTO replaced FROM partnerships_result WHERE id = NEW.replaces_id;
                IF (replaced.period_id, replaced.indicator_id) <> (NEW.period_id, NEW.indicator_id)
                   OR replaced.award_id IS DISTINCT FROM NEW.award_id THEN
                    PERFORM cpc_refuse('replaces',
                        'A result can replace only one of the same period, indicator, and reporter.');
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def parts_add_up(result: str) -> pgtrigger.Trigger:
    """Return a trigger that checks a result's breakdowns at the end of the transaction.

    It rejects breakdowns that are missing, not requested, or do not add up. `result` is the SQL of the result's key.
    """
    return pgtrigger.Trigger(
        name="z_parts_add_up",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("f", "partnerships_result%ROWTYPE"), ("i", "partnerships_outcomeindicator%ROWTYPE")],
        func=f"""
            SELECT * INTO f FROM partnerships_result WHERE id = {result};
            SELECT * INTO i FROM partnerships_outcomeindicator WHERE id = f.indicator_id;
            IF EXISTS (
                SELECT 1
                FROM (VALUES ('sex_age', i.by_sex OR i.by_age), ('form', i.by_form), ('region', i.by_region))
                    AS wanted (breakdown, is_wanted)
                LEFT JOIN (SELECT c.breakdown, sum(c.value) AS parts FROM partnerships_resultcell c
                    WHERE c.result_id = f.id GROUP BY c.breakdown) given USING (breakdown)
                WHERE CASE WHEN is_wanted AND f.value IS NOT NULL AND f.not_disaggregated = ''
                    THEN parts IS DISTINCT FROM f.value ELSE parts IS NOT NULL END
            ) THEN
                PERFORM cpc_refuse('disaggregation_sum',
                    'The parts of a result must add up to its value, or the result must explain why there are none.');
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


def agenda_written() -> pgtrigger.Trigger:
    """Return a trigger that limits agenda edits and minutes to their states.

    The agenda is editable before the dialogue, and the minutes while it is held.
    """
    return pgtrigger.Trigger(
        name="b_written_while",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("r", "record"), ("standing", "text")],
        func="""
            IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;
            SELECT state INTO standing FROM partnerships_dialogue WHERE id = r.dialogue_id FOR NO KEY UPDATE;
            IF TG_OP = 'UPDATE' AND NEW.dialogue_id <> OLD.dialogue_id THEN
                PERFORM cpc_refuse('fixed', 'The parent of a record cannot change.');
            END IF;
            IF standing = 'planned' AND (TG_OP = 'DELETE' OR r.minutes = '') THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END IF;
            IF standing = 'held' AND TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'minutes' = to_jsonb(OLD) - 'minutes' THEN
                RETURN NEW;
            END IF;
            PERFORM cpc_refuse('dialogue_fixed',
                'The agenda can change only while the dialogue is planned, and minutes only while they are open.');
            RETURN NULL;
        """,
    )


def _names(names: Iterable[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in sorted(names))
    return listed or "NULL"
