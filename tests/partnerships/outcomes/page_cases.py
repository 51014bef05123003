"""Page cases for the outcomes room."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, BOTH, RANKING, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "outcomes",
        Look("outcomes", roles=RANKING, states=BOTH),
        Look("outcomes-corruption", query="?measure=cpi"),
        Look("outcomes-shown", query="?measure=shown"),
        Look("outcomes-before-any", query="?as_of=0"),
        Look("outcomes-refused", roles=VIEWER, states=ALL_ERRORS, query="?measure=wealth", status=400),
    ),
)
