"""Triggers for the authority to record origins, determinations, and exemptions."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_deciders
from cpc.database.triggers import never_truncated
from partnerships.database.rows import PARTNERSHIP_TABLE
from partnerships.decidable import ORIGIN
from partnerships.states import DECIDED_ROUND

APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)
SAMPLE_COUNTRY = "A sample partnership is with Sample Country, and no other partnership is."


def comes_from_decision() -> pgtrigger.Trigger:
    """Return a trigger that requires a valid origin of a new partnership.

    The decision must select its country, be in effect, and belong to a decided round. It is locked, so that no other
    decision supersedes it meanwhile. Without a decision the country must be one that a pool may include. A sample is
    with Sample Country alone, and has no decision. The origin and the person who opened the record are fixed on insert.
    """
    states = ", ".join(f"'{state}'" for state in DECIDED_ROUND)
    return pgtrigger.Trigger(
        name="c_comes_from_decision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("found", "record")],
        func=f"""
            IF TG_OP = 'UPDATE' THEN
                IF NEW.decision_id IS DISTINCT FROM OLD.decision_id OR NEW.origin_reason <> OLD.origin_reason
                   OR NEW.opened_by_id IS DISTINCT FROM OLD.opened_by_id THEN
                    PERFORM cpc_refuse('decision_fixed',
                        'The origin of a partnership cannot change after it is opened.');
                END IF;
                RETURN NEW;
            END IF;
            IF (NEW.kind = 'sample') <> EXISTS (SELECT 1 FROM indicators_country c
                WHERE c.id = NEW.country_id AND c.kind = 'sample') THEN
                PERFORM cpc_refuse('sample_country', '{SAMPLE_COUNTRY}');
            END IF;
            IF NEW.decision_id IS NULL THEN
                IF NEW.kind = 'managed' AND NOT cpc_may_partner(NEW.country_id) THEN
                    PERFORM cpc_refuse('origin_country', 'This country is not a candidate for a partnership.');
                END IF;
                RETURN NEW;
            END IF;
            SELECT d.action, d.superseded_at, c.country_id, r.state INTO found
                FROM selection_decision d
                JOIN selection_candidate c ON c.id = d.candidate_id
                JOIN selection_selectionround r ON r.id = c.round_id
                WHERE d.id = NEW.decision_id FOR SHARE OF d;
            IF found.action <> 'select' THEN
                PERFORM cpc_refuse('decision_selects', 'This decision does not select the country.');
            ELSIF found.superseded_at IS NOT NULL THEN
                PERFORM cpc_refuse('decision_superseded', 'A later decision superseded this one.');
            ELSIF found.state NOT IN ({states}) THEN
                PERFORM cpc_refuse('round_undecided', 'The round of this decision is not decided.');
            ELSIF found.country_id <> NEW.country_id OR NEW.kind <> 'managed' THEN
                PERFORM cpc_refuse('decision_country', 'This decision is about another country.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def confirms_reason() -> pgtrigger.Trigger:
    """Return a trigger that permits one confirmation of a stated reason, by another approver."""
    return pgtrigger.Trigger(
        name="a_two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("p", f"{PARTNERSHIP_TABLE}%ROWTYPE")],
        func=f"""
            SELECT * INTO p FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id FOR NO KEY UPDATE;
            IF p.decision_id IS NOT NULL OR p.kind = 'documented' THEN
                PERFORM cpc_refuse('no_stated_reason', 'Only a stated reason can be confirmed.');
            ELSIF EXISTS (SELECT 1 FROM partnerships_originconfirmation c WHERE c.partnership_id = p.id) THEN
                PERFORM cpc_refuse('origin_confirmed', 'The stated reason is already confirmed.');
            END IF;
            {refuse_deciders(ORIGIN, "NEW.partnership_id", "NEW.confirmed_by_id", APPROVERS, "confirm a stated reason")}
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def determines() -> pgtrigger.Trigger:
    """Return a trigger that permits determinations only from an approver.

    A determination concerns awards and suspensions of its own partnership. A reinstatement ends a suspension of the
    same scope, once each of its grounds has a closed correction.
    """
    return pgtrigger.Trigger(
        name="b_determines",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("record_kind", "text"), ("s", "partnerships_determination%ROWTYPE")],
        func=f"""
            SELECT kind INTO record_kind FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id FOR NO KEY UPDATE;
            IF record_kind = 'documented' THEN
                PERFORM cpc_refuse('documented_record', 'A documented partnership cannot have determinations.');
            END IF;
            IF NOT cpc_may_approve(NEW.recorded_by_id, ARRAY[{APPROVERS}]) THEN
                PERFORM cpc_refuse('may_not_approve', 'This account cannot record determinations.');
            END IF;
            IF NEW.kind <> 'reinstatement' THEN RETURN NEW; END IF;
            SELECT * INTO s FROM partnerships_determination WHERE id = NEW.suspension_id;
            IF s.kind IS DISTINCT FROM 'suspension' OR (s.partnership_id, s.scope, s.part, s.subject, s.award_id)
               IS DISTINCT FROM (NEW.partnership_id, NEW.scope, NEW.part, NEW.subject, NEW.award_id) THEN
                PERFORM cpc_refuse('suspension',
                    'A reinstatement must end a suspension of the same partnership, with the same scope.');
            END IF;
            IF EXISTS (SELECT 1 FROM unnest(s.grounds) AS named (code) WHERE NOT EXISTS (
                SELECT 1 FROM partnerships_correction k WHERE k.determination_id = s.id
                AND k.ground = named.code AND k.closed_on <= NEW.determined_on)) THEN
                PERFORM cpc_refuse('ground_open', 'Each ground of the suspension needs a closed correction.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def closed_once() -> list[pgtrigger.Trigger]:
    """Return triggers that permit only an approver to close a correction, once.

    It is closed on a day from the date of its determination through today. A correction keeps its determination and
    its ground. A closed one never changes, and none is deleted.
    """
    return [
        pgtrigger.Trigger(
            name="closed_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=f"""
                IF TG_OP <> 'INSERT' THEN
                    IF TG_OP = 'DELETE' OR OLD.closed_on IS NOT NULL OR NEW.determination_id <> OLD.determination_id
                       OR NEW.ground <> OLD.ground THEN
                        PERFORM cpc_refuse('correction_closed', 'A closed correction cannot be changed or removed.');
                    END IF;
                END IF;
                IF NEW.closed_on IS NOT NULL AND NEW.closed_by_id IS NOT NULL
                   AND NOT cpc_may_approve(NEW.closed_by_id, ARRAY[{APPROVERS}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot close corrections.');
                END IF;
                IF NEW.closed_on > cpc_today() THEN
                    PERFORM cpc_refuse('future_day', 'This cannot be dated in the future.');
                ELSIF NEW.closed_on < (SELECT d.determined_on FROM partnerships_determination d
                                       WHERE d.id = NEW.determination_id) THEN
                    PERFORM cpc_refuse('before_determination',
                        'A correction cannot be closed before the date of its determination.');
                END IF;
                RETURN NEW;
            """,  # noqa: S608  # names of our own tables alone
        ),
        never_truncated(),
    ]


def exempts() -> pgtrigger.Trigger:
    """Return a trigger that permits exemptions from notification only from an approver."""
    return pgtrigger.Trigger(
        name="b_exempts",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT cpc_may_approve(NEW.recorded_by_id, ARRAY[{APPROVERS}]) THEN
                PERFORM cpc_refuse('may_not_approve', 'This account cannot record exemptions from notification.');
            END IF;
            RETURN NEW;
        """,
    )
