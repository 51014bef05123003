"""Page cases for the country comparison room."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, BOTH, RANKING, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "compare-countries",
        looks=(
            Look("compare", RANKING, BOTH, query="?c=NGA&c=MDG&c=GHA&c=PHL"),
            Look("compare-two", VIEWER, query="?c=GHA&c=SEN"),
            Look("compare-of-every-kind", VIEWER, query="?c=BTN&c=GHA&c=FSM&c=SAU&c=CIV"),
            Look("compare-one", VIEWER, query="?c=GHA"),
            Look("compare-none", VIEWER),
            Look("compare-earlier-run", VIEWER, query="?c=GHA&c=SEN&run=1"),
            Look("compare-refused", VIEWER, ALL_ERRORS, query="?c=ATL", status=400),
        ),
    ),
)
