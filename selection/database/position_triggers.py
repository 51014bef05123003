"""Triggers of agencies' positions: what the agency had opened, and who withdraws a position."""

from __future__ import annotations

import pgtrigger


def position_triggers() -> list[pgtrigger.Trigger]:
    return [_opened_number(), _withdrawn_by_contact()]


def _opened_number() -> pgtrigger.Trigger:
    """Return the trigger that notes which evidence the agency had opened when it gave a position."""
    return pgtrigger.Trigger(
        name="a_opened_number",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            SELECT max(v.number) INTO NEW.opened_number
            FROM selection_evidenceopening o JOIN selection_evidenceversion v ON v.id = o.evidence_id
            WHERE v.candidate_id = NEW.candidate_id
                AND (o.request_id = NEW.request_id OR o.agency_id = NEW.agency_id);
            RETURN NEW;
        """,
    )


def _withdrawn_by_contact() -> pgtrigger.Trigger:
    """Return the trigger that lets only a point of contact of the agency asked withdraw, while agencies may answer."""
    return pgtrigger.Trigger(
        name="c_withdrawn_by_contact",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__withdrawn_by__isnull=False),
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM selection_consultationrequest q
                    JOIN selection_selectionround s ON s.id = q.round_id
                    JOIN accounts_user u ON u.agency_id = q.agency_id
                WHERE q.id = NEW.request_id AND u.id = NEW.withdrawn_by_id AND u.is_contact AND u.is_active
                    AND q.dropped_at IS NULL AND s.state IN ('consultation', 'deliberation')
            ) THEN
                RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawal',
                    MESSAGE = 'Only a point of contact of the agency withdraws its position, in consultation or '
                        'deliberation.';
            END IF;
            IF EXISTS (SELECT 1 FROM selection_extensionanswer WHERE position_id = NEW.id) THEN
                RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'withdrawal',
                    MESSAGE = 'The office has answered this request for more time.';
            END IF;
            RETURN NEW;
        """,
    )
