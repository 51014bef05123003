"""Page cases for the ratings room."""

from __future__ import annotations

from tests.selection import records
from tests.selection.scenes import READERS, rated, rated_candidate
from tests.support.page_cases import ADDS, ALL_ERRORS, ANALYST, OFFICE, OWN, VIEWER, Look, PageCase, press, wait_for
from tests.worlds.demonstration import Scene


def _document(scene: Scene) -> dict[str, object]:
    return {**rated_candidate()(scene), "document": scene.rated.document.pk}


CASES = (
    PageCase(
        "round-ratings",
        url=records.consulted_round,
        looks=(
            Look("ratings", OFFICE, arguments=rated),
            Look("ratings-nothing", VIEWER, arguments=rated, query="?q=nowhere"),
            Look("ratings-refused", VIEWER, ALL_ERRORS, rated, "?show=all", 400),
        ),
    ),
    PageCase(
        "ratings-of",
        url=records.dossier,
        looks=(
            Look("ratings-of", READERS, arguments=rated_candidate()),
            Look("ratings-of-nothing", ANALYST, arguments=rated_candidate("TGO")),
        ),
    ),
    PageCase(
        "rate",
        url=records.rated,
        looks=(
            Look("rate", ANALYST, arguments=rated_candidate(criterion="prevention")),
            Look("rate-hidden", ANALYST, arguments=rated_candidate(criterion="forms")),
            Look("rate-nothing-known", ANALYST, arguments=rated_candidate("TGO", criterion="protection")),
            Look(
                "rate-refused",
                ANALYST,
                ALL_ERRORS,
                rated_candidate(criterion="protection"),
                actions=(press("Save the rating"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer="each rates for themselves; the second window of one person is told (test_pages_ratings)",
    ),
    PageCase(
        "rating-withdraw",
        url=records.rated,
        looks=(Look("rating-withdraw", ANALYST, arguments=rated_candidate(criterion="prosecution")),),
        second_writer=OWN,
    ),
    PageCase(
        "paper-new",
        url=records.dossier,
        looks=(
            Look("candidate-paper-new", ANALYST, arguments=rated_candidate()),
            Look(
                "candidate-paper-refused",
                ANALYST,
                ALL_ERRORS,
                rated_candidate(),
                actions=(press("Add the document"), wait_for("Nothing was saved.")),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase("paper-file", url=records.document, no_page="a download"),
    PageCase(
        "paper-version",
        url=records.document,
        looks=(Look("candidate-paper-version", ANALYST, arguments=_document),),
        second_writer="names the version in whose place it comes; the second is refused (test_candidate_documents)",
    ),
)
