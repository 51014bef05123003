"""Triggers of linked identities: whoever is approver or administrator is not reached by an address alone."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.triggers import CONFIRMED_NOW, HOLDERS, raising
from cpc.database.actors import CONTEXT
from cpc.database.triggers import never_truncated

NOT_BY_ADDRESS = (
    "The account of an approver or administrator is linked by its owner, after signing in another way, or by two "
    "people."
)


def linked_with_care() -> list[pgtrigger.Trigger]:
    """Return the triggers of a new link: its time, whose it is, and what it takes for approvers and administrators."""
    return [
        pgtrigger.Trigger(
            name="a_linked_with_care",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("account", "accounts_user%ROWTYPE"), ("context", f"jsonb := {CONTEXT}")],
            func=f"""
                NEW.linked_at := transaction_timestamp();
                -- Locked, so that the role does not change before the link is there.
                SELECT * INTO account FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
                IF account.role = 'api_client' THEN
                    {raising("for_programs", "An account for programs signs in with tokens, not through a provider.")}
                END IF;
                IF NEW.ended_at IS NOT NULL THEN
                    {raising("ended", "A link begins without an end.")}
                END IF;
                IF NEW.basis = 'owner' AND NEW.linked_by_id IS DISTINCT FROM NEW.user_id THEN
                    {raising("linked_by", "Only the owner connects an identity to the own account.")}
                END IF;
                IF NEW.basis = 'address' AND EXISTS (
                    SELECT FROM openid_linkedidentity earlier WHERE earlier.issuer = NEW.issuer
                    AND (earlier.subject = NEW.subject OR earlier.user_id = NEW.user_id)
                ) THEN
                    {raising("linked_before", "After a first link, an address leads to an account no more.")}
                END IF;
                IF account.role NOT IN ({HOLDERS}) THEN
                    RETURN NEW;
                END IF;
                IF NEW.basis = 'owner' AND context ->> 'actor' = NEW.user_id::text THEN
                    RETURN NEW;
                END IF;
                IF NEW.basis <> 'entered' OR NOT EXISTS (
                    SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.kind = 'connect'
                    AND c.account_id = NEW.user_id AND c.wanted @> jsonb_build_object(
                        'provider', NEW.provider, 'issuer', NEW.issuer, 'subject', NEW.subject)
                ) THEN
                    {raising("second_person", NOT_BY_ADDRESS)}
                END IF;
                RETURN NEW;
            """,  # noqa: S608  # constant text
        )
    ]


def ended_once() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(
            name="ended_once",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__ended_at__isnull=False),
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        never_truncated(),
    ]


def ends_links() -> pgtrigger.Trigger:
    """Return the trigger of accounts that ends the links of whoever becomes approver or administrator.

    An administrator alone may have led the earlier link to an identity of their own, by the address of the account.
    """
    return pgtrigger.Trigger(
        name="z_ends_links",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("role"),  # type: ignore[no-untyped-call]  # pgtrigger
        func=f"""
            IF NEW.role IN ({HOLDERS}) AND OLD.role NOT IN ({HOLDERS}) OR NEW.role = 'api_client' THEN
                UPDATE openid_linkedidentity SET ended_at = transaction_timestamp(), ended_because = 'role'
                WHERE user_id = NEW.id AND ended_at IS NULL;
            END IF;
            RETURN NULL;
        """,  # noqa: S608  # constant text
    )
