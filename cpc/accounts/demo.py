"""Demonstration accounts: one a role, named for the role and for no person, and the agencies of the statute."""

from __future__ import annotations

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.accounts.services import create_account, create_agency, name_successor
from cpc.demo import Progress

PASSWORD = "demonstration-only"  # noqa: S105  # printed to the terminal; production refuses to load it

AGENCIES = (
    ("dol", "Department of Labor, Bureau of International Labor Affairs", True),
    ("doj", "Department of Justice", True),
    ("state-f", "Department of State, Office of Foreign Assistance", False),
    ("usaid", "U.S. Agency for International Development", True),
    ("hhs", "Department of Health and Human Services", False),
    ("dhs", "Department of Homeland Security", False),
)

ACCOUNTS: tuple[tuple[str, str, Role, str], ...] = (
    ("analyst", "Analyst, TIP Office", Role.ANALYST, ""),
    ("approver", "Approver, TIP Office", Role.APPROVER, ""),
    ("reviewer-dol", "Reviewer, Department of Labor", Role.REVIEWER, "dol"),
    ("reviewer-doj", "Reviewer, Department of Justice", Role.REVIEWER, "doj"),
    ("viewer", "Viewer, Department of State", Role.VIEWER, ""),
    ("administrator", "Administrator", Role.ADMINISTRATOR, ""),
    ("api-client", "REST client", Role.API_CLIENT, ""),
)


def load_accounts(progress: Progress) -> str:
    """Make the agencies and accounts that are not there yet."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    for code, name, statutory in AGENCIES:
        if code not in agencies:
            agencies[code] = create_agency(code=code, name=name, statutory=statutory, actor=None)
    usaid = agencies["usaid"]
    if usaid.successor is None:
        name_successor(
            agency=usaid,
            successor=agencies["state-f"],
            reason="Its functions went to the Department of State in 2025.",
            actor=None,
        )
    existing = set(User.objects.values_list("username", flat=True))
    for done, (username, name, role, agency) in enumerate(ACCOUNTS, 1):
        if username not in existing:
            create_account(
                username=username,
                name=name,
                role=role,
                password=PASSWORD,
                actor=None,
                agency=agencies[agency] if agency else None,
            )
        progress(done, len(ACCOUNTS))
    return f"Sign in as {', '.join(a[0] for a in ACCOUNTS)}; the password of each is {PASSWORD}"
