"""Accounts of the demonstration that take part in the sample rounds; each is named for its role."""

from __future__ import annotations

from dataclasses import dataclass

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role


@dataclass(frozen=True)
class People:
    """Two raters and an approver of the office, the agencies that can answer, and their points of contact by code."""

    analyst: User
    second: User
    approver: User
    agencies: tuple[Agency, ...]
    contacts: dict[str, User]

    @classmethod
    def of_demonstration(cls) -> People | None:
        """Return the accounts of the demonstration, or None if those of the office are missing."""
        named = {user.username: user for user in User.objects.filter(is_active=True).select_related("agency")}
        office = [named.get(name) for name in ("analyst", "analyst-2", "approver")]
        analyst, second, approver = office
        if analyst is None or second is None or approver is None or analyst.role != Role.ANALYST:
            return None
        contacts = {user.agency.code: user for user in named.values() if user.agency and user.is_contact}
        agencies = Agency.objects.filter(is_active=True, code__in=contacts).order_by("code")
        return cls(analyst, second, approver, tuple(agencies), contacts)
