"""Services for what the office enters to publish a partnership, and for determinations on withheld items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import authors_of
from cpc.audit.steps import check_step
from cpc.database.revisions import RevisionedModel, check_revision
from partnerships.lookups.decided import notify_authors
from partnerships.lookups.locking import (
    change,
    check_same_partnership,
    create,
    lock_partnership,
    lock_row,
    service,
    set_fields,
)
from partnerships.models import (
    Document,
    Partnership,
    Program,
    PublishedActivity,
    PublishedDocument,
    PublishedOrganization,
    SectorSplit,
    Withholding,
    WithholdingEffect,
    WithholdingKind,
)
from partnerships.states import WITHHOLDING
from partnerships.withheld import same

Row = TypeVar("Row", bound=RevisionedModel)
SHORTEST = 3
IN_TITLE = "The title of the partnership has this name, and lists show it everywhere. Change the title first."
HUNDRED = Decimal(100)


@service(Permission.EDIT_PARTNERSHIPS)
def propose_withholding(
    *,
    partnership: Partnership,
    kind: str,
    item: str,
    effect: str,
    reason: str,
    review_on: date,
    actor: User,
    ground: str = "",
    prints_instead: str = "",
) -> Withholding:
    """Propose to withhold a name or location outside the office, or to release it. Another person decides.

    What is proposed to be withheld is withheld from now on. Raises `ValidationError` with code `item`, `item_in_title`,
    `ground`, `reason`, `review_on` for a day that is not after today, or `prints_instead` if that contains the item.
    """
    lock_row(partnership)
    proposal = Withholding(
        partnership=partnership,
        kind=WithholdingKind(kind),
        item=" ".join(item.split()),
        effect=WithholdingEffect(effect),
        ground=ground,
        reason=reason.strip(),
        prints_instead=" ".join(prints_instead.split()),
        review_on=review_on,
        proposed_by=actor,
    )
    _check_proposal(proposal)
    return create(proposal, actor=actor, action="proposed")


def _check_proposal(row: Withholding) -> None:
    if len(row.item) < SHORTEST:
        message = "Enter a name or location of at least three letters, as the record has it."
        raise ValidationError({"item": ValidationError(message, code="item")})
    if row.effect == WithholdingEffect.WITHHOLD and same(row.item) in same(row.partnership.title):
        raise ValidationError({"item": ValidationError(IN_TITLE, code="item_in_title")})
    if row.review_on <= timezone.now().date():
        raise ValidationError({"review_on": ValidationError("Enter a day of review after today.", code="review_on")})
    if same(row.item) in same(row.prints_instead):
        message = "What prints instead must not contain what is withheld."
        raise ValidationError({"prints_instead": ValidationError(message, code="prints_instead")})


@service(Permission.VIEW_PARTNERSHIPS)
def take_withholding_step(*, withholding: Withholding, name: str, actor: User, reason: str = "") -> Withholding:
    """Determine, reject, or retract a proposal.

    Raises `PermissionDenied`, and `ValidationError` with code `transition` for one that is decided, `two_people`,
    `reason`, or `review_on` if its day of review has come.
    """
    current = lock_row(withholding)
    label = current.get_state_display()
    transition = check_step(
        WITHHOLDING, name, record=current, state=current.state, label=label, actor=actor, reason=reason
    )
    if name == "determine" and current.review_on <= timezone.now().date():
        raise ValidationError("The day of review has come. Propose another one.", code="review_on")
    authors = authors_of(current)
    values = {
        "state": transition.target,
        "decided_by": actor,
        "decided_at": timezone.now(),
        "decided_because": reason.strip(),
    }
    did = transition.past.lower()
    decided = set_fields(current, values, actor=actor, action=did)
    notify_authors(decided, did=did, actor=actor, target=decided, authors=authors)
    return decided


@service(Permission.EDIT_PARTNERSHIPS)
def edit_activity(
    *, partnership: Partnership, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> PublishedActivity:
    """Write the description or confirm the defaults of the IATI file. Defaults are confirmed as of today.

    Raises `EditConflict` if the row no longer has the `expected_revision`, "" for none.
    """
    lock_row(partnership)
    row = PublishedActivity.objects.filter(partnership=partnership).first() or PublishedActivity(
        partnership=partnership
    )
    confirmed = {} if set(values) <= {"description"} else {"confirmed_on": timezone.now().date()}
    return _save(row, {**values, **confirmed}, actor, expected_revision)


@service(Permission.EDIT_PARTNERSHIPS)
def set_sectors(
    *,
    partnership: Partnership,
    program: Program | None,
    values: Mapping[str, Any],
    actor: User,
    expected_revision: str | None = None,
) -> SectorSplit:
    """Confirm the sectors of a program, or of a partnership without programs on record.

    Raises `ValidationError` with code `sector_sum` unless they add up to 100, `sector_twice`, or `sector_pair`, and
    `EditConflict` if the row no longer has the `expected_revision`, "" for none.
    """
    lock_row(partnership)
    check_same_partnership(partnership.pk, program=program)
    row = SectorSplit.objects.filter(partnership=partnership, program=program).first() or SectorSplit(
        partnership=partnership, program=program
    )
    return _save(row, {**values, "confirmed_on": timezone.now().date()}, actor, expected_revision)


@service(Permission.EDIT_PARTNERSHIPS)
def set_organizations(
    *,
    partnership: Partnership,
    chosen: Mapping[str, Mapping[str, Any]],
    actor: User,
    expected_revision: str | None = None,
) -> list[PublishedOrganization]:
    """Record the type of organizations by name, and their identifiers if they have one.

    Raises `ValidationError` with code `identifier`, and `EditConflict` if the rows no longer have the
    `expected_revision` of `revision_of`.
    """
    lock_row(partnership)
    rows = {row.name: row for row in partnership.published_organizations.all()}
    check_revision(revision_of(rows.values()), expected_revision)
    return [
        _save(rows.get(name) or PublishedOrganization(partnership=partnership, name=name), values, actor, None)
        for name, values in chosen.items()
    ]


def revision_of(rows: Iterable[PublishedOrganization]) -> str:
    """Return the revision of the organizations of a partnership together."""
    return ",".join(f"{row.pk}.{row.revision}" for row in sorted(rows, key=lambda row: row.pk))


@service(Permission.EDIT_PARTNERSHIPS)
def publish_document(
    *, document: Document, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> PublishedDocument:
    """Record the category and public address of a document, or that it does not go out.

    Raises `ValidationError` with code `address` for one that goes out without an address that begins with https://,
    and `EditConflict` if the row no longer has the `expected_revision`, "" for none.
    """
    lock_partnership(document.partnership)
    row = PublishedDocument.objects.filter(document=document).first() or PublishedDocument(document=document)
    return _save(row, values, actor, expected_revision)


def _save(row: Row, values: Mapping[str, Any], actor: User, expected_revision: str | None) -> Row:
    check_revision(row.current_revision() if row.pk else "", expected_revision)
    if row.pk:
        return change(row, values, actor=actor)
    for name, value in values.items():
        setattr(row, name, value)
    return create(row, actor=actor)
