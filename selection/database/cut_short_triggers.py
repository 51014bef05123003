"""Triggers on cutting a consultation short: who asks, who consents, and what follows from the consent.

A trigger that rejects a change passes its code as the constraint's name, as every trigger of the project does. The
functions `cpc_...` are defined in the migrations.
"""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_deciders
from selection.database.consultation_sql import MISSING_ANSWERS, NOT_ASKED
from selection.database.pool_triggers import APPROVERS, only
from selection.decidable import CUT_SHORT

REVIEWERS = roles_sql(Permission.CONSULT)
DECIDED = ("decision", "decided_by_id", "decided_at", "note")
CONSENTED = ("consented_by_id", "consented_at")

IN_FORCE = """EXISTS (SELECT FROM selection_cutshortline l JOIN selection_cutshort p ON p.id = l.proposal_id
                WHERE l.id = NEW.line_id AND l.request_id = NEW.request_id AND p.kind = '{kind}'
                AND {extra} AND (l.consented_by_id IS NOT NULL OR p.decision = 'agreed'))"""
"""SQL condition that the line of a row is about its request, and its agency or an approver consented."""


def cut_short_decided() -> pgtrigger.Trigger:
    """Return a trigger that accepts a proposal without a decision and lets another person decide on it once."""
    return pgtrigger.Trigger(
        name="a_decided_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("kept", "selection_cutshort%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.decision <> '' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_at IS NOT NULL THEN
                    PERFORM cpc_refuse('two_people', 'A proposal needs the decision of another person.');
                ELSIF NOT EXISTS (SELECT FROM selection_selectionround WHERE id = NEW.round_id
                                  AND state IN ('consultation', 'deliberation')) THEN
                    PERFORM cpc_refuse('not_consulting', 'Agencies answer only in consultation and deliberation.');
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.decision <> '' OR NEW.decision = '' THEN
                PERFORM cpc_refuse('decided_already', 'The proposal is decided once, and never edited.');
            END IF;
            {only(DECIDED, "proposal_kept", "A proposal cannot be changed; only the decision on it can be recorded.")}
            NEW.decided_at := now();
            IF NEW.decision IN ('agreed', 'refused') THEN
                {refuse_deciders(CUT_SHORT, "NEW.id", "NEW.decided_by_id", APPROVERS, "cut a consultation short")}
            END IF;
            IF NEW.decision = 'agreed' AND EXISTS (
                SELECT FROM selection_roundstep WHERE round_id = NEW.round_id AND at > OLD.at
            ) THEN
                PERFORM cpc_refuse('overtaken', 'The round has moved since. Ask again.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def line_consented() -> pgtrigger.Trigger:
    """Return a trigger that accepts a line about a request of the round, and the consent of its agency once."""
    return pgtrigger.Trigger(
        name="a_consented_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[
            ("kept", "selection_cutshortline%ROWTYPE"),
            ("proposal", "selection_cutshort%ROWTYPE"),
            ("asked", "selection_consultationrequest%ROWTYPE"),
        ],
        func=f"""
            SELECT * INTO proposal FROM selection_cutshort WHERE id = NEW.proposal_id FOR UPDATE;
            SELECT * INTO asked FROM selection_consultationrequest WHERE id = NEW.request_id;
            IF proposal.decision <> '' THEN
                PERFORM cpc_refuse('decided_already', 'The proposal is decided.');
            END IF;
            IF TG_OP = 'INSERT' THEN
                IF NEW.consented_by_id IS NOT NULL OR NEW.consented_at IS NOT NULL THEN
                    PERFORM cpc_refuse('two_people', 'A proposal needs the consent of another person.');
                ELSIF asked.round_id <> proposal.round_id OR asked.sent_at IS NULL OR asked.dropped_at IS NOT NULL
                      OR asked.role = 'info' OR asked.due_on IS NULL THEN
                    PERFORM cpc_refuse('not_asked', 'The agency owes no answer in this round.');
                ELSIF (proposal.kind = 'shorten') <> (NEW.due_on IS NOT NULL) THEN
                    PERFORM cpc_refuse('due_on', 'A proposal to shorten the time names the new due day.');
                ELSIF NEW.due_on >= asked.due_on THEN
                    PERFORM cpc_refuse('due_on', 'The new due day is not before the one that the agency was given.');
                END IF;
                NEW.was_due_on := asked.due_on;
                RETURN NEW;
            END IF;
            IF OLD.consented_by_id IS NOT NULL OR NEW.consented_by_id IS NULL THEN
                PERFORM cpc_refuse('decided_already', 'The agency consents once.');
            END IF;
            {only(CONSENTED, "proposal_kept", "A proposal cannot be changed; only the consent can be recorded.")}
            IF NOT EXISTS (SELECT FROM accounts_user u WHERE u.id = NEW.consented_by_id AND u.is_active AND u.is_contact
                           AND u.agency_id = asked.agency_id AND u.role IN ({REVIEWERS})) THEN
                PERFORM cpc_refuse('not_contact', 'Only a point of contact consents for the agency.');
            END IF;
            NEW.consented_at := now();
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def proceeds_with_consent() -> pgtrigger.Trigger:
    """Return a trigger that accepts going on without an answer only by consent of its agency or of an approver."""
    consented = IN_FORCE.format(
        kind="go_on",
        extra="NEW.reason = l.reason AND NEW.approved_by_id = "
        "CASE WHEN NEW.by_agency THEN l.consented_by_id ELSE p.decided_by_id END",
    )
    return pgtrigger.Trigger(
        name="b_consented",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NOT {consented} THEN
                PERFORM cpc_refuse('no_consent', 'Neither the agency nor an approver consented to go on.');
            ELSIF NOT EXISTS (SELECT FROM selection_requestcandidate
                              WHERE request_id = NEW.request_id AND candidate_id = NEW.candidate_id) THEN
                PERFORM cpc_refuse('not_asked', 'The agency is not asked about this candidate.');
            ELSIF EXISTS (SELECT FROM selection_position WHERE request_id = NEW.request_id
                          AND candidate_id = NEW.candidate_id AND superseded_at IS NULL AND value <> 'extension') THEN
                PERFORM cpc_refuse('answered_already', 'The agency has answered.');
            END IF;
            NEW.before_due := cpc_today() <= (SELECT due_on FROM selection_consultationrequest
                                              WHERE id = NEW.request_id);
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def shortens_with_consent() -> pgtrigger.Trigger:
    """Return a trigger that accepts an earlier due day only by consent of the agency or of an approver."""
    consented = IN_FORCE.format(kind="shorten", extra="l.due_on = NEW.after")
    return pgtrigger.Trigger(
        name="b_consented",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF NEW.after < NEW.before AND (NEW.line_id IS NULL OR NOT {consented}) THEN
                PERFORM cpc_refuse('no_consent',
                    'Neither the agency nor an approver consented to less time than the agency was given.');
            END IF;
            RETURN NEW;
        """,
    )


def deliberates_with_answers() -> pgtrigger.Trigger:
    """Return a trigger that lets deliberation begin once each agency that owes an answer gave it, or consent exists."""
    missing = MISSING_ANSWERS.format(which="q.round_id = NEW.id")
    return pgtrigger.Trigger(
        name="b_answered",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state = 'consultation' AND NEW.state = 'deliberation'"),
        func=f"""
            IF {NOT_ASKED.format(round="NEW.id")} THEN
                PERFORM cpc_refuse('statutory_not_asked', 'Not every agency that the statute names is asked.');
            ELSIF EXISTS ({missing}) THEN
                PERFORM cpc_refuse('no_response', 'Answers are missing, and no one consented to go on without them.');
            END IF;
            RETURN NEW;
        """,
    )


def edits_settled() -> pgtrigger.Trigger:
    """Return a trigger that asks for an outcome of each edit when the office disposes of a position with edits."""
    return pgtrigger.Trigger(
        name="b_edits_settled",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("edits", "bigint"), ("settled", "bigint")],
        func=r"""
            SELECT CASE WHEN p.value = 'clear_with_edits' THEN (
                SELECT count(*) FROM regexp_split_to_table(p.text, E'\n') AS line WHERE line ~ '\S') ELSE 0 END
                INTO edits FROM selection_position p WHERE p.id = NEW.position_id;
            SELECT count(*) INTO settled FROM jsonb_array_elements(NEW.outcomes) AS o
                WHERE o ->> 'accepted' = 'true' OR (o ->> 'accepted' = 'false' AND o ->> 'reason' ~ '\S');
            IF settled <> jsonb_array_length(NEW.outcomes) OR settled <> edits THEN
                PERFORM cpc_refuse('edits_open', 'Accept each edit, or reject it with a reason.');
            END IF;
            RETURN NEW;
        """,
    )
