"""Triggers of clearance: versions in order, requests before answers, consent by another person, and signing days.

`cpc_clearance_stop` (migrations) decides what stops a signature; `partnerships.clearing` explains it.
"""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_deciders
from partnerships.clearing import FIRST_LANGUAGE
from partnerships.database.rows import PARTNERSHIP_TABLE, lock_first
from partnerships.decidable import SILENCE

APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)
VERSION_SQL = "(SELECT v.partnership_id FROM partnerships_textversion v WHERE v.id = {row}.version_id)"
OF_VERSION = "SELECT v.partnership_id FROM {rows} t JOIN partnerships_textversion v ON v.id = t.version_id"
STOPPED = "The record of the clearance does not permit this yet: see what stops it."


def lock_of_version() -> pgtrigger.Trigger:
    """Return the trigger that locks the partnership of a version before a row of the version is written."""
    return lock_first(VERSION_SQL.format(row="NEW"))


def version_follows() -> pgtrigger.Trigger:
    """Return a trigger that permits a version only with the next number, and only before its text is signed."""
    return pgtrigger.Trigger(
        name="a_version_follows",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("p", f"{PARTNERSHIP_TABLE}%ROWTYPE"), ("present", "text"), ("newest", "int")],
        func=f"""
            SELECT * INTO p FROM {PARTNERSHIP_TABLE} WHERE id = NEW.partnership_id FOR NO KEY UPDATE;
            IF NEW.amendment_id IS NULL AND (p.signed_on IS NOT NULL OR p.status = 'canceled') THEN
                PERFORM cpc_refuse('text_closed', 'The text is signed or given up. It has no new version.');
            ELSIF NEW.amendment_id IS NULL AND p.status NOT IN ('negotiating', 'in_clearance') THEN
                PERFORM cpc_refuse('not_negotiated', 'First open negotiations: clearance follows them.');
            END IF;
            SELECT state INTO present FROM partnerships_amendment WHERE id = NEW.amendment_id;
            IF present IN ('applied', 'rejected', 'withdrawn') THEN
                PERFORM cpc_refuse('text_closed', 'The amendment is decided. Its text has no new version.');
            END IF;
            SELECT coalesce(max(t.number), 0) INTO newest FROM partnerships_textversion t
                WHERE t.partnership_id = NEW.partnership_id AND t.amendment_id IS NOT DISTINCT FROM NEW.amendment_id;
            IF NEW.number <> newest + 1 THEN
                PERFORM cpc_refuse('text_version', 'The next version has the number ' || newest + 1 || '.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def file_fits() -> pgtrigger.Trigger:
    """Return a trigger that permits the file of a version only in one of its languages, from its partnership."""
    return pgtrigger.Trigger(
        name="b_file_fits",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("v", "partnerships_textversion%ROWTYPE")],
        func=f"""
            SELECT * INTO v FROM partnerships_textversion WHERE id = NEW.version_id;
            IF NEW.language NOT IN ('{FIRST_LANGUAGE}', v.second_language) OR NEW.language = '' THEN
                PERFORM cpc_refuse('language', 'The version has no text in this language.');
            ELSIF v.partnership_id IS DISTINCT FROM (SELECT d.partnership_id FROM partnerships_documentversion f
                JOIN partnerships_document d ON d.id = f.document_id WHERE f.id = NEW.document_id) THEN
                PERFORM cpc_refuse('other_partnership', 'This refers to a record of another partnership.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def request_fixed() -> pgtrigger.Trigger:
    """Return a trigger that fixes a request, except for its due day and its removal."""
    return pgtrigger.Trigger(
        name="b_request_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        declare=[("same_row", "partnerships_clearancerequest%ROWTYPE")],
        func="""
            IF TG_OP = 'DELETE' THEN
                PERFORM cpc_refuse('request_fixed', 'A request can be taken off the list, but not deleted.');
            END IF;
            same_row := NEW;
            IF OLD.removed_on IS NULL THEN
                same_row.due_on := OLD.due_on; same_row.removed_on := OLD.removed_on;
                same_row.removed_because := OLD.removed_because; same_row.removed_by_id := OLD.removed_by_id;
            END IF;
            IF same_row IS DISTINCT FROM OLD THEN
                PERFORM cpc_refuse('request_fixed', 'Only the due day of a request can change, or its removal.');
            END IF;
            RETURN NEW;
        """,
    )


def answer_was_asked() -> pgtrigger.Trigger:
    """Return a trigger that permits an answer only of an office that was asked, on that day or later.

    It marks an answer to a text that is signed: `partnerships.lookups.clearance.is_signed` has the same rule.
    """
    return pgtrigger.Trigger(
        name="b_answer_was_asked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("v", "partnerships_textversion%ROWTYPE"), ("first", "date")],
        func="""
            SELECT * INTO v FROM partnerships_textversion WHERE id = NEW.version_id;
            SELECT min(r.asked_on) INTO first FROM partnerships_clearancerequest r
                JOIN partnerships_textversion t ON t.id = r.version_id
                WHERE r.agency_id = NEW.agency_id AND t.partnership_id = v.partnership_id
                AND t.amendment_id IS NOT DISTINCT FROM v.amendment_id AND t.number <= v.number;
            IF first IS NULL THEN
                PERFORM cpc_refuse('not_asked', 'This office was not asked over the text.');
            ELSIF NEW.answered_on < first THEN
                PERFORM cpc_refuse('answered_early', 'The office was asked on ' || first || ', after this day.');
            END IF;
            NEW.after_signature := CASE WHEN v.amendment_id IS NULL
                THEN EXISTS (SELECT 1 FROM partnerships_partnership p
                    WHERE p.id = v.partnership_id AND p.signed_on IS NOT NULL)
                ELSE EXISTS (SELECT 1 FROM partnerships_amendment m
                    WHERE m.id = v.amendment_id AND m.state = 'applied') END;
            RETURN NEW;
        """,
    )


def silence_decided() -> pgtrigger.Trigger:
    """Return a trigger that lets another approver decide once on going on without an answer."""
    return pgtrigger.Trigger(
        name="b_silence_decided",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("same_row", "partnerships_silence%ROWTYPE")],
        func=f"""
            IF TG_OP = 'DELETE' THEN
                PERFORM cpc_refuse('silence_state', 'A proposal is decided, but not deleted.');
            ELSIF TG_OP = 'INSERT' THEN
                IF NEW.decision <> '' OR NEW.decided_by_id IS NOT NULL THEN
                    PERFORM cpc_refuse('silence_state', 'A proposal starts without a decision.');
                END IF;
                RETURN NEW;
            END IF;
            same_row := NEW;
            same_row.decision := OLD.decision; same_row.decided_by_id := OLD.decided_by_id;
            same_row.decided_at := OLD.decided_at; same_row.note := OLD.note;
            IF OLD.decision <> '' OR same_row IS DISTINCT FROM OLD OR NEW.decision NOT IN ('consented', 'refused') THEN
                PERFORM cpc_refuse('silence_state', 'The proposal is decided once, and never edited.');
            END IF;
            {refuse_deciders(SILENCE, "NEW.id", "NEW.decided_by_id", APPROVERS, "agree to go on without an answer")}
            RETURN NEW;
        """,
    )


