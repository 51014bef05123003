"""The demonstration accounts that make the sample, and short forms of what they write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile

from cpc.accounts.models import User
from partnerships.agreements.services import add_document_version
from partnerships.models import DocumentVersion, Participant, Partnership

FIRST_DAY, LAST_DAY = date(2024, 2, 15), date(2028, 2, 14)
SIGNED = date(2024, 2, 6)


@dataclass(frozen=True, slots=True)
class Office:
    """Who drafts and who decides: never the same account."""

    drafter: User
    approver: User

    def file(self, partnership: Partnership, kind: str, title: str, text: str, dated: date) -> DocumentVersion:
        """Add a document of plain text, marked as a sample."""
        return add_document_version(
            partnership=partnership,
            kind=kind,
            title=title,
            file=ContentFile(f"SAMPLE. {title}\n\n{text}\n".encode(), name="sample.txt"),
            actor=self.drafter,
            dated=dated,
            language="English",
        )


def ministry(partnership: Partnership, name: str) -> Participant:
    return partnership.participants.get(name=name)
