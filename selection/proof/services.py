"""Services of proof bundles: make the bundle of a run, once, and open it."""

from __future__ import annotations

import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.db import connection, transaction

from cpc.accounts.models import User
from cpc.audit.audited_writes import create, require
from cpc.audit.services import record
from selection.models import ProofBundle, ScoreRun
from selection.proof.contents import LAYOUT, MANIFEST, Unprovable, bundle_files
from selection.proof.packing import packed
from selection.proof.queries import bundle_of, is_withheld, permission_for

WITHHELD = (
    "The bundle has the ratings of others. It opens to you once you have rated the same cells, or once all ratings are "
    "shown."
)


@transaction.atomic
def prove(*, run: ScoreRun, actor: User | None) -> ProofBundle:
    """Make the proof bundle of a run, or return the one that it has.

    Raise `ValidationError` of code `unprovable` if the data of the run can't be read again as it was.
    """
    require(actor, permission_for(run))
    _wait_for_another(run)
    if (known := bundle_of(run)) is not None:
        return known
    try:
        files = bundle_files(ScoreRun.objects.get(pk=run.pk))
    except Unprovable as error:
        raise ValidationError(f"The proof bundle was not made. {error}", code="unprovable") from error
    data = packed(files, f"proof-of-run-{run.pk}")
    made = ProofBundle(
        run=run,
        layout=LAYOUT,
        manifest_sha256=hashlib.sha256(files[MANIFEST]).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )
    made.file.save(f"run-{run.pk}-{LAYOUT}.zip", ContentFile(data), save=False)
    return create(made, actor=actor, action="made")


def bundle_manifest_hash(run: ScoreRun) -> str:
    """Return the hash that a memo prints, of the bundle that the run has or that is made now. It takes seconds."""
    return prove(run=run, actor=None).manifest_sha256


def open_bundle(*, bundle: ProofBundle, actor: User) -> File[bytes]:
    """Open a bundle to download it, and record who did.

    Raises `PermissionDenied` also for a rater who has not rated yet what others did: the bundle has their ratings.
    """
    require(actor, permission_for(bundle.run))
    if is_withheld(bundle.run, actor):
        raise PermissionDenied(WITHHELD)
    file: File[bytes] = bundle.file.open("rb")
    record(actor=actor, action="downloaded", target=bundle, after={"sha256": bundle.sha256})
    return file


def _wait_for_another(run: ScoreRun) -> None:
    """Wait until no other transaction makes the bundle of this run, so that the second finds that of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('proof bundle', %s))", [run.pk])
