"""Loads of documented partnerships from the facts shipped with the project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit import audited_writes
from cpc.audit.authors import authors_of, check_may_decide
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.database.roles import as_owner
from cpc.files.attachments import attachment_findings
from cpc.validation import reject
from indicators.models import Country, NationalPlan
from indicators.services import record_authorized
from partnerships.agreements.opening import opening_findings
from partnerships.agreements.origin import country_findings, origin_findings
from partnerships.amendable import first_day_open
from partnerships.decidable import ORIGIN
from partnerships.lookups.decided import notify_authors
from partnerships.lookups.locking import (
    change,
    create,
    lock_partnership,
    require,
    service,
)
from partnerships.models import (
    Document,
    DocumentedLoad,
    DocumentVersion,
    FigureStatement,
    OpeningTerms,
    OriginConfirmation,
    Partnership,
    RecordKind,
)
from selection.models import Decision


@service(Permission.EDIT_PARTNERSHIPS)
def create_partnership(
    *,
    country: Country,
    title: str,
    actor: User | None,
    origin_reason: str = "",
    decision: Decision | None = None,
    planned_amount: Decimal | None = None,
    planned_months: int | None = None,
    planned_because: str = "",
    values: Mapping[str, Any] | None = None,
) -> Partnership:
    """Open a partnership with a selected country, from either a decision or a stated reason.

    Money and term of the decision are recorded with it; `planned_amount` and `planned_months` differ from them only
    with a reason, `planned_because`. `values` fills more fields that people edit. Raises `ValidationError` with code
    `origin`; with the codes of `agreements.origin` if the decision cannot begin a partnership; with those of
    `opening_findings`; and with `origin_country` if a stated reason is about a country that no pool includes.
    """
    found = country_findings(country) if decision is None else origin_findings(decision, country)
    reject(found)
    partnership = create(
        Partnership(
            country=country, title=title, origin_reason=origin_reason.strip(), decision=decision, opened_by=actor
        ),
        actor=actor,
    )
    if decision is not None:
        proposed = decision.recommendation
        assert proposed.proposed_amount is not None  # the database has money and term for each selection
        assert proposed.proposed_months is not None
        terms = OpeningTerms(
            partnership=partnership,
            amount=proposed.proposed_amount if planned_amount is None else planned_amount,
            months=proposed.proposed_months if planned_months is None else planned_months,
            reason=planned_because.strip(),
            recorded_by=actor,
        )
        reject(opening_findings(terms, proposed, values or {}))
        create(terms, actor=actor, action="recorded")
        partnership.refresh_from_db()
    return change(partnership, values, actor=actor) if values else partnership


@service(Permission.EDIT_PARTNERSHIPS)
def open_sample(*, title: str, origin_reason: str, actor: User | None) -> Partnership:
    """Open a partnership with Sample Country: run like any other, and in no pool, ranking, list, or total."""
    sample = Partnership(
        country=Country.sample(),
        title=title,
        kind=RecordKind.SAMPLE,
        origin_reason=origin_reason.strip(),
        opened_by=actor,
    )
    return create(sample, actor=actor)


@service(Permission.APPROVE_PARTNERSHIPS)
def confirm_origin(*, partnership: Partnership, actor: User, note: str = "") -> OriginConfirmation:
    """Confirm the stated reason for a partnership, once, so that it can move on.

    Raises `ValidationError` with code `no_stated_reason` if a decision began it, `origin_confirmed` if it is already
    confirmed, and `two_people` if the actor opened the partnership.
    """
    current = lock_partnership(partnership)
    if current.decision_id is not None or not current.is_run_here:
        raise ValidationError(
            "A decision started this partnership. Only a stated reason needs confirmation.", code="no_stated_reason"
        )
    if OriginConfirmation.objects.filter(partnership=current).exists():
        raise ValidationError("The stated reason is already confirmed.", code="origin_confirmed")
    check_may_decide(current, actor, name=ORIGIN.name)
    confirmation = OriginConfirmation(partnership=current, note=note.strip(), confirmed_by=actor)
    made = create(confirmation, actor=actor, action="confirmed")
    authors = authors_of(current, name=ORIGIN.name)
    notify_authors(current, did="confirmed", actor=actor, target=made, authors=authors, what="The stated reason")
    return made


@transaction.atomic
def document_partnership(
    *,
    load: DocumentedLoad,
    country: Country,
    title: str,
    origin_reason: str,
    status: str,
    status_as_of: date | None,
    starts_on: date,
    signed_on: date | None = None,
    ended_on: date | None = None,
) -> Partnership:
    """Open a documented partnership, known from public statements, within `documenting`.

    It takes no steps, no amendments, and no money rows. Its last day is set once statements support it.
    """
    partnership = Partnership(
        country=country,
        title=title,
        kind=RecordKind.DOCUMENTED,
        load=load,
        origin_reason=origin_reason,
        status=status,
        status_as_of=status_as_of,
        starts_on=starts_on,
        signed_on=signed_on,
        ended_on=ended_on,
    )
    return create(partnership, actor=None, action="documented")


@service(Permission.EDIT_PARTNERSHIPS)
def edit_partnership(
    *, partnership: Partnership, actor: User | None, values: Mapping[str, Any], expected_revision: str | None = None
) -> Partnership:
    """Change fields of the partnership. After signature, terms change only by amendment.

    Raises `EditConflict` if the row no longer has the `expected_revision`.
    """
    current = lock_partnership(partnership)
    check_revision(current.current_revision(), expected_revision)
    if current.signed_on is not None and values.get("starts_on", current.starts_on) != current.starts_on:
        reject(first_day_open("", has_document=False))
    return change(current, values, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def record_national_plan(*, plan: NationalPlan, partnership: Partnership | None, actor: User | None) -> NationalPlan:
    if partnership is not None:
        lock_partnership(partnership)
    if plan.pk is None:
        record_authorized(row=plan, actor=actor)
    if partnership is not None:
        partnership.national_plans.add(plan)
        record(actor=actor, action="took a plan into account", target=partnership, after={"plan": str(plan)})
    return plan


@service(Permission.EDIT_PARTNERSHIPS)
def leave_out_national_plan(*, plan: NationalPlan, partnership: Partnership, actor: User | None) -> None:
    """Record that a partnership does not take a plan into account. The plan stays on file."""
    current = lock_partnership(partnership)
    if current.national_plans.filter(pk=plan.pk).exists():
        current.national_plans.remove(plan)
        record(actor=actor, action="left a plan out", target=current, before={"plan": str(plan)})


@service(Permission.EDIT_PARTNERSHIPS)
def add_document_version(
    *,
    partnership: Partnership,
    kind: str,
    title: str,
    file: File[bytes],
    actor: User | None,
    dated: date | None = None,
    language: str = "",
    note: str = "",
) -> DocumentVersion:
    """Add a version of a document, creating the document with its first version.

    A file identical to the newest version adds nothing. Raises `ValidationError` with the codes of
    `cpc.files.attachments` for a file that is not accepted.
    """
    reject(attachment_findings(file.name or "", file.size, file))
    lock_partnership(partnership)
    document = partnership.documents.filter(kind=kind, title=title).first()
    if document is None:
        document = create(Document(partnership=partnership, kind=kind, title=title), actor=actor)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    newest = document.versions.first()
    if newest is not None and newest.sha256 == digest.hexdigest():
        return newest
    version = DocumentVersion(
        document=document,
        number=newest.number + 1 if newest else 1,
        file=file,
        sha256=digest.hexdigest(),
        dated=dated,
        language=language,
        note=note,
        added_by=actor,
    )
    return create(version, actor=actor, action="added")


def open_document(*, version: DocumentVersion, actor: User) -> File[bytes]:
    """Open a version for reading, and record the download in the audit trail."""
    require(actor, Permission.VIEW_PARTNERSHIPS)
    file: File[bytes] = version.file.open("rb")
    record(actor=actor, action="downloaded", target=version, after={"sha256": version.sha256})
    return file


@service(Permission.EDIT_PARTNERSHIPS)
def state_figure(*, statement: FigureStatement, actor: User | None) -> FigureStatement:
    """Record a public statement of a figure. Earlier statements stay on file."""
    statement.recorded_by = actor
    return create(statement, actor=actor, action="stated")


@contextmanager
def documenting(*, source: str, sha256: str) -> Iterator[DocumentedLoad]:
    """Open a load in one transaction, as the owner. Its records can't change after the block ends.

    Raises `ImproperlyConfigured` if this process does not have the owner's URL.
    """
    with as_owner(), transaction.atomic():
        load = audited_writes.create(DocumentedLoad(source=source, sha256=sha256), actor=None, action="opened")
        yield load
        audited_writes.set_fields(load, {"closed_at": timezone.now()}, actor=None, action="closed")
