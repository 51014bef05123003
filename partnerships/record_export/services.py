"""Export of a partnership: what an account may see of it, recorded before the first byte is sent."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.audit.models import AuditEntry
from cpc.audit.services import append
from partnerships.models import Partnership
from partnerships.record_export.archive import archive
from partnerships.record_export.queries import record_export

MEDIA_TYPE = "application/zip"


def export_partnership(*, partnership: Partnership, actor: User) -> StreamingHttpResponse:
    """Return the archive as a download, and record it in the audit trail of the partnership."""
    require(actor, Permission.VIEW_PARTNERSHIPS)
    with transaction.atomic():
        # Each write below a partnership raises its version, and waits for this lock: all tables are of one version.
        partnership = Partnership.objects.select_for_update(no_key=True, of=("self",)).get(pk=partnership.pk)
        export = record_export(partnership, actor)
        # Not `record`: who reads a record does not become one of its authors.
        append(
            AuditEntry(
                actor_id=str(actor.pk),
                actor_name=str(actor),
                action="exported the record",
                object_type=partnership._meta.label_lower,
                object_id=str(partnership.pk),
                object_label=str(partnership)[:200],
                after={"version": partnership.version, "tables": len(export.tables), "files": len(export.files)},
            )
        )
    name = f"partnership-{partnership.pk}-{slugify(partnership.country.name)}-{timezone.now():%Y-%m-%d}.zip"
    response = StreamingHttpResponse(_sent(archive(export, str(actor))), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _sent(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from (chunk for chunk in chunks if chunk)
