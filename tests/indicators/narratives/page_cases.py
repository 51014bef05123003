"""Page cases for the narratives room."""

from __future__ import annotations

from tests.support.page_cases import ANALYST, BOTH, IMPORTING, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "narratives",
        looks=(Look("narratives", IMPORTING, BOTH), Look("narratives-nothing", VIEWER, query="?q=nowhere")),
    ),
    PageCase(
        "narrative",
        url=lambda world: {"pk": world.narrative.pk},
        looks=(
            Look("narrative", ANALYST, arguments=lambda s: {"pk": s.narratives[0].pk}),
            Look("narrative-reviewed", IMPORTING, arguments=lambda s: {"pk": s.narratives[-1].pk}),
        ),
    ),
    PageCase(
        "review-form",
        url=lambda world: {"pk": world.narrative.pk, "form_id": world.form.pk},
        second_writer="one verdict a reviewer; each is kept",
    ),
)
