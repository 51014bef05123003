"""Partnerships, all that is written in them, and their documents, as search finds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse

from cpc.accounts.models import User
from cpc.search.indexing import find
from cpc.search.registry import Description, Findable, Subject, subjects
from partnerships.findable import progress, terms
from partnerships.findable.parts import SEE, of_parent
from partnerships.models import Document, DocumentKind, DocumentVersion, Partnership
from partnerships.withheld import EDITORS


def register() -> None:
    subjects.add(Subject("partnership", "Partnership", "Partnerships", "connect_without_contact", _partnerships, 20))
    subjects.add(Subject("document", "Document", "Documents", "file_present", _documents, order=50))
    for findable in (*terms.RECORD, *terms.TERMS, *progress.MONEY, *progress.RESULTS, *progress.DIALOGUES, *_DOCUMENTS):
        find(findable)


def _partnerships(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    rows = Partnership.objects.filter(pk__in=keys).select_related("country")
    return {
        row.pk: Description(
            row.title,
            reverse("partnership", args=[row.pk]),
            f"Partnership, {row.country.name}, {row.get_status_display().lower()}",
        )
        for row in rows
    }


def _documents(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    rows = Document.objects.filter(pk__in=keys).select_related("partnership__country")
    return {
        row.pk: Description(
            row.title,
            reverse("partnership-documents", args=[row.partnership_id]),
            f"{row.get_kind_display()}, partnership with {row.partnership.country.name}",
        )
        for row in rows
    }


def _document(kind: str, model: type[Model], label: str, about: str, partnership: str, **more: Any) -> Findable:
    of_partnership = f"FROM partnerships_partnership p WHERE p.id = {partnership}"
    return Findable(
        kind,
        model,
        subject="document",
        about=about,
        label=label,
        many="documents",
        permission=SEE,
        country=f"(SELECT p.country_id {of_partnership})",
        is_sample=f"(SELECT p.kind = 'sample' {of_partnership})",
        rest_needs=EDITORS,
        **more,
    )


_DOCUMENT_KINDS = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label in DocumentKind.choices)

_DOCUMENTS = (
    _document(
        "document",
        Document,
        "'Document'",
        "r.id",
        "r.partnership_id",
        title=("title",),
        more_text=f"CASE r.kind {_DOCUMENT_KINDS} END",
        watch=("kind",),
    ),
    _document(
        "document_version",
        DocumentVersion,
        "'Version of ' || coalesce(r.dated, r.at::date)",
        "r.document_id",
        of_parent("document", "document_id"),
        text=("note", "language"),
        year="extract(year FROM coalesce(r.dated, r.at::date))::smallint",
        author="r.added_by_id",
    ),
)
