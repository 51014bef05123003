"""Entries of the office, so that nothing of a publication is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cpc.accounts.models import User
from partnerships.budgets.services import plan_years
from partnerships.models import DocumentKind, Partnership, PlannedYear
from partnerships.publication import services
from partnerships.publication.assembly import Publication, assemble
from partnerships.publication.queries import organization_names

DEFAULTS = {
    "flow_type": "10",
    "finance_type": "110",
    "aid_type": "C01",
    "tied_status": "5",
    "collaboration_type": "1",
}
SPLIT = {"sector": "15130", "percent": Decimal("33.33"), "second_sector": "16010", "second_percent": Decimal("66.67")}


def enter_all(partnership: Partnership, actor: User, description: str = "For children.") -> None:
    """Describe it, confirm defaults and sectors, and choose types; link the instrument if there is one."""
    services.edit_activity(partnership=partnership, values={"description": description}, actor=actor)
    services.edit_activity(partnership=partnership, values=DEFAULTS, actor=actor)
    for program in partnership.programs.all() or (None,):
        services.set_sectors(partnership=partnership, program=program, values=SPLIT, actor=actor)
    chosen = {name: {"type": "24", "identifier": ""} for name in organization_names(partnership)}
    services.set_organizations(partnership=partnership, chosen=chosen, actor=actor)
    for document in partnership.documents.filter(kind=DocumentKind.INSTRUMENT):
        link = {"category": "A09", "address": "https://publisher.example/instrument.pdf", "goes_out": True}
        services.publish_document(document=document, values=link, actor=actor)


def plan_money(partnership: Partnership, actor: User, *years: int) -> None:
    """Plan the money of each program by year, in equal parts."""
    rows = []
    for program in partnership.programs.all():
        amount = program.amounts.filter(government="us").earliest("pk").amount
        part = (amount / len(years)).quantize(Decimal("0.01"))
        amounts = [part] * (len(years) - 1) + [amount - part * (len(years) - 1)]
        rows += [
            PlannedYear(
                program=program, government="us", kind="cash", unit="USD", fiscal_year=year, amount=one, source="Annex"
            )
            for year, one in zip(years, amounts, strict=True)
        ]  # fmt: skip
    plan_years(partnership=partnership, years=rows, actor=actor)


def published(partnership: Partnership, today: date) -> Publication:
    (found,) = assemble([Partnership.objects.select_related("country").get(pk=partnership.pk)], today)
    return found
