"""The trigger that stops the webhooks of an account whose password, role, or access ends, as it does its tokens."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.triggers import SAME_PASSWORD
from cpc.webhooks.models import StopReason


def stops_webhooks() -> pgtrigger.Trigger:
    """Return a trigger on accounts. Whoever changes the account, its webhooks stop."""
    return pgtrigger.Trigger(
        name="z_stops_webhooks",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("password", "role", "is_active"),  # type: ignore[no-untyped-call]  # pgtrigger
        func=f"""
            IF NEW.role = OLD.role AND (NEW.is_active OR NOT OLD.is_active) AND (
                NEW.password = OLD.password OR coalesce(current_setting('{SAME_PASSWORD}', true), '') = 'on'
            ) THEN
                RETURN NULL;
            END IF;
            UPDATE webhooks_webhook
                SET stopped_because = '{StopReason.ACCOUNT.value}', stopped_at = statement_timestamp()
                WHERE owner_id = NEW.id AND stopped_because = '';
            RETURN NULL;
        """,  # noqa: S608  # names of our own
    )