def signing_fits() -> pgtrigger.Trigger:
    """Return a trigger that permits signing days of a signed text only, none of them after today.

    Those of the instrument end with the day of the recorded signature, from which its term counts.
    """
    return pgtrigger.Trigger(
        name="b_signing_fits",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("signed", "date"), ("present", "text")],
        func=f"""
            IF greatest(NEW.us_signed_on, NEW.partner_signed_on) > cpc_today() THEN
                PERFORM cpc_refuse('future_day', 'This cannot be dated in the future.');
            END IF;
            SELECT state INTO present FROM partnerships_amendment WHERE id = NEW.amendment_id;
            IF NEW.amendment_id IS NOT NULL THEN
                IF present NOT IN ('approved', 'applied') THEN
                    PERFORM cpc_refuse('not_signed', 'The amendment is not approved yet.');
                END IF;
                RETURN NEW;
            END IF;
            SELECT p.signed_on INTO signed FROM {PARTNERSHIP_TABLE} p WHERE p.id = NEW.partnership_id;
            IF signed IS NULL THEN
                PERFORM cpc_refuse('not_signed', 'First record the signature.');
            ELSIF greatest(NEW.us_signed_on, NEW.partner_signed_on) > signed OR (NEW.us_signed_on IS NOT NULL
                AND NEW.partner_signed_on IS NOT NULL AND greatest(NEW.us_signed_on, NEW.partner_signed_on) < signed)
            THEN
                PERFORM cpc_refuse('signing_day',
                    'The signature is recorded as of ' || signed || ': the later of both days.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def stops_sql(partnership: str, amendment: str) -> str:
    """Return SQL that rejects a signature that the record of the clearance stops, with the code of the first stop."""
    return f"""
                PERFORM cpc_refuse(s.code, '{STOPPED}') FROM (
                    SELECT cpc_clearance_stop({partnership}, {amendment}) AS code) s WHERE s.code IS NOT NULL;"""
