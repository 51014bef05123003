"""Proof bundles: made once, the same whenever they are made, and seen by those who may see the run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from selection.models import ProofBundle, RoundRun, ScoreRun
from selection.proof import cells, contents, services
from selection.proof.contents import MANIFEST, bundle_files
from selection.proof.packing import packed
from selection.rounds.services import score_round
from tests.support.accounts import make_account
from tests.support.rounds import Office
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(office: Office) -> RoundRun:
    found = office.scored()
    return found.runs.select_related("run").get()


def test_a_bundle_is_made_once_and_its_hash_is_that_of_the_manifest(run: ScoreRun, office: Office) -> None:
    made = services.prove(run=run, actor=office.analyst)
    assert services.prove(run=run, actor=office.approver) == made
    assert services.bundle_manifest_hash(run) == made.manifest_sha256
    assert ProofBundle.objects.count() == 1
    assert AuditEntry.objects.filter(action="made", object_id=str(made.pk)).count() == 1
    with made.file.open("rb") as file:
        data = file.read()
    assert len(data) == made.size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
    assert {"README.txt", "verify.py", "cells.csv", MANIFEST} <= names


def test_a_bundle_made_again_is_the_same_byte_for_byte(full: RoundRun) -> None:
    first, second = (bundle_files(ScoreRun.objects.get(pk=full.run_id)) for _ in range(2))
    assert first == second
    assert packed(first, "proof") == packed(dict(reversed(second.items())), "proof")


def test_no_file_of_a_bundle_names_a_person(full: RoundRun, office: Office) -> None:
    office.rate(office.candidate(full.round))
    files = bundle_files(ScoreRun.objects.get(pk=full.run_id))
    text = b"\n".join(files.values()).decode()
    for person in (office.analyst, office.second, office.approver):
        assert str(person) not in text
    assert "decided_by" not in text


def test_data_that_is_no_longer_that_of_the_run_is_not_proved(
    run: ScoreRun, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = cells.read_again

    def another(found: ScoreRun) -> cells.Read:
        once = read(found)
        snapshot = replace(once.selection.snapshot, overdue={"tier": 3})
        return replace(once, selection=replace(once.selection, snapshot=snapshot))

    monkeypatch.setattr(contents, "read_again", another)
    with pytest.raises(ValidationError) as refused:
        services.prove(run=run, actor=office.analyst)
    assert refused.value.code == "unprovable"
    assert not ProofBundle.objects.exists()


def test_the_database_keeps_a_bundle_as_it_was_made(run: ScoreRun, office: Office) -> None:
    made = services.prove(run=run, actor=office.analyst)
    for change in ({"manifest_sha256": "0" * 64}, {"size": 1}):
        with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
            ProofBundle.objects.filter(pk=made.pk).update(**change)
    with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        ProofBundle.objects.filter(pk=made.pk).delete()
    values: dict[str, Any] = {"run": run, "file": "x.zip", "sha256": "0" * 64, "size": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProofBundle.objects.create(layout=made.layout, manifest_sha256="0" * 64, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProofBundle.objects.create(layout=made.layout + 1, manifest_sha256="no hash", **values)


def test_who_may_not_see_the_run_may_not_see_its_proof(full: RoundRun) -> None:
    reviewer = make_account(Role.REVIEWER, username="someone")
    with pytest.raises(PermissionDenied):
        services.prove(run=full.run, actor=reviewer)


def test_a_rater_gets_the_ratings_of_others_in_no_bundle_before_rating(
    full: RoundRun, office: Office, client: Client
) -> None:
    office.rate(office.candidate(full.round))
    run = score_round(selection_round=full.round, actor=office.analyst).run
    made = services.prove(run=run, actor=office.analyst)
    page, download = (reverse(name, args=[run.pk]) for name in ("run-proof", "run-proof-bundle"))
    rest, asked = f"/api/v1/runs/{run.pk}/proof/", {"Accept": "application/zip"}
    for reader in (office.analyst, office.approver):
        services.open_bundle(bundle=made, actor=reader).close()
    client.force_login(office.second)
    assert services.WITHHELD in client.get(page).text
    assert download not in client.get(page).text
    assert client.get(download).status_code == 403
    assert client.get(rest, headers=asked).status_code == 403
    office.rate(office.candidate(full.round), actor=office.second)
    assert download in client.get(page).text
    assert client.get(download).status_code == 200
    assert client.get(rest, headers=asked).status_code == 200


def test_the_page_makes_the_bundle_and_offers_it(full: RoundRun, as_role: Callable[[Role], Client]) -> None:
    client, url = as_role(Role.VIEWER), reverse("run-proof", args=[full.run_id])
    assert "Not made yet" in client.get(url).text
    assert client.get(reverse("run-proof-bundle", args=[full.run_id])).status_code == 404
    for _ in range(2):
        assert client.post(reverse("run-proof-make", args=[full.run_id]))["Location"] == url
    made = ProofBundle.objects.get()
    page = client.get(url).text
    assert page.count(made.manifest_sha256) == 2
    assert "The memo prints it." in page
    assert "ratings.csv" in page
    answer = client.get(reverse("run-proof-bundle", args=[full.run_id]))
    assert answer["Content-Type"] == "application/zip"
    assert len(answer.getvalue()) == made.size
    assert AuditEntry.objects.filter(action="downloaded").exists()
    assert as_role(Role.REVIEWER).get(url).status_code in (403, 404)
    assert client.get(reverse("run-proof", args=[10_000])).status_code == 404


def test_the_rest_interface_states_the_hash_and_sends_the_bundle(
    run: ScoreRun, office: Office, as_role: Callable[[Role], Client]
) -> None:
    client = as_role(Role.VIEWER)
    url = f"/api/v1/runs/{run.pk}/proof/"
    assert client.get(url).status_code == 404
    made = services.prove(run=run, actor=office.analyst)
    answer = client.get(url)
    found = answer.json()
    assert found["manifest_sha256"] == made.manifest_sha256
    assert {file["name"] for file in found["files"]} >= {"verify.py", "snapshot.json"}
    asked = {"Accept": "application/zip"}
    sent = client.get(url, headers=asked)
    assert sent["Content-Type"] == "application/zip"
    assert len(sent.content) == made.size
    held = client.get(url, headers={**asked, "If-None-Match": sent["ETag"]})
    assert held.status_code == 304
    missing = client.get("/api/v1/runs/10000/proof/", headers=asked)
    assert missing.status_code == 404
    assert missing["Content-Type"].startswith("application/problem+json")
