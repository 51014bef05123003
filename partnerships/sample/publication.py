"""Publication of the sample: most of what its IATI file needs, and what two people decided to release or withhold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from partnerships.models import DocumentKind, Partnership, Program, WithholdingGround
from partnerships.publication.services import (
    edit_activity,
    propose_withholding,
    publish_document,
    set_organizations,
    set_sectors,
    take_withholding_step,
)
from partnerships.publication_codes import (
    AidType,
    CollaborationType,
    DocumentCategory,
    FinanceType,
    FlowType,
    Language,
    OrganizationType,
    Sector,
    TiedStatus,
)
from partnerships.sample.office import Office

SECTORS = (Sector.JUSTICE, Sector.SOCIAL_PROTECTION, Sector.LABOR_RIGHTS)
"""Sectors of the first programs. The last one, a study, has none yet."""
TYPES = {
    "Sample Justice Institute": OrganizationType.NATIONAL_NGO,
    "Sample Child Care Network": OrganizationType.PARTNER_COUNTRY_NGO,
    "Sample Survey Center": OrganizationType.ACADEMIC,
}
RELEASED = ("Sample Justice Institute", "Sample Survey Center")
WITHHELD = "Sample Child Care Network"
REVIEW_ON = date(2090, 1, 1)
"""Never due while the sample is shown."""
DEFAULTS = {
    "flow_type": FlowType.ODA,
    "finance_type": FinanceType.GRANT,
    "aid_type": AidType.PROJECT,
    "tied_status": TiedStatus.UNTIED,
    "collaboration_type": CollaborationType.BILATERAL,
}


def publish(office: Office, partnership: Partnership, programs: Sequence[Program]) -> None:
    """Enter all but a description and one sector, release two names, and withhold one."""
    drafter = office.drafter
    edit_activity(partnership=partnership, values=DEFAULTS, actor=drafter)
    for program, sector in zip(programs, SECTORS, strict=False):
        values = {"sector": sector, "percent": Decimal(100)}
        set_sectors(partnership=partnership, program=program, values=values, actor=drafter)
    chosen = {name: {"type": kind, "identifier": ""} for name, kind in TYPES.items()}
    set_organizations(partnership=partnership, chosen=chosen, actor=drafter)
    # The text of amendment 2 is not agreed yet.
    agreed = Q(kind=DocumentKind.INSTRUMENT) | Q(kind=DocumentKind.AMENDMENT, title="Amendment 1")
    for document in partnership.documents.filter(agreed):
        address = f"https://cpc.example/sample-{document.kind}-{document.pk}"
        link = {
            "category": DocumentCategory.MEMORANDUM,
            "address": address,
            "language": Language.ENGLISH,
            "goes_out": True,
        }
        publish_document(document=document, values=link, actor=drafter)
    for name in RELEASED:
        _determine(office, partnership, name, "release", "A large organization that asked to be named.")
    _determine(office, partnership, WITHHELD, "withhold", "A small implementer; threats in 2025.")


def _determine(office: Office, partnership: Partnership, item: str, effect: str, reason: str) -> None:
    ground = WithholdingGround.SAFETY.value if effect == "withhold" else ""
    proposal = propose_withholding(
        partnership=partnership, kind="name", item=item, effect=effect, ground=ground, reason=reason,
        review_on=REVIEW_ON, actor=office.drafter,
    )  # fmt: skip
    take_withholding_step(withholding=proposal, name="determine", actor=office.approver)
