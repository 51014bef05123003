"""Page cases for the ratings room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.selection import records
from tests.selection.scenes import READERS, rated, rated_candidate
from tests.support.page_cases import (
    ADDS,
    ALL_ERRORS,
    OFFICE,
    OWN,
    VIEWER,
    Look,
    PageCase,
    refused,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _document(scene: Scene) -> dict[str, object]:
    return {**rated_candidate()(scene), "document": scene.rated.document.pk}


CASES = (
    PageCase(
        "round-ratings",
        Look("rating-grid", rated),
        Look("rating-grid-hidden", rated, query="?cell=GHA.forms"),
        Look("ratings", rated, (*READERS, Role.APPROVER)),
        url=records.consulted_round,
        second_writer="each rates for themselves; two windows of one person are told cell by cell (test_grid)",
    ),
    PageCase(
        "round-ratings-all",
        Look("ratings-all", rated, OFFICE),
        Look("ratings-nothing", rated, VIEWER, query="?q=nowhere"),
        Look("ratings-refused", rated, VIEWER, states=ALL_ERRORS, query="?show=all", status=400),
        url=records.consulted_round,
    ),
    PageCase(
        "rate-candidate",
        Look("rate-candidate", rated_candidate()),
        url=records.dossier,
        second_writer="each rates for themselves; two windows of one person are told cell by cell (test_grid)",
    ),
    PageCase("api:round-ratings", url=records.consulted_round),
    PageCase(
        "ratings-of",
        Look("ratings-of", rated_candidate(), READERS),
        Look("ratings-of-nothing", rated_candidate("TGO")),
        url=records.dossier,
    ),
    PageCase(
        "rate",
        Look("rate", rated_candidate(criterion="prevention")),
        Look("rate-hidden", rated_candidate(criterion="forms")),
        Look("rate-nothing-known", rated_candidate("TGO", criterion="protection")),
        refused(
            "rate", "Save the rating", rated_candidate(criterion="protection"), then=wait_for("Nothing was saved.")
        ),
        url=records.rated,
        second_writer="each rates for themselves; the second window of one person is told (test_pages_ratings)",
    ),
    PageCase(
        "rating-withdraw",
        Look("rating-withdraw", rated_candidate(criterion="prosecution")),
        url=records.rated,
        second_writer=OWN,
    ),
    PageCase(
        "paper-new",
        Look("candidate-paper-new", rated_candidate()),
        refused("candidate-paper", "Add the document", rated_candidate(), then=wait_for("Nothing was saved.")),
        url=records.dossier,
        second_writer=ADDS,
    ),
    PageCase("paper-file", url=records.document, no_page="a download"),
    PageCase(
        "paper-version",
        Look("candidate-paper-version", _document),
        url=records.document,
        second_writer="names the version in whose place it comes; the second is refused (test_candidate_documents)",
    ),
)
