"""Page cases for the country comparison room."""

from __future__ import annotations

from tests.support.page_cases import ALL_ERRORS, BOTH, RANKING, VIEWER, Look, PageCase

CASES = (
    PageCase(
        "compare-countries",
        Look("compare", roles=RANKING, states=BOTH, query="?c=NGA&c=MDG&c=GHA&c=PHL"),
        Look("compare-two", roles=VIEWER, query="?c=GHA&c=SEN"),
        Look("compare-of-every-kind", roles=VIEWER, query="?c=BTN&c=GHA&c=FSM&c=SAU&c=CIV"),
        Look("compare-one", roles=VIEWER, query="?c=GHA"),
        Look("compare-none", roles=VIEWER),
        Look("compare-earlier-run", roles=VIEWER, query="?c=GHA&c=SEN&run=1"),
        Look("compare-refused", roles=VIEWER, states=ALL_ERRORS, query="?c=ATL", status=400),
    ),
)
