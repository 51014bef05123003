"""The papers of a partnership."""

from __future__ import annotations

from partnerships.models import Document, Partnership


def papers_of(partnership: Partnership) -> list[Document]:
    """Every paper with its versions, the newest first, and who added them."""
    return list(partnership.documents.prefetch_related("versions__added_by"))
