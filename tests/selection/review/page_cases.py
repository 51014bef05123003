"""Page cases for the reviewer's workbench."""

from __future__ import annotations

from django.core.files.base import ContentFile

from cpc.accounts.permissions import Role
from selection.review import services
from tests.selection import records
from tests.selection.consultation.page_cases import review
from tests.support.page_cases import ADDS, REVIEWER, Look, PageCase, refused, wait_for
from tests.worlds.demonstration import Scene


def _labor(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.requests["labor"].pk}


def _uploaded(scene: Scene) -> dict[str, object]:
    """Upload, once, a workbook of Labor with a row of each result."""
    request = scene.consulted.requests["labor"]
    upload = request.uploads.first()
    if upload is None:
        rows = request.candidates.select_related("candidate__country").order_by("candidate__country__name")
        values = ("clear", "", "does_not_clear", "no_equities")
        positions = [
            {
                "line": line,
                "key": str(row.candidate_id),
                "revision": f"{row.candidate.evidence.order_by('-number')[0].pk}.",
                "cells": {"candidate": row.candidate.country.name, "value": value},
                "misfits": {},
            }
            for line, (row, value) in enumerate(zip(list(rows)[1:], values, strict=True), 2)
        ]
        note = {"candidate": "Ghana", "kind": "major", "text": "Show both figures.", "visibility": "office"}
        upload = services.receive_responses(
            request=request,
            file=ContentFile(b"Sample", "positions.xlsx"),
            positions=positions,
            notes=[{"line": 2, "cells": note, "misfits": {}}],
            actor=scene.users[Role.REVIEWER],
        )
    return {**_labor(scene), "upload": upload.pk}


CASES = (
    PageCase(
        "consultation-review",
        Look("consultation-review", review(0), REVIEWER),
        Look("consultation-review-drafted", review(2), REVIEWER),
        refused(
            "consultation-review",
            "Submit and go to Uganda",
            review(3),
            roles=REVIEWER,
            then=wait_for("Nothing was saved."),
        ),
        url=records.reviewed,
        second_writer="carries the revisions of position and draft (test_consultation_pages)",
    ),
    PageCase(
        "consultation-confirm",
        url=records.reviewed,
        second_writer="carries the key of the position (test_consultation_pages)",
    ),
    PageCase(
        "consultation-several",
        Look("consultation-several", _labor, REVIEWER),
        refused(
            "consultation-several",
            "Submit the positions",
            _labor,
            roles=REVIEWER,
            then=wait_for("Nothing was submitted."),
        ),
        url=records.consulted_by_labor,
        second_writer="carries the revision of each position (test_pages_review)",
    ),
    PageCase("consultation-workbook", url=records.consulted_by_labor, no_page="a download"),
    PageCase(
        "consultation-upload",
        Look("consultation-upload", _labor, REVIEWER),
        refused("consultation-upload", "Upload and preview", _labor, roles=REVIEWER, then=wait_for("was not read.")),
        url=records.consulted_by_labor,
        second_writer=ADDS,
    ),
    PageCase(
        "consultation-responses",
        Look("consultation-responses", _uploaded, REVIEWER),
        url=records.responses,
        second_writer="its rows are saved once; each carries the key of the position (test_workbook)",
    ),
    PageCase(
        "consultation-note",
        Look("consultation-note", review(0), REVIEWER, query="?row=notes"),
        url=records.reviewed,
        second_writer=ADDS,
    ),
    PageCase(
        "consultation-withdraw",
        Look("consultation-withdraw", review(0), REVIEWER),
        url=records.reviewed,
        second_writer="carries the key of the position (test_pages_review)",
    ),
)
