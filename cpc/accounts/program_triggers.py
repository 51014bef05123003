"""Triggers on accounts of programs and on tokens: a grant takes two people, and no token exceeds its account."""

from __future__ import annotations

import pgtrigger

from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission
from cpc.accounts.programs import ANSWERING_ROLES, LONGEST_DAYS
from cpc.accounts.scopes import scopes_for
from cpc.accounts.triggers import ADMINISTRATORS, CONFIRMED_NOW, raising, roles_sql
from cpc.database.triggers import IS_OWNER

ANSWERING = ", ".join(sorted(f"'{role.value}'" for role in ANSWERING_ROLES))
APPROVERS = roles_sql(Permission.APPROVE_PARTNERSHIPS)
PROGRAMS = ", ".join(
    sorted(f"'{role.value}'" for role, held in ROLE_PERMISSIONS.items() if Permission.USE_PAGES not in held)
)
TODAY = "(now() AT TIME ZONE 'UTC')::date"

GRANTED_ALONE = (
    "Only a second person, an approver or administrator, can confirm this: what a program may write, who answers for "
    "it, and a later last day."
)
ANSWERS = "An active analyst or administrator answers for a program: someone who approves nothing that it wrote."
ISSUES = "An account issues its own tokens. Those of a program are issued by administrators and by who answers for it."
APPROVES = "This person answers for a program that writes. Someone else must answer for it first."


def grants_take_two_people() -> list[pgtrigger.Trigger]:
    """Return the triggers of grants.

    To take scopes away and to set an earlier last day takes one person. Who answers for a program is locked, so that
    no one becomes an approver while a grant that names them is confirmed.
    """
    return [
        pgtrigger.Trigger(
            name="a_grants_take_two_people",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("granted_scopes", "responsible_id", "last_day"),  # type: ignore[no-untyped-call]  # pgtrigger
            func=_GRANTED,
        ),
        pgtrigger.Trigger(
            name="a_answers_and_approves",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("role"),  # type: ignore[no-untyped-call]  # pgtrigger
            func=f"""
                IF NEW.role IN ({APPROVERS}) AND OLD.role NOT IN ({APPROVERS}) AND EXISTS (
                    SELECT FROM accounts_user p WHERE p.responsible_id = NEW.id AND p.granted_scopes <> '{{}}'
                    AND p.last_day >= {TODAY}
                ) THEN
                    {raising("answers_for_program", APPROVES)}
                END IF;
                RETURN NEW;
                """,  # constant text
        ),
    ]


_GRANTED = f"""
    IF NEW.responsible_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.responsible_id IS DISTINCT FROM OLD.responsible_id)
    THEN
        PERFORM FROM accounts_user u
        WHERE u.id = NEW.responsible_id AND u.is_active AND u.role IN ({ANSWERING}) FOR SHARE;
        IF NOT FOUND THEN
            {raising("responsible", ANSWERS)}
        END IF;
    END IF;
    IF NEW.granted_scopes = '{{}}' OR {IS_OWNER} THEN
        RETURN NEW;
    ELSIF TG_OP = 'INSERT' THEN
        {raising("second_person", GRANTED_ALONE)}
    ELSIF NEW.granted_scopes <@ OLD.granted_scopes AND NEW.responsible_id = OLD.responsible_id
    AND NEW.last_day <= OLD.last_day THEN
        RETURN NEW;
    ELSIF NOT EXISTS (
        SELECT FROM accounts_accesschange c WHERE {CONFIRMED_NOW} AND c.kind = 'grant' AND c.account_id = NEW.id
        AND c.wanted @> jsonb_build_object(
            'granted_scopes', to_jsonb(NEW.granted_scopes), 'last_day', NEW.last_day,
            'responsible', (SELECT u.username FROM accounts_user u WHERE u.id = NEW.responsible_id)
        )
        AND to_jsonb(NEW.granted_scopes) @> (c.wanted -> 'granted_scopes')
    ) THEN
        {raising("second_person", GRANTED_ALONE)}
    ELSIF NEW.last_day NOT BETWEEN {TODAY} AND {TODAY} + {LONGEST_DAYS} THEN
        {raising("last_day", f"A grant lasts from today on, for {LONGEST_DAYS} days at most.")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  # constant text

_ISSUABLE = " ".join(
    f"WHEN '{role.value}' THEN '{{{','.join(scopes_for(held))}}}'::text[]" for role, held in ROLE_PERMISSIONS.items()
)
"""SQL for the scopes that each role gives."""


def within_account() -> pgtrigger.Trigger:
    """Return the trigger of tokens: scopes, time, and issuer are within what the account has.

    Each account issues its own tokens. Those of a program are also issued by administrators and by the person who
    answers for it.
    """
    return pgtrigger.Trigger(
        name="a_within_account",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("owner", "accounts_user%ROWTYPE"), ("issuer", "accounts_user%ROWTYPE")],
        func=f"""
            SELECT * INTO owner FROM accounts_user u WHERE u.id = NEW.owner_id FOR SHARE;
            SELECT * INTO issuer FROM accounts_user u WHERE u.id = NEW.issued_by_id;
            IF NOT NEW.scopes::text[] <@ (CASE owner.role {_ISSUABLE} END || owner.granted_scopes::text[]) THEN
                {raising("scopes", "A token never has a scope that its account does not have.")}
            ELSIF NEW.expires_at > (owner.last_day + 1)::timestamp AT TIME ZONE 'UTC' THEN
                {raising("expires_at", "A token ends with the last day of its account.")}
            ELSIF issuer.id <> owner.id AND NOT (
                owner.role IN ({PROGRAMS}) AND issuer.is_active AND (
                    issuer.role IN ({ADMINISTRATORS})
                    OR (issuer.id = owner.responsible_id AND issuer.role IN ({ANSWERING}))
                )
            ) THEN
                {raising("issued_by", ISSUES)}
            END IF;
            RETURN NEW;
            """,  # noqa: S608  # constant text
    )
