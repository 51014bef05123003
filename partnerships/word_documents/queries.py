from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from partnerships.models import DocumentTemplate, TemplateKind, TemplateState
from partnerships.models.document_templates import BUILT_IN


@dataclass(frozen=True, slots=True)
class TemplatesOfKind:
    """The versions of a kind, newest first. `in_use` is the number of the one in use; 1 ships with the product."""

    kind: TemplateKind
    versions: Sequence[DocumentTemplate]
    in_use: int

    @property
    def waiting(self) -> list[DocumentTemplate]:
        return [row for row in self.versions if row.is_open]


def templates() -> QuerySet[DocumentTemplate]:
    return DocumentTemplate.objects.select_related("uploaded_by", "decided_by").order_by("kind", "-number")


def templates_by_kind() -> list[TemplatesOfKind]:
    rows = list(templates())
    found = []
    for kind in TemplateKind:
        own = [row for row in rows if row.kind == kind]
        released = [row.number for row in own if row.state == TemplateState.RELEASED]
        found.append(TemplatesOfKind(kind, own, max(released, default=BUILT_IN)))
    return found
