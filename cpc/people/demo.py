"""Demonstration accounts, named for their role and for no person, and the agencies of the statute."""

from __future__ import annotations

from typing import NamedTuple

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.demo import Progress
from cpc.people.account_services import create_account, create_agency
from cpc.people.agencies import close_agency

PASSWORD = "demonstration-only"  # noqa: S105  # printed to the terminal; not loaded in production

MAIL = "{username}@cpc.example"
"""Email address of demonstration accounts, in a domain that no one owns."""

AGENCIES = (
    ("dol", "Labor", "Department of Labor, Bureau of International Labor Affairs", True),
    ("doj", "Justice", "Department of Justice", True),
    ("state-f", "State/F", "Department of State, Office of Foreign Assistance", False),
    ("usaid", "USAID", "U.S. Agency for International Development", True),
    ("hhs", "HHS", "Department of Health and Human Services", False),
    ("dhs", "DHS", "Department of Homeland Security", False),
)

ON_CRITERIA = ("dol", "usaid")
"""Agencies that 22 U.S.C. 7103a(d)(5) names for the criteria."""


class DemoAccount(NamedTuple):
    """An account of the demonstration; `agency` is a code, or empty."""

    username: str
    name: str
    role: Role
    agency: str = ""
    is_contact: bool = False


ACCOUNTS = (
    DemoAccount("analyst", "Analyst, TIP Office", Role.ANALYST),
    DemoAccount("analyst-2", "Second analyst, TIP Office", Role.ANALYST),
    DemoAccount("approver", "Approver, TIP Office", Role.APPROVER),
    # Whoever has written part of a record can't decide on it, so an office needs two.
    DemoAccount("approver-2", "Second approver, TIP Office", Role.APPROVER),
    DemoAccount("reviewer-dol", "Reviewer, Department of Labor", Role.REVIEWER, "dol", is_contact=True),
    DemoAccount("drafter-dol", "Drafter, Department of Labor", Role.REVIEWER, "dol"),
    DemoAccount("reviewer-doj", "Reviewer, Department of Justice", Role.REVIEWER, "doj", is_contact=True),
    DemoAccount("reviewer-f", "Reviewer, Office of Foreign Assistance", Role.REVIEWER, "state-f", is_contact=True),
    DemoAccount("reviewer-hhs", "Reviewer, Health and Human Services", Role.REVIEWER, "hhs", is_contact=True),
    DemoAccount("viewer", "Viewer, Department of State", Role.VIEWER),
    DemoAccount("administrator", "Administrator", Role.ADMINISTRATOR),
    DemoAccount("api-client", "REST client", Role.API_CLIENT),
)


def load_accounts(progress: Progress) -> str:
    """Make the agencies and accounts that are not there yet."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    for code, short_name, name, statutory in AGENCIES:
        if code not in agencies:
            agencies[code] = create_agency(
                code=code,
                short_name=short_name,
                name=name,
                statutory=statutory,
                on_criteria=code in ON_CRITERIA,
                actor=None,
            )
    usaid = agencies["usaid"]
    if usaid.is_active and usaid.successor is None:
        close_agency(
            agency=usaid,
            successor=agencies["state-f"],
            reason="Its functions went to the Department of State in 2025.",
            actor=None,
        )
    existing = set(User.objects.values_list("username", flat=True))
    for done, account in enumerate(ACCOUNTS, 1):
        if account.username not in existing:
            create_account(
                username=account.username,
                name=account.name,
                role=account.role,
                password=PASSWORD,
                actor=None,
                agency=agencies[account.agency] if account.agency else None,
                is_contact=account.is_contact,
                email=MAIL.format(username=account.username),
            )
        progress(done, len(ACCOUNTS))
    names = ", ".join(account.username for account in ACCOUNTS)
    return f"Sign in as one of {names}. They all have the password {PASSWORD}"
