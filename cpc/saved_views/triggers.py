"""Triggers of saved views: who may share one and change it, the second person, and versions that are never edited."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.audit.decidable import refuse_deciders
from cpc.database.triggers import never_truncated
from cpc.saved_views.decidable import VERSION

VIEW, VERSIONS = "saved_views_savedview", "saved_views_savedviewversion"
SHARERS, MANAGERS = roles_sql(Permission.SHARE_VIEWS), roles_sql(Permission.MANAGE_PEOPLE)
DECIDERS = roles_sql(Permission.CONSENT_TO_VIEWS)

FIND_VIEW = f"""
            SELECT * INTO v FROM {VIEW} WHERE id = NEW.view_id FOR NO KEY UPDATE;
            IF v.withdrawn_at IS NOT NULL THEN
                PERFORM cpc_refuse('withdrawn', 'This view was deleted. Save a new one.');
            END IF;""".strip()  # noqa: S608  # names of our own tables alone


def withdrawn_once() -> list[pgtrigger.Trigger]:
    """Return triggers that let a view be withdrawn once, by its owner or an administrator, and never deleted."""
    return [
        pgtrigger.Trigger(
            name="a_withdrawn_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("copied", f"{VIEW}%ROWTYPE")],
            func=f"""
                copied := NEW;
                copied.withdrawn_at := OLD.withdrawn_at;
                copied.withdrawn_by_id := OLD.withdrawn_by_id;
                IF copied IS DISTINCT FROM OLD OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL THEN
                    PERFORM cpc_refuse('withdrawn', 'A view can be deleted once, and nothing else of it changes.');
                END IF;
                IF NEW.withdrawn_by_id <> OLD.owner_id AND NOT (
                    cpc_may_approve(NEW.withdrawn_by_id, ARRAY[{MANAGERS}]) AND EXISTS (
                        SELECT FROM {VERSIONS} s
                        WHERE s.view_id = OLD.id AND s.superseded_at IS NULL AND s.audience <> 'private'
                    )
                ) THEN
                    PERFORM cpc_refuse('not_owner', 'Only its owner or an administrator can delete a view.');
                END IF;
                NEW.withdrawn_at := now();
                RETURN NEW;
            """,  # names of our own tables alone
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]


def made_by_those_who_may() -> pgtrigger.Trigger:
    """Return the trigger that refuses a version by somebody who may not share it, or not change this view."""
    return pgtrigger.Trigger(
        name="a_made",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("v", f"{VIEW}%ROWTYPE")],
        func=f"""
            {FIND_VIEW}
            IF NEW.outcome <> '' OR NEW.superseded_at IS NOT NULL THEN
                PERFORM cpc_refuse('two_people', 'A view that everyone sees needs the consent of another person.');
            END IF;
            IF NEW.audience <> 'private' AND NOT cpc_may_approve(NEW.made_by_id, ARRAY[{SHARERS}]) THEN
                PERFORM cpc_refuse('may_not_share', 'This account can save views only for itself.');
            END IF;
            IF NEW.made_by_id <> v.owner_id AND (
                NEW.audience = 'private' OR NOT cpc_may_approve(NEW.made_by_id, ARRAY[{MANAGERS}]) OR NOT EXISTS (
                    SELECT FROM {VERSIONS} s
                    WHERE s.view_id = v.id AND s.superseded_at IS NULL AND s.audience <> 'private'
                )
            ) THEN
                PERFORM cpc_refuse('not_owner', 'Only its owner or an administrator can change a view.');
            END IF;
            RETURN NEW;
        """,  # names of our own tables alone
    )


def supersedes() -> pgtrigger.Trigger:
    """Return the trigger that closes the versions that a new one replaces.

    One that needs consent replaces only others that wait for it or were refused: until then, others see what they saw.
    """
    return pgtrigger.Trigger(
        name="z_supersedes",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            UPDATE {VERSIONS} SET superseded_at = now()
            WHERE view_id = NEW.view_id AND id < NEW.id AND superseded_at IS NULL
            AND (NEW.audience <> 'everyone' OR (audience = 'everyone' AND outcome <> 'consented'));
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


def decided_by_another() -> list[pgtrigger.Trigger]:
    """Return triggers that let another person decide on a version once, at the database's time.

    Consent closes the versions before; nothing else of a version ever changes.
    """
    decider = refuse_deciders(VERSION, "NEW.id", "NEW.decided_by_id", DECIDERS, "decide on views that everyone sees")
    return [
        pgtrigger.Trigger(
            name="a_decided_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("copied", f"{VERSIONS}%ROWTYPE"), ("v", f"{VIEW}%ROWTYPE")],
            func=f"""
                copied := NEW;
                copied.superseded_at := OLD.superseded_at;
                IF copied IS NOT DISTINCT FROM OLD AND OLD.superseded_at IS NULL THEN
                    RETURN NEW;
                END IF;
                copied.outcome := OLD.outcome; copied.reason := OLD.reason;
                copied.decided_by_id := OLD.decided_by_id; copied.decided_at := OLD.decided_at;
                IF copied IS DISTINCT FROM OLD OR OLD.superseded_at IS NOT NULL OR OLD.outcome <> ''
                OR NEW.outcome = '' OR NEW.superseded_at IS NOT NULL OR NEW.audience <> 'everyone' THEN
                    PERFORM cpc_refuse('not_waiting', 'This version of the view does not wait for consent anymore.');
                END IF;
                {FIND_VIEW}
                {decider}
                NEW.decided_at := now();
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="z_closes_earlier",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("outcome"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
            condition=pgtrigger.Condition("NEW.outcome = 'consented'"),
            func=f"""
                UPDATE {VERSIONS} SET superseded_at = now()
                WHERE view_id = NEW.view_id AND id < NEW.id AND superseded_at IS NULL;
                RETURN NULL;
            """,  # noqa: S608  # names of our own tables alone
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]
