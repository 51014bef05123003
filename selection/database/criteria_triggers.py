"""Triggers of the consultation on criteria; see `selection.models.criteria_consultation` and `adoptions`."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql

ASKERS = roles_sql(Permission.RUN_ROUNDS)
CONSULTEES = roles_sql(Permission.CONSULT)

CRITERIA_CONSULTEES = """WITH RECURSIVE named (id, code, is_active, successor_id) AS (
                    SELECT id, code, is_active, successor_id FROM accounts_agency WHERE on_criteria
                    UNION SELECT a.id, a.code, a.is_active, a.successor_id FROM accounts_agency a
                        JOIN named n ON a.id = n.successor_id WHERE NOT n.is_active)
                SELECT id, code FROM named WHERE is_active"""
"""SQL for the agencies that are consulted on the criteria; a closed one is replaced by its successor."""

_CURRENT = """
            SELECT * INTO m FROM selection_scoringmodel WHERE id = NEW.model_id FOR SHARE;
            IF m.state NOT IN ('draft', 'published') THEN
                PERFORM cpc_refuse('not_current', 'Agencies are asked about a draft or a published version.');
            ELSIF NEW.table_hash <> m.table_hash THEN
                PERFORM cpc_refuse('changed', 'The draft has changed. Open the page again.');
            END IF;"""


def asks_on_criteria() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="a_asks",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("m", "selection_scoringmodel%ROWTYPE")],
        func=f"""{_CURRENT}
            IF NEW.superseded_at IS NOT NULL THEN
                PERFORM cpc_refuse('superseded', 'Ask before you ask again.');
            ELSIF NOT cpc_may_approve(NEW.asked_by_id, ARRAY[{ASKERS}]) THEN
                PERFORM cpc_refuse('may_not_ask', 'This account cannot ask agencies.');
            ELSIF NEW.asked_on > cpc_today() THEN
                PERFORM cpc_refuse('asked_later', 'The date is in the future. Enter the day of the request.');
            ELSIF NOT EXISTS (SELECT 1 FROM accounts_agency WHERE id = NEW.agency_id AND is_active) THEN
                PERFORM cpc_refuse('agency_closed', 'This agency is closed. Ask its successor.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def answers_on_criteria() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="a_answers",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("m", "selection_scoringmodel%ROWTYPE"), ("r", "selection_criteriarequest%ROWTYPE")],
        func=f"""{_CURRENT}
            IF NEW.superseded_at IS NOT NULL THEN
                PERFORM cpc_refuse('superseded', 'Record an answer before you replace it.');
            ELSIF NEW.answered_on > cpc_today() THEN
                PERFORM cpc_refuse('answered_later', 'The date is in the future. Enter the day of the answer.');
            END IF;
            IF NEW.request_id IS NOT NULL THEN
                SELECT * INTO r FROM selection_criteriarequest WHERE id = NEW.request_id FOR SHARE;
                IF r.model_id <> NEW.model_id OR r.agency_id <> NEW.agency_id OR r.superseded_at IS NOT NULL THEN
                    PERFORM cpc_refuse('not_asked', 'The agency was not asked, or was asked again since.');
                ELSIF NEW.answered_on < r.asked_on THEN
                    PERFORM cpc_refuse('answered_early', 'The answer is dated before the request.');
                END IF;
            END IF;
            IF NEW.by_agency THEN
                IF NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = NEW.recorded_by_id AND u.is_active
                        AND u.is_contact AND u.agency_id = NEW.agency_id AND u.role IN ({CONSULTEES})) THEN
                    PERFORM cpc_refuse('may_not_answer', 'Only its point of contact answers for an agency.');
                END IF;
            ELSIF NOT cpc_may_approve(NEW.recorded_by_id, ARRAY[{ASKERS}]) THEN
                PERFORM cpc_refuse('may_not_answer', 'This account cannot record answers of agencies.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


CRITERIA_CONSULTED = f"""
                IF NOT EXISTS ({CRITERIA_CONSULTEES}) THEN
                    PERFORM cpc_refuse('no_criteria_consultee',
                        'Mark the agencies that are consulted on the criteria (22 U.S.C. 7103a(d)(5)).');
                ELSIF jsonb_typeof(NEW.unanswered) <> 'object' THEN
                    PERFORM cpc_refuse('unanswered', 'Reasons are given by agency.');
                ELSIF EXISTS (SELECT 1 FROM ({CRITERIA_CONSULTEES}) c WHERE NOT EXISTS
                        (SELECT 1 FROM selection_criteriaanswer a WHERE a.model_id = NEW.model_id
                         AND a.agency_id = c.id AND a.superseded_at IS NULL AND a.table_hash = m.table_hash)
                        AND coalesce(NEW.unanswered ->> c.code, '') !~ '\\S') THEN
                    PERFORM cpc_refuse('criteria_not_consulted',
                        'Record what each agency answered on the criteria, or state why it gave no answer.');
                END IF;"""  # noqa: S608  # names of our own tables alone
"""SQL that requires, of adoption `NEW` of model `m`, each agency's answer on the criteria or a reason without it."""
