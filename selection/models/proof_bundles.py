"""Proof bundles: everything with which an auditor recomputes a run offline, as a ZIP, and the hash that proves it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from selection.models.runs import ScoreRun

HASH = r"^[0-9a-f]{64}$"


class ProofBundle(models.Model):
    """Proof bundle of a run: the ZIP, and the hash of the manifest that lists the hash of each file in it.

    A run never changes, so it has one bundle for each `layout`, the number of the bundle's own format. A memo prints
    `manifest_sha256`. `sha256` is that of the ZIP as stored, which another compressor need not reproduce.
    """

    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="proof_bundles")
    layout = models.PositiveSmallIntegerField()
    manifest_sha256 = models.CharField("SHA-256 of the manifest", max_length=64)
    file = models.FileField(upload_to="proofs/", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-run", "-layout")
        constraints = (
            models.UniqueConstraint(
                name="proof_bundle_once", fields=("run", "layout"), violation_error_code="proof_bundle"
            ),
            models.CheckConstraint(
                name="proof_bundle_hashes",
                condition=Q(manifest_sha256__regex=HASH, sha256__regex=HASH),
                violation_error_code="proof_bundle",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Proof bundle of run {self.run_id}"
