"""Page cases for the narratives room."""

from __future__ import annotations

from tests.support.page_cases import BOTH, EVERYBODY, IMPORTING, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "narratives",
        Look("narratives", roles=EVERYBODY, states=BOTH),
        Look("narratives-nothing", roles=VIEWER, query="?q=nowhere"),
    ),
    PageCase(
        "narrative",
        Look("narrative", lambda s: {"pk": s.narratives[0].pk}),
        Look("narrative-reviewed", lambda s: {"pk": s.narratives[-1].pk}, IMPORTING),
        url=lambda world: {"pk": world.narrative.pk},
    ),
    PageCase(
        "review-form",
        url=lambda world: {"pk": world.narrative.pk, "form_id": world.form.pk},
        second_writer="one verdict a reviewer; each is kept",
    ),
)
