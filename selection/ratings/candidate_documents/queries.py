"""Reads of documents on a candidate, each with its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selection.models import Candidate, CandidateDocument


@dataclass(frozen=True, slots=True)
class DocumentVersions:
    versions: Sequence[CandidateDocument]

    @property
    def newest(self) -> CandidateDocument:
        return self.versions[0]

    @property
    def number(self) -> int:
        return len(self.versions)

    @property
    def numbered_earlier(self) -> list[tuple[int, CandidateDocument]]:
        return [(self.number - index, version) for index, version in enumerate(self.versions) if index]


def documents_of(candidate: Candidate) -> list[DocumentVersions]:
    rows = list(CandidateDocument.objects.filter(candidate=candidate).select_related("uploaded_by"))
    by_key = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    documents = []
    for row in rows:
        if row.pk in replaced:
            continue
        versions = [row]
        while (earlier := versions[-1].replaces_id) is not None:
            versions.append(by_key[earlier])
        documents.append(DocumentVersions(versions))
    return sorted(documents, key=lambda document: (document.newest.title.casefold(), document.newest.pk))


def find_document(candidate: Candidate, pk: int) -> tuple[CandidateDocument, int] | None:
    numbered = (
        (version, document.number - index)
        for document in documents_of(candidate)
        for index, version in enumerate(document.versions)
    )
    return next((found for found in numbered if found[0].pk == pk), None)
