"""Reads of proof bundles: the one of a run, what is in it, and who may see it."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from selection.model_definition.criteria_table import Stage
from selection.models import ProofBundle, ScoreRun
from selection.proof.cells import rating_keys
from selection.proof.contents import LAYOUT, MANIFEST
from selection.ratings.queries import hidden_ratings
from selection.runs.queries.stored_runs import find_run


@dataclass(frozen=True, slots=True)
class BundleFile:
    """File of a bundle, with its size in bytes."""

    name: str
    size: int


def permission_for(run: ScoreRun) -> Permission:
    """Return the permission to see a run's numbers: the full score of a round has ratings, a desk screen has none."""
    return Permission.VIEW_ROUNDS if run.stage == Stage.FULL else Permission.VIEW_RANKINGS


def bundle_of(run: ScoreRun) -> ProofBundle | None:
    """Return the bundle of a run in the present layout."""
    return ProofBundle.objects.filter(run=run.pk, layout=LAYOUT).select_related("run").defer(*_LARGE).first()


_LARGE = ("run__result", "run__table")


def visible_run(user: User, pk: int) -> ScoreRun | None:
    """Return a run whose numbers an account may see, or None."""
    run = find_run(str(pk), None)
    return run if run is not None and user.allows(permission_for(run)) else None


def is_withheld(run: ScoreRun, user: User) -> bool:
    """Return whether a run counted ratings of others that the account sees only after its own."""
    keys = rating_keys(run)
    return bool(keys) and hidden_ratings(user).filter(pk__in=keys).exists()


def files_of(bundle: ProofBundle) -> list[BundleFile]:
    """Return the files of a bundle by name, the manifest last."""
    with bundle.file.open("rb") as data, zipfile.ZipFile(data) as archive:
        found = [BundleFile(entry.filename.rpartition("/")[2], entry.file_size) for entry in archive.infolist()]
    return sorted(found, key=lambda file: (file.name == MANIFEST, file.name))
