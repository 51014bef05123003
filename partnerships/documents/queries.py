from __future__ import annotations

from partnerships.models import Document, Partnership


def documents_of(partnership: Partnership) -> list[Document]:
    return list(partnership.documents.prefetch_related("versions__added_by"))
