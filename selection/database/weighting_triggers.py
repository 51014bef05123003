"""Triggers of weighting exercises: who may ask, who may answer, and what an answer must hold.

See `selection.models.weighting`. The functions `cpc_...` are defined in the migrations.
"""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from selection.database.pool_triggers import only

EXERCISE = "selection_weightingexercise"
PARTICIPANT = "selection_weightingparticipant"
ANSWER = "selection_statedweights"
ASKERS = roles_sql(Permission.EDIT_MODELS)
CONSULTEES = roles_sql(Permission.CONSULT)
MEMBERS = ", ".join(sorted({*ASKERS.split(", "), *roles_sql(Permission.APPROVE_SELECTION).split(", ")}))
"""Roles of the office whose accounts can be asked: those that draft models, and those that adopt them."""

CLOSED = "The exercise is closed."


def opens_exercise() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="a_opens",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("fixed", f"{EXERCISE}%ROWTYPE"), ("m", "selection_scoringmodel%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                SELECT * INTO m FROM selection_scoringmodel WHERE id = NEW.model_id FOR SHARE;
                IF NEW.closed_at IS NOT NULL THEN
                    PERFORM cpc_refuse('closed_because', 'Open an exercise before you close it.');
                ELSIF m.state NOT IN ('draft', 'published') THEN
                    PERFORM cpc_refuse('not_current', 'Only a draft or a published version can be weighed.');
                ELSIF NOT cpc_may_approve(NEW.opened_by_id, ARRAY[{ASKERS}]) THEN
                    PERFORM cpc_refuse('may_not_ask', 'This account cannot open an exercise.');
                ELSIF NEW.due_on < cpc_today() THEN
                    PERFORM cpc_refuse('due_past', 'The day has passed. Enter today or a later date.');
                ELSIF jsonb_typeof(NEW.nodes) <> 'array' OR jsonb_array_length(NEW.nodes) = 0 THEN
                    PERFORM cpc_refuse('nothing_to_weigh', 'No node of the version has two parts that count.');
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.closed_at IS NOT NULL THEN
                PERFORM cpc_refuse('weighting_closed', '{CLOSED}');
            END IF;
            {only(("due_on", "closed_at", "closed_by_id", "closed_because"), "weighting_fixed", "An open exercise cannot be changed; only its due day can move, and it can be closed.", row="fixed")}
            IF NEW.due_on < OLD.due_on THEN
                PERFORM cpc_refuse('due_shortened', 'The time that people were given is never shortened.');
            ELSIF NEW.closed_by_id IS NOT NULL AND NOT cpc_may_approve(NEW.closed_by_id, ARRAY[{ASKERS}]) THEN
                PERFORM cpc_refuse('may_not_ask', 'This account cannot close an exercise.');
            END IF;
            RETURN NEW;
        """,  # noqa: E501, S608  # names of our own tables alone
    )


def asks_participants() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="a_asks",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("fixed", f"{PARTICIPANT}%ROWTYPE"), ("closed", "timestamptz")],
        func=f"""
            SELECT closed_at INTO closed FROM {EXERCISE} WHERE id = NEW.exercise_id FOR SHARE;
            IF closed IS NOT NULL THEN
                PERFORM cpc_refuse('weighting_closed', '{CLOSED}');
            END IF;
            IF TG_OP = 'INSERT' THEN
                IF NEW.dropped_at IS NOT NULL THEN
                    PERFORM cpc_refuse('reason', 'Ask before you drop.');
                ELSIF NEW.agency_id IS NOT NULL AND NOT EXISTS
                        (SELECT 1 FROM accounts_agency WHERE id = NEW.agency_id AND is_active) THEN
                    PERFORM cpc_refuse('agency_closed', 'This agency is closed. Ask its successor.');
                ELSIF NEW.account_id IS NOT NULL AND NOT cpc_may_approve(NEW.account_id, ARRAY[{MEMBERS}]) THEN
                    PERFORM cpc_refuse('not_office', 'Only people who draft or adopt models are asked by name.');
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.dropped_at IS NOT NULL THEN
                PERFORM cpc_refuse('participant_fixed', 'This participant was dropped.');
            END IF;
            {only(("agency_id", "dropped_at", "dropped_by_id", "drop_reason"), "participant_fixed", "A participant cannot be changed, only dropped.", row="fixed")}
            IF NEW.agency_id IS DISTINCT FROM OLD.agency_id AND NEW.agency_id IS DISTINCT FROM
                    (SELECT successor_id FROM accounts_agency WHERE id = OLD.agency_id) THEN
                PERFORM cpc_refuse('participant_fixed', 'A participant moves only to the successor of its agency.');
            ELSIF NEW.dropped_at IS NOT NULL AND EXISTS (SELECT 1 FROM {ANSWER} WHERE participant_id = NEW.id
                    AND superseded_at IS NULL AND withdrawn_at IS NULL) THEN
                PERFORM cpc_refuse('answered', 'Whoever answered is not dropped. Only they can withdraw the answer.');
            END IF;
            RETURN NEW;
        """,  # noqa: E501, S608  # names of our own tables alone
    )


SPEAKS = f"""EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = speaker AND u.is_active
                    AND (u.id = p.account_id AND u.role IN ({MEMBERS})
                         OR u.agency_id = p.agency_id AND u.is_contact AND u.role IN ({CONSULTEES})))"""  # noqa: S608  # our own tables
"""SQL condition that `speaker` answers for participant `p`."""

SHAPE = """
                IF jsonb_typeof(NEW.points) <> 'object' OR jsonb_typeof(NEW.ranks) <> 'object'
                   OR EXISTS (SELECT 1 FROM jsonb_each(NEW.points) n WHERE jsonb_typeof(n.value) <> 'object')
                   OR EXISTS (SELECT 1 FROM jsonb_each(NEW.ranks) n WHERE jsonb_typeof(n.value) <> 'object') THEN
                    PERFORM cpc_refuse('points', 'Points and ranks are given by node and part.');
                END IF;
                wanted := (SELECT array_agg(n ->> 'key' || '/' || (c ->> 'key') ORDER BY n ->> 'key', c ->> 'key')
                    FROM jsonb_array_elements(e.nodes) n, jsonb_array_elements(n -> 'children') c);
                FOREACH given IN ARRAY ARRAY[NEW.points, NEW.ranks] LOOP
                    IF wanted IS DISTINCT FROM (SELECT array_agg(n.key || '/' || c.key ORDER BY n.key, c.key)
                            FROM jsonb_each(given) n, jsonb_each(n.value) c) THEN
                        PERFORM cpc_refuse('points', 'Give each part of each node its rank and points.');
                    ELSIF EXISTS (SELECT 1 FROM jsonb_each(given) n, jsonb_each(n.value) c
                            WHERE jsonb_typeof(c.value) <> 'number') THEN
                        PERFORM cpc_refuse('points', 'Ranks and points are numbers.');
                    END IF;
                END LOOP;"""
"""SQL that requires a rank and points for exactly the parts of the nodes of exercise `e`."""

VALUES = """
                IF EXISTS (SELECT 1 FROM jsonb_each(NEW.points) n, jsonb_each(n.value) c
                        WHERE (c.value)::numeric NOT BETWEEN 0 AND 100) THEN
                    PERFORM cpc_refuse('points_range', 'Give 0 to 100 points.');
                ELSIF EXISTS (SELECT 1 FROM jsonb_each(NEW.points) n
                        WHERE (SELECT max((c.value)::numeric) FROM jsonb_each(n.value) c) <> 100) THEN
                    PERFORM cpc_refuse('points_top', 'Give 100 points to the swing that matters most.');
                ELSIF EXISTS (SELECT 1 FROM jsonb_each(NEW.ranks) n, jsonb_each(n.value) a, jsonb_each(n.value) b
                        WHERE (a.value)::numeric < (b.value)::numeric
                        AND (NEW.points -> n.key ->> a.key)::numeric < (NEW.points -> n.key ->> b.key)::numeric) THEN
                    PERFORM cpc_refuse('rank_points', 'A swing that ranks higher cannot have fewer points.');
                END IF;"""
"""SQL that requires points from 0 to 100, the most of each node 100, in the order of the ranks."""


def states_weights() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="a_states",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[
            ("fixed", f"{ANSWER}%ROWTYPE"),
            ("p", f"{PARTICIPANT}%ROWTYPE"),
            ("e", f"{EXERCISE}%ROWTYPE"),
            ("speaker", "bigint"),
            ("wanted", "text[]"),
            ("given", "jsonb"),
        ],
        func=f"""
            SELECT * INTO p FROM {PARTICIPANT} WHERE id = NEW.participant_id FOR SHARE;
            SELECT * INTO e FROM {EXERCISE} WHERE id = p.exercise_id FOR SHARE;
            IF e.closed_at IS NOT NULL THEN
                PERFORM cpc_refuse('weighting_closed', '{CLOSED}');
            ELSIF p.dropped_at IS NOT NULL THEN
                PERFORM cpc_refuse('dropped', 'This answer is no longer asked for.');
            END IF;
            speaker := coalesce(NEW.withdrawn_by_id, NEW.given_by_id);
            IF TG_OP = 'INSERT' THEN
                IF NEW.superseded_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN
                    PERFORM cpc_refuse('answer_fixed', 'State weights before you replace or withdraw them.');
                ELSIF NOT {SPEAKS} THEN
                    PERFORM cpc_refuse('may_not_answer', 'This account does not answer for this participant.');
                END IF;{SHAPE}{VALUES}
                RETURN NEW;
            END IF;
            IF OLD.superseded_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
                PERFORM cpc_refuse('answer_fixed', 'This answer was replaced or withdrawn.');
            END IF;
            {only(("superseded_at", "withdrawn_at", "withdrawn_by_id", "withdrawn_because"), "answer_fixed", "An answer is never edited. State your weights again.", row="fixed")}
            IF NEW.withdrawn_at IS NOT NULL AND NOT {SPEAKS} THEN
                PERFORM cpc_refuse('may_not_answer', 'This account does not answer for this participant.');
            END IF;
            RETURN NEW;
        """,  # noqa: E501, S608  # names of our own tables alone
    )


def makes_draft() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="a_makes",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("e", f"{EXERCISE}%ROWTYPE"), ("m", "selection_scoringmodel%ROWTYPE")],
        func=f"""
            SELECT * INTO e FROM {EXERCISE} WHERE id = NEW.exercise_id FOR SHARE;
            SELECT * INTO m FROM selection_scoringmodel WHERE id = NEW.model_id FOR SHARE;
            IF e.closed_at IS NULL THEN
                PERFORM cpc_refuse('weighting_open', 'Close the exercise first.');
            ELSIF m.state <> 'draft' OR m.based_on_id IS DISTINCT FROM e.model_id THEN
                PERFORM cpc_refuse('not_draft', 'Make a draft from the version that was weighed.');
            ELSIF NOT cpc_may_approve(NEW.made_by_id, ARRAY[{ASKERS}]) THEN
                PERFORM cpc_refuse('may_not_ask', 'This account cannot draft a model.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
