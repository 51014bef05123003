"""Documents of a partnership."""

from __future__ import annotations

from partnerships.models import Document, Partnership


def documents_of(partnership: Partnership) -> list[Document]:
    """Return every document with its versions, newest first, and who added them."""
    return list(partnership.documents.prefetch_related("versions__added_by"))
