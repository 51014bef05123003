"""Triggers of second factors: which an account may have, and that the last passkey of some stays."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.models import OF_USER
from cpc.accounts.triggers import CONFIRMED_NOW, HOLDERS, raising
from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import IS_OWNER, never_truncated

_ADDED = f"""
    IF NEW.type <> 'webauthn' AND NOT {IS_OWNER} AND EXISTS (
        SELECT FROM accounts_user u WHERE u.id = NEW.user_id AND u.role IN ({HOLDERS})
    ) THEN
        {raising("passkey_only", "An approver or administrator signs in with a passkey, not with a code.")}
    END IF;
    RETURN NEW;
"""  # constant text

_CHANGED = f"""
    IF (NEW.id, NEW.user_id, NEW.type, NEW.created_at, NEW.data -> 'credential') IS DISTINCT FROM
        (OLD.id, OLD.user_id, OLD.type, OLD.created_at, OLD.data -> 'credential') THEN
        {raising("factor_fixed", "A second factor keeps its account and its key. Remove it, and add another one.")}
    END IF;
    RETURN NEW;
"""  # constant text

_REMOVED = f"""
    IF OLD.type <> 'webauthn' OR {IS_OWNER} THEN
        RETURN OLD;
    END IF;
    -- Locked, so that no two passkeys are removed at one moment, each because of the other.
    PERFORM 1 FROM accounts_user u WHERE u.id = OLD.user_id AND u.role IN ({HOLDERS}) FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM mfa_authenticator a WHERE a.user_id = OLD.user_id AND a.type = 'webauthn' AND a.id <> OLD.id
    ) AND NOT EXISTS (
        SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.kind = 'recover' AND c.account_id = OLD.user_id
    ) THEN
        {raising("last_passkey", "This is the last passkey of an approver or administrator. Add another one first.")}
    END IF;
    RETURN OLD;
"""  # noqa: S608  # constant text


def guards_factors() -> list[pgtrigger.Trigger]:
    """Return the triggers of the table of factors, which is allauth's.

    An approver or administrator has passkeys only, and keeps the last one unless two people recover the account. The
    owner of the tables is free. What SQL adds, removes, or replaces is recorded.
    """
    return [
        pgtrigger.Trigger(name="a_added", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_ADDED),
        pgtrigger.Trigger(name="a_changed", when=pgtrigger.Before, operation=pgtrigger.Update, func=_CHANGED),
        pgtrigger.Trigger(name="a_removed", when=pgtrigger.Before, operation=pgtrigger.Delete, func=_REMOVED),
        audits_writes("mfa.authenticator", "user_id", "type", label="'Second factor, ' || r.type", owner=OF_USER),
        # A code that is used, a new name, and a new key of encryption change the data.
        audits_writes(
            "mfa.authenticator",
            hidden=("data",),
            label="'Second factor, ' || r.type",
            owner=OF_USER,
            only_outside=True,
            name="audits_data",
        ),
        never_truncated(),
    ]
